import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventQueue, type QueuePolicy } from './eventQueue.ts';
import type { Events, Gap, Item } from './item.ts';

const NAME = 'A_B@trades';
const eventAt = (height: number): Events<number> => ({ kind: 'events', events: [height], height, repaired: false });
const drain = (queue: EventQueue<number>): Item<number>[] => {
  const items: Item<number>[] = [];
  for (let item = queue.shift(); item; item = queue.shift()) items.push(item);
  return items;
};
/** Events as their heights, gaps and their ends as words. */
const told = (items: readonly Item<number>[]): (number | string)[] =>
  items.map((item) =>
    item.kind === 'events'
      ? (item.events[0] as number)
      : item.kind === 'gap'
        ? `${item.cause} ${item.from}-${item.to}`
        : `closed ${item.lost}`,
  );

/** A gap that begins and ends behind all that waits. */
const badFrame = (queue: EventQueue<number>, streams: readonly string[], from: number): void => {
  queue.begin('badFrame', streams, from);
  queue.end('some');
};

test('items come out in the order in which they went in', () => {
  const queue = new EventQueue<number>({ policy: 'dropOldest', limit: 10 }, false);
  for (const height of [1, 2, 3]) queue.push(eventAt(height), NAME);
  expect(queue.waiting).toBe(3);
  expect(told(drain(queue))).toEqual([1, 2, 3]);
  expect(queue.waiting).toBe(0);
});

describe('a full queue', () => {
  const overflow = (policy: QueuePolicy, conflatable: boolean, names: readonly string[]): EventQueue<number> => {
    const queue = new EventQueue<number>({ policy, limit: 3 }, conflatable);
    names.forEach((name, place) => {
      queue.push(eventAt(place), name);
    });
    return queue;
  };

  test('dropOldest: the oldest give way, and one gap stands for them at their place', () => {
    const queue = overflow('dropOldest', false, ['a', 'b', 'a', 'a', 'a']);
    const items = drain(queue);
    expect(told(items)).toEqual(['overflow 0-1', 'closed some', 2, 3, 4]);
    expect((items[0] as Gap).streams).toEqual(['a', 'b']);
    expect(queue).toMatchObject({ dropped: 2, conflated: 0 });
  });

  test('dropNewest: what comes is dropped, and the gap stands behind all that waits', () => {
    const queue = overflow('dropNewest', false, ['a', 'a', 'a', 'a', 'a']);
    expect(queue.push(eventAt(5), 'a')).toBe(true);
    expect(told(drain(queue))).toEqual([0, 1, 2, 'overflow 3-5', 'closed some']);
  });

  test('conflate: the older one of the same name gives way, and where newer ones replace it nothing is lost', () => {
    const queue = overflow('conflate', true, ['a', 'b', 'c', 'b', 'a']);
    expect(told(drain(queue))).toEqual(['overflow 0-1', 'closed none', 2, 3, 4]);
    expect(queue).toMatchObject({ dropped: 0, conflated: 2 });
  });

  test('conflate: a gap stands in the middle if that is its place', () => {
    expect(told(drain(overflow('conflate', true, ['a', 'b', 'c', 'b'])))).toEqual([
      0,
      'overflow 1-1',
      'closed none',
      2,
      3,
    ]);
  });

  test('conflate: without an older one of its name the oldest of all gives way, and is lost', () => {
    const queue = overflow('conflate', true, ['a', 'b', 'c', 'd']);
    expect(told(drain(queue))).toEqual(['overflow 0-0', 'closed some', 1, 2, 3]);
    expect(queue).toMatchObject({ dropped: 1, conflated: 0 });
  });

  test('conflate: of a stream whose events stand for themselves, they are lost', () => {
    expect(told(drain(overflow('conflate', false, ['a', 'a', 'a', 'a'])))).toEqual([
      'overflow 0-0',
      'closed some',
      1,
      2,
      3,
    ]);
  });

  test('fail: nothing gives way, and the caller is told', () => {
    const queue = overflow('fail', false, ['a', 'a', 'a']);
    expect(queue.push(eventAt(3), 'a')).toBe(false);
    expect(told(drain(queue))).toEqual([0, 1, 2]);
  });

  test('a limit below one is one', () => {
    const queue = new EventQueue<number>({ policy: 'dropOldest', limit: 0 }, false);
    queue.push(eventAt(1), NAME);
    queue.push(eventAt(2), NAME);
    expect(told(drain(queue))).toEqual(['overflow 1-1', 'closed some', 2]);
  });
});

