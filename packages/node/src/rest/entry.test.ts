import assert from 'node:assert/strict';
import { test } from 'vitest';
import { ALICE, BOB, NOBODY, RestVenue } from '../../../../tests/support/restVenue.ts';
import { ENTRY_PATH, entryApp, MAX_BATCH, MAX_ENTRY_BYTES } from './entry.ts';

const BUY = { type: 'newOrder', sender: ALICE, symbol: 'TOK-1AB_BNB', side: 'buy', price: '0.05', quantity: '1' };

const JSON_ONLY = { 'content-type': 'application/json' };

const post = (venue: RestVenue, body: BodyInit, headers: Record<string, string> = JSON_ONLY, hosts: string[] = []) =>
  Promise.resolve(
    entryApp(venue, { hosts }).request(`http://127.0.0.1:27100${ENTRY_PATH}`, { method: 'POST', body, headers }),
  );

const enter = async <Body = Record<string, unknown>>(
  venue: RestVenue,
  message: unknown,
  status = 200,
): Promise<Body> => {
  const response = await post(venue, JSON.stringify(message));
  const text = await response.text();
  assert.equal(response.status, status, text);
  assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
  return JSON.parse(text);
};

test('an order is entered with the next sequence and the id that follows from it', async () => {
  const venue = new RestVenue();
  const hex = venue.state.accounts.get(ALICE)!.hex;
  const first = await enter(venue, BUY);
  assert.deepEqual(
    { ...first, hash: '' },
    { hash: '', ok: true, code: 0, log: 'Msg 0: ', data: `{"order_id":"${hex}-1"}`, height: 100 },
  );
  assert.match(String(first.hash), /^[\dA-F]{64}$/);
  assert.equal((await enter(venue, { ...BUY, memo: 'second', source: 7 })).data, `{"order_id":"${hex}-2"}`);
  assert.equal(venue.state.openOrders.get(`${hex}-2`)?.source, 7);
  const { transactions } = venue.seal();
  assert.deepEqual(
    transactions.map(({ transaction: { memo, sequence, source } }) => [memo, sequence, source]),
    [
      ['', 0, 0],
      ['second', 1, 7],
    ],
  );
});

test('a message without data is answered without it', async () => {
  const sent = await enter(new RestVenue(), {
    type: 'send',
    from: ALICE,
    to: [{ address: BOB, coins: [{ asset: 'BNB', amount: '1.5' }] }],
  });
  assert.deepEqual(Object.keys(sent), ['hash', 'ok', 'code', 'log', 'height']);
});

test('what the chain refuses is a 400 with its own code and text, and changes nothing', async () => {
  const venue = new RestVenue();
  assert.deepEqual(await enter(venue, { ...BUY, sequence: 5 }, 400), {
    code: 65_539,
    message: 'Invalid sequence. Got 5, expected 0',
  });
  assert.deepEqual(await enter(venue, { ...BUY, quantity: '1000000' }, 400), {
    code: 393_617,
    message: 'do not have enough token to lock',
  });
  assert.deepEqual(await enter(venue, { ...BUY, sender: NOBODY }, 400), { code: 65_545, message: NOBODY });
  assert.equal(venue.state.accounts.get(ALICE)?.sequence, 0);
  assert.equal(venue.state.openOrders.size, 0);
});

test('what is no message is a 400 that names its place and what is allowed there', async () => {
  const venue = new RestVenue();
  const message = async (body: unknown): Promise<unknown> => {
    const fault = await enter(venue, body, 400);
    assert.equal(fault.code, 400);
    return fault.message;
  };
  assert.match(String(await message({ ...BUY, price: 0.05 })), /at price: found 0.05, expected decimal text/);
  assert.match(String(await message({ ...BUY, colour: 'red' })), /at colour: unknown, expected only type, sender,/);
  assert.match(String(await message({ ...BUY, memo: 5 })), /^memo: found 5, expected text$/);
  assert.match(
    String(await message({ ...BUY, source: -1 })),
    /^source: found -1, expected a whole number of 0 or more$/,
  );
  assert.match(String(await message({ ...BUY, sequence: '1' })), /^sequence: found "1", expected a whole number/);
  assert.match(
    String(await message({ ...BUY, sequence: Number.MAX_SAFE_INTEGER })),
    /^sequence: found 9007199254740991, expected at most 9007199254740990$/,
  );
  assert.match(String(await message(null)), /^found null, expected an object$/);
  assert.match(String(await message('text')), /^found "text", expected an object$/);
  assert.match(
    String(await message([BUY, { ...BUY, side: 'up' }])),
    /^\[1\]: .*at side: found "up", expected "buy" or "sell"/,
  );
  assert.match(String(await message([])), /^the list has 0 messages, allowed are 1 to 1000$/);
  assert.match(String(await message(Array(MAX_BATCH + 1).fill(BUY))), /^the list has 1001 messages/);
  for (const body of ['', '{', '\u{feff}[', 'undefined', new Uint8Array([0x22, 0xff, 0x22])]) {
    const response = await post(venue, body);
    assert.equal(response.status, 400);
    assert.match(await response.text(), /the body is not JSON/);
  }
  assert.equal(venue.seal().transactions.length, 0);
});

