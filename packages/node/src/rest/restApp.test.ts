import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'vitest';
import { ALICE, BOB, CAROL, MULTI_SEND, NOBODY, order, RestVenue } from '../../../../tests/support/restVenue.ts';
import { restApp } from './restApp.ts';

const TOK = 100_000_000n;
const PAIR = 'TOK-1AB_BNB';
const MINI_PAIR = 'XYZ-12AM_BNB';

const ask = (venue: RestVenue, path: string, init?: RequestInit): Promise<Response> =>
  Promise.resolve(restApp(venue).request(`http://127.0.0.1:27100${path}`, init));

/** The body of a reply of the given status. */
const body = async <Body = unknown>(venue: RestVenue, path: string, status = 200): Promise<Body> => {
  const response = await ask(venue, `/api/v1${path}`);
  const text = await response.text();
  assert.equal(response.status, status, text);
  assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
  return JSON.parse(text);
};

interface Fault {
  readonly code: number;
  readonly message: string;
}

interface Orders {
  readonly total: number;
  readonly order: readonly { readonly orderId: string; readonly status: string; readonly [member: string]: unknown }[];
}

interface Trades {
  readonly total: number;
  readonly trade: readonly { readonly tradeId: string; readonly [member: string]: unknown }[];
}

const refusal = async (venue: RestVenue, path: string, status: number, message: RegExp): Promise<void> => {
  const fault = await body<Fault>(venue, path, status);
  assert.deepEqual(Object.keys(fault), ['code', 'message']);
  assert.equal(fault.code, status);
  assert.match(fault.message, message);
};

const idOf = (venue: RestVenue, address: string, sequence: number): string =>
  `${venue.state.accounts.get(address)!.hex}-${sequence}`;

/** Block 100: alice offers 3 at 0.05 and 1 at 0.06. Block 101: bob takes 2; carol's IOC finds nothing; mini pair: a trade. */
const traded = (): RestVenue => {
  const venue = new RestVenue();
  venue.send(order(ALICE, 'sell', 5_000_000n, 3n * TOK), '', 1);
  venue.send(order(ALICE, 'sell', 6_000_000n, TOK));
  venue.seal();
  venue.send(order(BOB, 'buy', 5_000_000n, 2n * TOK));
  venue.send(order(CAROL, 'buy', 4_000_000n, TOK, { timeInForce: 3 }));
  venue.send(order(ALICE, 'sell', 5_000_000n, TOK, { symbol: MINI_PAIR }));
  venue.send(order(BOB, 'buy', 5_000_000n, TOK, { symbol: MINI_PAIR }));
  venue.seal();
  return venue;
};

/** What kinds of values a body has at which places; lists: the kinds of their items, each once. */
const kinds = (value: unknown): unknown => {
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value;
  if (Array.isArray(value)) return [...new Set(value.map((item) => JSON.stringify(kinds(item))))].sort();
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, kinds(member)]),
  );
};

const recorded = new Map<string, unknown>(
  readFileSync(new URL('fixtures/rest.ndjson', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ path, body }) => [path, body]),
);

const recordedKinds = (path: string): unknown => {
  const [, found] = [...recorded].find(([each]) => each.startsWith(`/api/v1${path}`)) ?? assert.fail(path);
  return kinds(found);
};

/** The kinds of a body without members that came later than the recording. */
const kindsWithout = (found: object, ...later: string[]): unknown =>
  kinds(Object.fromEntries(Object.entries(found).filter(([name]) => !later.includes(name))));

test('replies have the members and kinds of values that were recorded', async () => {
  const venue = traded();
  assert.deepEqual(kinds(await body(venue, '/time')), recordedKinds('/time'));
  const info = await body<{ node_info: object }>(venue, '/node-info');
  assert.deepEqual(
    kinds({
      ...info,
      node_info: Object.fromEntries(Object.entries(info.node_info).filter(([name]) => name !== 'protocol_version')),
    }),
    recordedKinds('/node-info'),
  );
  const carol = await body<{ balances: readonly object[] }>(venue, `/account/${CAROL}`);
  assert.deepEqual(kindsWithout(carol, 'flags'), recordedKinds('/account/tbnb1fn9z9vn4f44ekz0a3pf80dcy2wh4d5988phjds'));
  assert.deepEqual(
    kinds(await body(venue, `/account/${ALICE}/sequence`)),
    recordedKinds('/account/tbnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75jf06gw/sequence'),
  );
  const [gateway] = recorded.get('/api/v1/peers') as object[];
  assert.deepEqual(kinds(await body(venue, '/peers')), kinds([gateway]));
  assert.deepEqual(kinds(await body(venue, '/fees')), recordedKinds('/fees'));
  assert.deepEqual(kinds(await body(venue, '/markets?limit=1000')), recordedKinds('/markets?limit=1000'));
  const empty = await body<object>(venue, '/depth?symbol=OLD-2CD_BNB&limit=5');
  assert.deepEqual(kindsWithout(empty, 'pending_match'), recordedKinds('/depth'));
});

