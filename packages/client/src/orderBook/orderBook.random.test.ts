import { encode, type Level, marketDepth, marketDiff } from '@dexwire/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { closed, memoryDex } from '../../../../tests/support/memoryDex.ts';
import type { MemorySocket } from '../../../../tests/support/memorySocket.ts';
import { levelsOf, NaiveSide } from '../../../../tests/support/naiveSide.ts';
import { expectNoUnhandledRejection } from '../../../../tests/support/rejections.ts';
import { heightText } from '../../../../tests/support/sampleFrames.ts';
import { settled } from '../../../../tests/support/virtualClock.ts';
import { type OrderBook, orderBook } from './orderBook.ts';

const SYMBOL = 'BNB_BTCB-1DE';
const DEPTHS = [20, 100, 500] as const;
type Depth = (typeof DEPTHS)[number];

interface Command {
  readonly method: string;
  readonly topic?: string;
}

/** A gateway in memory, as ours is: it reads commands, answers depths at once, and sends by the block and the second. */
class Gateway {
  readonly side = new NaiveSide();
  /** Its best bids after each block. */
  readonly truth: Level[][] = [];
  readonly #diffs: 'block' | 'second';
  #socket: MemorySocket | undefined;
  #read = 0;
  #isLosing = false;
  #wanted = new Set<string>();
  #changes = new Map<number, number>();
  #pictures = new Map<Depth, string>();

  constructor(diffs: 'block' | 'second') {
    this.#diffs = diffs;
    this.#remember();
  }

  get height(): number {
    return this.truth.length - 1;
  }

  /** Reads what has come since. */
  serve(socket: MemorySocket): void {
    if (socket !== this.#socket) {
      this.#socket = socket;
      this.#read = 0;
      this.#wanted.clear();
      this.#changes.clear();
      this.#pictures.clear();
    }
    for (const sent of socket.sent.slice(this.#read) as Command[]) {
      this.#read++;
      const { method, topic = '' } = sent;
      if (method === 'unsubscribe') this.#wanted.delete(topic);
      if (method !== 'subscribe' || this.#wanted.has(topic)) continue;
      this.#wanted.add(topic);
      for (const depth of DEPTHS) if (topic === marketDepth(depth).topic) this.#sendDepth(depth);
    }
  }

  /** The next diff is lost, in silence. */
  lose(): void {
    this.#isLosing = true;
  }

  forget(topic: string): void {
    this.#wanted.delete(topic);
  }

  block(changes: ReadonlyMap<number, number>): void {
    const told = this.side.block(changes);
    this.#remember();
    if (this.#wanted.has('marketDiff')) {
      for (const [price, quantity] of told) this.#changes.set(price, quantity);
      if (this.#diffs === 'block') this.#sendDiff();
    }
    this.#socket?.say(heightText(this.height));
  }

  second(): void {
    this.#sendDiff();
    for (const depth of DEPTHS)
      if (this.#wanted.has(marketDepth(depth).topic) && this.#pictures.get(depth) !== String(this.side.best(depth)))
        this.#sendDepth(depth);
  }

  #remember(): void {
    this.truth.push(this.side.best(10_000));
  }

  #sendDiff(): void {
    const bids = levelsOf(this.#changes);
    this.#changes.clear();
    if (!bids.length || !this.#wanted.has('marketDiff')) return;
    if (this.#isLosing) {
      this.#isLosing = false;
      return;
    }
    const frame = { eventType: 'depthUpdate', eventTime: 1, symbol: SYMBOL, bids, asks: [] } as const;
    this.#socket?.say(encode(marketDiff, frame));
  }

  #sendDepth(depth: Depth): void {
    const bids = this.side.best(depth);
    this.#pictures.set(depth, String(bids));
    this.#socket?.say(encode(marketDepth(depth), { lastUpdateId: this.height, symbol: SYMBOL, bids, asks: [] }));
  }
}

/** The block of which the certain levels are, from the one it says on. */
const isTrue = (book: OrderBook, { truth, height }: Gateway): boolean => {
  const { state, certain, height: from = 0, diffs, bids } = book.depth(10_000);
  if (state !== 'verified') return true;
  const known = bids.slice(0, certain.bids);
  for (let at = from; at <= (diffs ? height : from); at++) {
    const own = truth[at]!;
    const isAll = certain.bids !== Number.POSITIVE_INFINITY || known.length === own.length;
    if (isAll && String(own.slice(0, known.length)) === String(known)) return true;
  }
  return false;
};

const CHANGES = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 140 }), fc.integer({ min: 0, max: 2 })), { minLength: 1, maxLength: 12 })
  .map((changes) => new Map(changes));
/** Seconds that a level may be wrong of which nothing was told: until a deep depth, and as long as that is not believed. */
const WRONG = 10;
const STEP = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('block' as const), changes: CHANGES }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('second' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('drop' as const, 'forgetDepth' as const, 'forgetDiff' as const, 'lose' as const),
    }),
  },
);

