import { type BookDepth, encode, type Level, marketDepth, marketDiff, parseDecimal } from '@dexwire/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { closed, type MemoryDex, memoryDex } from '../../../../tests/support/memoryDex.ts';
import type { MemorySocket } from '../../../../tests/support/memorySocket.ts';
import { expectNoUnhandledRejection } from '../../../../tests/support/rejections.ts';
import { heightText, refusalText } from '../../../../tests/support/sampleFrames.ts';
import { settled } from '../../../../tests/support/virtualClock.ts';
import type { BookChange } from './changes.ts';
import { type OrderBook, type OrderBookOptions, orderBook } from './orderBook.ts';

const SYMBOL = 'BNB_BTCB-1DE';

type Pair = readonly [price: string, quantity: string];
const levels = (pairs: readonly Pair[]): Level[] =>
  pairs.map(([p, q]) => [parseDecimal(`${p}.00000000`), parseDecimal(`${q}.00000000`)]);
/** So many bids from a price down. */
const falling = (best: number, count: number): Pair[] =>
  Array.from({ length: count }, (_, rank) => [String(best - rank), '1']);

const diffText = (bids: readonly Pair[], asks: readonly Pair[] = []): string =>
  encode(marketDiff, {
    eventType: 'depthUpdate',
    eventTime: 1,
    symbol: SYMBOL,
    bids: levels(bids),
    asks: levels(asks),
  });
const depthText = (
  count: 20 | 100 | 500,
  height: number,
  bids: readonly Pair[],
  asks: readonly Pair[] = [],
): string => {
  const frame: BookDepth = { lastUpdateId: height, symbol: SYMBOL, bids: levels(bids), asks: levels(asks) };
  return encode(marketDepth(count), frame);
};

let setting: MemoryDex;
const unanswered = (): Promise<Response> => Promise.reject(new TypeError('fetch failed'));
beforeEach(() => {
  setting = memoryDex();
  setting.network.answersFences = true;
});
afterEach(async () => {
  expect(await closed(setting)).toBe(0);
  await expectNoUnhandledRejection();
});

const socket = (): MemorySocket => setting.network.last;
/** What was asked for, such as `subscribe marketDiff`. */
const commands = (): string[] =>
  socket().sent.flatMap((sent) => {
    const { method, topic } = sent as { method: string; topic?: string };
    return topic === undefined || topic === 'blockheight' ? [] : `${method} ${topic}`;
  });

/** How all is asked for anew. */
const anew = [
  'unsubscribe marketDiff',
  'unsubscribe marketDepth',
  'subscribe marketDiff',
  'subscribe marketDepth',
  'subscribe marketDepth500',
];

/** Time goes by, and blocks come. */
const live = async (ms: number): Promise<void> => {
  for (let left = ms; left > 0; left -= 5000) {
    await setting.clock.pass(Math.min(left, 5000));
    socket().say(heightText(1));
  }
};

/** What became of a promise, so far. */
interface Fate {
  book?: OrderBook;
  error?: unknown;
}
const begin = (options: OrderBookOptions = {}): Fate => {
  const fate: Fate = {};
  orderBook(setting.dex, SYMBOL, { fetch: unanswered, ...options }).then(
    (book) => {
      fate.book = book;
    },
    (error: unknown) => {
      fate.error = error;
    },
  );
  return fate;
};
const opened = async (options: OrderBookOptions = {}): Promise<OrderBook> => {
  const fate = begin(options);
  await settled();
  socket().say(depthText(20, 7, falling(50, 3), [['60', '1']]), depthText(500, 7, falling(50, 3), [['60', '1']]));
  await settled();
  return fate.book!;
};

