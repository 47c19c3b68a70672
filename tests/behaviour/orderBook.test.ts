/** The order book against the node: at the height it says, its certain levels are the node's own. */
import assert from 'node:assert/strict';
import { startTestDex, type TestDex, type TestOptions } from '@dexwire/node/testing';
import { parseMessage } from '@dexwire/protocol/transactions';
import {
  type BookChange,
  blockheight,
  connect,
  type Decimal,
  formatDecimal,
  type Level,
  type OrderBook,
  type OrderBookOptions,
  orderBook,
} from 'dexwire';
import { afterEach, describe, test } from 'vitest';
import { seededRandom } from '../support/random.ts';

const SYMBOL = 'BNB_BTCB-1DE';
type Market = TestDex<ReturnType<typeof connect>>;
interface Sides {
  readonly bids: Level[];
  readonly asks: Level[];
}

const text = (units: bigint): Decimal => formatDecimal(units, 8);

let market: Market;
let book: OrderBook | undefined;
/** What the node's book was after each block, and after which one it is now. */
const truth = new Map<number, Sides>();
let height = 0;
afterEach(async () => {
  await book?.close();
  await market.close();
  assert.equal(market.clock.pending, 0);
  truth.clear();
  seen = undefined;
  height = 0;
  book = undefined;
});

const remember = (): void => {
  const { orders } = market.node.state.pairs.get(SYMBOL)!;
  const side = (name: 'buy' | 'sell'): Level[] =>
    orders.levels(name, 10_000).map(([price, open]) => [text(price), text(open)]);
  truth.set(height, { bids: side('buy'), asks: side('sell') });
};

/** The last height that the client has read, while heights come. */
let seen: number | undefined;
let wake = (): void => {};
const told = (): Promise<void> =>
  new Promise((resolve) => {
    wake = resolve;
  });

/** Seals blocks one by one, each kept in mind, and read by the client if its socket lives. */
const advance = async (blocks = 1): Promise<void> => {
  for (let block = 0; block < blocks; block++) {
    await market.advance();
    height++;
    remember();
    while (seen !== undefined && seen < height) await told();
  }
};

const start = async (options: TestOptions): Promise<void> => {
  market = await startTestDex(connect, options);
  market.dex.subscribe(blockheight, {}, (item) => {
    if (item.kind === 'events') seen = item.events.at(-1)?.height;
    else if (item.kind === 'gap') seen = undefined;
    wake();
  });
  remember();
};

/** A book, while blocks go on. */
const open = async (
  levels: 20 | 100 | 500 | 1000 = 500,
  every: Pick<OrderBookOptions, 'checkEvery' | 'refreshEvery'> = { refreshEvery: 7000 },
): Promise<OrderBook> => {
  let opened: OrderBook | undefined;
  let failed: unknown;
  orderBook(market.dex, SYMBOL, { levels, ...every, within: 600_000, requestTimeout: 600_000 }).then(
    (ready) => {
      opened = ready;
    },
    (error: unknown) => {
      failed = error;
    },
  );
  while (!opened && failed === undefined) await advance();
  if (!opened) throw failed;
  book = opened;
  return opened;
};

/** Fails unless the certain levels are the node's, at the height it says, or, with diffs on top, at one since. */
const check = (kept: OrderBook): void => {
  const { state, certain, height: from, diffs, bids, asks } = kept.depth(10_000);
  if (state !== 'verified') return;
  const isOf = (at: number): boolean => {
    const own = truth.get(at)!;
    return (
      same(bids.slice(0, certain.bids), own.bids, certain.bids) &&
      same(asks.slice(0, certain.asks), own.asks, certain.asks)
    );
  };
  const heights = Array.from({ length: diffs ? height - from! + 1 : 1 }, (_, blocks) => from! + blocks);
  assert.ok(
    heights.some(isOf),
    `block ${height}: not the book of ${heights}, certain to ${certain.bids}, ${certain.asks}`,
  );
};

const same = (known: readonly Level[], own: readonly Level[], certain: number): boolean =>
  String(known) === String(own.slice(0, certain)) &&
  (certain !== Number.POSITIVE_INFINITY || known.length === own.length);

