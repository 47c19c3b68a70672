import { getEventListeners } from 'node:events';
import { inspect } from 'node:util';
import {
  encode,
  formatOrderId,
  type OrderReport,
  orders,
  parseDecimal,
  type Transfer,
  transfers,
} from '@dexwire/protocol';
import { addressOfPrivateKey, decodeTransaction, transactionHash } from '@dexwire/protocol/transactions';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { closed, type MemoryDex, memoryDex } from '../../../../tests/support/memoryDex.ts';
import { expectNoUnhandledRejection } from '../../../../tests/support/rejections.ts';
import { heightText } from '../../../../tests/support/sampleFrames.ts';
import { settled } from '../../../../tests/support/virtualClock.ts';
import { WalletError } from './errors.ts';
import { restOf } from './rest.ts';
import { type Wallet, type WalletOptions, wallet } from './wallet.ts';

const KEY = '3dcc267e1f7edca86e03f0963b2d0b7804552d3014caddcfc435a4d7bc240cf5';
const ADDRESS = addressOfPrivateKey(KEY, 'tbnb');
const SYMBOL = 'ETH-1C9_BNB';
const BUY = { symbol: SYMBOL, side: 'buy', price: '6.6', quantity: '2' } as const;
const NO_FUNDS = 'do not have enough token to lock';

const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status });
const refusal =
  (code: number, message: string, status = 400) =>
  (): Response =>
    json({ code, message }, status);
const unanswered = (): never => {
  throw new TypeError('fetch failed');
};

interface Posted {
  readonly hash: string;
  readonly sequence: number;
  readonly orderId: string;
}

/** A gateway's REST side with one account: it takes a transaction that has the next sequence, unless told otherwise. */
class Gateway {
  chainId = 'Binance-Chain-Nile';
  sequence = 5;
  /** Every path that was asked for, without the base. */
  readonly asked: string[] = [];
  readonly posted: Posted[] = [];
  /** What becomes of the next posts, in their order. */
  readonly script: ((posted: Posted) => Response | Promise<Response>)[] = [];
  /** What is answered to paths that begin so, in place of the usual. */
  readonly answers = new Map<string, () => Response | Promise<Response>>();
  /** Transactions that are in a block, by hash. */
  readonly blocks = new Map<string, { height: string; code: number; log: string }>();

  /** Heeds no signal: whoever asks has to. */
  readonly fetch = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const path = url.replace('http://node.test/api/v1', '');
    this.asked.push(path);
    if (init.method === 'POST') return this.#post(String(init.body));
    for (const [start, answer] of this.answers) if (path.startsWith(start)) return answer();
    if (path === '/node-info') return json({ node_info: { network: this.chainId } });
    if (path.startsWith('/markets')) return json([market(SYMBOL)]);
    if (path.startsWith('/mini/markets')) return json([]);
    if (path.startsWith('/account/')) return json(this.account);
    const block = this.blocks.get(path.replace('/tx/', ''));
    if (block) return json(block);
    if (path.startsWith('/orders/open')) return json({ total: 0, order: [] });
    if (path.startsWith('/orders/')) return json(order(path.slice('/orders/'.length)));
    return json({ code: 404, message: 'not known' }, 404);
  };

  get account(): object {
    const balances = [{ symbol: 'BNB', free: '9007199254740993.00000001', locked: '0.00000000', frozen: '1.00000000' }];
    return { account_number: 7, sequence: this.sequence, balances };
  }

  accept(posted: Posted): Response {
    if (posted.sequence !== this.sequence) return refusal(65539, 'Invalid sequence')();
    this.sequence += 1;
    return json([{ hash: posted.hash, ok: true, code: 0, log: 'Msg 0: ' }]);
  }

  #post(hex: string): Response | Promise<Response> {
    const bytes = Uint8Array.from(hex.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
    const { message, signatures } = decodeTransaction(bytes, 'tbnb');
    const posted = {
      hash: transactionHash(bytes),
      sequence: Number(signatures[0]?.sequence),
      orderId: message.type === 'newOrder' ? message.id : '',
    };
    this.posted.push(posted);
    return (this.script.shift() ?? ((given) => this.accept(given)))(posted);
  }
}

const market = (symbol: string): object => {
  const [base, quote] = symbol.split('_');
  return { base_asset_symbol: base, quote_asset_symbol: quote, tick_size: '0.00001000', lot_size: '0.00100000' };
};

const order = (orderId: string): object => ({
  orderId,
  symbol: SYMBOL,
  owner: ADDRESS,
  price: '6.60000000',
  quantity: '2.00000000',
  cumulateQuantity: '0.00000000',
  fee: '',
  orderCreateTime: '2026-01-01T00:00:00.400Z',
  transactionTime: '2026-01-01T00:00:00.800Z',
  status: 'Ack',
  timeInForce: 1,
  side: 1,
  type: 2,
  tradeId: '',
  lastExecutedPrice: '0.00000000',
  lastExecutedQuantity: '0.00000000',
  transactionHash: 'AB',
});

const report = (orderId: string, status: OrderReport['status'] = 'Ack', height = 10): OrderReport => {
  const zero = parseDecimal('0.00000000');
  return {
    eventType: 'executionReport',
    height,
    symbol: SYMBOL,
    side: 'buy',
    orderType: 'limit',
    timeInForce: 'GTE',
    quantity: parseDecimal('2.00000000'),
    price: parseDecimal('6.60000000'),
    executionType: 'NEW',
    status,
    orderId,
    lastExecutedQuantity: zero,
    lastExecutedPrice: zero,
    cumulativeFilledQuantity: zero,
    commission: '',
    time: 1n,
    tradeId: '',
    orderCreationTime: 1n,
  };
};

/** The id of the order whose transaction has this sequence. */
const idOf = (sequence: number): string => formatOrderId(ADDRESS, sequence + 1);

let gateway: Gateway;
let setting: MemoryDex;
let trader: Wallet;

const rounds = async (): Promise<void> => {
  for (let round = 0; round < 6; round += 1) await settled();
};
const begin = (options: WalletOptions = {}, key: string | Uint8Array = KEY): void => {
  gateway = new Gateway();
  setting = memoryDex();
  trader = wallet(setting.dex, key, { fetch: gateway.fetch, ...options });
};
const say = async (...reports: OrderReport[]): Promise<void> => {
  setting.network.last.say(encode(orders, reports));
  await rounds();
};
const told = async (sequence: number, status?: OrderReport['status']): Promise<void> =>
  say(report(idOf(sequence), status));