describe('gaps', () => {
  test('a gap is told where it began, its end where it ended', () => {
    const queue = new EventQueue<number>({ policy: 'dropOldest', limit: 10 }, false);
    queue.push(eventAt(1), NAME);
    queue.begin('disconnect', [NAME], 1);
    queue.push(eventAt(5), NAME);
    queue.end('unknown');
    queue.push(eventAt(6), NAME);
    expect(told(drain(queue))).toEqual([1, 'disconnect 1-undefined', 5, 'closed unknown', 6]);
  });

  test('a gap and its end have one id, others have others', () => {
    const queue = new EventQueue<number>({ policy: 'dropOldest', limit: 10 }, false);
    queue.begin('disconnect', [NAME], 1);
    queue.end('unknown');
    queue.push(eventAt(2), NAME);
    badFrame(queue, [NAME], 2);
    const [gap, closed, , bad, mended] = drain(queue) as { id: number }[];
    expect(closed?.id).toBe(gap?.id);
    expect(mended?.id).toBe(bad?.id);
    expect(bad?.id).not.toBe(gap?.id);
  });

  test('an open gap begins once, and without one there is no end', () => {
    const queue = new EventQueue<number>({ policy: 'dropOldest', limit: 10 }, false);
    queue.end('unknown');
    queue.begin('disconnect', [NAME], 1);
    queue.begin('disconnect', [NAME], 2);
    queue.end('unknown');
    queue.end('unknown');
    expect(told(drain(queue))).toEqual(['disconnect 1-undefined', 'closed unknown']);
  });

  test('whole gaps with nothing between them are one, with the worst of what they lost', () => {
    const queue = new EventQueue<number>({ policy: 'dropOldest', limit: 10 }, false);
    queue.begin('disconnect', ['a'], 1);
    queue.end('unknown');
    badFrame(queue, ['b'], 4);
    queue.begin('disconnect', ['a'], 7);
    queue.end('unknown');
    const items = drain(queue);
    expect(told(items)).toEqual(['disconnect 1-undefined', 'closed some']);
    expect((items[0] as Gap).streams).toEqual(['a', 'b']);
  });

  test('of two that are one, the lower beginning and the higher end count, whichever stands in front', () => {
    const queue = new EventQueue<number>({ policy: 'dropOldest', limit: 1 }, false);
    queue.begin('badFrame', [NAME], 1);
    queue.end('unknown', 1);
    expect(queue.shift()?.kind).toBe('gap'); // so the next event must not give way to another one
    expect(queue.shift()?.kind).toBe('gapClosed');
    queue.push(eventAt(5), NAME);
    queue.begin('disconnect', [NAME], 5);
    queue.hold();
    queue.push(eventAt(9), NAME, true);
    queue.end('unknown', 8);
    const [, gap, closed] = drain(queue);
    expect(gap).toMatchObject({ cause: 'overflow', from: 5, to: 9 });
    expect(closed).toMatchObject({ from: 5, to: 9, lost: 'some' });
  });

  test('ids rise in the order in which gaps are told', () => {
    const queue = new EventQueue<number>({ policy: 'dropOldest', limit: 2 }, false);
    for (const height of [1, 2]) queue.push(eventAt(height), NAME);
    queue.begin('disconnect', [NAME], 2);
    for (const height of [5, 6]) queue.push(eventAt(height), NAME);
    queue.end('unknown');
    const items = drain(queue);
    expect(told(items)).toEqual(['overflow 1-2', 'closed some', 'disconnect 2-undefined', 5, 6, 'closed unknown']);
    const ids = items.flatMap((item) => (item.kind === 'gap' ? item.id : []));
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  });

  test('of what gives way behind an open gap, its end tells as well where fetched events that are newer come before', () => {
    const queue = new EventQueue<number>({ policy: 'dropOldest', limit: 1 }, false);
    queue.begin('disconnect', [NAME], 1);
    expect(queue.shift()?.kind).toBe('gap');
    queue.push(eventAt(2), 'a third');
    queue.hold();
    expect(told([queue.shift()!])).toEqual([2]);
    queue.push(eventAt(3), NAME, true);
    queue.push(eventAt(9), NAME, true);
    queue.end('none', 6, [[{ ...eventAt(5), repaired: true }, 'another']]);
    expect(told(drain(queue))).toEqual([5, 'closed some', 'overflow 3-3', 'closed some', 9]);
  });

  test('what was fetched and gives way is lost to its gap, as far as it reached', () => {
    const queue = new EventQueue<number>({ policy: 'dropOldest', limit: 1 }, true);
    queue.begin('disconnect', [NAME], 1);
    queue.hold();
    queue.end('none', 4, [[{ ...eventAt(6), repaired: true }, NAME]]);
    queue.push(eventAt(8), NAME);
    const items = drain(queue);
    expect(told(items)).toEqual(['disconnect 1-undefined', 'closed some', 8]);
    expect(items[1]).toMatchObject({ to: 6 });
  });

  test('without an end, what was held back lies within the gap, unless nothing was lost', () => {
    for (const lost of ['unknown', 'none'] as const) {
      const queue = new EventQueue<number>({ policy: 'dropOldest', limit: 10 }, false);
      queue.begin('disconnect', [NAME], 1);
      queue.hold();
      for (const height of [5, 9]) queue.push(eventAt(height), NAME, true);
      queue.end(lost);
      const items = lost === 'none' ? ['closed none', 5, 9] : [5, 9, 'closed unknown'];
      expect(told(drain(queue))).toEqual(['disconnect 1-undefined', ...items]);
    }
  });

  test('what gives way behind an open gap is told after its end', () => {
    const queue = new EventQueue<number>({ policy: 'dropOldest', limit: 1 }, false);
    queue.begin('disconnect', [NAME], 1);
    expect(queue.shift()?.kind).toBe('gap');
    queue.push(eventAt(2), 'another');
    queue.hold();
    expect(told([queue.shift()!])).toEqual([2]);
    for (const height of [5, 6]) queue.push(eventAt(height), NAME, true);
    expect(queue.shift()).toBe(undefined);
    queue.end('none', 4, [[{ ...eventAt(3), repaired: true }, NAME]]);
    expect(told(drain(queue))).toEqual([3, 'closed none', 'overflow 5-5', 'closed some', 6]);
  });

  test('an end tells of the fetched events that were given, and that some were lost where others gave way', () => {
    const queue = new EventQueue<number>({ policy: 'dropOldest', limit: 2 }, false);
    queue.begin('disconnect', [NAME], 1);
    expect(queue.shift()?.kind).toBe('gap');
    const fetched = [2, 3].map((height) => [{ ...eventAt(height), repaired: true }, NAME] as const);
    queue.end('none', 3, fetched);
    queue.push(eventAt(4), NAME);
    const items = drain(queue);
    expect(told(items)).toEqual([2, 'closed some', 4]);
    const given = items.filter((item) => item.kind === 'events' && item.repaired).length;
    expect(items.find((item) => item.kind === 'gapClosed' && item.id === 1)).toMatchObject({ repaired: given });
  });

  test('a gap whose beginning was told ends as itself, whatever merged behind it', () => {
    const queue = new EventQueue<number>({ policy: 'dropOldest', limit: 1 }, false);
    queue.begin('disconnect', ['a'], 1);
    const [gap] = [queue.shift()] as { id: number }[];
    queue.push(eventAt(3), 'b');
    queue.end('unknown');
    queue.push(eventAt(4), 'b');
    const items = drain(queue);
    expect(told(items)).toEqual([3, 'closed unknown', 'overflow 4-4', 'closed some']);
    expect((items[1] as { id: number }).id).toBe(gap?.id);
  });

  test('what is cleared is gone, and the queue goes on', () => {
    const queue = new EventQueue<number>({ policy: 'dropOldest', limit: 2 }, false);
    queue.push(eventAt(1), NAME);
    badFrame(queue, [NAME], 1);
    queue.clear();
    expect(drain(queue)).toEqual([]);
    queue.push(eventAt(2), NAME);
    expect(told(drain(queue))).toEqual([2]);
  });
});