test('times are RFC 3339 in UTC: whole seconds of the block and of now, and the block to the nanosecond', async () => {
  const venue = traded();
  assert.deepEqual(await body(venue, '/time'), { block_time: '2021-03-01T00:00:00Z', ap_time: '2021-03-01T00:00:00Z' });
  const { sync_info: sync } = await body<{ sync_info: object }>(venue, '/node-info');
  assert.deepEqual(sync, {
    latest_block_hash: 'A'.repeat(64),
    latest_app_hash: 'B'.repeat(64),
    latest_block_height: 101,
    latest_block_time: '2021-03-01T00:00:00.800000843Z',
    catching_up: false,
  });
});

test('a peer is the gateway that was asked, with its stream at the same place', async () => {
  const [peer] = await body<{ access_addr: string; stream_addr: string; capabilities: string[] }[]>(traded(), '/peers');
  assert.equal(peer?.access_addr, 'http://127.0.0.1:27100');
  assert.equal(peer?.stream_addr, 'ws://127.0.0.1:27100');
  assert.ok(peer?.capabilities.includes('ws'));
});

test('markets lists ordinary pairs in order, mini markets the mini ones, page by page', async () => {
  const venue = traded();
  assert.deepEqual(await body(venue, '/markets'), [
    {
      base_asset_symbol: 'OLD-2CD',
      list_price: '0.05000000',
      lot_size: '0.10000000',
      quote_asset_symbol: 'BNB',
      tick_size: '0.00000010',
    },
    {
      base_asset_symbol: 'TOK-1AB',
      list_price: '0.05000000',
      lot_size: '0.10000000',
      quote_asset_symbol: 'BNB',
      tick_size: '0.00000010',
    },
  ]);
  const bases = async (path: string): Promise<string[]> =>
    (await body<{ base_asset_symbol: string }[]>(venue, path)).map(({ base_asset_symbol }) => base_asset_symbol);
  assert.deepEqual(await bases('/mini/markets'), ['XYZ-12AM']);
  assert.deepEqual(await bases('/markets?limit=1'), ['OLD-2CD']);
  assert.deepEqual(await bases('/markets?limit=1&offset=1'), ['TOK-1AB']);
  assert.deepEqual(await bases('/markets?offset=2'), []);
});

test('tokens and mini tokens are listed apart, mini ones with their type and place', async () => {
  const venue = traded();
  const tokens = await body<{ symbol: string }[]>(venue, '/tokens');
  assert.deepEqual(
    tokens.map(({ symbol }) => symbol),
    ['BNB', 'OLD-2CD', 'TOK-1AB'],
  );
  assert.deepEqual(tokens[2], {
    name: 'TOK-1AB token',
    symbol: 'TOK-1AB',
    original_symbol: 'TOK',
    total_supply: '100000000.00000000',
    owner: ALICE,
    mintable: false,
  });
  const minis = await body<object[]>(venue, '/mini/tokens');
  assert.equal(minis.length, 1);
  assert.deepEqual(
    { ...minis[0], name: '' },
    {
      name: '',
      symbol: 'XYZ-12AM',
      original_symbol: 'XYZ',
      total_supply: '100000000.00000000',
      owner: ALICE,
      mintable: false,
      token_type: 1,
      token_uri: 'http://127.0.0.1/token',
    },
  );
});

test('fees are the ones of the state, free ones marked as free', async () => {
  const fees = await body<{ msg_type?: string; [member: string]: unknown }[]>(traded(), '/fees');
  const of = (type: string): object | undefined => fees.find(({ msg_type }) => msg_type === type);
  assert.deepEqual(of('issueMsg'), { fee: 1_000_000_000, msg_type: 'issueMsg', fee_for: 2 });
  assert.deepEqual(of('orderNew'), { fee: 0, msg_type: 'orderNew', fee_for: 3 });
  assert.deepEqual(
    fees.find((fee) => 'multi_transfer_fee' in fee),
    {
      multi_transfer_fee: 6_000,
      lower_limit_as_multi: 2,
      fixed_fee_params: { fee: 7_500, msg_type: 'send', fee_for: 1 },
    },
  );
});

test('what genesis makes free is marked as free', async () => {
  const venue = traded();
  venue.state.fees = { ...venue.state.fees, freeze: 0n };
  const fees = await body<{ msg_type?: string; fee_for?: number }[]>(venue, '/fees');
  assert.equal(fees.find(({ msg_type }) => msg_type === 'tokensFreeze')?.fee_for, 3);
});