/** What a promise has come to by now. */
const stateOf = async (promise: Promise<unknown>): Promise<unknown> => {
  let state: unknown = 'pending';
  promise.then(
    () => {
      state = 'done';
    },
    (error) => {
      state = error instanceof WalletError ? error.code : error;
    },
  );
  await rounds();
  return state;
};
const faultOf = async (promise: Promise<unknown>): Promise<WalletError> => {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  if (error instanceof WalletError) return error;
  throw new Error(`expected a WalletError, found ${String(error)}`);
};
const sequences = (): number[] => gateway.posted.map(({ sequence }) => sequence);
/** A reply that comes when it is let go. */
const held = (answer: () => Response | Promise<Response>) => {
  let go = (): void => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  return {
    answer: async () => {
      await gate;
      return answer();
    },
    go: () => go(),
  };
};

beforeEach(() => begin());
afterEach(async () => {
  await trader.close();
  expect(await closed(setting)).toBe(0);
  await expectNoUnhandledRejection();
});

describe('an order', () => {
  test('resolves with all reports about it in the block that took it', async () => {
    const placing = trader.placeOrder(BUY);
    await rounds();
    const [posted] = gateway.posted;
    await say(report('00'.repeat(20).concat('-1')), report(idOf(5)), report(idOf(5), 'PartialFill'));
    const { orderId, txHash, height, reports, order } = await placing;
    expect([orderId, txHash, height, order]).toEqual([idOf(5), posted?.hash, 10, undefined]);
    expect(posted?.orderId).toBe(orderId);
    expect(reports.map(({ status }) => status)).toEqual(['Ack', 'PartialFill']);
    expect(gateway.asked.filter((path) => path.startsWith('/tx'))).toEqual([]);
  });

  test('resolves as well if the block is faster than the answer to the post', async () => {
    const post = held(() => gateway.accept(gateway.posted[0]!));
    gateway.script.push(post.answer);
    const placing = trader.placeOrder(BUY);
    await rounds();
    await told(5);
    expect(await stateOf(placing)).toBe('pending');
    post.go();
    expect((await placing).reports).toHaveLength(1);
  });

  test('is not sent before the streams were asked for', async () => {
    setting.network.answer = 'hang';
    const placing = trader.placeOrder(BUY);
    await rounds();
    expect(gateway.posted).toEqual([]);
    setting.network.last.open();
    await rounds();
    expect(sequences()).toEqual([5]);
    await told(5);
    await placing;
  });

  test('is refused here, with nothing sent, if it cannot be right', async () => {
    await trader.ready();
    const wrong = [
      { ...BUY, price: 6.6 as unknown as string },
      { ...BUY, price: '6.600001' },
      { ...BUY, quantity: '0' },
      { ...BUY, side: 'both' as 'buy' },
      { ...BUY, timeInForce: 'FOK' as 'IOC' },
      { ...BUY, symbol: 'NO-000_BNB' },
      { ...BUY, symbol: undefined as unknown as string },
    ];
    for (const one of wrong) expect((await faultOf(trader.placeOrder(one))).code).toBe('INVALID');
    expect((await faultOf(trader.cancelOrder({ symbol: SYMBOL, orderId: 'x' }))).code).toBe('INVALID');
    expect(gateway.posted).toEqual([]);
  });

  test('with sizes that were renewed since is looked at again with those', async () => {
    gateway.answers.set('/markets', () => json([]));
    expect((await faultOf(trader.placeOrder(BUY))).message).toMatch(/not listed/);
    gateway.answers.clear();
    const placing = trader.placeOrder(BUY);
    await rounds();
    await told(5);
    await placing;
    expect(gateway.asked.filter((path) => path.startsWith('/markets'))).toHaveLength(2);
  });

  test('is rounded by the sizes of the day, and by new ones once the chain has refused the old', async () => {
    const askedForSizes = (): number => gateway.asked.filter((path) => path.startsWith('/markets')).length;
    const place = async (sequence: number): Promise<void> => {
      const placing = trader.placeOrder({ ...BUY, round: true });
      await rounds();
      await told(sequence);
      await placing;
    };
    await place(5);
    await place(6);
    expect(askedForSizes()).toBe(1);
    gateway.script.push(refusal(393617, 'price(660000000) is not rounded to tickSize(1000000000)'));
    await faultOf(trader.placeOrder(BUY));
    await place(7);
    expect(askedForSizes()).toBe(2);
    await setting.clock.pass(86_400_000);
    await place(8);
    expect(askedForSizes()).toBe(3);
  });

  test('that its block fails rejects with the code and text of the transaction', async () => {
    const placing = trader.placeOrder(BUY);
    await rounds();
    gateway.sequence -= 1;
    gateway.blocks.set(gateway.posted[0]!.hash, { height: '10', code: 393617, log: NO_FUNDS });
    const fault = faultOf(placing);
    await told(5, 'FailedBlocking');
    expect(await fault).toMatchObject({ code: 'REFUSED', chainCode: 393617, chainText: NO_FUNDS });
  });

  test('is not taken for an earlier one that was refused, and has the same id and hash', async () => {
    gateway.script.push(refusal(393617, NO_FUNDS));
    await faultOf(trader.placeOrder(BUY));
    gateway.blocks.set(gateway.posted[0]!.hash, { height: '10', code: 393617, log: NO_FUNDS });
    const placing = trader.placeOrder(BUY);
    await rounds();
    expect(gateway.posted[1]?.hash).toBe(gateway.posted[0]?.hash);
    await told(5, 'FailedBlocking');
    expect(await stateOf(placing)).toBe('pending');
    await say(report(idOf(5), 'Ack', 11), report(idOf(5), 'FailedBlocking', 11));
    expect((await placing).reports.map(({ status, height }) => [status, height])).toEqual([['Ack', 11]]);
  });

  test('that is signed again is not taken for the order of another program that had its id', async () => {
    await trader.ready();
    const post = held(refusal(65539, 'Invalid sequence'));
    gateway.script.push(post.answer);
    const placing = trader.placeOrder(BUY);
    await rounds();
    gateway.sequence = 6;
    await told(5); // the other one, while the answer is on its way
    post.go();
    expect(await stateOf(placing)).toBe('pending');
    expect(sequences()).toEqual([5, 6]);
    await told(6);
    expect((await placing).reports.map(({ orderId }) => orderId)).toEqual([idOf(6)]);
  });

  test('whose bytes go out again is known by what was told in between', async () => {
    const post = held(unanswered);
    gateway.script.push(post.answer);
    const placing = trader.placeOrder(BUY);
    await rounds();
    await told(5);
    post.go();
    expect((await placing).reports).toHaveLength(1);
    expect(gateway.posted[1]?.hash).toBe(gateway.posted[0]?.hash);
  });

  test('is not taken to be in the block of a later fill: if its Ack was missed, REST tells', async () => {
    const placing = trader.placeOrder(BUY);
    await rounds();
    await say(report(idOf(5), 'PartialFill', 12));
    expect(await stateOf(placing)).toBe('pending');
    gateway.blocks.set(gateway.posted[0]!.hash, { height: '10', code: 0, log: '' });
    await say(report(idOf(5), 'FullyFill', 13));
    expect(await placing).toMatchObject({ height: 10, reports: [], order: { orderId: idOf(5) } });
  });

  test('keeps the reports of its block when a later fill comes before the answer to its post', async () => {
    const post = held(() => gateway.accept(gateway.posted[0]!));
    gateway.script.push(post.answer);
    const placing = trader.placeOrder(BUY);
    await rounds();
    await say(report(idOf(5), 'Ack', 10));
    await say(report(idOf(5), 'PartialFill', 11));
    post.go();
    expect((await placing).reports.map(({ status, height }) => [status, height])).toEqual([['Ack', 10]]);
  });

  test('that lives for one block is told of by whatever that block says', async () => {
    const placing = trader.placeOrder({ ...BUY, timeInForce: 'IOC' });
    await rounds();
    await say({ ...report(idOf(5), 'IocNoFill'), timeInForce: 'IOC' });
    expect((await placing).reports.map(({ status }) => status)).toEqual(['IocNoFill']);
  });

  test('of a pair whose sizes are none is refused with the reason, and no other is', async () => {
    const odd = { ...market('ODD-000_BNB'), tick_size: '0.00000000' };
    gateway.answers.set('/markets', () => json([odd, market(SYMBOL)]));
    const fault = await faultOf(trader.placeOrder({ ...BUY, symbol: 'ODD-000_BNB' }));
    expect(fault).toMatchObject({
      code: 'INVALID',
      message: expect.stringMatching(/ODD-000_BNB cannot be traded.*tick/),
    });
    const placing = trader.placeOrder(BUY);
    await rounds();
    await told(5);
    await placing;
  });
});

