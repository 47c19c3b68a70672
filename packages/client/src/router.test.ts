import { blockheight, marketDepth, orders, type Stream, trades } from '@dexwire/protocol';
import { expect, test } from 'vitest';
import type { Events } from './item.ts';
import { deliver, heightOf, type Interest, Router, type Subscriber } from './router.ts';
import { Trace } from './trace.ts';

class Taker implements Subscriber {
  readonly taken: { item: Events<unknown>; name: string }[] = [];
  push(item: Events<unknown>, name: string): void {
    this.taken.push({ item, name });
  }
  get events(): (readonly unknown[])[] {
    return this.taken.map(({ item }) => item.events);
  }
}

const interestOf = (stream: Stream, subject: string, ...subscribers: Taker[]): Interest<Taker> => ({
  home: { remove: () => {}, tidy: () => {}, admit: (_, events) => events },
  stream,
  subject,
  name: `${subject}@${stream.topic}`,
  subscribers,
  asked: 1,
  kept: false,
  trace: new Trace(stream.known, false),
});

const routerOf = (...interests: Interest<Taker>[]): Router<Taker> => {
  const router = new Router<Taker>();
  for (const interest of interests) router.add(interest);
  return router;
};

const a = { symbol: 'A_X', height: 7 };
const b = { symbol: 'B_X', height: 7 };

test('a list of one symbol goes out as it is, one item for all who want it', () => {
  const [first, second] = [new Taker(), new Taker()];
  const router = routerOf(interestOf(trades, 'A_X', first, second));
  const list = [a, a];
  deliver(router.match('trades')!, list);
  expect(first.taken[0]?.item).toEqual({ kind: 'events', events: list, height: 7, repaired: false });
  expect(first.taken[0]?.item.events).toBe(list);
  expect(second.taken[0]?.item).toBe(first.taken[0]?.item);
});

test('a list of several symbols is routed element by element, whatever its first one is', () => {
  const [ofA, ofB] = [new Taker(), new Taker()];
  const router = routerOf(interestOf(trades, 'A_X', ofA), interestOf(trades, 'B_X', ofB));
  deliver(router.match('trades')!, [{ symbol: 'C_X' }, a, a, b, { symbol: 'C_X' }, a]);
  expect(ofA.events).toEqual([[a, a], [a]]);
  expect(ofB.events).toEqual([[b]]);
});

test('an event that is no list goes to whoever wants its symbol, in a list of its own', () => {
  const [ofA, ofB] = [new Taker(), new Taker()];
  const router = routerOf(interestOf(marketDepth(), 'A_X', ofA), interestOf(marketDepth(), 'B_X', ofB));
  const depth = { symbol: 'B_X', lastUpdateId: 9 };
  deliver(router.match('marketDepth')!, depth);
  expect(ofB.events).toEqual([[depth]]);
  expect(ofA.events).toEqual([]);
});

test('personal and global frames go to all who want their topic, whatever symbols are in them', () => {
  const [own, all] = [new Taker(), new Taker()];
  const router = routerOf(interestOf(orders, 'bnb1x', own), interestOf(blockheight, '$all', all));
  deliver(router.match('orders')!, [a, b]);
  deliver(router.match('blockheight')!, { height: 8 });
  expect(own.events).toEqual([[a, b]]);
  expect(all.events).toEqual([[{ height: 8 }]]);
});

test('the block of a frame is that of its first event, or of its book; an empty list has none', () => {
  expect([[a, b], { symbol: 'B_X', lastUpdateId: 9 }, [], { symbol: 'A_X' }].map(heightOf)).toEqual([
    7,
    9,
    undefined,
    undefined,
  ]);
});

test('an empty list of a symbol concerns nobody', () => {
  const ofA = new Taker();
  deliver(routerOf(interestOf(trades, 'A_X', ofA)).match('trades')!, []);
  expect(ofA.taken).toEqual([]);
});

test('a topic that nobody asked for has no route, and none any more once the last one is gone', () => {
  const interest = interestOf(trades, 'A_X', new Taker());
  const other = interestOf(trades, 'B_X', new Taker());
  const router = routerOf(interest, other);
  expect(router.match('ticker')).toBeUndefined();
  router.remove(interest);
  expect(router.get(trades, 'A_X')).toBeUndefined();
  expect(router.match('trades')).toBeDefined();
  router.remove(other);
  expect(router.match('trades')).toBeUndefined();
  expect(router.all()).toEqual([]);
});

test('a deep book that comes under the plain topic is found, unless the plain one is wanted itself', () => {
  const deep = interestOf(marketDepth(100), 'A_X', new Taker());
  const plain = interestOf(marketDepth(), 'A_X', new Taker());
  const router = routerOf(deep);
  expect(router.match('marketDepth')?.stream).toBe(marketDepth(100));
  router.add(plain);
  expect(router.match('marketDepth')?.stream).toBe(marketDepth());
  router.remove(plain);
  expect(router.match('marketDepth')?.stream).toBe(marketDepth(100));
});

test('a deep book under the plain topic reaches who wants it, though another symbol is wanted of the plain topic', () => {
  const [deep, deeper, plain] = [new Taker(), new Taker(), new Taker()];
  const router = routerOf(
    interestOf(marketDepth(), 'X_Y', plain),
    interestOf(marketDepth(100), 'A_B', deep),
    interestOf(marketDepth(500), 'C_D', deeper),
  );
  const books = ['A_B', 'X_Y', 'C_D', 'E_F'].map((symbol) => ({ symbol, lastUpdateId: 9 }));
  for (const book of books) deliver(router.match('marketDepth')!, book);
  expect([deep.events, plain.events, deeper.events]).toEqual([[[books[0]]], [[books[1]]], [[books[2]]]]);
});

test('without a plain one, each of several deep books under the plain topic goes to its own subscriber', () => {
  const [deep, deeper] = [new Taker(), new Taker()];
  const router = routerOf(interestOf(marketDepth(100), 'A_B', deep), interestOf(marketDepth(500), 'C_D', deeper));
  const books = ['A_B', 'C_D'].map((symbol) => ({ symbol, lastUpdateId: 9 }));
  for (const book of books) deliver(router.match('marketDepth')!, book);
  expect([deep.events, deeper.events]).toEqual([[[books[0]]], [[books[1]]]]);
});

test('a frame that names its depth goes to nobody who wants another depth', () => {
  const [plain, deeper] = [new Taker(), new Taker()];
  const router = routerOf(
    interestOf(marketDepth(100), 'X_Y', new Taker()),
    interestOf(marketDepth(), 'A_B', plain),
    interestOf(marketDepth(500), 'A_B', deeper),
  );
  deliver(router.match('marketDepth100')!, { symbol: 'A_B', lastUpdateId: 9 });
  expect([plain.events, deeper.events]).toEqual([[], []]);
});