test('a list is entered in turn, each on what those before have done, and refused ones say so', async () => {
  const venue = new RestVenue();
  const hex = venue.state.accounts.get(ALICE)!.hex;
  const results = await enter<Record<string, unknown>[]>(venue, [
    BUY,
    { ...BUY, quantity: '1000000' },
    BUY,
    { type: 'cancelOrder', sender: ALICE, symbol: BUY.symbol, refId: `${hex}-2` },
  ]);
  assert.deepEqual(
    results.map(({ ok, code, data, message }) => [ok, code, data ?? message]),
    [
      [true, 0, `{"order_id":"${hex}-1"}`],
      [false, 393_617, 'do not have enough token to lock'],
      [true, 0, `{"order_id":"${hex}-2"}`],
      [true, 0, undefined],
    ],
  );
  assert.deepEqual(
    [...venue.state.openOrders.values()].map(({ id }) => id),
    [`${hex}-1`],
  );
});

test('a list with one bad message does nothing of it', async () => {
  const venue = new RestVenue();
  await enter(venue, [BUY, BUY, { ...BUY, price: '-1' }], 400);
  assert.equal(venue.state.openOrders.size, 0);
  assert.equal((await enter<unknown[]>(venue, Array(MAX_BATCH).fill(BUY))).length, MAX_BATCH);
});

test('only JSON is taken, so that no page of another origin gets in without asking', async () => {
  const venue = new RestVenue();
  const text = JSON.stringify(BUY);
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    '',
  ]) {
    const response = await post(venue, text, { 'content-type': type });
    assert.equal(response.status, 415, type);
    assert.match(await response.text(), /allowed is application\/json/);
  }
  assert.equal((await post(venue, text, { 'content-type': 'Application/JSON; charset=utf-8' })).status, 200);
});

test('a page from elsewhere gets no permission, whether or not it asks first', async () => {
  const app = entryApp(new RestVenue());
  const headers = {
    origin: 'https://example.org',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type',
  };
  const asked = await app.request(`http://127.0.0.1${ENTRY_PATH}`, { method: 'OPTIONS', headers });
  const sent = await post(new RestVenue(), JSON.stringify(BUY), { ...JSON_ONLY, origin: 'https://example.org' });
  for (const response of [asked, sent]) {
    assert.equal(response.status, 403);
    assert.deepEqual(
      [...response.headers.keys()].filter((name) => name.startsWith('access-control')),
      [],
    );
  }
  const own = await app.request(`http://127.0.0.1${ENTRY_PATH}`, { method: 'OPTIONS' });
  assert.deepEqual([own.status, own.headers.get('allow')], [405, 'POST']);
});

test('only this machine’s own names are taken, and those that are configured', async () => {
  const venue = new RestVenue();
  const status = async (host: string, hosts: string[] = []): Promise<number> =>
    (await post(venue, JSON.stringify(BUY), { ...JSON_ONLY, host }, hosts)).status;
  for (const host of ['127.0.0.1', '127.0.0.1:27100', 'localhost:1', 'LOCALHOST', '[::1]:27100', '127.3.2.1'])
    assert.equal(await status(host), 200, host);
  for (const host of [
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '10.0.0.1',
    '[::2]',
    'a b',
    ':',
    '',
  ])
    assert.equal(await status(host), 403, host);
  assert.equal(await status('dex.test:27100', ['DEX.test']), 200);
  assert.equal(await status('other.test', ['dex.test']), 403);
  const { status: named } = await entryApp(venue).request(`http://evil.example${ENTRY_PATH}`, {
    method: 'POST',
    headers: JSON_ONLY,
  });
  assert.equal(named, 403);
});

test('a body above the bound is a 413, whether it says its length or not', async () => {
  const venue = new RestVenue();
  const large = JSON.stringify({ ...BUY, memo: 'x'.repeat(MAX_ENTRY_BYTES) });
  const stream = new ReadableStream({
    start(controller) {
      for (let sent = 0; sent <= MAX_ENTRY_BYTES; sent += 65_536) controller.enqueue(new Uint8Array(65_536).fill(0x20));
      controller.close();
    },
  });
  const headers = { ...JSON_ONLY, 'content-length': String(large.length) };
  const streamed = new Request(`http://127.0.0.1${ENTRY_PATH}`, {
    method: 'POST',
    body: stream,
    headers: JSON_ONLY,
    ...{ duplex: 'half' },
  });
  const responses = [
    await post(venue, large),
    await post(venue, large, headers),
    await entryApp(venue).fetch(streamed),
    await post(venue, large, { ...headers, 'content-length': '5' }),
  ];
  for (const response of responses) {
    assert.equal(response.status, 413);
    assert.match(
      await response.text(),
      /^\{"code":413,"message":"the body is too large, allowed are 1048576 bytes"\}$/,
    );
  }
});

test('other paths are a 404 and other methods a 405, as JSON', async () => {
  const app = entryApp(new RestVenue());
  const missing = await app.request('http://127.0.0.1/entry', { method: 'POST' });
  assert.equal(missing.status, 404);
  assert.match(await missing.text(), /^\{"code":404,/);
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const response = await app.request(`http://127.0.0.1${ENTRY_PATH}`, { method });
    assert.equal(response.status, 405);
    assert.match(await response.text(), /^\{"code":405,/);
  }
});