describe('other transactions', () => {
  test('a cancel resolves with the report that the order is canceled, no earlier', async () => {
    const canceling = trader.cancelOrder({ symbol: SYMBOL.toLowerCase(), orderId: idOf(2) });
    await rounds();
    await told(2, 'PartialFill');
    expect(await stateOf(canceling)).toBe('pending');
    await told(2, 'Canceled');
    expect((await canceling).reports.map(({ status }) => status)).toEqual(['Canceled']);
  });

  test('a transfer resolves with its event, told by hash', async () => {
    const to = addressOfPrivateKey('11'.repeat(32), 'tbnb');
    const sending = trader.send({ to, asset: 'BNB', amount: '1.5', memo: 'hi' });
    await rounds();
    const transfer: Transfer = {
      eventType: 'outboundTransferInfo',
      height: 10,
      txHash: gateway.posted[0]!.hash,
      memo: 'hi',
      from: ADDRESS,
      to: [{ address: to, coins: [{ asset: 'BNB', amount: parseDecimal('1.50000000') }] }],
    };
    setting.network.last.say(encode(transfers, { ...transfer, txHash: 'FF'.repeat(32) }));
    expect(await stateOf(sending)).toBe('pending');
    setting.network.last.say(encode(transfers, transfer));
    expect(await sending).toEqual(transfer);
    // Assets are upper-case like symbols. Missed, it is put together from what was sent.
    const again = trader.send({ to, asset: 'bnb', amount: '1.5', memo: 'hi' });
    await rounds();
    const { hash } = gateway.posted[1]!;
    gateway.blocks.set(hash, { height: '10', code: 0, log: '' });
    await setting.clock.pass(3000);
    expect(await again).toEqual({ ...transfer, txHash: hash });
  });

  test('a transfer that cannot be right is not sent', async () => {
    const address = addressOfPrivateKey('11'.repeat(32), 'tbnb');
    const coin = { asset: 'BNB', amount: '1' };
    for (const to of [
      [],
      [{ address: addressOfPrivateKey('11'.repeat(32), 'bnb'), coins: [coin] }],
      [{ address, coins: [] }],
      [{ address, coins: [coin, coin] }],
      [{ address, coins: [{ asset: '', amount: '1' }] }],
      [{ address, coins: [{ asset: 'BNB', amount: '0.000000001' }] }],
      [
        { address, coins: [{ asset: 'BNB', amount: '92233720368' }] },
        { address: ADDRESS, coins: [{ asset: 'BNB', amount: '92233720368' }] },
      ],
    ])
      expect((await faultOf(trader.multiSend({ to }))).code).toBe('INVALID');
    expect(gateway.posted).toEqual([]);
  });
});

