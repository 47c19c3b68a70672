/**
 * The whole state as plain data, and back.
 * In: a state between two blocks. Out: a value that JSON can hold, amounts as text; the same state anew; its hash.
 *
 * What a state is does not depend on how it came to be: accounts stand by number, all else in byte order, and nothing is
 * told that is zero.
 */
import { DexError, type Height } from '@dexwire/protocol';
import { addressOfPublicKey } from '@dexwire/protocol/transactions';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { Accounts } from '../entry/accounts.ts';
import { NONE, type OrderSide } from '../matching/orderColumns.ts';
import { RestingOrders } from '../matching/restingOrders.ts';
import { type OpenOrder, OpenOrders } from './openOrders.ts';
import type { FeeTable, Pair, State, Token } from './state.ts';

type Amount = string;

interface BalanceSnapshot {
  readonly asset: string;
  readonly free: Amount;
  readonly locked: Amount;
  readonly frozen: Amount;
}

interface AccountSnapshot {
  readonly address: string;
  readonly sequence: number;
  /** 66 hex digits; absent until the account has signed. */
  readonly publicKey?: string;
  readonly balances: readonly BalanceSnapshot[];
}

interface OrderSnapshot {
  readonly id: string;
  readonly owner: string;
  readonly side: OrderSide;
  readonly price: Amount;
  readonly quantity: Amount;
  readonly filled: Amount;
  readonly height: Height;
  readonly timeInForce: 'GTE' | 'IOC';
  readonly source: number;
  readonly txHash: string;
  readonly createdAt: string;
}

interface PairSnapshot {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly isMini: boolean;
  readonly listPrice: Amount;
  /** Absent: it takes orders in any block. */
  readonly opensAt?: Height;
  readonly tickSize: Amount;
  readonly lotSize: Amount;
  readonly reference: Amount;
  readonly matchLotSize: Amount;
  readonly lastMatchHeight: Height;
  readonly history: readonly Amount[];
  /** By level, the best first, and in order of arrival. */
  readonly buys: readonly OrderSnapshot[];
  readonly sells: readonly OrderSnapshot[];
  /** Ids of those that wait still. */
  readonly round: readonly string[];
  readonly lostFromRound: number;
}

type FeesSnapshot = Readonly<Record<keyof FeeTable, Amount>>;

/** May be written as JSON and read again. */
export interface Snapshot {
  readonly format: 1;
  readonly chainId: string;
  readonly height: Height;
  /** Nanoseconds; absent before the first block. */
  readonly lastBlockTime?: string;
  readonly prefix: string;
  readonly accounts: readonly AccountSnapshot[];
  readonly tokens: readonly (Omit<Token, 'totalSupply'> & { readonly totalSupply: Amount })[];
  readonly pairs: readonly PairSnapshot[];
  readonly fees: FeesSnapshot;
  readonly upgrades: State['upgrades'];
  readonly busd?: string;
  readonly breatheHeights: readonly (readonly [day: number, height: Height])[];
  readonly delistings: readonly string[];
  readonly proposer: string;
  readonly validators: readonly string[];
}

const inByteOrder = <Item>(items: Iterable<Item>, key: (item: Item) => string): Item[] =>
  [...items].sort((a, b) => (key(a) < key(b) ? -1 : 1));

const accountSnapshot = ({ address, sequence, publicKey, balances }: AccountOf): AccountSnapshot => ({
  address,
  sequence,
  ...(publicKey === undefined ? {} : { publicKey: bytesToHex(publicKey) }),
  balances: inByteOrder(balances, ([asset]) => asset)
    .filter(([, { free, locked, frozen }]) => free !== 0n || locked !== 0n || frozen !== 0n)
    .map(([asset, { free, locked, frozen }]) => ({
      asset,
      free: String(free),
      locked: String(locked),
      frozen: String(frozen),
    })),
});

type AccountOf = OpenOrder['owner'];

const orderSnapshot = (order: OpenOrder): OrderSnapshot => ({
  id: order.id,
  owner: order.owner.address,
  side: order.side,
  price: String(order.price),
  quantity: String(order.quantity),
  filled: String(order.filled),
  height: order.height,
  timeInForce: order.timeInForce,
  source: order.source,
  txHash: order.txHash,
  createdAt: String(order.createdAt),
});