describe('opening', () => {
  test('diffs are asked for before depths, and the deepest frame begins the book', async () => {
    const fate = begin();
    await settled();
    expect(commands()).toEqual(['subscribe marketDiff', 'subscribe marketDepth', 'subscribe marketDepth500']);
    socket().say(depthText(20, 7, falling(50, 20)));
    socket().say(diffText([['50', '0']]));
    await settled();
    expect(fate.book).toBeUndefined();
    socket().say(depthText(500, 8, falling(49, 30)));
    socket().say(diffText([['49', '5']]));
    await settled();
    expect(fate.book?.best()).toMatchObject({
      state: 'verified',
      certain: { bids: Number.POSITIVE_INFINITY },
      height: 8,
      diffs: 1,
      bid: ['49.00000000', '5.00000000'],
      ask: undefined,
    });
    expect(commands().at(-1)).toBe('unsubscribe marketDepth500');
  });

  test('a gateway without deep depths gives a book of twenty, with what REST tells beyond', async () => {
    const asked: string[] = [];
    const replies = [
      { pending_match: true, bids: levels([['99', '1']]), asks: [] },
      {
        pending_match: false,
        bids: levels([...falling(50, 30), ['19', '4'], ['18', '4']]),
        asks: levels([['60', '2']]),
      },
    ];
    const fate = begin({
      fetch: async (url) => {
        asked.push(url);
        const reply = replies.shift();
        if (!replies.length)
          socket().say(
            diffText([
              ['18', '9'],
              ['19', '0'],
            ]),
          );
        return new Response(JSON.stringify(reply));
      },
    });
    await settled();
    socket().say(depthText(20, 7, falling(50, 20), [['60', '1']]));
    await setting.clock.pass(4200);
    const book = fate.book!;
    expect(asked).toEqual(Array(2).fill(`http://node.test/api/v1/depth?symbol=${SYMBOL}&limit=1000`));
    expect(book.status).toMatchObject({ state: 'verified', certain: { bids: 20, asks: Number.POSITIVE_INFINITY } });
    expect(book.depth(100).bids).toEqual(levels([...falling(50, 30), ['18', '9']]));
    expect(book.depth(100).asks).toEqual(levels([['60', '1']]));
  });

  test.each([
    ['an answer that is none', async () => new Response('{"bids":[["a","b"]]}')],
    ['a failure', async () => new Response('busy', { status: 503 })],
    ['silence', () => new Promise<Response>(() => {})],
  ])('without a deep depth, %s from REST leaves a book of twenty', async (_, fetch) => {
    const fate = begin({ fetch });
    await settled();
    socket().say(depthText(20, 7, falling(50, 20)));
    await setting.clock.pass(9000);
    expect(fate.book?.status).toMatchObject({ state: 'verified', certain: { bids: 20 } });
  });

  test('a book of 20 levels asks for nothing deeper', async () => {
    const fate = begin({ levels: 20 });
    await settled();
    socket().say(depthText(20, 7, falling(50, 3)));
    await settled();
    expect(fate.book?.status.state).toBe('verified');
    expect(commands()).toEqual(['subscribe marketDiff', 'subscribe marketDepth']);
  });

  test('beside a depth that others have asked for, a book of 20 levels opens in a market that stands still', async () => {
    setting.dex.subscribe(marketDepth(), { symbols: [SYMBOL] }, () => {});
    await settled();
    socket().say(depthText(20, 7, falling(50, 3)));
    const fate = begin({ levels: 20 });
    await setting.clock.pass(2000);
    expect(fate.book).toBeUndefined();
    expect(commands().at(-1)).toBe('subscribe marketDepth100');
    socket().say(depthText(100, 7, falling(50, 3)));
    await settled();
    expect(fate.book?.status.state).toBe('verified');
  });

  test('a deep depth may come under the name of the other one', async () => {
    const fate = begin();
    await settled();
    socket().say(depthText(20, 7, falling(500, 20)));
    socket().say(depthText(500, 7, falling(500, 30)).replace('marketDepth500', 'marketDepth'));
    await settled();
    expect(fate.book?.status).toMatchObject({ state: 'verified', certain: { bids: Number.POSITIVE_INFINITY } });
  });

  test('a depth that others have asked for counts only once a diff has come', async () => {
    setting.dex.subscribe(marketDepth(500), { symbols: [SYMBOL] }, () => {});
    setting.dex.subscribe(marketDepth(), { symbols: [SYMBOL] }, () => {});
    await settled();
    const fate = begin({ levels: 500 });
    await settled();
    socket().say(depthText(500, 7, falling(50, 3)), depthText(20, 7, falling(50, 3)));
    await settled();
    expect(fate.book).toBeUndefined();
    socket().say(diffText([['50', '2']]), depthText(500, 8, [['50', '2'], ...falling(49, 2)]));
    await settled();
    expect(fate.book?.status).toMatchObject({ state: 'verified', height: 8 });
  });

  test('a gateway that sends no depth ends in TIMED_OUT, with what was missing as its cause', async () => {
    const fate = begin();
    await setting.clock.pass(10_000);
    expect(fate.error).toMatchObject({ code: 'TIMED_OUT', cause: { code: 'NO_DEPTH' } });
    await setting.clock.pass(10_000); // the connection lingers
    expect(setting.clock.pending).toBe(0);
  });

  test('a first dial that fails, and a closed connection, are told as they are, and once', async () => {
    setting.network.answer = 'refuse';
    const dialled = memoryDex({}, setting.network);
    const failed = orderBook(dialled.dex, SYMBOL, { within: 60_000 }).catch((error: unknown) => error);
    await dialled.clock.pass(10_000);
    expect(await failed).toMatchObject({ code: 'CONNECT_FAILED' });
    expect(dialled.errors).toEqual([]);
    expect(await closed(dialled)).toBe(0);
    await expect(orderBook(dialled.dex, SYMBOL)).rejects.toMatchObject({ code: 'CLOSED' });
  });

  test('an abort rejects with its reason, before and while it waits', async () => {
    const controller = new AbortController();
    const fate = begin({ signal: controller.signal });
    await settled();
    controller.abort('enough');
    await settled();
    expect(fate.error).toBe('enough');
    await expect(orderBook(setting.dex, SYMBOL, { signal: controller.signal })).rejects.toBe('enough');
    expect(commands().sort()).toEqual(
      ['marketDepth', 'marketDepth500', 'marketDiff'].flatMap((t) => [`subscribe ${t}`, `unsubscribe ${t}`]).sort(),
    );
  });

  test.each([
    ['levels', { levels: 50 }],
    ['within', { within: 0 }],
    ['refreshEvery', { refreshEvery: Number.NaN }],
    ['checkEvery', { checkEvery: -1 }],
  ])('wrong %s are refused', async (name, options) => {
    const book = orderBook(setting.dex, SYMBOL, options as OrderBookOptions);
    await expect(book).rejects.toMatchObject({ code: 'INVALID', message: expect.stringContaining(name) });
    await expect(orderBook(setting.dex, '')).rejects.toMatchObject({ code: 'INVALID' });
  });

  test.each(['name', 'combined'] as const)('streams asked for by %s are refused, and it is said how', async (ask) => {
    const own = memoryDex({ ask });
    await expect(orderBook(own.dex, SYMBOL)).rejects.toMatchObject({
      code: 'SEPARATE_SOCKETS',
      message: expect.stringContaining("ask: 'commands'"),
    });
    expect(own.errors).toEqual([]);
    expect(await closed(own)).toBe(0);
  });

  test('a socket that has no name left is refused, and it is said how', async () => {
    const symbols = Array.from({ length: 998 }, (_, place) => `A${place}_BNB`);
    setting.dex.subscribe(marketDiff, { symbols }, () => {});
    await settled();
    await expect(orderBook(setting.dex, SYMBOL)).rejects.toMatchObject({
      code: 'SEPARATE_SOCKETS',
      message: expect.stringContaining('a connection of its own'),
    });
  });

  test('closed in the turn in which it was opened, it asks for nothing', async () => {
    const controller = new AbortController();
    const fate = begin({ signal: controller.signal });
    controller.abort('enough');
    await setting.clock.pass(20_000);
    expect(fate.error).toBe('enough');
    expect(setting.network.sockets.flatMap(({ sent }) => sent)).not.toContainEqual(
      expect.objectContaining({ topic: 'marketDiff' }),
    );
  });
});