describe('the sequence', () => {
  test('is asked for once and counted on: ten orders of one turn wait for no block', async () => {
    const placing = Array.from({ length: 10 }, () => trader.placeOrder(BUY));
    await trader.sent();
    expect(sequences()).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    expect(gateway.asked.filter((path) => path.startsWith('/account'))).toHaveLength(1);
    await say(...sequences().map((sequence) => report(idOf(sequence))));
    expect((await Promise.all(placing)).map(({ orderId }) => orderId)).toEqual(sequences().map(idOf));
  });

  test('follows the order of the calls, whatever each has to ask for before', async () => {
    const markets = held(() => json([market(SYMBOL)]));
    gateway.answers.set('/markets', markets.answer);
    const calls = [trader.placeOrder(BUY), trader.cancelOrder({ symbol: SYMBOL, orderId: idOf(2) })];
    await rounds();
    expect(gateway.posted).toEqual([]);
    markets.go();
    await rounds();
    expect(gateway.posted.map(({ orderId }) => orderId)).toEqual([idOf(5), '']);
    await say(report(idOf(5)), report(idOf(2), 'Canceled'));
    await Promise.all(calls);
  });

  test('is not used by what is refused: code and text are the chain’s, and the next order has it', async () => {
    gateway.script.push(refusal(393617, NO_FUNDS), refusal(65540, 'signature verification failed', 401));
    const faults = [faultOf(trader.placeOrder(BUY)), faultOf(trader.placeOrder(BUY))];
    const placing = trader.placeOrder(BUY);
    const [error, unsigned] = await Promise.all(faults);
    expect(error).toMatchObject({ code: 'REFUSED', chainCode: 393617, chainText: NO_FUNDS });
    expect(error?.txHash).toBe(gateway.posted[0]?.hash);
    expect(unsigned).toMatchObject({ code: 'REFUSED', chainCode: 65540 });
    await trader.sent();
    expect(sequences()).toEqual([5, 5, 5]);
    await told(5);
    await placing;
  });

  test('is mended when the chain has another: the order is signed again, and so are those behind it', async () => {
    await trader.ready();
    const first = trader.placeOrder(BUY);
    await trader.sent();
    gateway.sequence = 9;
    const placing = [trader.placeOrder(BUY), trader.placeOrder(BUY)];
    await trader.sent();
    expect(sequences()).toEqual([5, 6, 9, 10]);
    await say(report(idOf(5)), report(idOf(6), 'Canceled'), report(idOf(9)), report(idOf(10)));
    const outcomes = await Promise.all([first, ...placing]);
    expect(outcomes.map(({ orderId }) => orderId)).toEqual([5, 9, 10].map(idOf));
    // The order of the other program, whose id the refused one had, is none of ours.
    expect(outcomes.map(({ reports }) => reports.map(({ orderId, status }) => [orderId, status]))).toEqual(
      [5, 9, 10].map((sequence) => [[idOf(sequence), 'Ack']]),
    );
  });

  test('that a doubled post has used by itself is no refusal', async () => {
    gateway.script.push((posted) => {
      gateway.accept(posted);
      gateway.blocks.set(posted.hash, { height: '10', code: 0, log: '' });
      return gateway.accept(posted);
    });
    const placing = trader.placeOrder(BUY);
    const next = trader.placeOrder(BUY);
    await rounds();
    expect(sequences()).toEqual([5, 6]);
    await say(report(idOf(5)), report(idOf(6)));
    expect((await placing).orderId).toBe(idOf(5));
    await next;
  });

  /** Refused for the sequence, which is used by then. */
  const used = (posted: Posted): Response => {
    gateway.sequence = posted.sequence + 1;
    return refusal(65539, 'Invalid sequence')();
  };
  const NOT_TOLD = refusal(404, 'not known', 404);

  test('that a doubled post has used is told by the order, before its block is there', async () => {
    gateway.script.push(used);
    gateway.answers.set('/orders/', () => json({ ...order(idOf(5)), transactionHash: gateway.posted[0]?.hash }));
    const placing = trader.placeOrder(BUY);
    const next = trader.placeOrder(BUY);
    await rounds();
    expect(sequences()).toEqual([5, 6]);
    await say(report(idOf(5)), report(idOf(6)));
    expect((await placing).orderId).toBe(idOf(5));
    await next;
  });

  test('that a doubled post may have used is not given up before a block tells', async () => {
    gateway.script.push(used);
    gateway.answers.set('/orders/', NOT_TOLD);
    const placing = trader.placeOrder(BUY);
    await rounds();
    await setting.clock.pass(6000);
    expect(sequences()).toEqual([5]);
    await told(5);
    expect(await stateOf(placing)).toBe('pending');
    gateway.blocks.set(gateway.posted[0]!.hash, { height: '10', code: 0, log: '' });
    await setting.clock.pass(3000);
    expect((await placing).reports).toHaveLength(1);
    expect(sequences()).toEqual([5]);
  });

  test('that a doubled post has used twice in a row is no refusal either', async () => {
    gateway.script.push(
      () => {
        gateway.sequence = 6;
        return refusal(65539, 'Invalid sequence')();
      },
      (posted) => {
        gateway.accept(posted);
        gateway.blocks.set(posted.hash, { height: '10', code: 0, log: '' });
        return gateway.accept(posted);
      },
    );
    const placing = trader.placeOrder(BUY); // another program's order has used the first one
    await rounds();
    await told(6);
    expect((await placing).orderId).toBe(idOf(6));
    expect(sequences()).toEqual([5, 6]);
  });

  test('that a transaction of another kind has used is told by the list of transactions', async () => {
    const use = (posted: Posted, members: object) => ({
      fromAddr: ADDRESS,
      sequence: posted.sequence,
      txHash: 'CD'.repeat(32),
      code: 0,
      ...members,
    });
    gateway.script.push((posted) => {
      gateway.answers.set('/transactions', () =>
        json({
          total: 3,
          tx: [use(posted, { code: 5 }), use(posted, { sequence: 4 }), use(posted, { fromAddr: 'tbnb1other' })],
        }),
      );
      return used(posted);
    });
    gateway.answers.set('/orders/', NOT_TOLD);
    const placing = trader.placeOrder(BUY);
    await rounds();
    expect(sequences()).toEqual([5]); // those are about something else
    gateway.answers.set('/transactions', () => json({ total: 1, tx: [use(gateway.posted[0]!, {})] }));
    await setting.clock.pass(3000);
    await rounds();
    expect(sequences()).toEqual([5, 6]);
    await told(6);
    await placing;
  });

  test('is not told of by an order that failed: that has used none, though it had the id', async () => {
    gateway.script.push(used);
    gateway.answers.set('/orders/', () => json({ ...order(idOf(5)), status: 'FailedBlocking' }));
    const placing = trader.placeOrder(BUY);
    await rounds();
    expect(sequences()).toEqual([5]);
    gateway.answers.set('/orders/', () => json(order(idOf(5))));
    await setting.clock.pass(3000);
    await rounds();
    expect(sequences()).toEqual([5, 6]);
    await told(6);
    await placing;
  });

  test('of which nothing tells who has used it leaves the order uncertain, and the next call asks anew', async () => {
    gateway.script.push(used);
    gateway.answers.set('/orders/', NOT_TOLD);
    const fault = faultOf(trader.placeOrder({ ...BUY, within: 10_000 }));
    await rounds();
    await setting.clock.pass(10_000);
    expect(await fault).toMatchObject({ code: 'UNCERTAIN', txHash: gateway.posted[0]?.hash });
    const placing = trader.placeOrder(BUY);
    await rounds();
    expect(sequences()).toEqual([5, 6]);
    await told(6);
    await placing;
  });

  test('that is refused again is the caller’s to know of, and asked for anew by the next', async () => {
    gateway.script.push(refusal(65539, 'Invalid sequence'), refusal(65539, 'Invalid sequence'));
    expect(await faultOf(trader.placeOrder(BUY))).toMatchObject({ code: 'REFUSED', chainCode: 65539 });
    gateway.sequence = 8;
    const placing = trader.placeOrder(BUY);
    await rounds();
    expect(sequences()).toEqual([5, 5, 8]);
    await told(8);
    await placing;
  });
});

