import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { ALICE, BOB, order, RestVenue } from '../../../../tests/support/restVenue.ts';
import { ENTRY_PATH, entryApp } from './entry.ts';
import { restApp } from './restApp.ts';

const venue = new RestVenue();
venue.send(order(ALICE, 'sell', 5_000_000n, 300_000_000n));
venue.send(order(BOB, 'buy', 5_000_000n, 100_000_000n));
const { hash } = venue.send({ type: 'freeze', from: ALICE, symbol: 'TOK-1AB', amount: 5n });
venue.seal();
const orderId = `${venue.state.accounts.get(ALICE)!.hex}-1`;

/** All that could have been changed. */
const written = (): string =>
  JSON.stringify(
    [
      [...venue.state.accounts].map(({ address, sequence, balances }) => [
        address,
        sequence,
        [...balances].map(([asset, { free, locked, frozen }]) => [asset, free, locked, frozen]),
      ]),
      [...venue.state.openOrders.values()].map(({ id, filled }) => [id, filled]),
      venue.state.height,
    ],
    (_, value) => (typeof value === 'bigint' ? String(value) : value),
  );

/** Each reply is JSON with a status that was meant; a failing one has exactly a code and a message. */
const checkReply = async (response: Response, statuses: readonly number[]): Promise<void> => {
  const text = await response.text();
  assert.ok(statuses.includes(response.status), `${response.status}: ${text}`);
  assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
  const body: unknown = JSON.parse(text);
  if (response.status !== 200) assert.deepEqual(Object.keys(body as object), ['code', 'message']);
};

const PATHS = [
  ...'time node-info peers fees tokens mini/tokens markets mini/markets depth klines mini/klines ticker/24hr'.split(
    ' ',
  ),
  ...'openapi.json mini/ticker/24hr trades mini/trades orders/open orders/closed transactions'.split(' '),
  `orders/${orderId}`,
  `account/${ALICE}`,
  `account/${ALICE}/sequence`,
  `tx/${hash}`,
];

const NAMES =
  'symbol limit offset interval startTime endTime start end address side status total buyerOrderId sellerOrderId quoteAsset height format txType txAsset blockHeight apikey __proto__ constructor'.split(
    ' ',
  );

/** Values that are right somewhere, and others. */
const value = fc.oneof(
  fc.constantFrom(
    'TOK-1AB_BNB',
    'XYZ-12AM_BNB',
    ALICE,
    BOB,
    orderId,
    hash,
    '1m',
    '1M',
    '5',
    '100',
    '1',
    '2',
    '0',
    '-1',
  ),
  fc.constantFrom(
    'FullyFill',
    'json',
    'TRANSFER',
    'SEND',
    'BNB',
    '%',
    '%00',
    '%ff',
    '%E0%A4%A',
    '9007199254740993',
    '1e3',
    ' 5',
  ),
  fc.integer().map(String),
  fc.bigInt({ min: 0n, max: 2n ** 64n }).map(String),
  fc.string({ unit: 'binary', maxLength: 40 }).map(encodeURIComponent),
);

const query = fc
  .array(
    fc.tuple(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...NAMES) }, { weight: 1, arbitrary: value }), value),
    { maxLength: 6 },
  )
  .map((pairs) => pairs.map(([name, each]) => `${name}=${each}`).join('&'));

const path = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...PATHS) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom('orders', 'account', 'tx'), value).map((parts) => parts.join('/')) },
  { weight: 1, arbitrary: fc.array(value, { maxLength: 4 }).map((parts) => parts.join('/')) },
);

test('whatever is asked of the readers is answered with JSON and a status that was meant, and changes nothing', async () => {
  const app = restApp(venue);
  const before = written();
  await fc.assert(
    fc.asyncProperty(
      path,
      query,
      fc.constantFrom('GET', 'GET', 'GET', 'POST', 'PUT'),
      async (asked, parameters, method) => {
        const response = await app.request(`http://127.0.0.1:27100/api/v1/${asked}?${parameters}`, { method });
        await checkReply(response, method === 'GET' ? [200, 400, 404] : [404, 405]);
      },
    ),
    { numRuns: 1_500 },
  );
  assert.equal(written(), before);
});

const member = fc.oneof(
  fc.constantFrom<unknown>(
    'newOrder',
    'send',
    'issue',
    'list',
    ALICE,
    'TOK-1AB_BNB',
    'buy',
    '0.05',
    '1',
    '-1',
    '1e5',
    'GTE',
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

const MEMBERS =
  'type sender symbol side price quantity timeInForce id refId from to inputs outputs amount name totalSupply mintable tokenUri baseAsset quoteAsset initPrice proposalId memo source __proto__'.split(
    ' ',
  );

/** Objects with members of messages; what they hold is mostly wrong. A sequence that never fits keeps the right ones out. */
const nearMessage = fc
  .array(fc.tuple(fc.constantFrom(...MEMBERS), member), { maxLength: 12 })
  .map((entries) => JSON.stringify({ ...Object.fromEntries(entries), sequence: 4_711 }));

const validOrder = fc
  .record({
    side: fc.constantFrom('buy', 'sell'),
    price: fc.constantFrom('0.05', '0.000000001', 'x'),
    quantity: fc.constantFrom('1', '0'),
  })
  .map((some) => JSON.stringify({ type: 'newOrder', sender: ALICE, symbol: 'TOK-1AB_BNB', sequence: 4_711, ...some }));

const entryBody = fc.oneof(
  nearMessage,
  validOrder,
  fc.array(nearMessage, { maxLength: 3 }).map((items) => `[${items.join()}]`),
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc.constantFrom('['.repeat(100_000), '['.repeat(100_000) + ']'.repeat(100_000)),
);

test('whatever is sent to the entry is answered with JSON and a status that was meant, and what is refused changes nothing', async () => {
  const app = entryApp(venue);
  const before = written();
  const url = `http://127.0.0.1:27100${ENTRY_PATH}`;
  await fc.assert(
    fc.asyncProperty(
      entryBody,
      fc.constantFrom('application/json', 'application/json', 'text/plain'),
      async (body, type) => {
        const response = await app.request(url, { method: 'POST', body, headers: { 'content-type': type } });
        await checkReply(response, type === 'text/plain' ? [415] : body.startsWith('[') ? [200, 400] : [400]);
      },
    ),
    { numRuns: 1_000 },
  );
  assert.equal(written(), before);
});