test('whatever comes and goes, what a book calls certain is true, and it is verified again once all is well', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('block' as const, 'second' as const),
      fc.constantFrom(...DEPTHS),
      fc.integer({ min: 0, max: 140 }),
      fc.constantFrom(7000, 600_000),
      fc.array(STEP, { maxLength: 60 }),
      async (diffs, levels, count, refreshEvery, steps) => {
        const setting = memoryDex();
        setting.network.answersFences = true;
        const { dex, clock, network } = setting;
        const gateway = new Gateway(diffs);
        gateway.block(new Map(Array.from({ length: count }, (_, place) => [place + 1, 1])));
        const serve = async (): Promise<void> => {
          for (let turn = 0; turn < 4; turn++) {
            await settled();
            if (network.last.state === 'open') gateway.serve(network.last);
          }
        };
        const pass = async (): Promise<void> => {
          await clock.pass(1000);
          await serve();
          gateway.second();
          await serve();
        };
        const opening = orderBook(dex, SYMBOL, {
          levels,
          refreshEvery: levels === 20 ? 7000 : refreshEvery, // no deep frame tells when both streams have been forgotten
          checkEvery: 3000,
          fetch: () => Promise.reject(new Error('none')),
        });
        await serve();
        const book = await opening;
        /** Something was not told, which the book cannot know at once. */
        let isLost = false;
        let wrong = 0;
        for (const step of steps) {
          if (step.kind === 'block') gateway.block(step.changes);
          else if (step.kind === 'second') await pass();
          else if (step.kind === 'drop') network.last.drop();
          else if (step.kind === 'forgetDepth') gateway.forget('marketDepth');
          else {
            isLost = true;
            if (step.kind === 'lose') gateway.lose();
            else gateway.forget('marketDiff');
          }
          await serve();
          if (isTrue(book, gateway)) wrong = 0;
          else {
            expect(isLost).toBe(true);
            if (step.kind === 'second') wrong++;
            expect(wrong).toBeLessThan(WRONG);
          }
        }
        // Changes at the top, so that depths come, until the longest delay of an attempt is over.
        for (let second = 0; second < 60; second++) {
          gateway.block(new Map([[200, second + 1]]));
          await pass();
        }
        expect(book.status.state).toBe('verified');
        expect(isTrue(book, gateway)).toBe(true);
        expect(book.best().bid).toEqual(gateway.side.best(1)[0]);
        await book.close();
        expect(await closed(setting)).toBe(0);
        await expectNoUnhandledRejection();
      },
    ),
    { numRuns: 60 },
  );
});

const FRAME = fc.record({
  kind: fc.constantFrom('diff' as const, 'depth' as const, 'deep' as const),
  best: fc.integer({ min: 1, max: 60 }),
  /** A frame that cannot be read. */
  isBad: fc.boolean(),
});
const MOMENT = fc.oneof(
  { weight: 6, arbitrary: FRAME },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(0, 200, 2000, 16_000) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop' as const) }) },
);
const WAYS = ['close', 'abort', 'callback', 'dex', 'iterator'] as const;

test('closed at whatever moment and in whatever way, it leaves no subscription, no timer, and no promise', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(20, 500, 1000),
      fc.array(MOMENT, { maxLength: 12 }),
      fc.constantFrom(...WAYS),
      fc.integer({ min: 1, max: 12 }),
      async (levels, moments, way, changes) => {
        const setting = memoryDex();
        setting.network.answersFences = true;
        const { dex, clock, network } = setting;
        const controller = new AbortController();
        const { signal } = controller;
        let kept: OrderBook | undefined;
        let left = changes;
        const ended = orderBook(dex, SYMBOL, {
          levels: levels as 20 | 500 | 1000,
          signal,
          fetch: () => new Promise<Response>(() => {}),
          onChange: () => {
            if (way === 'callback' && --left === 0) controller.abort();
          },
        }).then(
          async (book) => {
            kept = book;
            for await (const _ of book.changes()) if (way === 'iterator' && --left === 0) break;
            await book.close();
          },
          () => {},
        );
        let isOver = false;
        ended
          .catch(() => {})
          .finally(() => {
            isOver = true;
          });
        for (const moment of moments) {
          await settled();
          if (moment.kind === 'pass') await clock.pass(moment.ms);
          else if (moment.kind === 'drop') network.last.drop();
          else {
            const bids: Level[] = [...levelsOf([[moment.best, 1]])];
            const count = moment.kind === 'depth' ? 20 : 500;
            const text =
              moment.kind === 'diff'
                ? encode(marketDiff, { eventType: 'depthUpdate', eventTime: 1, symbol: SYMBOL, bids, asks: [] })
                : encode(marketDepth(count), { lastUpdateId: 9, symbol: SYMBOL, bids, asks: levelsOf([[50, 1]]) });
            network.last.say(moment.isBad ? text.replace('0.0', '0,0') : text);
          }
        }
        if (way === 'dex') await closed(setting);
        else if (way === 'close' && kept) void kept.close();
        else controller.abort();
        await settled();
        const wanted = new Set<string>();
        const last = network.sockets.at(-1); // none, if it was closed before there was any
        for (const { method, topic = '' } of (last?.sent ?? []) as Command[])
          if (method === 'subscribe') wanted.add(topic);
          else wanted.delete(topic);
        if (last?.state === 'open') expect([...wanted].filter((topic) => topic !== 'blockheight')).toEqual([]);
        await clock.pass(30_000); // the connection lingers, and a last timer of it may be due
        await settled();
        expect(clock.pending).toBe(0);
        expect(kept?.status.state ?? 'stale').toBe('stale');
        expect(isOver).toBe(true);
        expect(await closed(setting)).toBe(0);
        await expectNoUnhandledRejection();
      },
    ),
    { numRuns: 150 },
  );
});