describe('a post whose answer is lost', () => {
  test('was accepted if its transaction is in a block', async () => {
    gateway.script.push((posted) => {
      gateway.accept(posted);
      gateway.blocks.set(posted.hash, { height: '10', code: 0, log: '' });
      return unanswered();
    });
    const placing = trader.placeOrder(BUY);
    const next = trader.placeOrder(BUY);
    await trader.sent();
    expect(sequences()).toEqual([5, 6]);
    await say(report(idOf(5)), report(idOf(6)));
    expect((await placing).reports).toHaveLength(1);
    expect(gateway.asked.filter((path) => path.startsWith('/tx'))).toHaveLength(1);
    await next;
  });

  test.each([
    ['no connection', unanswered],
    ['a fault of the gateway', () => json({ code: 500, message: 'internal error' }, 502)],
    ['a request that took too long', () => new Response('', { status: 408 })],
    ['a reply that is none', () => new Response('<html>')],
  ])('by %s goes out once more, byte for byte, if the account’s sequence was not used', async (_, lost) => {
    gateway.script.push(lost);
    const placing = trader.placeOrder(BUY);
    await rounds();
    expect(sequences()).toEqual([5, 5]);
    expect(gateway.posted[0]?.hash).toBe(gateway.posted[1]?.hash);
    expect(gateway.asked.slice(-3)).toEqual([
      `/tx/${gateway.posted[0]?.hash}`,
      `/account/${ADDRESS}`,
      '/broadcast?sync=false',
    ]);
    await told(5);
    await placing;
  });

  test('is not sent again if the sequence was used: the block tells by the hash whose it was', async () => {
    gateway.script.push((posted) => {
      gateway.accept(posted);
      return unanswered();
    });
    const placing = trader.placeOrder(BUY);
    await rounds();
    expect(sequences()).toEqual([5]);
    await told(5); // an order with this id; another program with the key may have placed it
    expect(await stateOf(placing)).toBe('pending');
    gateway.blocks.set(gateway.posted[0]!.hash, { height: '10', code: 0, log: '' });
    await setting.clock.pass(3000);
    expect((await placing).reports).toHaveLength(1);
  });

  test('and whose block never tells stays uncertain at the deadline', async () => {
    gateway.script.push((posted) => {
      gateway.accept(posted);
      return unanswered();
    });
    const fault = faultOf(trader.placeOrder(BUY));
    await rounds();
    await setting.clock.pass(30_000);
    expect(await fault).toMatchObject({ code: 'UNCERTAIN', txHash: gateway.posted[0]?.hash });
  });

  test('whose second one is lost too is uncertain, with its hash, and is not sent a third time', async () => {
    gateway.script.push(unanswered, unanswered);
    const error = await faultOf(trader.placeOrder(BUY));
    expect(error).toMatchObject({ code: 'UNCERTAIN', txHash: gateway.posted[0]?.hash });
    expect(error.cause).toBeInstanceOf(TypeError);
    expect(sequences()).toEqual([5, 5]);
  });

  test('is looked for again while the gateway is away, until it is back', async () => {
    await trader.ready();
    gateway.script.push(() => {
      gateway.answers.set('/', unanswered);
      return unanswered();
    });
    const placing = trader.placeOrder(BUY);
    await rounds();
    expect(await stateOf(placing)).toBe('pending');
    gateway.answers.clear();
    await setting.clock.pass(2999);
    expect(sequences()).toEqual([5]);
    await setting.clock.pass(1);
    await rounds();
    expect(gateway.posted.map(({ hash }) => hash)).toEqual([gateway.posted[0]?.hash, gateway.posted[0]?.hash]);
    await told(5);
    await placing;
  });

  test('keeps those behind it waiting, who give up at deadlines of their own', async () => {
    await trader.ready();
    gateway.script.push(unanswered);
    gateway.answers.set('/tx', unanswered);
    const placing = trader.placeOrder(BUY);
    const hasty = faultOf(trader.placeOrder({ ...BUY, within: 1000 }));
    const next = trader.placeOrder(BUY);
    await rounds();
    await setting.clock.pass(1000);
    expect(await hasty).toMatchObject({ code: 'TIMED_OUT', txHash: undefined });
    gateway.answers.clear();
    await setting.clock.pass(2000);
    await rounds();
    expect(sequences()).toEqual([5, 5, 6]);
    await say(report(idOf(5)), report(idOf(6)));
    await Promise.all([placing, next]);
  });

  test('is no longer looked for once the caller has given up', async () => {
    await trader.ready();
    gateway.script.push(unanswered);
    gateway.answers.set('/tx', unanswered);
    const abort = new AbortController();
    const placing = trader.placeOrder({ ...BUY, signal: abort.signal });
    await rounds();
    const reason = new Error('enough');
    abort.abort(reason);
    expect(await stateOf(placing)).toBe(reason);
    const asked = gateway.asked.length;
    await setting.clock.pass(9000);
    expect(gateway.asked).toHaveLength(asked);
    await trader.sent();
  });

  test('whose look-up hangs holds nobody up once the caller has given up', async () => {
    await trader.ready();
    gateway.script.push(unanswered);
    gateway.answers.set('/tx', () => new Promise<Response>(() => {}));
    const abort = new AbortController();
    const placing = trader.placeOrder({ ...BUY, signal: abort.signal });
    const next = trader.placeOrder(BUY);
    await rounds();
    const reason = new Error('enough');
    abort.abort(reason);
    expect(await stateOf(placing)).toBe(reason);
    expect(sequences()).toEqual([5, 5]);
    await told(5);
    await next;
  });

  test('is uncertain if nothing can be asked up to the deadline, and the next call asks for the sequence anew', async () => {
    await trader.ready();
    gateway.script.push(unanswered);
    gateway.answers.set('/tx', unanswered);
    const fault = faultOf(trader.placeOrder(BUY));
    await rounds();
    await setting.clock.pass(30_000);
    const error = await fault;
    expect(error).toMatchObject({ code: 'UNCERTAIN', txHash: gateway.posted[0]?.hash });
    gateway.answers.set('/account', unanswered);
    expect((await faultOf(trader.placeOrder(BUY))).code).toBe('UNREACHABLE');
    expect(gateway.posted).toHaveLength(1);
    gateway.answers.clear();
    gateway.sequence = 6;
    const placing = trader.placeOrder(BUY);
    await rounds();
    expect(sequences()).toEqual([5, 6]);
    await told(6);
    await placing;
  });

  test('is refused if the second one is', async () => {
    gateway.script.push(unanswered, refusal(393617, NO_FUNDS));
    expect(await faultOf(trader.placeOrder(BUY))).toMatchObject({ code: 'REFUSED', chainCode: 393617 });
  });

  test('is not sent again for a caller who has given up', async () => {
    const reply = held(unanswered);
    gateway.script.push(reply.answer);
    const abort = new AbortController();
    const reason = new Error('enough');
    const placing = trader.placeOrder({ ...BUY, signal: abort.signal });
    await rounds();
    abort.abort(reason);
    expect(await stateOf(placing)).toBe(reason);
    reply.go();
    await rounds();
    expect(sequences()).toEqual([5]);
    const next = trader.placeOrder(BUY);
    await rounds();
    expect(sequences()).toEqual([5, 5]);
    await told(5);
    await next;
  });

  test('for want of time is looked for like any other', async () => {
    gateway.script.push(() => new Promise(() => {}));
    const placing = trader.placeOrder(BUY);
    await rounds();
    await setting.clock.pass(10_000);
    await rounds();
    expect(sequences()).toEqual([5, 5]);
    await told(5);
    await placing;
  });
});

