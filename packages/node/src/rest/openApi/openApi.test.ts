import assert from 'node:assert/strict';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterEach, test, vi } from 'vitest';
import {
  DescribedReplies,
  type OpenApiDocument,
  type Operation,
} from '../../../../../tests/support/describedReplies.ts';
import { ALICE, BOB, CAROL, NOBODY, order, RestVenue } from '../../../../../tests/support/restVenue.ts';
import { hexOf, Signer } from '../../../../../tests/support/signer.ts';
import { formatMessage, type Message } from '../../../../protocol/src/transactions/index.ts';
import { ENTRY_PATH, entryApp } from '../entry.ts';
import { FAUCET_PATH, faucetApp } from '../faucet.ts';
import { restApp } from '../restApp.ts';

const ORIGIN = 'http://127.0.0.1:27100';
const TOK = 100_000_000n;
const PAIR = 'TOK-1AB_BNB';
const MINI_PAIR = 'XYZ-12AM_BNB';
const HASH = 'F'.repeat(64);

afterEach(() => {
  vi.restoreAllMocks();
});

/** A market with each kind of thing in it that a reply can tell of. */
const lively = (): RestVenue => {
  const venue = new RestVenue();
  const coins = [{ asset: 'BNB', amount: TOK }];
  const ok = (message: Message): void => {
    const { result } = venue.send(message, 'memo', 2);
    assert.ok(
      result.ok,
      JSON.stringify(result, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
    );
  };
  const sender = new Signer('alice', 'Dexwire-Test').address;
  venue.state.accounts.open(sender).balance('BNB').free = 10_000n * TOK;
  ok(order(ALICE, 'sell', 5_000_000n, 3n * TOK));
  ok(order(ALICE, 'sell', 6_000_000n, TOK));
  venue.seal();
  ok(order(BOB, 'buy', 5_000_000n, 2n * TOK));
  ok(order(CAROL, 'buy', 4_000_000n, TOK, { timeInForce: 3 }));
  ok(order(ALICE, 'sell', 5_000_000n, TOK, { symbol: MINI_PAIR }));
  ok(order(BOB, 'buy', 5_000_000n, TOK, { symbol: MINI_PAIR }));
  venue.seal();
  ok({ type: 'cancelOrder', sender: ALICE, symbol: PAIR, refId: idOf(venue, ALICE, 2) });
  ok({
    type: 'send',
    inputs: [{ address: ALICE, coins: [{ asset: 'BNB', amount: 2n * TOK }] }],
    outputs: [
      { address: BOB, coins },
      { address: CAROL, coins },
    ],
  });
  const issue = { from: ALICE, name: 'New', totalSupply: 10_000n * TOK, mintable: true };
  ok({ type: 'issue', symbol: 'NEW', ...issue });
  ok({ type: 'issueMini', symbol: 'NMI', tokenUri: 'https://node.test/', ...issue });
  ok({ type: 'freeze', from: ALICE, symbol: 'BNB', amount: TOK });
  ok({ type: 'unfreeze', from: ALICE, symbol: 'BNB', amount: TOK / 2n });
  venue.seal();
  ok(order(BOB, 'sell', 7_000_000n, TOK));
  return venue;
};

const idOf = (venue: RestVenue, address: string, sequence: number): string =>
  `${venue.state.accounts.get(address)!.hex}-${sequence}`;

const documentOf = async (venue: RestVenue): Promise<OpenApiDocument> => {
  const app = restApp(venue, venue, { doors: ['entry', 'faucet', 'watch'] });
  return (await (await app.request(`${ORIGIN}/api/v1/openapi.json`)).json()) as OpenApiDocument;
};

test('the document is OpenAPI 3.1, and names the server that was asked', async () => {
  const document = await documentOf(new RestVenue());
  const { valid, errors } = await new Validator().validate({ ...structuredClone(document) });
  assert.ok(valid, JSON.stringify(errors));
  assert.deepEqual(document.servers, [{ url: ORIGIN }]);
  const app = restApp(new RestVenue());
  const elsewhere = (await (
    await app.request('https://dex.binance.org/api/v1/openapi.json')
  ).json()) as OpenApiDocument;
  assert.deepEqual(elsewhere.servers, [{ url: 'https://dex.binance.org' }]);
});

test('each reference leads somewhere, and each component is referred to', async () => {
  const document = await documentOf(new RestVenue());
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
  assert.deepEqual([...new Set(references)].sort(), Object.keys(document.components.schemas).sort());
});

test('every path of the application is in the document, and the other way round; doors that are shut are not', async () => {
  const venue = new RestVenue();
  const pathsOf = async (app: ReturnType<typeof restApp>): Promise<string[]> =>
    Object.entries(((await (await app.request(`${ORIGIN}/api/v1/openapi.json`)).json()) as OpenApiDocument).paths)
      .flatMap(([path, operations]) => Object.keys(operations).map((method) => `${method} ${path}`))
      .sort();
  const routesOf = (app: ReturnType<typeof restApp>): string[] =>
    [...new Set(app.routes.map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/:(\w+)/g, '{$1}')}`))]
      .filter((route) => !route.startsWith('all '))
      .sort();
  for (const app of [restApp(venue), restApp(venue, venue)]) assert.deepEqual(await pathsOf(app), routesOf(app));
  const open = restApp(venue, venue, { doors: ['entry', 'faucet', 'watch'] });
  assert.deepEqual(
    (await pathsOf(open)).filter((path) => !routesOf(open).includes(path)),
    ['get /healthz', 'get /metrics', `post ${ENTRY_PATH}`, `post ${FAUCET_PATH}`].sort(),
  );
});

/** A good value of each parameter. */
const GOOD: Readonly<Record<string, string>> = {
  symbol: PAIR,
  address: ALICE,
  asset: 'BNB',
  txAsset: 'BNB',
  quoteAsset: 'BNB',
  buyerOrderId: `${'A'.repeat(40)}-1`,
  sellerOrderId: `${'A'.repeat(40)}-1`,
  start: '5',
  end: '5',
  startTime: '5',
  endTime: '5',
};

const componentOf = (document: OpenApiDocument, schema: Record<string, unknown>): Record<string, unknown> =>
  typeof schema.$ref === 'string' ? document.components.schemas[schema.$ref.split('/').at(-1)!]! : schema;

const goodOf = (document: OpenApiDocument, { name, schema }: NonNullable<Operation['parameters']>[number]): string => {
  const {
    enum: words,
    items,
    minimum,
  } = componentOf(document, schema) as { enum?: unknown[]; items?: { enum: unknown[] }; minimum?: number };
  return GOOD[name] ?? String(words?.[0] ?? items?.enum[0] ?? minimum);
};

const { paths } = await documentOf(new RestVenue());

for (const [path, { get }] of Object.entries(paths)) {
  if (get === undefined || !path.includes('/api/v1/')) continue;
  const parameters = get.parameters?.filter(({ in: place }) => place === 'query') ?? [];

  const setUp = async () => {
    const venue = lively();
    const document = await documentOf(venue);
    const app = restApp(venue, venue);
    const place = path
      .replace('{id}', idOf(venue, BOB, 1))
      .replace('{address}', ALICE)
      .replace(
        '{hash}',
        venue.history.transactionsOf(ALICE)[Symbol.iterator]().next().value!.delivered.transaction.hash,
      );
    const good = Object.fromEntries(parameters.map((parameter) => [parameter.name, goodOf(document, parameter)]));
    const ask = (given: Readonly<Record<string, string>>): Promise<Response> =>
      Promise.resolve(app.request(`${ORIGIN}${place}?${new URLSearchParams(given)}`));
    return { document, good, ask };
  };

  test(`${path} reads the parameters that are described, and no others`, async () => {
    const { good, ask } = await setUp();
    const read = vi.spyOn(URLSearchParams.prototype, 'getAll');
    assert.equal((await ask(good)).status, 200);
    assert.deepEqual([...new Set(read.mock.calls.map(([name]) => name))].sort(), Object.keys(good).sort());
  });

  test(`${path} takes what is described, and refuses what is not, or is missing`, async () => {
    const { document, good, ask } = await setUp();
    const status = async (name: string, value: string | undefined): Promise<number> => {
      // Windows have a start and an end; each is tried alone, where both are not required.
      const { [name]: _, ...others } = good;
      const rest = parameters
        .filter(({ required, name: other }) => required && other !== name)
        .map(({ name: other }) => [other, others[other]!]);
      const response = await ask(Object.fromEntries([...rest, ...(value === undefined ? [] : [[name, value]])]));
      if (response.status === 400) assert.ok(((await response.json()) as { message: string }).message.includes(name));
      return response.status;
    };
    for (const parameter of parameters) {
      const { name, required = false } = parameter;
      const schema = componentOf(document, parameter.schema) as {
        enum?: unknown[];
        items?: { enum: unknown[] };
        minimum?: number;
        maximum?: number;
      };
      assert.equal(await status(name, undefined), required ? 400 : 200, `${name}, missing`);
      assert.equal(await status(name, '~'), 400, `${name}=~`);
      for (const word of schema.enum ?? schema.items?.enum ?? [])
        assert.equal(await status(name, String(word)), 200, `${name}=${word}`);
      if (schema.minimum === undefined || schema.maximum === undefined) continue;
      assert.equal(await status(name, String(schema.minimum - 1)), 400, `${name} below its least`);
      if (!/time|start|end/i.test(name)) {
        for (const bound of [schema.minimum, schema.maximum])
          assert.equal(await status(name, String(bound)), 200, `${name}=${bound}`);
      }
      assert.equal(await status(name, String(BigInt(schema.maximum) + 1n)), 400, `${name} above its most`);
    }
  });
}

test('replies to good and bad requests are as they are described, to the last member', async () => {
  const venue = lively();
  const replies = new DescribedReplies(await documentOf(venue));
  const app = restApp(venue, venue);
  const get = async (path: string, ...places: readonly string[]): Promise<void> => {
    for (const place of places) await replies.check('get', path, await app.request(`${ORIGIN}${place}`));
  };
  for (const path of ['time', 'node-info', 'peers', 'fees', 'openapi.json'])
    await get(`/api/v1/${path}`, `/api/v1/${path}`);
  for (const path of ['tokens', 'mini/tokens', 'markets', 'mini/markets'])
    await get(`/api/v1/${path}`, `/api/v1/${path}`, `/api/v1/${path}?limit=x`);
  for (const mini of ['', 'mini/']) {
    const symbol = mini === '' ? PAIR : MINI_PAIR;
    for (const [path, query] of [
      ['klines', `symbol=${symbol}&interval=1m`],
      ['ticker/24hr', ''],
      ['trades', 'total=1'],
    ] as const)
      await get(
        `/api/v1/${mini}${path}`,
        `/api/v1/${mini}${path}?${query}`,
        `/api/v1/${mini}${path}?symbol=NO-000_BNB`,
      );
  }
  await get('/api/v1/depth', `/api/v1/depth?symbol=${PAIR}`, '/api/v1/depth');
  await get('/api/v1/orders/open', `/api/v1/orders/open?address=${ALICE}`, '/api/v1/orders/open');
  for (const address of [ALICE, BOB, CAROL])
    await get('/api/v1/orders/closed', `/api/v1/orders/closed?address=${address}&total=1`);
  await get('/api/v1/orders/closed', '/api/v1/orders/closed?address=x');
  await get(
    '/api/v1/orders/{id}',
    `/api/v1/orders/${idOf(venue, BOB, 1)}`,
    `/api/v1/orders/${idOf(venue, BOB, 77)}`,
    '/api/v1/orders/x',
  );
  for (const last of ['', '/sequence'])
    await get(
      `/api/v1/account/{address}${last}`,
      `/api/v1/account/${BOB}${last}`,
      `/api/v1/account/${NOBODY}${last}`,
      `/api/v1/account/x${last}`,
    );
  await get('/api/v1/transactions', `/api/v1/transactions?address=${ALICE}`, '/api/v1/transactions');
  const hashes = [ALICE, BOB, CAROL].flatMap((address) =>
    [...venue.history.transactionsOf(address)].map(({ delivered }) => delivered.transaction.hash),
  );
  assert.ok(hashes.length > 8);
  for (const hash of hashes) await get('/api/v1/tx/{hash}', `/api/v1/tx/${hash}`, `/api/v1/tx/${hash}?format=json`);
  await get('/api/v1/tx/{hash}', `/api/v1/tx/${HASH}`, '/api/v1/tx/x');
  await get(
    '/bc/api/v1/txs',
    `/bc/api/v1/txs?address=${ALICE}&startTime=${venue.now() - 100_000}&endTime=${venue.now()}`,
    '/bc/api/v1/txs',
  );

  const signer = new Signer('alice', 'Dexwire-Test');
  const coins = [{ asset: 'BNB', amount: TOK }];
  const send: Message = {
    type: 'send',
    inputs: [{ address: signer.address, coins }],
    outputs: [{ address: BOB, coins }],
  };
  const { number, sequence } = venue.state.accounts.get(signer.address)!;
  const bytes = hexOf(signer.bytes(send, { accountNumber: number, sequence }));
  const broadcast = async (body: string, headers: Record<string, string> = {}): Promise<void> => {
    const init = { method: 'POST', body, headers: { 'content-type': 'text/plain', ...headers } };
    await replies.check('post', '/api/v1/broadcast', await app.request(`${ORIGIN}/api/v1/broadcast`, init));
  };
  await broadcast(hexOf(new Signer('alice', 'Another-Chain').bytes(send, { accountNumber: number, sequence })));
  await broadcast(bytes);
  await broadcast('xx');
  await broadcast('00'.repeat(200_000));
  await broadcast(bytes, { origin: 'https://elsewhere.test' });
  venue.seal();
  await get('/api/v1/account/{address}', `/api/v1/account/${signer.address}`);
  const [sent] = venue.history.transactionsOf(signer.address);
  await get('/api/v1/tx/{hash}', `/api/v1/tx/${sent!.delivered.transaction.hash}?format=json`);

  const post = async (
    path: string,
    door: ReturnType<typeof entryApp>,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<unknown> => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const init = { method: 'POST', body: text, headers: { 'content-type': 'application/json', ...headers } };
    return replies.check('post', path, await door.request(`${ORIGIN}${path}`, init));
  };
  const faucet = faucetApp(venue, { from: ALICE });
  for (const [path, door, good] of [
    [ENTRY_PATH, entryApp(venue), { type: 'cancelOrder', sender: BOB, symbol: PAIR, refId: idOf(venue, BOB, 3) }],
    [FAUCET_PATH, faucet, { address: NOBODY }],
  ] as const) {
    await post(path, door, good);
    await post(path, door, {});
    await post(path, door, good, { host: 'elsewhere.test' });
    await post(path, door, good, { 'content-type': 'text/plain' });
    await post(path, door, ' '.repeat(2_000_000));
  }
  const { id: _, ...plain } = formatMessage(order(BOB, 'sell', 7_000_000n, TOK));
  const many = await post(ENTRY_PATH, entryApp(venue), [plain, { ...plain, quantity: '0.00000001' }]);
  assert.match(JSON.stringify(many), /^\[\{"hash":.*"ok":true.*\},\{"ok":false,.*\}\]$/);
  await post(FAUCET_PATH, faucetApp(venue, { from: undefined }), { address: NOBODY });

  // Those two are of a node, not of a venue: tests/behaviour/openApi.test.ts.
  const ofVenue = replies.described.filter((place) => !/^get \/(healthz|metrics) /.test(place));
  assert.deepEqual(
    ofVenue.filter((place) => !replies.met.has(place)),
    [],
  );
});

const MESSAGES: readonly Message[] = [
  { ...(order(ALICE, 'buy', 5_000_000n, TOK) as Message & { type: 'newOrder' }), id: `${'A'.repeat(40)}-1` },
  { type: 'cancelOrder', sender: ALICE, symbol: PAIR, refId: `${'A'.repeat(40)}-1` },
  {
    type: 'send',
    inputs: [{ address: ALICE, coins: [{ asset: 'BNB', amount: TOK }] }],
    outputs: [{ address: BOB, coins: [{ asset: 'BNB', amount: TOK }] }],
  },
  { type: 'issue', from: ALICE, name: 'New', symbol: 'NEW', totalSupply: TOK, mintable: true },
  { type: 'issueMini', from: ALICE, name: 'New', symbol: 'NEW', totalSupply: TOK, mintable: true, tokenUri: '' },
  { type: 'issueTiny', from: ALICE, name: 'New', symbol: 'NEW', totalSupply: TOK, mintable: false, tokenUri: '' },
  ...(['mint', 'burn', 'freeze', 'unfreeze'] as const).map((type) => ({
    type,
    from: ALICE,
    symbol: 'BNB',
    amount: 1n,
  })),
  { type: 'list', from: ALICE, proposalId: 1n, baseAsset: 'TOK-1AB', quoteAsset: 'BNB', initPrice: TOK },
  { type: 'listMini', from: ALICE, baseAsset: 'XYZ-12AM', quoteAsset: 'BNB', initPrice: TOK },
];

for (const message of MESSAGES) {
  test(`a message ${message.type} is described as the entry takes it`, async () => {
    const replies = new DescribedReplies(await documentOf(new RestVenue()));
    const json = formatMessage(message);
    assert.equal(replies.faultOf('Message', { ...json, memo: 'x', source: 1, sequence: 2 }), undefined);
    for (const name of Object.keys(json)) {
      const { [name]: _, ...less } = json;
      // Two members of an order have something that they are unless given.
      if (['timeInForce', 'id'].includes(name)) assert.equal(replies.faultOf('Message', less), undefined);
      else assert.ok(replies.faultOf('Message', less), name);
    }
    assert.ok(replies.faultOf('Message', { ...json, other: 1 }));
  });
}