/** What may be done to a queue. Heights are given in turn, so that they tell the order. */
type Operation = { readonly do: 'push'; readonly name: string } | { readonly do: 'shift' | 'begin' | 'end' | 'gap' };

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('push' as const), name: fc.constantFrom('a', 'b', 'c') }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('shift' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('begin' as const, 'end' as const, 'gap' as const) }) },
);

/** The naive model: one flat list, nothing merged, drops kept as marks at their place. */
class Model {
  readonly list: { height: number; name: string; dropped: boolean }[] = [];
  readonly #policy: QueuePolicy;
  readonly #limit: number;
  /** A gap was given and no event since. */
  isOwed = false;

  constructor(policy: QueuePolicy, limit: number) {
    this.#policy = policy;
    this.#limit = limit;
  }

  push(height: number, name: string): void {
    const waiting = this.list.filter(({ dropped }) => !dropped);
    const isFull = waiting.length >= this.#limit;
    if (isFull && this.#policy === 'fail') return;
    const candidates = isFull && this.#policy !== 'dropNewest' ? waiting.slice(this.isOwed ? 1 : 0) : [];
    const same = this.#policy === 'conflate' ? candidates.find((one) => one.name === name) : undefined;
    const victim = same ?? candidates[0];
    if (victim) victim.dropped = true;
    this.list.push({ height, name, dropped: isFull && !victim });
  }

  /** The next event that was not dropped, and the dropped ones before it. */
  shift(): { dropped: number[]; height: number | undefined } {
    const dropped: number[] = [];
    for (let one = this.list.shift(); one; one = this.list.shift()) {
      if (!one.dropped) return { dropped, height: one.height };
      dropped.push(one.height);
    }
    return { dropped, height: undefined };
  }
}

test.each<QueuePolicy>(['dropOldest', 'dropNewest', 'conflate', 'fail'])(
  '%s: against a list without a bound: the same events in order, every drop inside a gap at its place, and few items wait',
  (policy) => {
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 200 }),
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        (operations, limit, conflatable) => {
          const queue = new EventQueue<number>({ policy, limit }, conflatable);
          const model = new Model(policy, limit);
          let height = 0;
          let isOpen = false;
          const open = new Set<number>();
          /** What the queue said since its last event. */
          let said: Item<number>[] = [];
          const take = (): boolean => {
            const item = queue.shift();
            if (!item) return false;
            if (item.kind !== 'events') {
              said.push(item);
              model.isOwed = true;
              if (item.kind === 'gap') {
                expect(open.has(item.id)).toBe(false);
                open.add(item.id);
              } else expect(open.delete(item.id)).toBe(true);
              return true;
            }
            model.isOwed = false;
            const expected = model.shift();
            expect(item.height).toBe(expected.height);
            covers(expected.dropped);
            return true;
          };
          const covers = (dropped: readonly number[]): void => {
            const gaps = said.filter((one): one is Gap => one.kind === 'gap' && one.cause === 'overflow');
            for (const one of dropped) {
              expect(gaps.some(({ from, to }) => (from ?? Infinity) <= one && one <= (to ?? Infinity))).toBe(true);
            }
            said = [];
          };
          for (const step of operations) {
            if (step.do === 'push') {
              height++;
              const isTaken = queue.push(eventAt(height), step.name);
              expect(isTaken).toBe(policy !== 'fail' || model.list.length < limit);
              model.push(height, step.name);
            } else if (step.do === 'shift') take();
            else if (step.do === 'begin') {
              queue.begin('disconnect', ['a'], height);
              isOpen = true;
            } else if (step.do === 'end') {
              queue.end('unknown');
              isOpen = false;
            } else if (!isOpen) badFrame(queue, ['a'], height);
            expect(queue.waiting).toBeLessThanOrEqual(limit);
            expect(queue.waiting).toBe(model.list.filter(({ dropped }) => !dropped).length);
          }
          let left = 0;
          while (take()) left++;
          covers(model.shift().dropped);
          // Four items of gaps at most at each place where there can be any.
          expect(left).toBeLessThanOrEqual(limit + 4 * (limit + 1));
          expect(open.size).toBe(isOpen ? 1 : 0);
        },
      ),
    );
  },
);