test('a fee beyond 2^53 is written with all its digits', async () => {
  const venue = traded();
  venue.state.fees = { ...venue.state.fees, issue: 9_007_199_254_740_993n };
  const response = await ask(venue, '/api/v1/fees');
  assert.match(await response.text(), /"fee":9007199254740993,"msg_type":"issueMsg"/);
});

test('depth has the best levels first, and says when orders among them have not been matched yet', async () => {
  const venue = traded();
  assert.deepEqual(await body(venue, `/depth?symbol=${PAIR}`), {
    height: 101,
    bids: [],
    asks: [
      ['0.05000000', '1.00000000'],
      ['0.06000000', '1.00000000'],
    ],
    pending_match: false,
  });
  const { orderId } = { orderId: venue.send(order(BOB, 'buy', 7_000_000n, TOK)) };
  assert.ok(orderId.result.ok);
  const crossed = await body<{ bids: string[][]; pending_match: boolean; height: number }>(
    venue,
    `/depth?symbol=${PAIR}`,
  );
  assert.deepEqual(crossed.bids, [['0.07000000', '1.00000000']]);
  assert.equal(crossed.pending_match, true);
  assert.equal(crossed.height, 101);
  venue.send({ type: 'cancelOrder', sender: BOB, symbol: PAIR, refId: idOf(venue, BOB, 3) });
  assert.equal((await body<{ pending_match: boolean }>(venue, `/depth?symbol=${PAIR}`)).pending_match, false);
});

test('depth takes the limits of the venue only', async () => {
  const venue = new RestVenue();
  for (let step = 0n; step < 12n; step += 1n) venue.send(order(ALICE, 'sell', 5_000_000n + step * 10n, TOK));
  venue.seal();
  const asks = async (query: string): Promise<string[][]> =>
    (await body<{ asks: string[][] }>(venue, `/depth?symbol=${PAIR}${query}`)).asks;
  assert.equal((await asks('&limit=5')).length, 5);
  assert.equal((await asks('&limit=10')).at(-1)?.[0], '0.05000090');
  assert.equal((await asks('')).length, 12);
  await refusal(
    venue,
    `/depth?symbol=${PAIR}&limit=7`,
    400,
    /^limit: found "7", allowed is 5, 10, 20, 50, 100, 500, 1000$/,
  );
  await refusal(venue, '/depth?limit=5', 400, /^symbol: missing, allowed is a symbol such as/);
  await refusal(venue, '/depth?symbol=NO-000_BNB', 400, /^symbol: "NO-000_BNB" is not listed/);
});

test('symbols are taken in lower case too', async () => {
  const venue = traded();
  assert.deepEqual(await body(venue, '/depth?symbol=tok-1ab_bnb'), await body(venue, `/depth?symbol=${PAIR}`));
  assert.equal((await body<Trades>(venue, '/trades?symbol=tok-1ab_bnb')).trade.length, 1);
});

test('klines are lists in a list, as clients index them', async () => {
  const venue = traded();
  const rows = await body<unknown[][]>(venue, `/klines?symbol=${PAIR}&interval=1m`);
  assert.deepEqual(rows, [
    [
      1_614_556_800_000,
      '0.05000000',
      '0.05000000',
      '0.05000000',
      '0.05000000',
      '2.00000000',
      1_614_556_859_999,
      '0.10000000',
      1,
    ],
  ]);
  assert.deepEqual(await body(venue, `/mini/klines?symbol=${MINI_PAIR}&interval=1m&endTime=1000`), []);
  await refusal(venue, `/klines?symbol=${PAIR}`, 400, /^interval: missing, allowed is 1m, 3m,/);
  await refusal(venue, `/klines?symbol=${PAIR}&interval=4m`, 400, /^interval: found "4m", allowed is 1m, 3m,/);
  await refusal(venue, `/klines?symbol=${PAIR}&interval=1m&limit=1001`, 400, /whole number from 1 to 1000/);
  await refusal(venue, `/klines?symbol=${PAIR}&interval=1m&startTime=2&endTime=1`, 400, /^startTime: found "2"/);
});

test('a ticker is a list for one symbol too, and has the documented members', async () => {
  const venue = traded();
  const one = await body<Record<string, unknown>[]>(venue, `/ticker/24hr?symbol=${PAIR}`);
  assert.equal(one.length, 1);
  assert.deepEqual(
    Object.keys(one[0] ?? {}).sort(),
    (
      'askPrice askQuantity bidPrice bidQuantity closeTime count firstId highPrice lastId lastPrice lastQuantity lowPrice ' +
      'openPrice openTime prevClosePrice priceChange priceChangePercent quoteVolume symbol volume weightedAvgPrice'
    ).split(' '),
  );
  assert.equal(one[0]?.askPrice, '0.05000000');
  assert.equal(one[0]?.count, 1);
  const symbols = async (path: string): Promise<unknown[]> =>
    (await body<Record<string, unknown>[]>(venue, path)).map(({ symbol }) => symbol);
  assert.deepEqual(await symbols('/ticker/24hr'), ['OLD-2CD_BNB', PAIR]);
  assert.deepEqual(await symbols('/mini/ticker/24hr'), [MINI_PAIR]);
});