const pairSnapshot = ({ openOrders }: State, pair: Pair): PairSnapshot => {
  const side = (name: OrderSide): OrderSnapshot[] =>
    pair.orders.ordersOf(name).map((order) => orderSnapshot(openOrders.read(order)));
  const waiting = pair.round.filter((order) => openOrders.rests(order));
  return {
    symbol: pair.symbol,
    base: pair.base,
    quote: pair.quote,
    isMini: pair.isMini,
    listPrice: String(pair.listPrice),
    ...(pair.opensAt !== undefined && { opensAt: pair.opensAt }),
    tickSize: String(pair.tickSize),
    lotSize: String(pair.lotSize),
    reference: String(pair.reference),
    matchLotSize: String(pair.matchLotSize),
    lastMatchHeight: pair.lastMatchHeight,
    history: pair.history.map(String),
    buys: side('buy'),
    sells: side('sell'),
    round: waiting.map((order) => openOrders.idOf(order)),
    lostFromRound: pair.round.length - waiting.length + (pair.lostFromRound ?? 0),
  };
};

/** The fee table with its amounts mapped, its members in one order. */
const mapFees = <From, To>(fees: Readonly<Record<keyof FeeTable, From>>, to: (from: From) => To) => ({
  feeRateNative: to(fees.feeRateNative),
  feeRate: to(fees.feeRate),
  cancelFeeNative: to(fees.cancelFeeNative),
  cancelFee: to(fees.cancelFee),
  expireFeeNative: to(fees.expireFeeNative),
  expireFee: to(fees.expireFee),
  iocExpireFeeNative: to(fees.iocExpireFeeNative),
  iocExpireFee: to(fees.iocExpireFee),
  send: to(fees.send),
  multiSend: to(fees.multiSend),
  issue: to(fees.issue),
  issueMini: to(fees.issueMini),
  issueTiny: to(fees.issueTiny),
  mint: to(fees.mint),
  burn: to(fees.burn),
  freeze: to(fees.freeze),
  list: to(fees.list),
  listMini: to(fees.listMini),
});

/** The state as data. What the running block has done so far is in it, but not that block's reports. */
export const snapshot = (state: State): Snapshot => ({
  format: 1,
  chainId: state.chainId,
  height: state.height,
  ...(state.lastBlockTime === undefined ? {} : { lastBlockTime: String(state.lastBlockTime) }),
  prefix: state.accounts.prefix,
  accounts: [...state.accounts].map(accountSnapshot),
  tokens: inByteOrder(state.tokens.values(), ({ symbol }) => symbol).map((token) => ({
    name: token.name,
    symbol: token.symbol,
    originalSymbol: token.originalSymbol,
    totalSupply: String(token.totalSupply),
    owner: token.owner,
    mintable: token.mintable,
    kind: token.kind,
    tokenUri: token.tokenUri,
  })),
  pairs: inByteOrder(state.pairs.values(), ({ symbol }) => symbol).map((pair) => pairSnapshot(state, pair)),
  fees: mapFees(state.fees, String),
  upgrades: {
    lotSizeOptimization: state.upgrades.lotSizeOptimization,
    priceBandExpiry: state.upgrades.priceBandExpiry,
  },
  ...(state.busd === undefined ? {} : { busd: state.busd }),
  breatheHeights: [...state.breatheHeights].sort(([a], [b]) => a - b),
  delistings: [...(state.delistings ?? [])],
  proposer: state.proposer,
  validators: [...state.validators],
});

/** A snapshot that does not hold together: written by another format, or changed by hand. */
export class SnapshotError extends DexError {
  override readonly name = 'SnapshotError';
  readonly code = 'SNAPSHOT_BROKEN';

  constructor(problem: string, options?: ErrorOptions) {
    super(`SNAPSHOT_BROKEN: ${problem}`, options);
  }
}