describe('keeping', () => {
  test('equal, falling and repeated seconds of diffs are no matter', async () => {
    const book = await opened();
    for (const quantity of ['2', '3', '2']) socket().say(diffText([['50', quantity]]));
    expect(book.best()).toMatchObject({ state: 'verified', diffs: 3, bid: ['50.00000000', '2.00000000'] });
    socket().say(depthText(20, 9, [['50', '2'], ...falling(49, 2)], [['60', '1']]));
    expect(book.status).toMatchObject({ state: 'verified', height: 9, diffs: 0 });
  });

  test('a lost socket makes it stale at once, and the old levels stay until there are new ones', async () => {
    const book = await opened();
    const old = book.depth();
    socket().drop();
    expect(book.depth()).toEqual({
      ...old,
      state: 'stale',
      certain: { bids: 0, asks: 0 },
      cause: expect.objectContaining({ code: 'GAP' }),
    });
    const again = book.verified();
    await setting.clock.pass(1000);
    expect(book.status.state).toBe('rebuilding');
    expect(book.depth().bids).toEqual(old.bids);
    expect(commands()).toEqual(['subscribe marketDiff', 'subscribe marketDepth', 'subscribe marketDepth500']);
    socket().say(depthText(500, 20, falling(40, 2)));
    await again;
    expect(book.depth()).toMatchObject({
      state: 'verified',
      cause: undefined,
      bids: levels(falling(40, 2)),
      height: 20,
    });
    expect(book.stats).toMatchObject({ broken: { GAP: 1 }, refreshed: 0 });
  });

  test('a frame that cannot be read makes it stale, and it begins anew', async () => {
    const book = await opened();
    socket().say(diffText([['50', '2']]).replace('50.', '5o.'));
    expect(book.status).toMatchObject({ state: 'stale', cause: { code: 'GAP' } });
    await settled();
    expect(commands().slice(-5)).toEqual(anew);
    socket().say(depthText(500, 20, falling(40, 2)));
    await settled();
    expect(book.status.state).toBe('verified');
  });

  test.each([
    ['DRIFT', () => depthText(20, 9, falling(50, 2), [['60', '1']])],
    ['CROSSED', () => diffText([['60', '1']])],
    ['BAD_LEVEL', () => diffText([['-1', '1']])],
    ['BAD_LEVEL', () => diffText([['50', '1']]).replace('"1.00000000"', '"1.000000001"')],
  ])('%s makes it stale; all is asked for anew, at most at a growing pace', async (code, text) => {
    const book = await opened();
    let asked = commands().length;
    for (const wait of [0, 1000, 2000]) {
      socket().say(text());
      expect(book.status).toMatchObject({ state: 'stale', cause: { code } });
      if (wait > 0) {
        await setting.clock.pass(wait - 1);
        expect(commands().length).toBe(asked + 2); // given back, and not yet asked for again
        await setting.clock.pass(1);
      }
      await settled();
      expect(book.status.state).toBe('rebuilding');
      socket().say(depthText(500, 20, falling(50, 3), [['60', '1']]));
      await settled();
      expect(book.status.state).toBe('verified');
      asked = commands().length;
    }
    expect(book.stats.broken).toEqual({ [code]: 3 });
  });

  test('a depth that does not come after a change makes it stale, unless the change was undone', async () => {
    const book = await opened();
    socket().say(diffText([['50', '2']]), diffText([['50', '1']]));
    await setting.clock.pass(5000);
    expect(book.status.state).toBe('verified');
    socket().say(diffText([['50', '2']]));
    await setting.clock.pass(4999);
    expect(book.status.state).toBe('verified');
    await setting.clock.pass(1);
    expect(book.status).toMatchObject({ state: 'rebuilding', cause: { code: 'SILENT' } });
  });

  test('a change that comes behind a depth is waited for like the first one', async () => {
    const book = await opened();
    socket().say(diffText([['50', '2']]));
    await setting.clock.pass(1000);
    socket().say(depthText(20, 8, [['50', '2'], ...falling(49, 2)], [['60', '1']]), diffText([['50', '3']]));
    await setting.clock.pass(4999);
    expect(book.status.state).toBe('verified');
    await setting.clock.pass(1);
    expect(book.status).toMatchObject({ state: 'rebuilding', cause: { code: 'SILENT' } });
  });

  test('frames that cannot be read, one after the other, are no reason to ask without a pause', async () => {
    const book = await opened();
    const before = commands().length;
    for (let frame = 0; frame < 100; frame++) {
      await setting.clock.pass(200);
      socket().say(frame % 2 ? diffText([['50', '2']]).replace('50.', '5o.') : '{"stream":"marketDiff"');
      await settled();
      if (commands().at(-1) === 'subscribe marketDepth500')
        socket().say(depthText(500, 20, falling(50, 3), [['60', '1']]));
      await settled();
    }
    expect(commands().length - before).toBeLessThan(50);
    expect(book.stats.broken.GAP).toBeLessThan(8);
  });

  test('depth frames may be unsorted, and repeat themselves', async () => {
    const book = await opened();
    socket().say(depthText(20, 8, [...falling(50, 3).reverse(), ['49', '1']], [['60', '1']]));
    expect(book.status).toMatchObject({ state: 'verified', height: 8 });
    socket().say(depthText(20, 8, falling(50, 3), [['60', '1']]));
    expect(book.status.state).toBe('verified');
  });

  test('from time to time it begins anew while it stays verified', async () => {
    const book = await opened({ refreshEvery: 30_000 });
    await live(30_000);
    expect(commands().at(-1)).toBe('subscribe marketDepth500');
    expect(book.status.state).toBe('verified');
    expect(book.best().bid?.[1]).toBe('1.00000000');
    socket().say(depthText(500, 99, [['50', '5']]), diffText([['50', '6']]));
    await settled();
    expect(book.best()).toMatchObject({ state: 'verified', height: 99, bid: ['50.00000000', '6.00000000'] });
    expect(book.stats.refreshed).toBe(1);
  });

  test('what is still on its way when it begins anew is not taken for its new beginning', async () => {
    const book = await opened({ refreshEvery: 30_000 });
    await live(29_000);
    setting.network.answersFences = false;
    await live(1000);
    const { height } = book.status;
    // Diffs, the depth that checks, the deep one: of each the gateway may still send what was asked for before.
    socket().say(diffText([['50', '3']]), depthText(20, 98, [['50', '3']]), depthText(500, 98, [['50', '3']]));
    await settled();
    expect(book.status).toMatchObject({ state: 'verified', height });
    expect(book.stats.refreshed).toBe(0);
    socket().say(...Array.from({ length: 3 }, () => refusalText('Invalid method', 'fence')));
    socket().say(depthText(500, 99, [['50', '5']]), diffText([['50', '6']]));
    await settled();
    expect(book.best()).toMatchObject({ state: 'verified', height: 99, bid: ['50.00000000', '6.00000000'] });
    expect(book.stats.refreshed).toBe(1);
  });

  test('without an answer, to begin anew is to be stale', async () => {
    const book = await opened({ refreshEvery: 30_000 });
    await live(30_000);
    await setting.clock.pass(999);
    expect(book.status.state).toBe('verified');
    await setting.clock.pass(1);
    expect(book.status).toMatchObject({ state: 'rebuilding', cause: undefined });
    await setting.clock.pass(3000);
    expect(book.status).toMatchObject({ state: 'rebuilding', cause: { code: 'NO_DEPTH' }, height: 7 });
    expect(book.stats).toMatchObject({ broken: { NO_DEPTH: 1 }, refreshed: 0 });
  });

  test('when nothing comes, not even a height, it asks; with an answer it stays verified, without one it is stale', async () => {
    const book = await opened({ checkEvery: 60_000 });
    const asked = commands().length;
    await live(25_000);
    expect(commands().length).toBe(asked);
    await setting.clock.pass(10_000);
    expect(commands().slice(asked)).toEqual(anew);
    socket().say(depthText(500, 7, falling(50, 3), [['60', '1']]));
    await settled();
    expect(book.status.state).toBe('verified');
    await setting.clock.pass(10_000);
    expect(book.status.state).toBe('verified');
    await setting.clock.pass(4000);
    expect(book.status).toMatchObject({ state: 'rebuilding', cause: { code: 'NO_DEPTH' } });
    expect(book.best().bid?.[0]).toBe('50.00000000');
  });

  test('a book that has become flat asks for a deep depth early', async () => {
    const fate = begin();
    await settled();
    socket().say(
      depthText(
        500,
        7,
        falling(1000, 500),
        Array.from({ length: 3 }, (_, rank) => [`${2000 + rank}`, '1']),
      ),
    );
    await settled();
    await setting.clock.pass(5000);
    socket().say(diffText([['895', '0']]));
    await settled();
    expect(fate.book?.status.certain.bids).toBe(105);
    const asked = commands().length;
    socket().say(diffText(falling(1000, 10).map(([price]) => [price, '0'])));
    await settled();
    expect(fate.book?.status).toMatchObject({ state: 'verified', certain: { bids: 95 } });
    expect(commands().slice(asked)).toEqual(['subscribe marketDepth500']);
    socket().say(depthText(500, 8, falling(990, 490), [['2000', '1']]));
    await settled();
    expect(fate.book?.status).toMatchObject({ state: 'verified', certain: { bids: Number.POSITIVE_INFINITY } });
  });

  test('a book that has become flat where there is no deep depth begins anew early', async () => {
    const fate = begin({ levels: 20 });
    await settled();
    socket().say(depthText(20, 7, falling(50, 20), [['60', '1']]));
    await settled();
    await setting.clock.pass(5000);
    const asked = commands().length;
    socket().say(diffText(falling(50, 11).map(([price]) => [price, '0'])));
    await settled();
    expect(fate.book?.status).toMatchObject({ state: 'verified', certain: { bids: 9 } });
    expect(commands().slice(asked)).toEqual(anew.slice(0, 4));
  });
});