test('a trade has the documented members, its fees as decimals, and besides the nanoseconds as text', async () => {
  const venue = traded();
  const { total, trade } = await body<Trades>(venue, `/trades?symbol=${PAIR}`);
  assert.equal(total, -1);
  assert.deepEqual(trade, [
    {
      baseAsset: 'TOK-1AB',
      blockHeight: 101,
      buyFee: 'BNB:0.00006000',
      buyerId: BOB,
      buyerOrderId: idOf(venue, BOB, 1),
      buySingleFee: 'BNB:0.00004000;',
      buyerSource: 0,
      price: '0.05000000',
      quantity: '2.00000000',
      quoteAsset: 'BNB',
      sellFee: 'BNB:0.00006000',
      sellerId: ALICE,
      sellerOrderId: idOf(venue, ALICE, 1),
      sellSingleFee: 'BNB:0.00004000;',
      sellerSource: 1,
      symbol: PAIR,
      tickType: 'BuyTaker',
      time: 1_614_556_800_800,
      timeNs: '1614556800800000843',
      tradeId: '101-0',
    },
  ]);
});

test('trades are told by each of their parameters', async () => {
  const venue = traded();
  venue.send(order(ALICE, 'buy', 5_000_000n, TOK));
  venue.seal(60_000); // alice with herself
  const ids = async (query: string): Promise<string> => {
    const { trade } = await body<Trades>(venue, `/trades?${query}`);
    return trade.map(({ tradeId }) => tradeId).join(' ');
  };
  assert.equal(await ids(''), '102-0 101-0');
  assert.equal(await ids(`symbol=${MINI_PAIR}`), '101-1');
  assert.equal(await ids(`address=${BOB}`), '101-0');
  assert.equal(await ids(`address=${ALICE}`), '102-0 101-0');
  assert.equal(await ids(`address=${ALICE}&side=1`), '102-0');
  assert.equal(await ids(`address=${ALICE}&side=2`), '102-0 101-0');
  assert.equal(await ids(`address=${BOB}&side=2`), '');
  assert.equal(await ids(`buyerOrderId=${idOf(venue, BOB, 1)}`), '101-0');
  assert.equal(await ids(`sellerOrderId=${idOf(venue, ALICE, 1).toLowerCase()}`), '102-0 101-0');
  assert.equal(await ids('quoteAsset=bnb'), '102-0 101-0');
  assert.equal(await ids('quoteAsset=BUSD-BD1'), '');
  assert.equal(await ids('height=102'), '102-0');
  assert.equal(await ids('start=1614556801000'), '102-0');
  assert.equal(await ids('end=1614556801000'), '101-0');
  assert.equal(await ids('limit=1'), '102-0');
  assert.equal(await ids('limit=1&offset=1'), '101-0');
  assert.equal((await body<Trades>(venue, '/trades?limit=1&total=1')).total, 2);
  assert.equal((await body<Trades>(venue, '/mini/trades?total=1')).total, 1);
  await refusal(venue, '/trades?symbol=NO-000_BNB', 400, /not listed and has no trades/);
  await refusal(venue, '/trades?start=0&end=99999999999', 400, /^start: found "0", allowed is a time of at most/);
  await refusal(venue, '/trades?side=3', 400, /^side: found "3", allowed is 1, 2$/);
});

test('an open order has what it was placed with, and what it has been filled with', async () => {
  const venue = traded();
  const { total, order: orders } = await body<Orders>(venue, `/orders/open?address=${ALICE}`);
  assert.equal(total, -1);
  assert.deepEqual(
    orders.map(({ orderId }) => orderId),
    [idOf(venue, ALICE, 2), idOf(venue, ALICE, 1)],
  );
  assert.deepEqual(orders[1], {
    orderId: idOf(venue, ALICE, 1),
    symbol: PAIR,
    owner: ALICE,
    price: '0.05000000',
    quantity: '3.00000000',
    cumulateQuantity: '2.00000000',
    fee: 'BNB:0.00006000',
    orderCreateTime: '2021-03-01T00:00:00.400Z',
    transactionTime: '2021-03-01T00:00:00.800Z',
    status: 'PartialFill',
    timeInForce: 1,
    side: 2,
    type: 2,
    tradeId: '101-0',
    lastExecutedPrice: '0.05000000',
    lastExecutedQuantity: '2.00000000',
    transactionHash: venue.state.openOrders.get(idOf(venue, ALICE, 1))?.txHash,
  });
  assert.equal(orders[0]?.status, 'Ack');
  assert.deepEqual(await body(venue, `/orders/${idOf(venue, ALICE, 1)}`), orders[1]);
});