const restoreKey = ({ address }: AccountOf, hex: string): Uint8Array => {
  try {
    const key = hexToBytes(hex);
    if (addressOfPublicKey(key, address.slice(0, address.lastIndexOf('1'))) === address) return key;
  } catch (cause) {
    throw new SnapshotError(`the public key of ${address} is none: ${hex.slice(0, 80)}`, { cause });
  }
  throw new SnapshotError(`the public key of ${address} is that of another address: ${hex}`);
};

const restoreOrder = (state: State, pair: Pair, told: OrderSnapshot): void => {
  const owner = state.accounts.get(told.owner);
  if (owner === undefined)
    throw new SnapshotError(`order ${told.id} belongs to no account of the snapshot: ${told.owner}`);
  const { openOrders } = state;
  const order = openOrders.draft(
    told.id,
    told.side,
    BigInt(told.price),
    BigInt(told.quantity),
    told.height,
    pair,
    owner,
    told.timeInForce,
    told.source,
    told.txHash,
  );
  openOrders.filled[order] = BigInt(told.filled);
  openOrders.createdAt[order] = BigInt(told.createdAt);
  if (!pair.orders.insert(order)) throw new SnapshotError(`the orders of a level outgrow int64: ${told.id}`);
  openOrders.add(order);
};

const restorePair = (state: State, told: PairSnapshot): void => {
  const pair: Pair = {
    symbol: told.symbol,
    base: told.base,
    quote: told.quote,
    isMini: told.isMini,
    listPrice: BigInt(told.listPrice),
    ...(told.opensAt !== undefined && { opensAt: told.opensAt }),
    tickSize: BigInt(told.tickSize),
    lotSize: BigInt(told.lotSize),
    orders: new RestingOrders(state.openOrders),
    reference: BigInt(told.reference),
    matchLotSize: BigInt(told.matchLotSize),
    lastMatchHeight: told.lastMatchHeight,
    round: [],
    history: told.history.map(BigInt),
  };
  if (told.lostFromRound > 0) pair.lostFromRound = told.lostFromRound;
  state.pairs.set(pair.symbol, pair);
  for (const order of [...told.buys, ...told.sells]) restoreOrder(state, pair, order);
  for (const id of told.round) {
    const order = state.openOrders.find(id);
    if (order === NONE) throw new SnapshotError(`pair ${told.symbol} waits for an order that is not open: ${id}`);
    state.openOrders.joinRound(order);
  }
};

/**
 * The state of a snapshot, which shares nothing with it.
 *
 * @throws SnapshotError `SNAPSHOT_BROKEN` when an order has no owner, or the format is another one.
 */
export const restoreState = (told: Snapshot): State => {
  if (told.format !== 1) throw new SnapshotError(`format ${String(told.format)} is unknown, this reads format 1`);
  const accounts = new Accounts(told.prefix);
  for (const { address, sequence, publicKey, balances } of told.accounts) {
    const account = accounts.open(address);
    account.sequence = sequence;
    if (publicKey !== undefined) account.publicKey = restoreKey(account, publicKey);
    for (const { asset, free, locked, frozen } of balances) {
      const balance = account.balance(asset);
      balance.free = BigInt(free);
      balance.locked = BigInt(locked);
      balance.frozen = BigInt(frozen);
    }
  }
  const state: State = {
    chainId: told.chainId,
    height: told.height,
    accounts,
    tokens: new Map(told.tokens.map((token) => [token.symbol, { ...token, totalSupply: BigInt(token.totalSupply) }])),
    pairs: new Map(),
    openOrders: new OpenOrders(),
    fees: mapFees(told.fees, BigInt),
    upgrades: { ...told.upgrades },
    busd: told.busd,
    breatheHeights: new Map(told.breatheHeights),
    proposer: told.proposer,
    validators: [...told.validators],
  };
  if (told.lastBlockTime !== undefined) state.lastBlockTime = BigInt(told.lastBlockTime);
  if (told.delistings.length > 0) state.delistings = [...told.delistings];
  for (const pair of told.pairs) restorePair(state, pair);
  return state;
};

/** SHA-256 of the snapshot's JSON, 64 lower-case hex digits. Two states of equal hash go on alike. */
export const stateHash = (state: State): string => bytesToHex(sha256(utf8ToBytes(JSON.stringify(snapshot(state)))));
