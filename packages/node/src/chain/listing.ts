/**
 * Listing and delisting rules of pairs (matching rules §12.3, §13), and the pair that a listing makes.
 * In: the pairs that exist, two assets. Out: undefined when it may be, else the chain's text; a new pair in the state.
 */
import type { Height } from '@dexwire/protocol';
import { isMiniSymbol } from '../entry/tokenSymbol.ts';
import { RestingOrders } from '../matching/restingOrders.ts';
import { NATIVE } from './ledger.ts';
import { lotSizeOfPair, tickSizeOf } from './sizes.ts';
import type { Pair, State } from './state.ts';

/** What the rules look at. */
export interface Listed {
  readonly pairs: ReadonlyMap<string, unknown>;
  readonly busd: string | undefined;
}

const SAME = 'base asset symbol should not be identical to quote asset symbol';

const isListed = ({ pairs }: Listed, one: string, other: string): boolean =>
  pairs.has(`${one}_${other}`) || pairs.has(`${other}_${one}`);

/** @returns Why the pair may not be listed, or undefined. */
export const canList = (listed: Listed, base: string, quote: string): string | undefined => {
  if (base === quote) return SAME;
  if (isListed(listed, base, quote)) return 'trading pair exists';
  if (base === NATIVE || quote === NATIVE) return undefined;
  const { busd } = listed;
  if (busd !== undefined && (base === busd || quote === busd) && isListed(listed, busd, NATIVE)) return undefined;
  if (!isListed(listed, base, NATIVE)) return `token ${base} should be listed against BNB before against ${quote}`;
  if (!isListed(listed, quote, NATIVE)) {
    return `token ${quote} should be listed against BNB before listing ${base} against ${quote}`;
  }
  return undefined;
};

/** @returns Why the pair may not go, or undefined: a token's BNB pair goes last. */
export const canDelist = (listed: Listed, base: string, quote: string): string | undefined => {
  if (base === quote) return SAME;
  if (base !== NATIVE && quote !== NATIVE) return undefined;
  const token = base === NATIVE ? quote : base;
  for (const symbol of [...listed.pairs.keys()].sort()) {
    const [one = '', other = ''] = symbol.split('_');
    if (one !== NATIVE && other !== NATIVE && (one === token || other === token)) {
      return `trading pair ${symbol} should not exist before delisting ${base}_${quote}`;
    }
  }
  return undefined;
};

export interface NewPair {
  readonly base: string;
  readonly quote: string;
  /** Units of 1e-8, above 0. */
  readonly listPrice: bigint;
  /** Derived from the price unless given. */
  readonly tickSize?: bigint;
  readonly lotSize?: bigint;
  /** The block from which on it takes orders; from the start unless given. */
  readonly opensAt?: Height;
}

/** Opens a pair that may be listed. Its reference price is the listing price, until it is matched. */
export const addPair = (state: State, pair: NewPair): Pair => {
  const { base, quote, listPrice } = pair;
  const symbol = `${base}_${quote}`;
  const lotSize = pair.lotSize ?? lotSizeOfPair(state, base, quote, listPrice);
  const added: Pair = {
    symbol,
    base,
    quote,
    isMini: isMiniSymbol(base) || isMiniSymbol(quote),
    listPrice,
    ...(pair.opensAt !== undefined && { opensAt: pair.opensAt }),
    tickSize: pair.tickSize ?? tickSizeOf(listPrice),
    lotSize,
    orders: new RestingOrders(state.openOrders),
    reference: listPrice,
    matchLotSize: lotSize,
    lastMatchHeight: 0,
    round: [],
    history: [],
  };
  state.pairs.set(symbol, added);
  return added;
};