test('an order is open as soon as it is accepted, and gone as soon as its cancel is', async () => {
  const venue = traded();
  venue.send(order(ALICE, 'sell', 7_000_000n, TOK));
  const ids = async (): Promise<string[]> =>
    (await body<Orders>(venue, `/orders/open?address=${ALICE}`)).order.map(({ orderId }) => orderId.slice(41));
  assert.deepEqual(await ids(), ['4', '2', '1']);
  assert.equal(
    (await body<{ orderCreateTime: string }>(venue, `/orders/${idOf(venue, ALICE, 4)}`)).orderCreateTime,
    '2021-03-01T00:00:00.800Z',
  );
  venue.send({ type: 'cancelOrder', sender: ALICE, symbol: PAIR, refId: idOf(venue, ALICE, 2) });
  assert.deepEqual(await ids(), ['4', '1']);
  venue.seal();
  assert.deepEqual(await ids(), ['4', '1']);
  assert.equal((await body<Orders>(venue, `/orders/open?address=${ALICE}&symbol=${MINI_PAIR}&total=1`)).total, 0);
  assert.equal((await body<Orders>(venue, `/orders/open?address=${ALICE}&limit=1&total=1`)).total, 2);
});

test('an order that was cancelled in the block it came with is not open for a moment longer', async () => {
  const venue = traded();
  venue.send(order(CAROL, 'sell', 7_000_000n, TOK));
  venue.send({ type: 'cancelOrder', sender: CAROL, symbol: PAIR, refId: idOf(venue, CAROL, 2) });
  assert.equal((await body<Orders>(venue, `/orders/open?address=${CAROL}&total=1`)).total, 0);
  venue.seal();
  assert.equal((await body<{ status: string }>(venue, `/orders/${idOf(venue, CAROL, 2)}`)).status, 'Canceled');
});

test('a cancel that failed says nothing about the order, which keeps its place', async () => {
  const venue = traded();
  const before = await body<Orders>(venue, `/orders/closed?address=${BOB}`);
  venue.send({ type: 'cancelOrder', sender: BOB, symbol: PAIR, refId: idOf(venue, BOB, 1) });
  venue.seal();
  assert.deepEqual(await body<Orders>(venue, `/orders/closed?address=${BOB}`), before);
});

test('closed orders have their final status, the last fill, and are told by each parameter', async () => {
  const venue = traded();
  venue.send({ type: 'cancelOrder', sender: ALICE, symbol: PAIR, refId: idOf(venue, ALICE, 1) });
  venue.send(order(BOB, 'buy', 1n, 1n)); // refused: no tick, no lot
  venue.send({ type: 'cancelOrder', sender: BOB, symbol: PAIR, refId: idOf(venue, ALICE, 2) }); // not his
  venue.seal();
  const statuses = async (query: string): Promise<string> => {
    const { order: orders } = await body<Orders>(venue, `/orders/closed?${query}`);
    return orders.map(({ orderId, status }) => `${orderId.slice(41)} ${status}`).join(', ');
  };
  assert.equal(await statuses(`address=${ALICE}`), '1 Canceled, 3 FullyFill');
  assert.equal(await statuses(`address=${BOB}`), '3 FailedBlocking, 2 FullyFill, 1 FullyFill');
  assert.equal(await statuses(`address=${CAROL}`), '1 IocNoFill');
  assert.equal(await statuses(`address=${BOB}&status=FullyFill&status=Canceled`), '2 FullyFill, 1 FullyFill');
  assert.equal(await statuses(`address=${BOB}&status=FailedBlocking,Expired`), '3 FailedBlocking');
  assert.equal(await statuses(`address=${BOB}&side=2`), '');
  assert.equal(await statuses(`address=${BOB}&symbol=${MINI_PAIR}`), '2 FullyFill');
  assert.equal(await statuses(`address=${BOB}&limit=1&offset=1`), '2 FullyFill');
  assert.equal(await statuses(`address=${BOB}&start=1614556801000`), '3 FailedBlocking');
  assert.equal((await body<Orders>(venue, `/orders/closed?address=${BOB}&total=1`)).total, 3);
  const canceled = await body<Record<string, unknown>>(venue, `/orders/${idOf(venue, ALICE, 1)}`);
  assert.equal(canceled.status, 'Canceled');
  assert.equal(canceled.cumulateQuantity, '2.00000000');
  assert.equal(canceled.tradeId, '101-0');
  assert.equal(canceled.lastExecutedPrice, '0.05000000');
  assert.equal((await body<Record<string, unknown>>(venue, `/orders/${idOf(venue, ALICE, 2)}`)).status, 'Ack');
  await refusal(venue, '/orders/closed', 400, /^address: missing/);
  await refusal(venue, `/orders/closed?address=${ALICE}&status=Open`, 400, /^status: found "Open", allowed is Ack,/);
});

