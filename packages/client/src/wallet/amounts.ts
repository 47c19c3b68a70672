/**
 * Prices, quantities and amounts: from decimal text to the chain's whole units, on tick and lot.
 * In: what a caller gave, and the sizes of a pair. Out: units of 1e-8; a `WalletError` `INVALID`, with the nearest values.
 */
import { type Decimal, decimalUnits, formatDecimal, isDecimal, type Rounding, type Side } from '@dexwire/protocol';
import { MAX_UNITS } from '@dexwire/protocol/transactions';
import { invalid } from './errors.ts';

/** Decimal places of every amount on the chain. */
const PLACES = 8;

const textOf = (units: bigint): Decimal => formatDecimal(units, PLACES);

/** For a message: what it is, in so many characters. */
export const shown = (value: unknown): string => {
  if (typeof value === 'object') return value === null ? 'null' : 'an object';
  if (value === undefined) return 'undefined';
  return typeof value === 'string'
    ? JSON.stringify(value.slice(0, 40))
    : `${typeof value} ${String(value).slice(0, 40)}`;
};

/**
 * Units of a decimal above zero.
 *
 * @param name - For the error.
 * @param rounding - What becomes of digits after the eighth; without one they are an error.
 * @throws WalletError `INVALID`.
 */
export const unitsOf = (name: string, value: unknown, rounding: Rounding = 'exact'): bigint => {
  if (typeof value === 'number') {
    throw invalid(
      name,
      `found the number ${value}; pass decimal text, such as '${Number.isInteger(value) ? value : '0.1'}', for a number ` +
        'was rounded to binary before it came here',
    );
  }
  if (!isDecimal(value)) throw invalid(name, `found ${shown(value)}, expected decimal text such as '12.5'`);
  if (/^(-|[0.]*$)/.test(value)) throw invalid(name, `found ${shown(value)}, expected more than 0`);
  let units: bigint;
  try {
    units = decimalUnits(value, PLACES, rounding);
  } catch {
    const [below, above] = [decimalUnits(value, PLACES, 'floor'), decimalUnits(value, PLACES, 'ceil')];
    const nearest = [below, above].filter((near) => near > 0n && near <= MAX_UNITS).map(textOf);
    throw invalid(
      name,
      `${shown(value)} has more than ${PLACES} decimal places; the nearest: ${list(nearest)}`,
      nearest,
    );
  }
  if (units > MAX_UNITS) throw invalid(name, `found ${shown(value)}, expected at most ${textOf(MAX_UNITS)}`);
  return units;
};

const list = (nearest: readonly Decimal[]): string => nearest.join(' and ') || 'none';

/** The sizes of a pair, in units. */
export interface Sizes {
  readonly tick: bigint;
  readonly lot: bigint;
}

/** What is asked of an order's figures. */
export interface Figures {
  readonly side: Side;
  readonly price: unknown;
  readonly quantity: unknown;
  /** Whether they may be moved. */
  readonly round: boolean;
}

const onStep = (
  name: string,
  step: [name: string, units: bigint],
  value: unknown,
  round: 'floor' | 'ceil' | undefined,
): bigint => {
  const [stepName, size] = step;
  const [down, up] = [unitsOf(name, value, 'floor'), unitsOf(name, value, 'ceil')];
  const below = down - (down % size);
  const above = up % size === 0n ? up : up - (up % size) + size;
  const isOn = below === above;
  const nearest = [below, above].filter((near) => near > 0n && near <= MAX_UNITS).map(textOf);
  if (!isOn && !round) {
    const least = `${stepName} ${textOf(size)}`;
    throw invalid(name, `${value} is off the ${least}; the nearest: ${list(nearest)}, or pass round: true`, nearest);
  }
  const found = round === 'ceil' ? above : below;
  if (found > 0n && found <= MAX_UNITS) return found;
  throw invalid(
    name,
    `${value} cannot be rounded, the ${stepName} is ${textOf(size)}; the nearest: ${list(nearest)}`,
    nearest,
  );
};

/**
 * Price and quantity of an order. Rounded they never ask for more than was said: a price goes to the tick away from the
 * other side, down for a buy and up for a sell, a quantity goes down to the lot, and neither goes to 0.
 *
 * @throws WalletError `INVALID`, before anything is sent.
 */
export const orderUnits = (
  { side, price, quantity, round }: Figures,
  { tick, lot }: Sizes,
): { readonly price: bigint; readonly quantity: bigint } => ({
  price: onStep('price', ['tick', tick], price, round ? (side === 'buy' ? 'floor' : 'ceil') : undefined),
  quantity: onStep('quantity', ['lot', lot], quantity, round ? 'floor' : undefined),
});
