import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { NamedOrders } from '../../../../tests/support/namedOrders.ts';
import { Parts } from './parts.ts';
import { shareByLots } from './sharing.ts';
import { keepOnly } from './trimming.ts';

const keep = (orders: readonly (readonly [open: bigint, height: number])[], left: bigint, lot: bigint): unknown => {
  const named = new NamedOrders();
  const level = named.level(
    1n,
    orders.map(([open, height]) => named.make('', 'buy', 1n, open, height)),
  );
  const parts = new Parts(named.columns);
  parts.add('buy', level);
  parts.share.fill(77n); // what an auction before has left
  const fault = keepOnly(parts, parts.buys[0]!, left, lot);
  return fault ?? [...parts.open.subarray(0, orders.length)];
};

test('orders of one height share by lots, and the rest goes round in order of arrival', () => {
  assert.deepEqual(
    keep(
      [
        [120n, 1],
        [60n, 1],
        [60n, 1],
      ],
      75n,
      10n,
    ),
    [40n, 20n, 15n],
  );
});

test('older orders keep theirs first, and the youngest get nothing', () => {
  assert.deepEqual(
    keep(
      [
        [25n, 1],
        [35n, 1],
        [45n, 2],
        [55n, 2],
        [65n, 3],
      ],
      155n,
      10n,
    ),
    [25n, 35n, 45n, 50n, 0n],
  );
});

test('an order that stands alone takes an odd quantity, also without a lot', () => {
  assert.deepEqual(
    keep(
      [
        [25n, 1],
        [30n, 2],
      ],
      26n,
      0n,
    ),
    [25n, 1n],
  );
});

test('sharing among several needs a lot size above zero', () => {
  assert.equal(
    keep(
      [
        [25n, 1],
        [30n, 1],
      ],
      26n,
      0n,
    ),
    'lotSize',
  );
  assert.equal(
    keep(
      [
        [25n, 1],
        [30n, 1],
      ],
      26n,
      -1n,
    ),
    'lotSize',
  );
});

const share = (
  takers: readonly (readonly [weight: bigint, room: bigint])[],
  amount: bigint,
  lot: bigint,
): bigint[] | string => {
  const weight = BigInt64Array.from(takers.map(([value]) => value));
  const room = BigInt64Array.from(takers.map(([, value]) => value));
  const shares = new BigInt64Array(takers.length);
  const total = takers.reduce((sum, [value]) => sum + value, 0n);
  const heaviest = takers.reduce((most, [value]) => (value > most ? value : most), 0n);
  const rows = { start: 0, end: takers.length, weight, room, share: shares };
  return shareByLots(rows, amount, lot, total, heaviest) ?? [...shares];
};

test('with too few lots for anybody to get one by weight, they go to the first', () => {
  assert.deepEqual(
    share(
      [
        [10n, 10n],
        [10n, 10n],
        [10n, 10n],
        [10n, 10n],
      ],
      15n,
      10n,
    ),
    [10n, 5n, 0n, 0n],
  );
});

test('more than there is room for cannot be shared', () => {
  assert.equal(
    share(
      [
        [10n, 3n],
        [10n, 4n],
      ],
      8n,
      1n,
    ),
    'noRoom',
  );
  assert.deepEqual(
    share(
      [
        [10n, 3n],
        [10n, 4n],
      ],
      7n,
      1n,
    ),
    [3n, 4n],
  );
});

test('sharing agrees with the rule in plain bigint, also where products pass int64', () => {
  const largest = 2n ** 62n;
  const taker = (most: bigint): fc.Arbitrary<[bigint, bigint]> =>
    fc
      .tuple(fc.bigInt(1n, most), fc.integer({ min: 0, max: 1000 }))
      .map(([weight, part]) => [weight, (weight * BigInt(part)) / 1000n]);
  const shared = fc.constantFrom(50n, 10n ** 9n, largest).chain((most) =>
    fc.record({
      takers: fc.array(taker(most), { minLength: 1, maxLength: 9 }),
      amount: fc.integer({ min: 0, max: 1100 }),
      lot: fc.bigInt(most / 4000n + 1n, most / 10n),
    }),
  );
  fc.assert(
    fc.property(shared, ({ takers, amount, lot }) => {
      const roomAll = takers.reduce((sum, [, room]) => sum + room, 0n);
      let left = (roomAll * BigInt(amount)) / 1000n;
      if (left > 2n ** 63n - 1n) left = 2n ** 63n - 1n;
      const whole = left;
      const total = takers.reduce((sum, [weight]) => sum + weight, 0n);
      const lots = left / lot;
      const expected = takers.map(([weight, room]) => {
        const given = lot * ((lots * weight) / total);
        return given < room ? given : room;
      });
      for (const given of expected) left -= given;
      for (let moved = true; left > 0n && moved; ) {
        moved = false;
        takers.forEach(([, room], at) => {
          const more = [room - expected[at]!, left, lot].reduce((least, value) => (value < least ? value : least));
          expected[at]! += more;
          left -= more;
          if (more > 0n) moved = true;
        });
      }
      assert.deepEqual(share(takers, whole, lot), left > 0n ? 'noRoom' : expected);
    }),
    { numRuns: 2_000 },
  );
});
