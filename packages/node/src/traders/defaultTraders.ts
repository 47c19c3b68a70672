/**
 * The default traders: together they give every stream of a genesis news within five blocks, two seconds.
 * In: a seed, a rate, who has what name, which pairs. Out: the traders.
 */
import { FairPrices } from './fairPrices.ts';
import { freezer } from './freezer.ts';
import { marketMaker } from './marketMaker.ts';
import { noise } from './noise.ts';
import { sender } from './sender.ts';
import { taker } from './taker.ts';
import { Traders } from './traders.ts';
import { treasurer } from './treasurer.ts';
import { whale } from './whale.ts';

export interface DefaultTradersOptions {
  /** Any whole number: the same one gives the same trading, transaction by transaction. */
  readonly seed: number;
  /** How busy they are: 1 by default, 2 for twice the orders a block, 0 for a market maker alone. At most 1,000. */
  readonly rate?: number;
  /**
   * Addresses by name. `maker`, without whom there is no trading at all, and `whale` have those parts; `taker`, `noise`,
   * `trader1` and `trader2` take and send. All others have small orders now and then and get transfers, and are left alone
   * while somebody else signs for them.
   */
  readonly accounts: ReadonlyMap<string, string>;
  /** Which pairs are traded: those of the genesis, so that a pair listed later is left to whoever listed it. */
  readonly symbols: readonly string[];
}

const MAKER = 'maker';
const WHALE = 'whale';
const TAKERS = ['taker', 'noise', 'trader1', 'trader2'] as const;
const OWN: readonly string[] = [MAKER, WHALE, ...TAKERS];

/** Levels on each side of a book that the market maker keeps. */
const LEVELS = 24;

/** How often each account has its turn, in blocks: one less than a window of five needs. */
const TURN = 4;

const MOST_RATE = 1_000;

export const defaultTraders = ({ seed, rate = 1, accounts, symbols }: DefaultTradersOptions): Traders => {
  const maker = accounts.get(MAKER);
  if (maker === undefined) return new Traders(seed, []);
  // Whoever read the rate made sure that it is a number, not that it is a useful one.
  const pace = Number.isFinite(rate) ? Math.min(Math.max(rate, 0), MOST_RATE) : 1;
  const all = [...accounts.values()];
  const takers = TAKERS.map((name) => accounts.get(name)).filter((address) => address !== undefined);
  const others = all.filter((address) => address !== maker);
  const shared = [...accounts].filter(([name]) => !OWN.includes(name)).map(([, address]) => address);
  const whaleAddress = accounts.get(WHALE);
  const fairPrices = new FairPrices(seed);
  return new Traders(
    seed,
    [
      marketMaker({ address: maker, symbols, fairPrices, levels: LEVELS, pace: LEVELS / 2 }),
      taker({ addresses: takers, symbols, perBlock: pace / 2 }),
      noise({ addresses: others, symbols, fairPrices, perBlock: pace / TURN }),
      sender({ addresses: takers, receivers: all, perBlock: (pace * all.length) / TURN }),
      ...(whaleAddress === undefined
        ? []
        : [
            whale({ address: whaleAddress, symbols, perBlock: pace / 75 }),
            freezer({ address: whaleAddress, perBlock: pace / 50 }),
          ]),
      treasurer({ addresses: all.filter((address) => !shared.includes(address)), perBlock: 1 / 500 }),
    ],
    shared,
  );
};