/** Orders of two accounts over a wide band, many levels deep on both sides, that come, cross and are cancelled. */
const trader = (seed: number, width: number): ((count: number, cancels?: number) => void) => {
  const random = seededRandom(seed);
  const whole = (most: number): number => Math.floor(random() * most);
  const { node } = market;
  const { reference, tickSize, lotSize } = node.state.pairs.get(SYMBOL)!;
  const [owner] = node.idleAccounts;
  const placed: string[] = [];
  return (count, cancels = 0.5) => {
    for (let turn = 0; turn < count; turn++) {
      const [refId] = random() < cancels ? placed.splice(whole(placed.length), 1) : [];
      if (refId !== undefined) {
        node.submit({ type: 'cancelOrder', sender: owner!.address, symbol: SYMBOL, refId });
        continue;
      }
      const side = random() < 0.5 ? 'buy' : 'sell';
      const away = BigInt(whole(width) - 2) * tickSize;
      const price = text(side === 'buy' ? reference - away : reference + away);
      const quantity = text(lotSize * BigInt(1 + whole(5)));
      const result = node.submit(
        parseMessage({ type: 'newOrder', sender: owner!.address, symbol: SYMBOL, side, price, quantity }),
      );
      assert.ok(result.ok, JSON.stringify(result));
      const { id } = [...node.state.openOrders.values()].at(-1)!;
      placed.push(id);
    }
  };
};

describe.each(['second', 'block'] as const)('diffs by the %s', (diffs) => {
  test.each([20, 500] as const)('a busy market: a book of %d levels is the node’s at every block', async (levels) => {
    await start({ traders: true, seed: 3, diffs });
    await advance(20);
    const kept = await open(levels);
    let verified = 0;
    for (let block = 0; block < 100; block++) {
      await advance();
      check(kept);
      if (kept.status.state === 'verified') verified++;
    }
    assert.equal(verified, 100);
    assert.deepEqual(kept.stats.broken, {});
    assert.ok(kept.stats.diffs > 10);
    assert.ok(levels === 20 || kept.stats.refreshed > 2);
  });

  test('hundreds of levels, of which only the best hundred are told: certain is certain', async () => {
    await start({ diffs });
    const trade = trader(5, 250);
    for (let block = 0; block < 10; block++) {
      trade(60, 0);
      await advance();
    }
    assert.ok(truth.get(height)!.bids.length > 130);
    const kept = await open(500);
    const depths = new Set<number>();
    for (let block = 0; block < 60; block++) {
      trade(25);
      await advance();
      check(kept);
      depths.add(kept.status.certain.bids);
    }
    assert.deepEqual(kept.stats.broken, {});
    assert.ok(depths.size > 3, 'it becomes flat and deep again');
    assert.ok(Math.min(...depths) > 20);
  });

  test('deep depths, whenever they come, agree with what diffs have told or are about to tell', async () => {
    await start({ diffs });
    const trade = trader(7, 250);
    for (let block = 0; block < 10; block++) {
      trade(60, 0);
      await advance();
    }
    const kept = await open(500, { checkEvery: 1700 });
    for (let block = 0; block < 100; block++) {
      trade(25);
      await advance();
      check(kept);
      assert.equal(kept.status.state, 'verified');
    }
    assert.deepEqual(kept.stats.broken, {});
    assert.equal(kept.stats.refreshed, 0);
    assert.ok(kept.stats.checked > 10);
  });

  test('diffs that end in silence are missed by the next deep depth, though nothing changes among the best 20', async () => {
    await start({ diffs });
    const trade = trader(8, 250);
    for (let block = 0; block < 10; block++) {
      trade(60, 0);
      await advance();
    }
    const kept = await open(500, { checkEvery: 3000 });
    market.node.control.forget(undefined, 'marketDiff');
    const { reference, tickSize, lotSize } = market.node.state.pairs.get(SYMBOL)!;
    const [owner] = market.node.idleAccounts;
    const price = text(reference - 60n * tickSize);
    for (let block = 0; kept.stats.broken.DRIFT === undefined; block++) {
      assert.ok(block < 40, 'it is not noticed');
      const order = {
        type: 'newOrder',
        sender: owner!.address,
        symbol: SYMBOL,
        side: 'buy',
        price,
        quantity: text(lotSize),
      };
      assert.ok(market.node.submit(parseMessage(order)).ok);
      await advance();
    }
    for (let block = 0; kept.status.state !== 'verified'; block++) {
      assert.ok(block < 40, 'it is not mended');
      await advance();
    }
    check(kept);
    assert.deepEqual(kept.stats.broken, { DRIFT: 1 });
  });

  test('faults: whatever is lost, it says so, mends itself, and never shows as verified what is not so', async () => {
    await start({ traders: true, seed: 9, diffs });
    await advance(10);
    const kept = await open();
    const { control } = market.node;
    const faults: [code: string | undefined, () => unknown][] = [
      ['GAP', () => control.drop()],
      ['DRIFT', () => control.forget(undefined, 'marketDiff')],
      ['SILENT', () => control.forget(undefined, 'marketDepth')],
      ['GAP', () => control.reset()],
      [
        undefined,
        () => {
          control.halfOpen();
          seen = undefined;
        },
      ],
    ];
    for (const [code, fault] of faults) {
      const count = (): number =>
        Object.entries(kept.stats.broken).reduce(
          (sum, [name, times = 0]) => sum + (name === (code ?? name) ? times : 0),
          0,
        );
      const before = count();
      fault();
      for (let block = 0; count() === before || kept.status.state !== 'verified'; block++) {
        assert.ok(block < 200, `${code} is not mended`);
        if (block === 60) {
          // A socket that hangs is the connection's to notice; the book says meanwhile that it is stale.
          assert.equal(code, undefined);
          assert.notEqual(kept.status.state, 'verified');
          control.drop();
        }
        await advance();
        if (code !== 'DRIFT') check(kept); // a diff that does not come is seen by the next depth, not before
      }
      check(kept);
    }
    // What a stall holds back comes late, and all of it: the book is an older one meanwhile, and nothing has to be mended.
    const { broken } = kept.stats;
    control.stall(undefined, 2000);
    seen = undefined;
    for (let block = 0; block < 12; block++) {
      await advance();
      check(kept);
      assert.equal(kept.status.state, 'verified');
    }
    while (seen !== height) await told();
    check(kept);
    assert.equal(kept.status.state, 'verified');
    assert.deepEqual(kept.stats.broken, broken);
  });
});