test('an order that is sent again under its own id fails, and that says nothing about the first', async () => {
  const venue = new RestVenue();
  const first = order(ALICE, 'sell', 5_000_000n, TOK);
  const hex = venue.state.accounts.get(ALICE)!.hex;
  venue.submit({ ...first, id: `${hex}-1` } as typeof first, { memo: '', source: 0, sequence: 0 });
  venue.seal();
  venue.submit({ ...first, id: `${hex}-1` } as typeof first, { memo: '', source: 0, sequence: 1 });
  venue.seal();
  assert.equal((await body<Orders>(venue, `/orders/closed?address=${ALICE}`)).order.length, 0);
  assert.equal((await body<{ status: string }>(venue, `/orders/${hex}-1`)).status, 'Ack');
  venue.send(order(BOB, 'buy', 5_000_000n, TOK));
  venue.submit({ ...first, id: `${hex}-1` } as typeof first, { memo: '', source: 0, sequence: 1 });
  venue.seal();
  assert.deepEqual(
    (await body<Orders>(venue, `/orders/closed?address=${ALICE}`)).order.map(({ status }) => status),
    ['FullyFill'],
  );
});

test('an account has its balances that are not zero, and the sequence after what was accepted since the last block', async () => {
  const venue = traded();
  venue.state.accounts.get(ALICE)?.balance('GONE-000');
  const alice = await body<Record<string, unknown>>(venue, `/account/${ALICE}`);
  assert.deepEqual(alice, {
    address: ALICE,
    public_key: null,
    account_number: 1,
    sequence: 3,
    flags: 0,
    balances: [
      { symbol: 'BNB', free: '10000.14994000', locked: '0.00000000', frozen: '0.00000000' },
      { symbol: 'OLD-2CD', free: '10000.00000000', locked: '0.00000000', frozen: '0.00000000' },
      { symbol: 'TOK-1AB', free: '9996.00000000', locked: '2.00000000', frozen: '0.00000000' },
      { symbol: 'XYZ-12AM', free: '9999.00000000', locked: '0.00000000', frozen: '0.00000000' },
    ],
  });
  venue.send(order(ALICE, 'sell', 7_000_000n, TOK));
  assert.deepEqual(await body(venue, `/account/${ALICE}/sequence`), { sequence: 4 });
  assert.equal((await body<{ sequence: number }>(venue, `/account/${ALICE.toUpperCase()}`)).sequence, 4);
});

test('what is not known is a 404 with a JSON body, what is malformed a 400', async () => {
  const venue = traded();
  await refusal(venue, `/account/${NOBODY}`, 404, /^account tbnb1.* is not known/);
  await refusal(venue, `/account/${NOBODY}/sequence`, 404, /is not known/);
  await refusal(venue, '/account/bnb1fn9z9vn4f44ekz0a3pf80dcy2wh4d598e4qnvz', 400, /^address: found .* tbnb1/);
  await refusal(
    venue,
    '/account/someone',
    400,
    /^address: found "someone", allowed is an address of this network, tbnb1/,
  );
  await refusal(venue, `/orders/${'0'.repeat(40)}-1`, 404, /^order .* is not known/);
  await refusal(venue, '/orders/1', 400, /^order id: found "1", allowed is 40 hex digits/);
  await refusal(venue, `/tx/${'0'.repeat(64)}`, 404, /^transaction 0+ is not known/);
  await refusal(venue, '/tx/12', 400, /^hash: found "12", allowed is 64 hex digits/);
  await refusal(venue, '/nothing', 404, /no such path/);
  assert.equal((await ask(venue, '/elsewhere')).status, 404);
});

test('a transaction is told by its hash in either case, the whole of it if one asks for json', async () => {
  const venue = new RestVenue();
  const { hash, result } = venue.send(
    {
      type: 'send',
      inputs: [{ address: ALICE, coins: [{ asset: 'BNB', amount: 5n }] }],
      outputs: [{ address: BOB, coins: [{ asset: 'BNB', amount: 5n }] }],
    },
    'hi',
    1,
  );
  assert.ok(result.ok);
  await refusal(venue, `/tx/${hash}`, 404, /not in a block yet/);
  venue.seal();
  const plain = { hash, log: 'Msg 0: ', data: '', code: 0, height: '100', ok: true };
  assert.deepEqual(await body(venue, `/tx/${hash}`), plain);
  assert.deepEqual(await body(venue, `/tx/${hash.toLowerCase()}?format=json`), {
    ...plain,
    tx: {
      type: 'auth/StdTx',
      value: {
        data: null,
        memo: 'hi',
        msg: [
          {
            type: 'cosmos-sdk/Send',
            value: {
              inputs: [{ address: ALICE, coins: [{ denom: 'BNB', amount: '5' }] }],
              outputs: [{ address: BOB, coins: [{ denom: 'BNB', amount: '5' }] }],
            },
          },
        ],
        signatures: [{ account_number: '1', pub_key: null, sequence: '0', signature: null }],
        source: '1',
      },
    },
  });
  await refusal(venue, `/tx/${hash}?format=xml`, 400, /^format: found "xml", allowed is json$/);
});

