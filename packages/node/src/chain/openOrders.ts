/**
 * The orders that are open, of all pairs, with what settlement and reports need besides; found by id, and by owner.
 * In: orders that come and go. Out: the order of an id; copies of orders for those who only read.
 *
 * An order's id names its owner and a number of his (matching rules §4), so the orders stand with their owners, by that
 * number. Ids of any other form, which only tests and replayed histories have, stand in a table of their own.
 */
import type { Height, Nanoseconds } from '@dexwire/protocol';
import type { Account } from '../entry/accounts.ts';
import {
  NONE,
  type Order,
  OrderColumns,
  type OrderSide,
  ROOM,
  wider8,
  wider32,
  wider64,
  widerNumbers,
} from '../matching/orderColumns.ts';
import { notional } from './notional.ts';
import { OrdersByNumber } from './ordersByNumber.ts';
import type { Pair } from './state.ts';

const DASH = 45;
const DIGIT_0 = 48;
const DIGIT_9 = 57;
/** Of an address, and so where the dash of an order id stands. */
export const HEX_DIGITS = 40;
/** Every whole number of so many digits is exact. */
const MOST_DIGITS = 15;

/** The number in `<hex>-<number>`, or -1 for a text of another form. */
export const orderNumber = (id: string): number => {
  const { length } = id;
  if (length <= HEX_DIGITS + 1 || length > HEX_DIGITS + 1 + MOST_DIGITS || id.charCodeAt(HEX_DIGITS) !== DASH)
    return -1;
  let number = 0;
  for (let place = HEX_DIGITS + 1; place < length; place += 1) {
    const code = id.charCodeAt(place);
    if (code < DIGIT_0 || code > DIGIT_9) return -1;
    number = number * 10 + (code - DIGIT_0);
  }
  // Written in one way only.
  return id.charCodeAt(HEX_DIGITS + 1) === DIGIT_0 && length > HEX_DIGITS + 2 ? -1 : number;
};

const numberOf = (id: string, owner: Account): number => (id.startsWith(owner.hex) ? orderNumber(id) : -1);

/** An order as it was when somebody asked: a copy. */
export interface OpenOrder {
  readonly id: string;
  readonly pair: Pair;
  readonly owner: Account;
  readonly side: OrderSide;
  readonly price: bigint;
  readonly quantity: bigint;
  readonly filled: bigint;
  /** What it has locked, units of 1e-8. */
  readonly locked: bigint;
  readonly height: Height;
  readonly timeInForce: 'GTE' | 'IOC';
  /** `source` of its transaction. */
  readonly source: number;
  readonly txHash: string;
  /** Block time of its block; 0 until that block is sealed. */
  readonly createdAt: Nanoseconds;
}

/** Whether an order is of its pair's round (`Pair.round`), and whether it has left in an earlier block meanwhile. */
const OUTSIDE = 0;
const INSIDE = 1;
const LEFT = 2;

/** Puts an item at its number; the places before it are filled with whatever is at hand, for nobody asks for them. */
const put = <Item>(items: Item[], number: number, item: Item): void => {
  while (items.length < number) items.push(item);
  items[number] = item;
};

export class OpenOrders extends OrderColumns {
  /** The numbers of its pair and of its owner: a number in a column costs nothing, an object there is work for the collector. */
  pairNumber = new Int32Array(ROOM);
  ownerNumber = new Int32Array(ROOM);
  /** The number in its id, or -1 if the id is not of the chain's form. */
  number = new Float64Array(ROOM);
  isIoc = new Uint8Array(ROOM);
  /** `source` of its transaction. */
  source = new Float64Array(ROOM);
  readonly txHash: string[] = [];
  /** Block time of its block; 0 until that block is sealed. */
  createdAt = new BigInt64Array(ROOM);
  /** Where its lock is counted: at the owner's quote balance for a buy, at the base balance for a sell. */
  held = new Int32Array(ROOM);
  #round = new Uint8Array(ROOM);
  /** By number, all that ever had an order. */
  readonly #pairs: Pair[] = [];
  readonly #accounts: Account[] = [];
  /** Ids of another form than the chain's. */
  readonly #labels = new Map<Order, string>();
  /** Owners that ever had an order, by the hex digits of their ids. */
  readonly #owners = new Map<string, Account>();
  /** Open orders with ids of another form. */
  readonly #labelled = new Map<string, Order>();
  #size = 0;

  /** Number of open orders. */
  get size(): number {
    return this.#size;
  }