describe('an abort', () => {
  const reason = new Error('enough');

  test.each([
    ['the network is asked', '/node-info'],
    ['sizes are asked for', '/markets'],
    ['the sequence is asked for', '/account'],
  ])('while %s means that nothing is sent', async (_, path) => {
    const reply = held(() => json({}));
    gateway.answers.set(path, reply.answer);
    const abort = new AbortController();
    const placing = trader.placeOrder({ ...BUY, signal: abort.signal });
    await rounds();
    abort.abort(reason);
    expect(await stateOf(placing)).toBe(reason);
    gateway.answers.clear();
    reply.go();
    await rounds();
    expect(gateway.posted).toEqual([]);
  });

  test('before the call, while the streams are dialled, or in the queue means that nothing is sent', async () => {
    const over = AbortSignal.abort(reason);
    expect(await stateOf(trader.placeOrder({ ...BUY, signal: over }))).toBe(reason);
    expect(await stateOf(trader.balances({ signal: over }))).toBe(reason);
    expect(gateway.asked).toEqual([]);
    setting.network.answer = 'hang';
    const dialling = new AbortController();
    const first = trader.placeOrder({ ...BUY, signal: dialling.signal });
    await rounds();
    dialling.abort(reason);
    expect(await stateOf(first)).toBe(reason);
    setting.network.last.open();
    const post = held(() => gateway.accept(gateway.posted[0]!));
    gateway.script.push(post.answer);
    const second = trader.placeOrder(BUY);
    const queued = new AbortController();
    const third = trader.placeOrder({ ...BUY, signal: queued.signal });
    const fourth = trader.placeOrder(BUY);
    await rounds();
    queued.abort(reason);
    expect(await stateOf(third)).toBe(reason);
    post.go();
    await rounds();
    expect(sequences()).toEqual([5, 6]);
    await say(report(idOf(5)), report(idOf(6)));
    await Promise.all([second, fourth]);
  });

  test('is listened for while the call lasts, no longer', async () => {
    const { signal } = new AbortController();
    const placing = trader.placeOrder({ ...BUY, signal });
    await rounds();
    expect(getEventListeners(signal, 'abort')).not.toHaveLength(0);
    await told(5);
    await placing;
    await trader.balances({ signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('after the post gives up the wait alone, and the sequence goes on', async () => {
    const post = held(() => gateway.accept(gateway.posted[0]!));
    gateway.script.push(post.answer);
    const abort = new AbortController();
    const placing = trader.placeOrder({ ...BUY, signal: abort.signal });
    await rounds();
    abort.abort(reason);
    expect(await stateOf(placing)).toBe(reason);
    post.go();
    const later = new AbortController();
    const unseen = trader.placeOrder({ ...BUY, signal: later.signal });
    await rounds();
    later.abort(reason);
    expect(await stateOf(unseen)).toBe(reason);
    const next = trader.placeOrder(BUY);
    await rounds();
    expect(sequences()).toEqual([5, 6, 7]);
    await told(7);
    await next;
  });
});

describe('a gap of the streams', () => {
  test('in which the block came is bridged by REST, and the result says so', async () => {
    const placing = trader.placeOrder(BUY);
    await rounds();
    gateway.blocks.set(gateway.posted[0]!.hash, { height: '10', code: 0, log: '' });
    setting.network.last.drop();
    const { orderId, height, reports, order } = await placing;
    expect([orderId, height, reports]).toEqual([idOf(5), 10, []]);
    expect(order).toMatchObject({ orderId, status: 'Ack', side: 'buy', timeInForce: 'GTE' });
  });

  test('before the block changes nothing: the streams tell as soon as they are back', async () => {
    const placing = trader.placeOrder(BUY);
    await rounds();
    setting.network.last.drop();
    expect(await stateOf(placing)).toBe('pending');
    await setting.clock.pass(1000);
    setting.network.last.say(heightText(9));
    await told(5);
    expect((await placing).reports).toHaveLength(1);
  });

  test('while the answer to the post is awaited is bridged as soon as that is there', async () => {
    const post = held(() => gateway.accept(gateway.posted[0]!));
    gateway.script.push(post.answer);
    const placing = trader.placeOrder(BUY);
    await rounds();
    gateway.blocks.set(gateway.posted[0]!.hash, { height: '10', code: 0, log: '' });
    setting.network.last.drop();
    await rounds();
    post.go();
    expect((await placing).reports).toEqual([]);
  });

  test('that nobody noticed is, after three seconds', async () => {
    const placing = trader.placeOrder(BUY);
    await rounds();
    gateway.blocks.set(gateway.posted[0]!.hash, { height: '10', code: 0, log: '' });
    gateway.answers.set('/orders', refusal(404, 'too long ago', 404));
    await setting.clock.pass(2999);
    expect(await stateOf(placing)).toBe('pending');
    await setting.clock.pass(1);
    expect(await placing).toMatchObject({ reports: [], order: undefined });
    const later = trader.placeOrder(BUY);
    await rounds();
    gateway.answers.set('/tx', unanswered);
    await setting.clock.pass(4000);
    gateway.answers.delete('/tx');
    gateway.blocks.set(gateway.posted[1]!.hash, { height: '11', code: 0, log: '' });
    await setting.clock.pass(2000);
    expect(await later).toMatchObject({ reports: [], height: 11 });
  });
});

describe('the deadline', () => {
  test('tells of an accepted transaction, by its hash, that it may be in a block', async () => {
    const fault = faultOf(trader.placeOrder(BUY));
    await rounds();
    await setting.clock.pass(30_000);
    const error = await fault;
    expect(error).toMatchObject({ code: 'UNCONFIRMED', txHash: gateway.posted[0]?.hash });
    expect(error.message).toMatch(/was accepted and may be in a block/);
  });

  test('tells of one that waits for its answer that nothing is known, and of one not sent that it was not', async () => {
    const post = held(() => gateway.accept(gateway.posted[0]!));
    gateway.script.push(post.answer);
    const faults = [
      faultOf(trader.placeOrder({ ...BUY, within: 100 })),
      faultOf(trader.placeOrder({ ...BUY, within: 100 })),
    ];
    await rounds();
    await setting.clock.pass(100);
    expect((await Promise.all(faults)).map(({ code, txHash }) => [code, txHash])).toEqual([
      ['UNCERTAIN', gateway.posted[0]?.hash],
      ['TIMED_OUT', undefined],
    ]);
    post.go();
    await rounds();
    expect(gateway.posted).toHaveLength(1);
  });
});

test('a deadline after a refusal for the sequence tells what is known by then', async () => {
  await trader.ready();
  const account = held(() => json(gateway.account));
  const unheard = (): Response => {
    gateway.answers.set('/account', account.answer);
    return refusal(65539, 'Invalid sequence')();
  };
  gateway.script.push(unheard);
  const fault = faultOf(trader.placeOrder({ ...BUY, within: 100 }));
  await rounds();
  await setting.clock.pass(100);
  // Who has used the sequence is not known: it may have been this one, on another way.
  expect(await fault).toMatchObject({ code: 'UNCERTAIN', txHash: gateway.posted[0]?.hash });
  account.go();
  await trader.sent();
  expect(gateway.posted).toHaveLength(1);
  gateway.answers.clear();
  const again = held(() => json(gateway.account));
  let asked = 0;
  gateway.script.push(() => {
    gateway.answers.set('/account', () => (++asked === 1 ? json(gateway.account) : again.answer()));
    return refusal(65539, 'Invalid sequence')();
  });
  const unused = faultOf(trader.placeOrder({ ...BUY, within: 100 }));
  await rounds();
  await setting.clock.pass(100);
  expect(await unused).toMatchObject({ code: 'TIMED_OUT', txHash: undefined });
  again.go();
  await trader.sent();
  expect(gateway.posted).toHaveLength(2);
});

describe('an end', () => {
  test('of the wallet rejects what waits and what comes, and leaves the connection open', async () => {
    const waiting = trader.placeOrder(BUY);
    await rounds();
    const hung = held(() => json({}));
    gateway.script.push(hung.answer);
    const posting = trader.placeOrder(BUY);
    const queued = trader.placeOrder(BUY);
    const faults = [waiting, posting, queued].map(faultOf);
    await rounds();
    await trader.close();
    const hashes = gateway.posted.map(({ hash }) => hash);
    expect((await Promise.all(faults)).map(({ code, txHash }) => [code, txHash])).toEqual([
      ['CLOSED', hashes[0]],
      ['CLOSED', hashes[1]],
      ['CLOSED', undefined],
    ]);
    for (const call of [trader.placeOrder(BUY), trader.balances(), trader.ready(), trader.address(), trader.sent()])
      expect((await faultOf(call)).code).toBe('CLOSED');
    await setting.dex.ready();
    hung.go();
  });

  test('of the connection is told at once, with the hash', async () => {
    const fault = faultOf(trader.placeOrder(BUY));
    await rounds();
    void setting.dex.close();
    expect(await fault).toMatchObject({ code: 'CLOSED', txHash: gateway.posted[0]?.hash });
    expect((await faultOf(trader.placeOrder(BUY))).code).toBe('CLOSED');
  });

  test('of the connection is told at once to a call whose post is not answered, and posts nothing behind it', async () => {
    await trader.ready();
    const post = held(() => gateway.accept(gateway.posted[0]!));
    gateway.script.push(post.answer);
    const faults = [trader.placeOrder(BUY), trader.placeOrder(BUY), trader.sent()].map(faultOf);
    await rounds();
    const closing = setting.dex.close();
    expect((await Promise.all(faults)).map(({ code, txHash }) => [code, txHash])).toEqual([
      ['CLOSED', gateway.posted[0]?.hash],
      ['CLOSED', undefined],
      ['CLOSED', undefined],
    ]);
    post.go();
    await closing;
    await rounds();
    expect(gateway.posted).toHaveLength(1);
  });

  test('of the connection lets nothing more be posted, in whichever turn it comes', async () => {
    const counts = new Set<number>();
    for (let turns = 0; turns < 60; turns += 1) {
      await trader.close();
      await closed(setting);
      begin();
      await trader.ready();
      const post = held(() => gateway.accept(gateway.posted[0]!));
      gateway.script.push(post.answer);
      const calls = Promise.allSettled([trader.placeOrder(BUY), trader.placeOrder(BUY)]);
      await rounds();
      post.go();
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      const { length } = gateway.posted;
      void setting.dex.close();
      await calls;
      await rounds();
      expect(gateway.posted).toHaveLength(length);
      counts.add(length);
    }
    expect([...counts]).toEqual([1, 2]); // the turn of the second post was among them
  });

  test('of the connection is told at once to calls that have not come as far as the streams', async () => {
    gateway.answers.set('/node-info', () => new Promise<Response>(() => {}));
    const faults = [trader.placeOrder(BUY), trader.balances(), trader.ready()].map(faultOf);
    await rounds();
    void setting.dex.close();
    expect((await Promise.all(faults)).map(({ code, txHash }) => [code, txHash])).toEqual(
      faults.map(() => ['CLOSED', undefined]),
    );
    const late = wallet(setting.dex, KEY, { fetch: gateway.fetch });
    expect((await faultOf(late.balances())).code).toBe('CLOSED');
    await late.close();
  });

  test('is listened for by any number of calls, and by no signal of more than Node.js warns of', async () => {
    const listening = vi.spyOn(AbortSignal.prototype, 'addEventListener');
    const account = held(() => json(gateway.account));
    gateway.answers.set('/account', account.answer);
    const calls = Array.from({ length: 30 }, () => trader.balances());
    await rounds();
    const counts = listening.mock.contexts.map((signal) => getEventListeners(signal as AbortSignal, 'abort').length);
    listening.mockRestore();
    expect(counts.length).toBeGreaterThan(60);
    expect(Math.max(...counts)).toBeLessThanOrEqual(10);
    account.go();
    await Promise.all(calls);
  });

  test('is not told to requests that are over', async () => {
    const signals: (AbortSignal | null | undefined)[] = [];
    await trader.close();
    trader = wallet(setting.dex, KEY, {
      fetch: (url, init) => {
        signals.push(init?.signal);
        return gateway.fetch(url, init);
      },
    });
    await trader.balances();
    await trader.close();
    expect(signals.map((signal) => signal?.aborted)).toEqual([false, false]);
  });
});

describe('what is asked', () => {
  test('with arguments that are none rejects, and says what is wanted', async () => {
    const any = trader as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    const address = addressOfPrivateKey('11'.repeat(32), 'tbnb');
    const wrong: [method: string, argument: unknown, wanted: RegExp][] = [
      ['placeOrder', undefined, /order: .*symbol, side, price, quantity/],
      ['placeOrder', { ...BUY, side: Object.create(null) }, /side: .*buy or sell/],
      ['cancelOrder', undefined, /order: .*symbol, orderId/],
      ['send', undefined, /transfer: .*to, asset, amount/],
      ['multiSend', null, /transfers: .*to/],
      ['multiSend', { to: [null] }, /to\[0\]: .*address, coins/],
      ['multiSend', { to: [{ address, coins: [null] }] }, /to\[0\]\.coins\[0\]: .*asset, amount/],
      ['openOrders', { symbol: 5 }, /symbol: found number 5, expected text/],
      ['openOrders', null, /options: found an object|options: .*signal, within/],
      ['balances', { signal: {} }, /signal: .*AbortSignal/],
      ['placeOrder', { ...BUY, signal: 'x' }, /signal: .*AbortSignal/],
      ['balances', { within: Number.NaN }, /within: found NaN, expected milliseconds/],
      ['sent', { within: -1 }, /within: found -1/],
      ['placeOrder', { ...BUY, within: '100' }, /within: found string/],
    ];
    for (const [method, argument, wanted] of wrong) {
      const error = await faultOf(any[method]!.call(trader, argument));
      expect([method, error.code]).toEqual([method, 'INVALID']);
      expect(error.message).toMatch(wanted);
    }
    expect(gateway.posted).toEqual([]);
    for (const name of ['within', 'requestTimeout'])
      expect(() => wallet(setting.dex, KEY, { [name]: Number.NaN })).toThrow(`INVALID: ${name}`);
  });

  test('balances are exact', async () => {
    expect(await trader.balances()).toEqual([
      { asset: 'BNB', free: '9007199254740993.00000001', frozen: '1.00000000', locked: '0.00000000' },
    ]);
    gateway.answers.set('/account', refusal(404, 'not known', 404));
    expect(await trader.balances()).toEqual([]);
    expect((await faultOf(trader.placeOrder(BUY))).code).toBe('UNKNOWN_ACCOUNT');
  });

  test('open orders are all of them, and read again if they changed between two pages', async () => {
    const all = Array.from({ length: 1500 }, (_, place) => order(idOf(1500 - place)));
    const totals = [1500, 1499, 1499, 1499];
    let offset = 0;
    gateway.answers.set('/orders/open', () => {
      const page = all.slice(offset, offset + 1000);
      offset = (offset + 1000) % 2000;
      if (offset === 0 && totals.length === 3) all.shift();
      return json({ total: totals.shift(), order: page });
    });
    const open = await trader.openOrders({ symbol: SYMBOL });
    expect(new Set(open.map(({ orderId }) => orderId)).size).toBe(1499);
    expect(gateway.asked.at(-1)).toBe(
      `/orders/open?address=${ADDRESS}&symbol=${SYMBOL}&limit=1000&offset=1000&total=1`,
    );
    expect(open).toHaveLength(1499);
  });

  test('a reply that is no reply is told of, and asked for anew by the next call', async () => {
    gateway.answers.set('/node-info', () => json({ node_info: { network: 7 } }));
    const error = await faultOf(trader.address());
    expect(error.code).toBe('UNREACHABLE');
    expect(error.message).toMatch(/node-info.*network/);
    gateway.answers.set('/node-info', refusal(503, 'busy', 503));
    expect((await faultOf(trader.ready())).message).toMatch(/503/);
    gateway.answers.clear();
    expect(await trader.address()).toBe(ADDRESS);
  });

  test('streams that cannot be dialled are told of, and nothing is sent', async () => {
    setting.network.answer = 'refuse';
    const fault = faultOf(trader.placeOrder(BUY));
    await rounds();
    await setting.clock.pass(15_000);
    expect(await fault).toMatchObject({ code: 'UNREACHABLE', cause: { code: 'CONNECT_FAILED' } });
    expect(gateway.posted).toEqual([]);
    setting.network.answer = 'accept';
    const placing = trader.placeOrder(BUY);
    await rounds();
    await setting.clock.pass(30_000 - 15_001);
    await told(5);
    await placing;
  });

  test('the prefix of the address follows from the chain, or is given', async () => {
    gateway.chainId = 'Binance-Chain-Tigris';
    expect(await trader.address()).toBe(addressOfPrivateKey(KEY, 'bnb'));
    await trader.close();
    trader = wallet(setting.dex, KEY, { fetch: gateway.fetch, prefix: 'own' });
    expect(await trader.address()).toBe(addressOfPrivateKey(KEY, 'own'));
  });

  test('REST stands beside the WebSockets, unless the network says where it is', () => {
    expect(restOf({ ws: 'ws://127.0.0.1:27100/api/ws' })).toBe('http://127.0.0.1:27100/api/v1');
    expect(restOf({ ws: 'wss://dex.test/x/api/ws?apikey=K' })).toBe('https://dex.test/x/api/v1');
    expect(restOf({ ws: 'ws://a.test/api/ws', rest: 'http://b.test/api/v1/' })).toBe('http://b.test/api/v1');
    expect(() => restOf({ ws: 'ws://a.test/' })).toThrow(WalletError);
  });
});

describe('a key', () => {
  test('is shown by nothing that the wallet gives out', async () => {
    const bytes = Uint8Array.from(KEY.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
    const seen: string[] = [];
    for (const method of ['log', 'error', 'warn', 'info', 'debug'] as const)
      vi.spyOn(console, method).mockImplementation((...what) => seen.push(inspect(what)));
    const shown = (value: unknown): string[] => [
      String(value),
      JSON.stringify(value) ?? '',
      inspect(value, { showHidden: true, depth: 9, getters: true }),
      value instanceof Error ? `${value.stack}` : '',
    ];
    for (const key of [KEY, bytes]) {
      await trader.close();
      await closed(setting);
      begin({}, key);
      gateway.script.push(refusal(393617, NO_FUNDS), unanswered, unanswered);
      const faults = [await faultOf(trader.placeOrder(BUY)), await faultOf(trader.placeOrder(BUY))];
      seen.push(...[trader, ...faults].flatMap(shown), ...gateway.asked);
    }
    for (const wrong of [`${KEY}0`, KEY.slice(1), bytes.slice(1), 'ff'.repeat(32)]) {
      try {
        wallet(setting.dex, wrong);
        seen.push(KEY);
      } catch (error) {
        expect(error).toMatchObject({ code: 'KEY_INVALID' });
        seen.push(...shown(error));
      }
    }
    vi.restoreAllMocks();
    const all = seen.join('\n').toLowerCase();
    expect(all.length).toBeGreaterThan(1000);
    for (const part of [KEY.slice(0, 12), KEY.slice(-12), bytes.slice(2, 6).join(', '), bytes.slice(2, 6).join()])
      expect(all).not.toContain(part);
  });

  test.each([
    ['bytes', () => Uint8Array.from(KEY.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16))],
    ['a Buffer', () => Buffer.from(KEY, 'hex')],
  ])('given as %s is copied: what becomes of them later changes nothing', async (_, given) => {
    const bytes = given();
    await trader.close();
    await closed(setting);
    begin({}, bytes);
    bytes.fill(0);
    expect(await trader.address()).toBe(ADDRESS);
  });
});