test('a transaction that failed in its block is told with the chain’s code and log', async () => {
  const venue = new RestVenue();
  const { hash } = venue.send({ type: 'cancelOrder', sender: BOB, symbol: PAIR, refId: 'A-1' });
  venue.seal();
  const told = await body<Record<string, unknown>>(venue, `/tx/${hash}`);
  assert.equal(told.ok, false);
  assert.equal(told.code, 393_621);
  assert.equal(JSON.parse(String(told.log)).message, 'Failed to find order [A-1]');
});

test('every message has a form in json', async () => {
  const venue = new RestVenue();
  const from = ALICE;
  const hashes = [
    venue.send(order(ALICE, 'sell', 5_000_000n, TOK)),
    venue.send({ type: 'cancelOrder', sender: ALICE, symbol: PAIR, refId: 'A-1' }),
    venue.send({ type: 'issue', from, name: 'New', symbol: 'NEW', totalSupply: 5n, mintable: true }),
    venue.send({
      type: 'issueMini',
      from,
      name: 'Min',
      symbol: 'MIN',
      totalSupply: TOK,
      mintable: false,
      tokenUri: 'u',
    }),
    venue.send({
      type: 'issueTiny',
      from,
      name: 'Tin',
      symbol: 'TIN',
      totalSupply: TOK,
      mintable: false,
      tokenUri: 'u',
    }),
    venue.send({ type: 'mint', from, symbol: 'TOK-1AB', amount: 1n }),
    venue.send({ type: 'burn', from, symbol: 'TOK-1AB', amount: 1n }),
    venue.send({ type: 'freeze', from, symbol: 'TOK-1AB', amount: 1n }),
    venue.send({ type: 'unfreeze', from, symbol: 'TOK-1AB', amount: 1n }),
    venue.send({ type: 'list', from, proposalId: 1n, baseAsset: 'TOK-1AB', quoteAsset: 'OLD-2CD', initPrice: TOK }),
    venue.send({ type: 'listMini', from, baseAsset: 'XYZ-12AM', quoteAsset: 'BNB', initPrice: TOK }),
  ].map(({ hash }) => hash);
  venue.seal();
  const types: string[] = [];
  for (const hash of hashes) {
    const { tx } = await body<{ tx: { value: { msg: { type: string; value: object }[] } } }>(
      venue,
      `/tx/${hash}?format=json`,
    );
    types.push(tx.value.msg[0]!.type);
    for (const [name, member] of Object.entries(tx.value.msg[0]!.value)) {
      if (['ordertype', 'side', 'timeinforce'].includes(name)) assert.equal(typeof member, 'number');
      else if (name === 'mintable') assert.equal(typeof member, 'boolean');
      else assert.equal(typeof member, 'string', name);
    }
  }
  assert.deepEqual(
    types,
    (
      'dex/NewOrder dex/CancelOrder tokens/IssueMsg tokens/IssueMiniMsg tokens/IssueTinyMsg tokens/MintMsg tokens/BurnMsg ' +
      'tokens/FreezeMsg tokens/UnfreezeMsg dex/ListMsg dex/ListMiniMsg'
    ).split(' '),
  );
});