describe('what lies beyond the best 20', () => {
  const deep = falling(500, 40);
  const changes: BookChange[] = [];
  const kept = async (options: OrderBookOptions = {}): Promise<OrderBook> => {
    changes.length = 0;
    const fate = begin({ onChange: (change) => changes.push(change), ...options });
    await settled();
    socket().say(depthText(20, 7, deep.slice(0, 20)), depthText(500, 7, deep));
    await settled();
    changes.length = 0;
    return fate.book!;
  };
  /** Until a deep depth is asked for. */
  const asked = async (): Promise<void> => {
    await live(15_000);
    expect(commands().at(-1)).toBe('subscribe marketDepth500');
  };
  const answer = async (height: number, bids: readonly Pair[], count: 100 | 500 = 500): Promise<void> => {
    socket().say(depthText(count, height, bids));
    await settled();
  };

  test('is compared with a deep depth, and nothing is given up for it', async () => {
    const book = await kept();
    await asked();
    await answer(40, deep);
    expect(commands().slice(-2)).toEqual(['subscribe marketDepth500', 'unsubscribe marketDepth500']);
    expect(book.status).toMatchObject({ state: 'verified', height: 40, certain: { bids: Number.POSITIVE_INFINITY } });
    expect(book.stats).toMatchObject({ checked: 1, refreshed: 0, broken: {} });
    expect(changes).toEqual([{ kind: 'book' }]);
    await asked();
  });

  test('a diff that was lost in silence is a drift, once no other one has told of it', async () => {
    const book = await kept();
    await asked();
    await answer(40, [...deep.slice(0, 30), ['470', '9'], ...deep.slice(31)]);
    expect(book.depth(31).bids.at(-1)).toEqual(['470.00000000', '9.00000000']);
    socket().say(diffText([['469', '2']]));
    await setting.clock.pass(4999);
    expect(book.status.state).toBe('verified');
    await setting.clock.pass(1);
    expect(book.status).toMatchObject({ state: 'rebuilding', cause: { code: 'DRIFT' } });
    expect(book.stats.broken).toEqual({ DRIFT: 1 });
  });

  test('a depth that is ahead of the diffs is none, nor are levels that are new to the book', async () => {
    const book = await kept();
    await asked();
    await answer(40, [['501', '3'], ...deep.slice(1, 30), ['470', '9'], ...deep.slice(31)]);
    socket().say(
      diffText([
        ['501', '3'],
        ['470', '9'],
        ['500', '0'],
      ]),
    );
    await live(9000);
    expect(book.status).toMatchObject({ state: 'verified', certain: { bids: Number.POSITIVE_INFINITY } });
    expect(book.best().bid).toEqual(['501.00000000', '3.00000000']);
    expect(book.stats.broken).toEqual({});
  });

  test('without an answer the best 20 stay certain, and it is asked again', async () => {
    const book = await kept();
    await asked();
    await setting.clock.pass(2000);
    expect(commands().at(-1)).toBe('subscribe marketDepth100');
    expect(book.status.certain.bids).toBe(Number.POSITIVE_INFINITY);
    await setting.clock.pass(2000);
    expect(book.status).toMatchObject({ state: 'verified', certain: { bids: 20, asks: Number.POSITIVE_INFINITY } });
    expect(book.depth(100).bids.length).toBe(40);
    await asked();
    await answer(50, deep);
    expect(book.status.certain.bids).toBe(Number.POSITIVE_INFINITY);
    expect(book.stats).toMatchObject({ checked: 1, broken: {} });
  });

  test('a depth of an earlier block is no answer', async () => {
    const book = await kept();
    await asked();
    await answer(6, falling(500, 30));
    expect(book.status).toMatchObject({ state: 'verified', height: 7 });
    expect(book.depth(100).bids.length).toBe(40);
  });

  test('levels below what an answer tells are kept, and not certain', async () => {
    const wide = falling(700, 550);
    const book = await kept();
    socket().say(diffText(wide));
    await setting.clock.pass(1000);
    socket().say(depthText(20, 8, wide.slice(0, 20)));
    await asked();
    await answer(40, wide.slice(0, 500));
    expect(book.status.certain.bids).toBe(500);
    expect(book.depth(1000).bids.length).toBe(550);
  });

  test('a book of 20 levels asks for nothing deeper, and is certain of no more', async () => {
    const fate = begin({ levels: 20 });
    await settled();
    socket().say(depthText(20, 7, falling(500, 20)), diffText(falling(510, 10)), depthText(20, 8, falling(510, 20)));
    await settled();
    expect(fate.book?.status.certain.bids).toBe(30);
    await live(15_000);
    expect(fate.book?.status).toMatchObject({ state: 'verified', certain: { bids: 20 } });
    expect(commands()).toEqual(['subscribe marketDiff', 'subscribe marketDepth']);
  });

  test('what REST has told is asked for again, and takes the place of what it told before', async () => {
    const replies = [
      [['10', '4']],
      [
        ['9', '4'],
        ['8', '4'],
      ],
    ] satisfies Pair[][];
    const fate = begin({
      levels: 1000,
      fetch: async () => new Response(JSON.stringify({ bids: levels(replies.shift()!), asks: [] })),
    });
    await settled();
    socket().say(depthText(20, 7, falling(900, 20)), depthText(500, 7, falling(900, 500)));
    await settled();
    const book = fate.book!;
    expect(book.depth(1000).bids.slice(500)).toEqual(levels([['10', '4']]));
    await asked();
    await answer(40, falling(900, 500));
    expect(book.depth(1000).bids.slice(500)).toEqual(
      levels([
        ['9', '4'],
        ['8', '4'],
      ]),
    );
    expect(book.status.certain.bids).toBe(500);
  });

  test('a close while it is asked for leaves nothing', async () => {
    const book = await kept();
    await asked();
    await book.close();
    await settled();
    expect(commands().slice(-3).sort()).toEqual([
      'unsubscribe marketDepth',
      'unsubscribe marketDepth500',
      'unsubscribe marketDiff',
    ]);
    await setting.clock.pass(20_000); // the connection lingers
    expect(setting.clock.pending).toBe(0);
  });
});

