/**
 * Publications: what a block makes public, before it is cut into topics.
 * In: a sealed block and the state behind it. Out: the block's reports, with balances and changed price levels.
 */
import type { Block, OrderUpdate } from './chain/block.ts';
import type { Pair, State } from './chain/state.ts';
import type { Account } from './entry/accounts.ts';
import type { OrderSide } from './matching/orderColumns.ts';

export interface PublishedBalance {
  readonly asset: string;
  readonly free: bigint;
  readonly frozen: bigint;
  readonly locked: bigint;
}

export interface PublishedAccount {
  readonly address: string;
  readonly sequence: number;
  /** The account's DEX fees of the block. */
  readonly fee: string;
  /** All of them: with a free amount in byte order, then only frozen, then only locked. */
  readonly balances: readonly PublishedBalance[];
}

/**
 * A level that changed. `published` is its new quantity as the chain tells it: 0 if the level is gone, or lies beyond the
 * best 100. `open` is what it really holds, 0 only if it is gone.
 */
export type LevelChange = readonly [price: bigint, published: bigint, open: bigint];

export interface PublishedBook {
  readonly symbol: string;
  readonly buys: readonly LevelChange[];
  readonly sells: readonly LevelChange[];
}

export interface Publication {
  readonly block: Block;
  readonly accounts: readonly PublishedAccount[];
  readonly books: readonly PublishedBook[];
}

/** How deep the chain looks for the quantity of a changed level. */
const PUBLISHED_LEVELS = 100;

/**
 * @param block - The latest one.
 * @param state - As that block left it: no transaction of the next one has run.
 */
export const publish = (block: Block, state: Pick<State, 'accounts' | 'pairs'>): Publication => ({
  block,
  accounts: accountsOf(block, state),
  books: booksOf(block, state),
});

/** Matching rules §14.5. */
const accountsOf = ({ touched, accountFees }: Block, state: Pick<State, 'accounts'>): PublishedAccount[] => {
  const published: PublishedAccount[] = [];
  for (const address of touched) {
    const account = state.accounts.get(address);
    // A refused transaction may name an account that never came to be.
    if (account === undefined) continue;
    const { sequence } = account;
    published.push({ address, sequence, fee: accountFees.get(address) ?? '', balances: balancesOf(account) });
  }
  return published;
};

const balancesOf = ({ balances }: Account): PublishedBalance[] => {
  const free: PublishedBalance[] = [];
  const onlyFrozen: PublishedBalance[] = [];
  const onlyLocked: PublishedBalance[] = [];
  for (const [asset, balance] of balances) {
    const copy = { asset, free: balance.free, frozen: balance.frozen, locked: balance.locked };
    if (copy.free > 0n) free.push(copy);
    else if (copy.frozen > 0n) onlyFrozen.push(copy);
    else if (copy.locked > 0n) onlyLocked.push(copy);
  }
  return [free, onlyFrozen, onlyLocked].flatMap((some) => some.sort(byAsset));
};

const byAsset = (a: PublishedBalance, b: PublishedBalance): number => (a.asset < b.asset ? -1 : 1);

/** By price: what the block's updates add up to. */
type NetChanges = Readonly<Record<OrderSide, Map<bigint, bigint>>>;

/** Matching rules §14.6. Pairs and levels in the order in which their first updates came. */
const booksOf = ({ updates }: Block, { pairs }: Pick<State, 'pairs'>): PublishedBook[] => {
  const changes = new Map<string, NetChanges>();
  for (const update of updates) {
    const { symbol, side, price } = update;
    if (side === 'unknown') continue;
    let net = changes.get(symbol);
    if (net === undefined) {
      net = { buy: new Map(), sell: new Map() };
      changes.set(symbol, net);
    }
    net[side].set(price, (net[side].get(price) ?? 0n) + netChange(update));
  }
  const books: PublishedBook[] = [];
  for (const [symbol, net] of changes) {
    const pair = pairs.get(symbol);
    const buys = levelsOf('buy', net.buy, pair);
    const sells = levelsOf('sell', net.sell, pair);
    if (buys.length + sells.length > 0) books.push({ symbol, buys, sells });
  }
  return books;
};

/** What an update adds to the open quantity of its level. */
const netChange = ({ status, quantity, cumulative, lastQuantity }: OrderUpdate): bigint => {
  switch (status) {
    case 'Ack':
      return quantity;
    case 'PartialFill':
    case 'FullyFill':
      return -lastQuantity;
    case 'FailedBlocking':
    case 'Unknown':
      return 0n;
    default:
      return cumulative - quantity;
  }
};

/** @param pair - `undefined`: the pair went with this block, and all its levels. */
const levelsOf = (side: OrderSide, net: ReadonlyMap<bigint, bigint>, pair: Pair | undefined): LevelChange[] => {
  const changes = [...net].filter(([, change]) => change !== 0n);
  if (changes.length === 0) return [];
  // Of a side with fewer levels, none lies beyond.
  const last = pair?.orders.levels(side, PUBLISHED_LEVELS)[PUBLISHED_LEVELS - 1]?.[0];
  return changes.map(([price]): LevelChange => {
    const open = pair?.orders.openAt(side, price) ?? 0n;
    const isBeyond = last !== undefined && (side === 'buy' ? price < last : price > last);
    return [price, isBeyond ? 0n : open, open];
  });
};
