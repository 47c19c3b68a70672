import { describe, expect, test } from 'vitest';
import { orderUnits, unitsOf } from './amounts.ts';
import { WalletError } from './errors.ts';

const SIZES = { tick: 1000n, lot: 100_000n };

const faultOf = (run: () => unknown): WalletError => {
  try {
    run();
  } catch (error) {
    if (error instanceof WalletError) return error;
  }
  throw new Error('expected a WalletError');
};

describe('an amount', () => {
  test('is decimal text, to the eighth place and the last digit of int64', () => {
    expect(unitsOf('amount', '12.5')).toBe(1_250_000_000n);
    expect(unitsOf('amount', '0.00000001')).toBe(1n);
    expect(unitsOf('amount', '92233720368.54775807')).toBe(2n ** 63n - 1n);
    expect(unitsOf('amount', '1.500000000')).toBe(150_000_000n);
  });

  test.each([
    [0.1, /found the number 0.1; pass decimal text/],
    [1n, /bigint/],
    [undefined, /undefined/],
    ['1e3', /"1e3"/],
    ['', /decimal text/],
    [' 1', /decimal text/],
    ['-1', /more than 0/],
    ['0', /more than 0/],
    ['0.00', /more than 0/],
    ['92233720368.54775808', /at most 92233720368.54775807/],
  ])('%s is none, and the error says why', (value, message) => {
    const error = faultOf(() => unitsOf('amount', value));
    expect(error.code).toBe('INVALID');
    expect(error.message).toMatch(message);
  });

  test('with a ninth place is refused with its neighbours', () => {
    expect(faultOf(() => unitsOf('amount', '0.000000015')).nearest).toEqual(['0.00000001', '0.00000002']);
    expect(faultOf(() => unitsOf('amount', '0.000000001')).nearest).toEqual(['0.00000001']);
  });
});

describe('figures of an order', () => {
  const of = (side: 'buy' | 'sell', price: string, quantity: string, round = false) =>
    orderUnits({ side, price, quantity, round }, SIZES);

  test('on tick and lot are taken as they are', () => {
    const units = { price: 660_001_000n, quantity: 200_100_000n };
    expect(of('buy', '6.60001', '2.001')).toEqual(units);
    expect(of('sell', '6.60001', '2.001', true)).toEqual(units);
  });

  test('off them are refused with the nearest that are on', () => {
    expect(faultOf(() => of('buy', '6.600001', '2')).nearest).toEqual(['6.60000000', '6.60001000']);
    expect(faultOf(() => of('buy', '6.6000000001', '2')).nearest).toEqual(['6.60000000', '6.60001000']);
    expect(faultOf(() => of('buy', '6.6', '2.0015')).nearest).toEqual(['2.00100000', '2.00200000']);
    expect(faultOf(() => of('buy', '6.6', '0.0001')).nearest).toEqual(['0.00100000']);
    expect(faultOf(() => of('sell', '92233720368.54775807', '2')).nearest).toEqual(['92233720368.54775000']);
  });

  test('are rounded on demand, so that no more is given or asked for than was said', () => {
    expect(of('buy', '6.600019', '2.0019', true)).toEqual({ price: 660_001_000n, quantity: 200_100_000n });
    expect(of('sell', '6.600011', '2.0019', true)).toEqual({ price: 660_002_000n, quantity: 200_100_000n });
    expect(of('sell', '6.6000000001', '2', true).price).toBe(660_001_000n);
    expect(of('buy', '6.6000099999', '2', true).price).toBe(660_000_000n);
  });

  test('are never rounded to 0, nor past int64', () => {
    expect(faultOf(() => of('buy', '0.000001', '2', true)).message).toMatch(/price/);
    expect(faultOf(() => of('sell', '6.6', '0.0009', true)).nearest).toEqual(['0.00100000']);
    expect(faultOf(() => of('sell', '92233720368.54775807', '2', true)).code).toBe('INVALID');
    expect(of('sell', '0.000001', '2', true).price).toBe(1000n);
  });
});