describe('reads', () => {
  test('each says state and certainty beside its figures', async () => {
    const book = await opened();
    const status = book.status;
    expect(book.mid()).toEqual({ ...status, mid: '55.000000000' });
    expect(book.cumulative(2).bids.map(({ total }) => total)).toEqual(['1.00000000', '2.00000000']);
    expect(book.imbalance()).toMatchObject({ state: 'verified', imbalance: '0.50000000' });
    expect(book.costToFill('sell', '2')).toMatchObject({
      ...status,
      filled: '2.00000000',
      cost: '99.0000000000000000',
      average: '49.50000000',
      isCertain: true,
    });
    expect(book.costToFill('buy', '3')).toMatchObject({ isFilled: false, isCertain: true });
    expect(book.depth(0).bids).toEqual([]);
  });

  test.each(['0', '-1', 'much', '1.000000001'])('a quantity of %s is refused', async (quantity) => {
    const book = await opened();
    expect(() => book.costToFill('buy', quantity)).toThrow(expect.objectContaining({ code: 'INVALID' }));
    expect(() => book.costToFill('both' as 'buy', '1')).toThrow(expect.objectContaining({ code: 'INVALID' }));
  });
});

describe('changes', () => {
  test('a callback gets each change after it is in the book, and may throw or reject', async () => {
    const changes: BookChange[] = [];
    const errors: unknown[] = [];
    const book = await opened({
      onChange: (change) => {
        changes.push(change);
        if (changes.length % 2) throw new Error('thrown');
        return Promise.reject(new Error('rejected'));
      },
      onError: (error) => errors.push(error),
    });
    socket().say(diffText([['50', '2']]));
    socket().drop();
    await setting.clock.pass(1000);
    expect(changes).toMatchObject([
      { kind: 'state', state: 'verified' },
      { kind: 'book' },
      { kind: 'levels', bids: [['50.00000000', '2.00000000']], asks: [] },
      { kind: 'state', state: 'stale', cause: { code: 'GAP' } },
      { kind: 'state', state: 'rebuilding', cause: { code: 'GAP' } },
    ]);
    expect(errors).toMatchObject(Array(5).fill({ code: 'CONSUMER_THREW' }));
    expect(book.best().bid?.[1]).toBe('2.00000000');
  });

  test('a callback may close the book at its first word', async () => {
    const controller = new AbortController();
    const words: string[] = [];
    const own = begin({
      signal: controller.signal,
      onChange: ({ kind }) => {
        words.push(kind);
        controller.abort('seen');
      },
    });
    await settled();
    socket().say(depthText(20, 7, falling(50, 3)), depthText(500, 7, falling(50, 3)));
    await settled();
    expect(own.error).toBe('seen');
    expect(words).toEqual(['state', 'state']); // verified, and, by the close, not any more
  });

  test('an iterator gets them in order; of too many that wait, one `book` and the last state are left', async () => {
    const book = await opened();
    const changes = book.changes()[Symbol.asyncIterator]();
    const first = changes.next();
    socket().say(diffText([['50', '2']]));
    expect(await first).toMatchObject({ value: { kind: 'levels' } });
    for (let count = 0; count < 1002; count++) socket().say(diffText([['50', '3']]));
    socket().drop();
    expect((await changes.next()).value).toMatchObject({ kind: 'book' });
    expect((await changes.next()).value).toMatchObject({ kind: 'levels' });
    expect((await changes.next()).value).toMatchObject({ kind: 'state', state: 'stale' });
    const last = changes.next();
    await book.close();
    expect(await last).toEqual({ done: true, value: undefined });
  });

  test('an iterator is given up by a signal', async () => {
    const book = await opened();
    const controller = new AbortController();
    const next = book.changes(controller.signal)[Symbol.asyncIterator]().next();
    controller.abort('enough');
    await expect(next).rejects.toBe('enough');
  });
});