test('REST tells levels beyond those that a frame can hold, of the same prices', async () => {
  await start({});
  const trade = trader(2, 900);
  for (let block = 0; block < 30; block++) {
    trade(100, 0);
    await advance();
  }
  const kept = await open(1000);
  assert.ok(truth.get(height)!.bids.length > 500);
  const { bids, certain } = kept.depth(1000);
  assert.equal(certain.bids, 500);
  const response = await fetch(`${market.node.rest}/depth?symbol=${SYMBOL}&limit=1000`);
  const rest = (await response.json()) as { bids: Level[]; height: number };
  assert.deepEqual(bids, rest.bids);
});

test('an empty book is a book, a symbol that is not listed is refused', async () => {
  await start({});
  const kept = await open();
  assert.deepEqual(kept.depth().bids, []);
  assert.equal(kept.status.certain.bids, Number.POSITIVE_INFINITY);
  const changes: BookChange[] = [];
  const refused = orderBook(market.dex, 'NO-SUCH_BNB', { onChange: (change) => changes.push(change) });
  const error = refused.catch((reason: unknown) => reason as { code: string });
  await advance(5);
  assert.equal(((await error) as { code: string }).code, 'COMMAND_REFUSED');
});

test('two books of one symbol share what they can, and closing one leaves the other', async () => {
  await start({ traders: true, seed: 4 });
  await advance(10);
  const first = await open();
  const second = await open();
  await advance(10);
  check(first);
  check(second);
  await first.close();
  await advance(30);
  check(second);
  assert.equal(second.status.state, 'verified');
  assert.deepEqual(second.stats.broken, {});
});
