/**
 * One owner's open orders by the numbers in their ids.
 * In: orders that come and go. Out: the order of a number, and all of them, the oldest first.
 *
 * A table with open addressing in columns: nothing is made when an order comes, nothing is left behind when it goes.
 */
import { NONE, type Order } from '../matching/orderColumns.ts';

/** Slots to begin with; a power of two, as after each growth, and two groups at least. */
const SLOTS = 16;
/** Numbers that follow each other stand together in groups of 8, which is what one line of the cache holds. */
const GROUP_BITS = 3;
const IN_GROUP = 7;
/** 2^32 divided by the golden ratio: groups that follow each other come to lie far apart. */
const SPREAD = 0x9e3779b1;

export class OrdersByNumber {
  #numbers = new Float64Array(SLOTS);
  /** `NONE` where a slot is free. */
  #orders = new Int32Array(SLOTS).fill(NONE);
  #shift = 32 - Math.log2(SLOTS) + GROUP_BITS;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** `NONE` if there is none. */
  get(number: number): Order {
    return this.#orders[this.#find(number)]!;
  }

  /** @param number - Must not be taken. */
  add(number: number, order: Order): void {
    if (2 * this.#size >= this.#orders.length) this.#grow();
    const slot = this.#find(number);
    this.#numbers[slot] = number;
    this.#orders[slot] = order;
    this.#size += 1;
  }

  /** @returns Whether it was there. */
  delete(number: number): boolean {
    const numbers = this.#numbers;
    const orders = this.#orders;
    const mask = orders.length - 1;
    let free = this.#find(number);
    if (orders[free] === NONE) return false;
    this.#size -= 1;
    // What stands behind moves up, unless it would come to stand before its own slot.
    for (let slot = (free + 1) & mask; orders[slot] !== NONE; slot = (slot + 1) & mask) {
      const own = this.#slotOf(numbers[slot]!);
      if (((slot - own) & mask) < ((slot - free) & mask)) continue;
      numbers[free] = numbers[slot]!;
      orders[free] = orders[slot]!;
      free = slot;
    }
    orders[free] = NONE;
    return true;
  }

  /** By number. */
  inOrder(): Order[] {
    const found: [number: number, order: Order][] = [];
    this.#orders.forEach((order, slot) => {
      if (order !== NONE) found.push([this.#numbers[slot]!, order]);
    });
    return found.sort(([one], [other]) => one - other).map(([, order]) => order);
  }

  #slotOf(number: number): number {
    const group = Math.imul(number >>> GROUP_BITS, SPREAD) >>> this.#shift;
    return (group << GROUP_BITS) | (number & IN_GROUP);
  }

  /** The slot of a number, or the free one where it would stand. */
  #find(number: number): number {
    const numbers = this.#numbers;
    const orders = this.#orders;
    const mask = orders.length - 1;
    let slot = this.#slotOf(number);
    while (orders[slot] !== NONE && numbers[slot] !== number) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [numbers, orders] = [this.#numbers, this.#orders];
    this.#numbers = new Float64Array(2 * orders.length);
    this.#orders = new Int32Array(2 * orders.length).fill(NONE);
    this.#shift -= 1;
    orders.forEach((order, at) => {
      if (order === NONE) return;
      const slot = this.#find(numbers[at]!);
      this.#numbers[slot] = numbers[at]!;
      this.#orders[slot] = order;
    });
  }
}