describe('ends', () => {
  test('a close is final: subscriptions are given back, waits reject, no timer is left', async () => {
    const book = await opened();
    socket().say(diffText([['50', '2']]));
    const { pending } = setting.clock;
    socket().drop();
    const waiting = book.verified();
    await book.close();
    await book.close();
    await expect(waiting).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(book.verified()).rejects.toMatchObject({ code: 'CLOSED' });
    expect(pending).toBeGreaterThan(0);
    expect(book.best()).toMatchObject({ state: 'stale', bid: ['50.00000000', '2.00000000'] });
  });

  test('the end of the connection ends the book, and tells iterators why', async () => {
    const book = await opened();
    const next = book.changes()[Symbol.asyncIterator]();
    const change = next.next();
    await setting.dex.close();
    expect((await change).value).toMatchObject({ kind: 'state', state: 'stale' });
    await expect(next.next()).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(book.verified()).rejects.toMatchObject({ code: 'CLOSED' });
  });

  test('the end of the connection ends a book that waits before its next attempt', async () => {
    const book = await opened();
    for (let time = 0; time < 2; time++) {
      socket().say(diffText([['60', '1']]));
      await settled();
      if (!time) socket().say(depthText(500, 20, falling(50, 3), [['60', '1']]));
      await settled();
    }
    expect(book.status.state).toBe('stale');
    await setting.dex.close();
    expect(setting.clock.pending).toBe(0);
    await expect(book.verified()).rejects.toMatchObject({ code: 'CLOSED' });
  });

  test.each(['stale', 'rebuilding', 'verified', 'levels', 'book'])(
    'a callback may close it at the word %s, and nothing is left',
    async (word) => {
      let book: OrderBook | undefined;
      book = await opened({
        onChange: (change) => {
          if ((change.kind === 'state' ? change.state : change.kind) === word) void book?.close();
        },
      });
      socket().say(diffText([['50', '2']]), diffText([['60', '1']]));
      await settled();
      socket().say(depthText(500, 20, falling(50, 3), [['60', '1']]));
      await settled();
      expect(book.status.state).toBe('stale');
      const wanted = new Map<string, number>();
      for (const [method, topic] of commands().map((command) => command.split(' ')))
        wanted.set(topic!, (wanted.get(topic!) ?? 0) + (method === 'subscribe' ? 1 : -1));
      expect([...wanted.values()].filter((count) => count > 0)).toEqual([]);
      await setting.clock.pass(20_000); // the connection lingers
      expect(setting.clock.pending).toBe(0);
    },
  );

  test('an abort closes an open book', async () => {
    const controller = new AbortController();
    const book = await opened({ signal: controller.signal });
    controller.abort();
    expect(book.status.state).toBe('stale');
    await settled();
    expect(commands().slice(-2)).toEqual(['unsubscribe marketDiff', 'unsubscribe marketDepth']);
  });
});