test('a queue that nobody reads stays small, however often its link is lost', () => {
  const queue = new EventQueue<number>({ policy: 'dropOldest', limit: 3 }, false);
  for (let height = 1; height <= 10_000; height++) {
    queue.push(eventAt(height), NAME);
    queue.begin('disconnect', [NAME], height);
    queue.end('unknown');
  }
  expect(told(drain(queue))).toEqual([
    // Up to block 9998, but nobody knows how far the last disconnect in it reached.
    'overflow 1-undefined',
    'closed some',
    9998,
    'disconnect 9998-undefined',
    'closed unknown',
    9999,
    'disconnect 9999-undefined',
    'closed unknown',
    10_000,
    'disconnect 10000-undefined',
    'closed unknown',
  ]);
});

test.each<QueuePolicy>(['dropOldest', 'dropNewest', 'conflate'])(
  '%s: a consumer that is slower than its stream on every item, gaps among them, still gets events at a steady rate',
  (policy) => {
    const queue = new EventQueue<number>({ policy, limit: 3 }, true);
    let events = 0;
    for (let height = 1; height <= 900; height++) {
      queue.push(eventAt(height), NAME);
      if (height % 3 === 0 && queue.shift()?.kind === 'events') events++;
    }
    // 300 items were taken; of three in a row, two at most tell of a gap.
    expect(events).toBeGreaterThanOrEqual(99);
  },
);

test('at the limit a name that nobody waits under costs no search', () => {
  const queue = new EventQueue<number>({ policy: 'conflate', limit: 2 }, true);
  for (const name of ['a', 'b', 'c']) queue.push(eventAt(1), name);
  expect([queue.dropped, queue.conflated, queue.waiting]).toEqual([1, 0, 2]);
  queue.push(eventAt(2), 'b');
  expect([queue.dropped, queue.conflated, queue.waiting]).toEqual([1, 1, 2]);
});
