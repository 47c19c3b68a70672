/**
 * A trader's desk in one block: what it may spend, which open orders are its own, and the orders it gives.
 * In: what a trader decides. Out: transactions of its accounts; those that were refused are reported.
 */
import type { Height } from '@dexwire/protocol';
import type { Message, TransferSide } from '@dexwire/protocol/transactions';
import type { OpenOrder } from '../chain/openOrders.ts';
import type { Refused } from '../chain/result.ts';
import type { Pair, State } from '../chain/state.ts';
import type { Chance } from './chance.ts';
import { leastQuantity, lockOf, WHOLE } from './orderSizes.ts';
import type { TraderMarket } from './trader.ts';

/** The asset that fees are paid in. */
export const NATIVE = 'BNB';

/** What is never spent of it, so that fees can be paid: one BNB. */
const RESERVE = WHOLE;

/** Own open orders by address, as the running block found them. */
export type OwnOrders = ReadonlyMap<string, readonly OpenOrder[]>;

export interface GivenOrder {
  readonly address: string;
  readonly pair: Pair;
  readonly side: 'buy' | 'sell';
  /** A multiple of the tick size. */
  readonly price: bigint;
  /** A multiple of the lot size. */
  readonly quantity: bigint;
  readonly timeInForce: 'GTE' | 'IOC';
}

export class Desk {
  readonly chance: Chance;
  readonly #market: TraderMarket;
  readonly #source: number;
  readonly #own: OwnOrders;
  /** Whether an account is left alone now, since somebody else signs for it. */
  readonly isInUse: (address: string) => boolean;
  readonly #onRefusal: (message: Message, result: Refused) => void;

  constructor(
    market: TraderMarket,
    chance: Chance,
    source: number,
    own: OwnOrders,
    isInUse: (address: string) => boolean,
    onRefusal: (message: Message, result: Refused) => void,
  ) {
    this.#market = market;
    this.chance = chance;
    this.#source = source;
    this.#own = own;
    this.isInUse = isInUse;
    this.#onRefusal = onRefusal;
  }

  get height(): Height {
    return this.#market.height;
  }

  get state(): State {
    return this.#market.state;
  }

  /** Of the symbols given, the pairs that are listed. */
  pairs(symbols: readonly string[]): readonly Pair[] {
    return symbols.map((symbol) => this.state.pairs.get(symbol)).filter((pair) => pair !== undefined);
  }

  /** What an account may lock or send of an asset now, units. */
  spendable(address: string, asset: string): bigint {
    const free = this.state.accounts.get(address)?.of(asset).free ?? 0n;
    if (asset !== NATIVE) return free;
    return free > RESERVE ? free - RESERVE : 0n;
  }

  /** What an account may lock for a side of a pair now, units. */
  funds(address: string, pair: Pair, side: 'buy' | 'sell'): bigint {
    return this.spendable(address, side === 'buy' ? pair.quote : pair.base);
  }

  /** The trader's own open orders of an account, of those that the running block began with. */
  orders(address: string): readonly OpenOrder[] {
    return (this.#own.get(address) ?? []).filter(({ id }) => this.state.openOrders.has(id));
  }

  /** Gives an order, unless the quantity is less than the pair takes or the account cannot lock it. Whether it was taken. */
  order({ address, pair, side, price, quantity, timeInForce }: GivenOrder): boolean {
    if (quantity < leastQuantity(pair, price)) return false;
    if (lockOf(side, price, quantity) > this.funds(address, pair, side)) return false;
    return this.submit({
      type: 'newOrder',
      sender: address,
      id: '',
      symbol: pair.symbol,
      orderType: 2,
      side: side === 'buy' ? 1 : 2,
      price,
      quantity,
      timeInForce: timeInForce === 'GTE' ? 1 : 3,
    });
  }

  cancel(order: OpenOrder): boolean {
    return this.submit({
      type: 'cancelOrder',
      sender: order.owner.address,
      symbol: order.pair.symbol,
      refId: order.id,
    });
  }

  /** @param outputs - What each gets; the sender gives the sum. */
  send(from: string, outputs: readonly TransferSide[], memo: string): boolean {
    const sum = new Map<string, bigint>();
    for (const { coins } of outputs) {
      for (const { asset, amount } of coins) sum.set(asset, (sum.get(asset) ?? 0n) + amount);
    }
    const coins = [...sum].map(([asset, amount]) => ({ asset, amount })).sort(byAsset);
    return this.submit({ type: 'send', inputs: [{ address: from, coins }], outputs }, memo);
  }

  /** Submits what it is handed; a refusal is reported. Whether it was accepted. */
  submit(message: Message, memo = ''): boolean {
    const result = this.#market.submit(message, { memo, source: this.#source });
    if (!result.ok) this.#onRefusal(message, result);
    return result.ok;
  }
}

/** Byte order, which for assets is the order of their letters and digits. */
export const byAsset = (one: { readonly asset: string }, other: { readonly asset: string }): number =>
  one.asset < other.asset ? -1 : 1;

/** Where an order stands among those of its account: the sequence in its id. */
const sequenceOf = ({ id }: OpenOrder): number => Number(id.slice(id.indexOf('-') + 1));

/** Oldest first, of orders of one account. */
export const byAge = (one: OpenOrder, other: OpenOrder): number => sequenceOf(one) - sequenceOf(other);
