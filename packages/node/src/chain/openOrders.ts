/**
 * The orders that are open, of all pairs: by id, and by owner.
 * In: orders that come and go. Out: the order of an id.
 *
 * An order's id names its owner and a number of his (matching rules §4), so the orders stand with their owners, by that
 * number: to find them costs a third of what one table of all ids would. Ids of any other form, which only tests and replayed
 * histories have, stand in a table of their own.
 */
import type { Account } from '../entry/accounts.ts';
import type { OpenOrder } from './state.ts';

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

export class OpenOrders {
  /** Owners that ever had an order, by the hex digits of their ids. */
  readonly #owners = new Map<string, Account>();
  /** Orders with ids of any form. */
  readonly #labelled = new Map<string, OpenOrder>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @param order - Its id must not be taken. */
  add(order: OpenOrder): void {
    this.#size += 1;
    const { owner, number } = order;
    if (number < 0) {
      this.#labelled.set(order.id, order);
      return;
    }
    if (owner.openOrders.size === 0) this.#owners.set(owner.hex, owner);
    owner.openOrders.set(number, order);
  }

  /** @param order - One that was added. */
  remove({ id, owner, number }: OpenOrder): void {
    if (number < 0 ? this.#labelled.delete(id) : owner.openOrders.delete(number)) this.#size -= 1;
  }

  get(id: string): OpenOrder | undefined {
    const number = orderNumber(id);
    const owner = number < 0 ? undefined : this.#owners.get(id.slice(0, HEX_DIGITS));
    return owner?.openOrders.get(number) ?? this.#labelled.get(id);
  }

  /** The same for an id that is probably one of this account's. */
  getOwn(account: Account, id: string): OpenOrder | undefined {
    const number = orderNumber(id);
    const own = number >= 0 && id.startsWith(account.hex) ? account.openOrders.get(number) : undefined;
    return own ?? this.get(id);
  }

  has(id: string): boolean {
    return this.get(id) !== undefined;
  }

  /** Puts each owner's orders in order again, after they were added as books had them. */
  sort(): void {
    for (const { openOrders } of this.#owners.values()) {
      const sorted = [...openOrders].sort(([one], [other]) => one - other);
      openOrders.clear();
      for (const [number, order] of sorted) openOrders.set(number, order);
    }
  }

  /** Oldest first. */
  *of(account: Account): IterableIterator<OpenOrder> {
    yield* account.openOrders.values();
    for (const order of this.#labelled.values()) if (order.owner === account) yield order;
  }

  /** By owners in the order of their first orders; each one's oldest first. */
  *values(): IterableIterator<OpenOrder> {
    for (const { openOrders } of this.#owners.values()) yield* openOrders.values();
    yield* this.#labelled.values();
  }
}
