import assert from 'node:assert/strict';
import { test } from 'vitest';
import { auctionPrice, closestTo, leastSurplus, mostExecuted } from './auctionPrice.ts';

/** Candidates of one volume: price and surplus. */
const priceOf = (rows: readonly (readonly [price: bigint, surplus: bigint])[], reference = 200n): [bigint, number] => {
  const { price, index } = auctionPrice(
    {
      length: rows.length,
      price: BigInt64Array.from(rows.map(([value]) => value)),
      exec: new BigInt64Array(rows.length).fill(9n),
      surplus: BigInt64Array.from(rows.map(([, value]) => value)),
    },
    reference,
  );
  return [price, index];
};

// The table of matching rules §7.3: reference 200, so the limits are 190 and 210.
for (const [title, rows, expected] of [
  [
    'buy pressure within the limits takes the highest price',
    [
      [208n, 4n],
      [204n, 4n],
    ],
    [208n, 0],
  ],
  [
    'buy pressure beyond the limit takes the limit, between two prices',
    [
      [214n, 4n],
      [204n, 4n],
    ],
    [210n, 0],
  ],
  [
    'sell pressure within the limits takes the lowest price',
    [
      [214n, -4n],
      [204n, -4n],
    ],
    [204n, 1],
  ],
  [
    'sell pressure beyond the limit takes the limit, at the index above',
    [
      [196n, -4n],
      [186n, -4n],
    ],
    [190n, 0],
  ],
  [
    'below the limits the highest price is taken',
    [
      [186n, 4n],
      [181n, 4n],
    ],
    [186n, 0],
  ],
  [
    'above the limits the lowest price is taken',
    [
      [220n, -4n],
      [216n, -4n],
    ],
    [216n, 1],
  ],
  [
    'with surplus of both signs the reference is taken',
    [
      [207n, -3n],
      [203n, -3n],
      [198n, 3n],
      [191n, 3n],
    ],
    [200n, 1],
  ],
  [
    'a reference above all prices takes the highest',
    [
      [199n, -3n],
      [195n, 3n],
    ],
    [199n, 0],
  ],
  [
    'a reference below all prices takes the lowest, be there no surplus',
    [
      [205n, 0n],
      [202n, 0n],
    ],
    [202n, 1],
  ],
] as const) {
  test(title, () => assert.deepEqual(priceOf(rows), expected));
}

test('the limits are doubles, as in the original, where doubles cannot hold the reference', () => {
  // The integer 1.05 * reference, rounded up, is 94575592174780428.
  const reference = 90_071_992_547_409_931n;
  assert.deepEqual(
    priceOf(
      [
        [95_075_992_133_377_149n, 20n],
        [85_067_992_961_442_713n, 20n],
      ],
      reference,
    ),
    [94_575_592_174_780_432n, 0],
  );
});

test('the larger volume decides before any surplus does', () => {
  const columns = {
    length: 3,
    price: BigInt64Array.of(3n, 2n, 1n),
    exec: BigInt64Array.of(5n, 6n, 5n),
    surplus: BigInt64Array.of(0n, 9n, 0n),
  };
  assert.deepEqual(auctionPrice(columns, 1n), { price: 2n, index: 1 });
  assert.deepEqual(mostExecuted(columns.exec), { value: 6n, index: [1] });
});

test('the smaller surplus decides, whatever its sign', () => {
  assert.deepEqual(leastSurplus(BigInt64Array.of(-4n, 3n, -3n, 1n), [0, 1, 2]), {
    value: 3n,
    index: [1, 2],
    surplus: [3n, -3n],
  });
});

test('the closest price is asked of some rows only', () => {
  const prices = BigInt64Array.of(1021n, 1001n, 991n, 981n);
  assert.deepEqual(closestTo(prices, [0, 3], 991n), { price: 991n, index: 0 });
  assert.deepEqual(closestTo(prices, [0, 2, 3], 991n), { price: 991n, index: 2 });
});
