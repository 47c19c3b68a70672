import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { lotSizeOf, tickSizeOf } from '../chain/sizes.ts';
import type { Pair } from '../chain/state.ts';
import { OrderColumns } from '../matching/orderColumns.ts';
import { RestingOrders } from '../matching/restingOrders.ts';
import { floorToLot, floorToTick, leastQuantity, lockOf, quantityFor, stepOf, WHOLE } from './orderSizes.ts';

const pairAt = (listPrice: bigint, isMini = false): Pair => ({
  symbol: 'ABC-123_BNB',
  base: 'ABC-123',
  quote: 'BNB',
  isMini,
  listPrice,
  tickSize: tickSizeOf(listPrice),
  lotSize: lotSizeOf(listPrice),
  orders: new RestingOrders(new OrderColumns()),
  reference: listPrice,
  matchLotSize: lotSizeOf(listPrice),
  lastMatchHeight: 0,
  round: [],
  history: [],
});

const prices = fc.bigInt({ min: 1n, max: 10n ** 13n });

test('the least quantity is accepted, and one lot less is not', () => {
  fc.assert(
    fc.property(prices, fc.boolean(), (price, isMini) => {
      const pair = pairAt(price, isMini);
      const least = leastQuantity(pair, price);
      const isAccepted = (quantity: bigint): boolean =>
        quantity > 0n && price * quantity >= WHOLE && (!isMini || quantity >= WHOLE);
      assert.equal(least % pair.lotSize, 0n);
      assert.ok(isAccepted(least));
      assert.ok(!isAccepted(least - pair.lotSize));
    }),
    { seed: 1 },
  );
});

test('prices and steps are multiples of the tick size and never nothing', () => {
  fc.assert(
    fc.property(prices, prices, (listPrice, price) => {
      const pair = pairAt(listPrice);
      for (const rounded of [floorToTick(pair, price), stepOf(pair)]) {
        assert.ok(rounded > 0n);
        assert.equal(rounded % pair.tickSize, 0n);
      }
      assert.ok(floorToTick(pair, price) <= price || floorToTick(pair, price) === pair.tickSize);
    }),
    { seed: 1 },
  );
});

test('the largest quantity for an amount locks no more than that amount, and one lot more would', () => {
  fc.assert(
    fc.property(
      prices,
      fc.bigInt({ min: 0n, max: 10n ** 17n }),
      fc.constantFrom('buy', 'sell'),
      (price, amount, side) => {
        const pair = pairAt(price);
        const quantity = quantityFor(pair, side, price, amount);
        assert.equal(quantity, floorToLot(pair, quantity));
        assert.ok(lockOf(side, price, quantity) <= amount);
        assert.ok(
          side === 'sell' ? quantity + pair.lotSize > amount : (quantity + pair.lotSize) * price > amount * WHOLE,
        );
      },
    ),
    { seed: 1 },
  );
});