  /** A new order, which is not open yet. */
  draft(
    id: string,
    side: OrderSide,
    price: bigint,
    quantity: bigint,
    height: Height,
    pair: Pair,
    owner: Account,
    timeInForce: 'GTE' | 'IOC',
    source: number,
    txHash: string,
    number = numberOf(id, owner),
    held = owner.balance(side === 'buy' ? pair.quote : pair.base),
  ): Order {
    const order = this.make(side, price, quantity, 0n, height);
    const book = pair.orders.number;
    if (this.#pairs[book] !== pair) put(this.#pairs, book, pair);
    if (this.#accounts[owner.number] !== owner) put(this.#accounts, owner.number, owner);
    this.pairNumber[order] = book;
    this.ownerNumber[order] = owner.number;
    this.number[order] = number;
    this.isIoc[order] = timeInForce === 'IOC' ? 1 : 0;
    this.source[order] = source;
    this.txHash[order] = txHash;
    this.createdAt[order] = 0n;
    this.held[order] = held.at;
    this.#round[order] = OUTSIDE;
    if (number < 0) this.#labels.set(order, id);
    return order;
  }

  /** @param order - A draft, whose id must not be taken. */
  add(order: Order): void {
    this.#size += 1;
    const number = this.number[order]!;
    if (number < 0) {
      this.#labelled.set(this.idOf(order), order);
      return;
    }
    const owner = this.ownerOf(order);
    owner.openOrders ??= new OrdersByNumber();
    if (owner.openOrders.size === 0) this.#owners.set(owner.hex, owner);
    owner.openOrders.add(number, order);
  }

  /** It is no longer open; all else is known of it until it is released. @param order - One that was added. */
  remove(order: Order): void {
    const number = this.number[order]!;
    const isGone =
      number < 0 ? this.#labelled.delete(this.idOf(order)) : this.ownerOf(order).openOrders?.delete(number) === true;
    if (isGone) this.#size -= 1;
  }

  /** Puts an order into the round of its pair. */
  joinRound(order: Order): void {
    this.pairOf(order).round.push(order);
    this.#round[order] = INSIDE;
  }

  /**
   * Ends a pair's round.
   *
   * @param left - Gets the orders of it that left in earlier blocks.
   * @returns All orders of the round.
   */
  takeRound(pair: Pair, left: Order[]): readonly Order[] {
    const { round } = pair;
    pair.round = [];
    for (const order of round) {
      if (this.#round[order] === LEFT) left.push(order);
      this.#round[order] = OUTSIDE;
    }
    return round;
  }

  /** Releases orders of a block that is over, but for those that a round still counts. */
  releaseAll(left: readonly Order[]): void {
    for (const order of left) {
      if (this.#round[order] === INSIDE) this.#round[order] = LEFT;
      else this.release(order);
    }
  }

  override release(order: Order): void {
    if (this.number[order]! < 0) this.#labels.delete(order);
    super.release(order);
  }

  idOf(order: Order): string {
    const number = this.number[order]!;
    return number < 0 ? (this.#labels.get(order) ?? '') : `${this.ownerOf(order).hex}-${number}`;
  }

  /** The id of an order if it is of another form than the chain's. */
  labelOf(order: Order): string | undefined {
    return this.#labels.get(order);
  }

  /**
   * What it has locked, units of 1e-8: of a buy the difference of rounded totals that matching rules §5 asks for, so that
   * the parts of an order unlock all of it.
   */
  lockedBy(order: Order): bigint {
    const quantity = this.quantity[order]!;
    const filled = this.filled[order]!;
    if (this.isBuy[order] === 0) return BigInt.asIntN(64, quantity - filled);
    const price = this.price[order]!;
    const whole = notional(price, quantity);
    return filled === 0n ? whole : BigInt.asIntN(64, whole - notional(price, filled));
  }

  pairOf(order: Order): Pair {
    return this.#pairs[this.pairNumber[order]!]!;
  }

  ownerOf(order: Order): Account {
    return this.#accounts[this.ownerNumber[order]!]!;
  }

  /** The pair and the account of a number that a column has. */
  pairAt(number: number): Pair {
    return this.#pairs[number]!;
  }

  accountAt(number: number): Account {
    return this.#accounts[number]!;
  }

  /** A copy for who only reads. */
  read(order: Order): OpenOrder {
    return {
      id: this.idOf(order),
      pair: this.pairOf(order),
      owner: this.ownerOf(order),
      side: this.sideOf(order),
      price: this.price[order]!,
      quantity: this.quantity[order]!,
      filled: this.filled[order]!,
      locked: this.lockedBy(order),
      height: this.height[order]!,
      timeInForce: this.isIoc[order] === 1 ? 'IOC' : 'GTE',
      source: this.source[order]!,
      txHash: this.txHash[order]!,
      createdAt: this.createdAt[order]!,
    };
  }

  /** The open order of an id, or `NONE`. */
  find(id: string): Order {
    const number = orderNumber(id);
    const owner = number < 0 ? undefined : this.#owners.get(id.slice(0, HEX_DIGITS));
    const order = owner?.openOrders?.get(number) ?? NONE;
    return order === NONE ? (this.#labelled.get(id) ?? NONE) : order;
  }

  /** The same for an id that is probably one of this account's. */
  findOwn(account: Account, id: string): Order {
    const number = orderNumber(id);
    const own = number >= 0 && id.startsWith(account.hex) ? (account.openOrders?.get(number) ?? NONE) : NONE;
    return own === NONE ? this.find(id) : own;
  }

  get(id: string): OpenOrder | undefined {
    const order = this.find(id);
    return order === NONE ? undefined : this.read(order);
  }

  has(id: string): boolean {
    return this.find(id) !== NONE;
  }

  /** Oldest first. */
  *of(account: Account): IterableIterator<OpenOrder> {
    for (const order of account.openOrders?.inOrder() ?? []) yield this.read(order);
    for (const order of this.#labelled.values()) if (this.ownerOf(order) === account) yield this.read(order);
  }

  /** By owners in the order of their first orders; each one's oldest first. */
  *values(): IterableIterator<OpenOrder> {
    for (const { openOrders } of this.#owners.values()) {
      for (const order of openOrders?.inOrder() ?? []) yield this.read(order);
    }
    for (const order of this.#labelled.values()) yield this.read(order);
  }

  protected override widen(): void {
    super.widen();
    this.pairNumber = wider32(this.pairNumber);
    this.ownerNumber = wider32(this.ownerNumber);
    this.number = widerNumbers(this.number);
    this.isIoc = wider8(this.isIoc);
    this.source = widerNumbers(this.source);
    this.held = wider32(this.held);
    this.createdAt = wider64(this.createdAt);
    this.#round = wider8(this.#round);
  }
}