test('transactions of an address are listed with a row for each coin that moved, the newest first', async () => {
  const venue = new RestVenue();
  venue.send(MULTI_SEND, 'memo');
  venue.seal();
  venue.send(order(ALICE, 'sell', 5_000_000n, TOK));
  venue.seal(2_000);
  const rows = async (query: string): Promise<string[]> => {
    const { tx } = await body<{ tx: { txType: string; toAddr: string; txAsset: string; value: string }[] }>(
      venue,
      `/transactions?${query}`,
    );
    return tx.map(({ txType, txAsset, value }) => `${txType} ${value} ${txAsset}`);
  };
  const coins = ['TRANSFER 0.00000001 BNB', 'TRANSFER 0.00000004 TOK-1AB', 'TRANSFER 0.00000002 BNB'];
  assert.deepEqual(await rows(`address=${ALICE}`), ['NEW_ORDER 1.00000000 TOK-1AB_BNB', ...coins]);
  assert.deepEqual(await rows(`address=${BOB}`), coins.slice(0, 2));
  assert.deepEqual(await rows(`address=${BOB}&side=SEND`), []);
  assert.deepEqual(await rows(`address=${CAROL}&side=RECEIVE`), coins.slice(2));
  assert.deepEqual(await rows(`address=${ALICE}&txAsset=TOK-1AB`), coins.slice(1, 2));
  assert.deepEqual(await rows(`address=${ALICE}&txType=NEW_ORDER`), ['NEW_ORDER 1.00000000 TOK-1AB_BNB']);
  assert.deepEqual(await rows(`address=${ALICE}&blockHeight=100&limit=1&offset=2`), coins.slice(2));
  assert.deepEqual(await rows(`address=${ALICE}&endTime=1614556801000`), coins);
  assert.deepEqual(await rows(`address=${ALICE}&startTime=1614556801000`), ['NEW_ORDER 1.00000000 TOK-1AB_BNB']);
  const { total, tx } = await body<{ total: number; tx: object[] }>(venue, `/transactions?address=${BOB}&limit=1`);
  assert.equal(total, 2);
  assert.deepEqual(
    { ...tx[0], txHash: '' },
    {
      txHash: '',
      blockHeight: 100,
      txType: 'TRANSFER',
      timeStamp: '2021-03-01T00:00:00.400Z',
      fromAddr: ALICE,
      toAddr: BOB,
      value: '0.00000001',
      txAsset: 'BNB',
      txFee: '0.00018000',
      txAge: 2,
      orderId: null,
      code: 0,
      data: null,
      confirmBlocks: 1,
      memo: 'memo',
      source: 0,
      sequence: 0,
    },
  );
  await refusal(venue, '/transactions', 400, /^address: missing/);
  await refusal(
    venue,
    `/transactions?address=${ALICE}&txType=HTLT`,
    400,
    /^txType: found "HTLT", allowed is NEW_ORDER/,
  );
});

test('parameters that mean nothing to a path, the key of old clients, and empty ones are passed over', async () => {
  const venue = traded();
  const plain = await body(venue, '/markets');
  assert.deepEqual(await body(venue, '/markets?apikey=KEY&symbol=&limit=&x=1'), plain);
  const response = await ask(venue, '/api/v1/markets', { headers: { apikey: 'KEY' } });
  assert.deepEqual(await response.json(), plain);
  await refusal(venue, '/markets?limit=1&limit=2', 400, /^limit: found 2 times, allowed is once$/);
  for (const limit of ['0', '-1', '1.5', '1e2', '99999999999999999999', 'ten', '%00'])
    await refusal(venue, `/markets?limit=${limit}`, 400, /^limit: found .* allowed is a whole number from 1 to 1000$/);
});

test('pages of any origin may read every reply, errors among them', async () => {
  const venue = traded();
  for (const path of ['/api/v1/time', '/api/v1/nothing', '/api/v1/depth', `/api/v1/account/${NOBODY}`, '/']) {
    const response = await ask(venue, path, { headers: { origin: 'https://example.org' } });
    assert.equal(response.headers.get('access-control-allow-origin'), '*', path);
  }
  const posted = await ask(venue, '/api/v1/time', { method: 'POST' });
  assert.equal(posted.headers.get('access-control-allow-origin'), '*');
  const asked = await ask(venue, '/api/v1/time', {
    method: 'OPTIONS',
    headers: {
      origin: 'https://example.org',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'apikey',
    },
  });
  assert.equal(asked.status, 204);
  assert.equal(asked.headers.get('access-control-allow-origin'), '*');
  assert.match(asked.headers.get('access-control-allow-headers') ?? '', /apikey/);
  assert.equal(asked.headers.get('access-control-allow-methods'), 'GET,HEAD');
});

test('a method that is not taken is a 405 that says which are', async () => {
  const venue = traded();
  for (const path of ['/api/v1/time', '/api/v1/orders/open', `/api/v1/tx/${'0'.repeat(64)}`]) {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      const response = await ask(venue, path, { method });
      assert.equal(response.status, 405);
      assert.equal(response.headers.get('allow'), 'GET, HEAD, OPTIONS');
      assert.equal(((await response.json()) as Fault).code, 405);
    }
  }
});

test('HEAD has what GET has, without the body; a slash at the end changes nothing', async () => {
  const venue = traded();
  const head = await ask(venue, '/api/v1/time', { method: 'HEAD' });
  assert.equal(head.status, 200);
  assert.match(head.headers.get('content-type') ?? '', /json/);
  assert.equal(await head.text(), '');
  assert.equal((await ask(venue, `/api/v1/account/${NOBODY}`, { method: 'HEAD' })).status, 404);
  assert.equal((await ask(venue, '/api/v1/time/')).status, 200);
});
