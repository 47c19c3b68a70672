/**
 * The market that a node has when nobody gives it another: tokens, pairs, and rich accounts whose keys everybody knows.
 * In: perhaps a seed, which moves the prices. Out: a genesis, always the same for the same seed. Names and symbols are
 * those of the venue, amounts and prices are made up.
 */
import { formatDecimal } from '@dexwire/protocol';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { isMiniSymbol } from '../entry/tokenSymbol.ts';
import { devKeys, type PEOPLE, VALIDATOR } from './devKeys.ts';
import { DEFAULT_FEES, DEFAULT_TIME, type Genesis, type GenesisToken } from './genesis.ts';
import { NATIVE } from './ledger.ts';
import { UNIT } from './notional.ts';

/** The testnet's (recorded). */
const CHAIN_ID = 'Binance-Chain-Nile';
const PREFIX = 'tbnb';

const BUSD = 'BUSD-BD1';

interface MadeToken extends Pick<GenesisToken, 'symbol' | 'name' | 'mintable'> {
  /** Name of the account that owns it. */
  readonly owner: (typeof PEOPLE)[number] | typeof VALIDATOR;
  readonly kind?: 'tiny';
  /** In hundredths of a BUSD. */
  readonly worth: bigint;
  /** Whole coins that one share of an account is. */
  readonly share: bigint;
}

const TOKENS: readonly MadeToken[] = [
  {
    symbol: NATIVE,
    name: 'Binance Chain Native Token',
    owner: VALIDATOR,
    mintable: false,
    worth: 300_00n,
    share: 10_000n,
  },
  { symbol: BUSD, name: 'Binance USD', owner: VALIDATOR, mintable: true, worth: 1_00n, share: 3_000_000n },
  { symbol: 'BTCB-1DE', name: 'Bitcoin BEP2', owner: VALIDATOR, mintable: true, worth: 30_000_00n, share: 100n },
  { symbol: 'ETH-1C9', name: 'Ethereum BEP2', owner: VALIDATOR, mintable: true, worth: 2_000_00n, share: 1_500n },
  { symbol: 'XRP-BF2', name: 'XRP BEP2', owner: VALIDATOR, mintable: true, worth: 50n, share: 6_000_000n },
  { symbol: 'USDT.B-B7C', name: 'Tether USD', owner: VALIDATOR, mintable: true, worth: 1_00n, share: 3_000_000n },
  { symbol: 'RUNE-67C', name: 'Rune', owner: 'dave', mintable: true, worth: 3_00n, share: 1_000_000n },
  { symbol: 'XYZ-12AM', name: 'XYZ Mini', owner: 'alice', mintable: true, worth: 15_00n, share: 2_000n },
  { symbol: 'PLAY-7F3M', name: 'Play Mini', owner: 'bob', mintable: true, worth: 60n, share: 5_000n },
  { symbol: 'RARE-0C5M', name: 'Rare Tiny', owner: 'carol', kind: 'tiny', mintable: false, worth: 150_00n, share: 50n },
];

const PAIRS: readonly (readonly [base: string, quote: string])[] = [
  [NATIVE, BUSD],
  [NATIVE, 'BTCB-1DE'],
  ['ETH-1C9', NATIVE],
  ['XRP-BF2', NATIVE],
  [NATIVE, 'USDT.B-B7C'],
  ['RUNE-67C', NATIVE],
  ['BTCB-1DE', BUSD],
  ['ETH-1C9', BUSD],
  ['XRP-BF2', BUSD],
  ['ETH-1C9', 'BTCB-1DE'],
  ['XYZ-12AM', NATIVE],
  ['XYZ-12AM', BUSD],
  ['PLAY-7F3M', NATIVE],
  ['RARE-0C5M', BUSD],
];

/** Shares of the supplies. All others have one; the validator has BNB alone. */
const SHARES: Readonly<Record<string, bigint>> = {
  maker: 100n,
  whale: 20n,
  faucet: 20n,
  taker: 5n,
  noise: 5n,
  trader1: 5n,
  trader2: 5n,
};

/** How far a seed moves what a token is worth, in hundredths. */
const MOST_MOVE = 20;

/** Digits of a price that count. */
const DIGITS = 5;

/** Units of the quote asset for one whole base asset, to five digits. */
const priceOf = (base: bigint, quote: bigint): bigint => {
  const price = (base * UNIT) / quote;
  const step = 10n ** BigInt(Math.max(price.toString().length - DIGITS, 0));
  return (price / step) * step;
};

export interface DefaultGenesisOptions {
  /** Moves what each token is worth by up to 20 %, so that another seed is another market. Without it nothing moves. */
  readonly seed?: number;
}

export const defaultGenesis = ({ seed }: DefaultGenesisOptions = {}): Genesis => {
  const chance = seed === undefined ? undefined : xoroshiro128plus(seed);
  const worths = new Map(
    TOKENS.map(({ symbol, worth }) => {
      const move = chance === undefined ? 0 : uniformInt(chance, -MOST_MOVE, MOST_MOVE);
      return [symbol, worth * BigInt(100 + move)];
    }),
  );
  const keys = devKeys(PREFIX);
  const addressOf = new Map(keys.map(({ name, address }) => [name, address]));
  const validator = addressOf.get(VALIDATOR) ?? '';
  const shareOf = (name: string, symbol: string): bigint =>
    name === VALIDATOR && symbol !== NATIVE ? 0n : (SHARES[name] ?? 1n);
  const shares = (symbol: string): bigint => keys.reduce((sum, { name }) => sum + shareOf(name, symbol), 0n);
  const coins = (whole: bigint): string => formatDecimal(whole * UNIT, 8);
  return {
    chainId: CHAIN_ID,
    prefix: PREFIX,
    initialHeight: 1,
    time: DEFAULT_TIME,
    tokens: TOKENS.map(({ symbol, name, owner, mintable, kind, share }) => ({
      symbol,
      name,
      owner: addressOf.get(owner) ?? '',
      totalSupply: coins(share * shares(symbol)),
      mintable,
      kind: kind ?? (isMiniSymbol(symbol) ? 'mini' : 'bep2'),
      tokenUri: '',
    })),
    accounts: keys.map(({ name, address }) => ({
      name,
      address,
      balances: Object.fromEntries(
        TOKENS.map(({ symbol, share }) => [symbol, share * shareOf(name, symbol)] as const)
          .filter(([, amount]) => amount > 0n)
          .map(([symbol, amount]): [string, string] => [symbol, coins(amount)])
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
    })),
    pairs: PAIRS.map(([base, quote]) => ({
      base,
      quote,
      listPrice: formatDecimal(priceOf(worths.get(base) ?? 0n, worths.get(quote) ?? 1n), 8),
    })),
    fees: DEFAULT_FEES,
    upgrades: { lotSizeOptimization: true, priceBandExpiry: true },
    busd: BUSD,
    proposer: validator,
    validators: [validator],
  };
};
