import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { append, type Bar, barOf, type Traded } from './bar.ts';
import { DAY_MS, DayWindow } from './dayWindow.ts';

const START = Date.UTC(2026, 0, 1);

interface Event extends Traded {
  readonly time: number;
}

const naive = (all: readonly Event[], isIn: (time: number) => boolean): Bar | undefined => {
  const [first, ...others] = all.filter(({ time }) => isIn(time)).map(barOf);
  for (const bar of others) append(first!, bar);
  return first;
};

test('the window holds just the trades of the last 24 hours, and knows the last price before them', () => {
  const step = fc.record({
    wait: fc.oneof(
      fc.nat({ max: 3 }),
      fc.nat({ max: 30_000 }),
      fc.nat({ max: 30_000_000 }),
      fc.nat({ max: 2 * DAY_MS }),
    ),
    price: fc.bigInt({ min: 1n, max: 1_000n }),
    quantity: fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }),
    isLook: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const window = new DayWindow(undefined);
      const all: Event[] = [];
      let time = START;
      for (const { wait, price, quantity, isLook } of steps) {
        time += wait;
        if (isLook) {
          window.forget(time);
          assert.deepEqual(
            window.sum(),
            naive(all, (at) => at > time - DAY_MS),
          );
          assert.equal(window.before, all.filter((event) => event.time <= time - DAY_MS).at(-1)?.price);
        } else {
          const event = { tradeId: `${all.length}-0`, price, quantity, time };
          all.push(event);
          window.add(barOf(event), time);
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('of a symbol that trades in each block each minute becomes one moment, which leaves with its last trade', () => {
  const minute = 60_000;
  const blocks = 4_000;
  for (const trend of [3n, 0n, -3n]) {
    const window = new DayWindow(7n);
    const all: Event[] = [];
    for (let block = 0; block < blocks; block += 1) {
      const time = START + block * 400;
      const price = 100_000n + trend * BigInt(block) + BigInt((block * 7_919) % 1_009);
      const event = { tradeId: `${block}-0`, price, quantity: 1n, time };
      all.push(event);
      window.add(barOf(event), time);
    }
    // The latest minutes are still finer; look where all of them are whole.
    for (const edge of [START, START + minute, START + 10 * minute]) {
      window.forget(edge - 1 + DAY_MS);
      assert.deepEqual(
        window.sum(),
        naive(all, (at) => at >= edge),
      );
    }
    window.forget(START + 10 * minute + 30_000 + DAY_MS);
    assert.deepEqual(
      window.sum(),
      naive(all, (at) => at >= START + 10 * minute),
      'a minute leaves as a whole',
    );
    window.forget(START + blocks * 400 + DAY_MS);
    assert.equal(window.sum(), undefined);
    assert.equal(window.before, all.at(-1)!.price);
  }
});
