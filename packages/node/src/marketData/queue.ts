/**
 * A queue: items come at its end and leave at either end, at constant cost.
 * In: items. Out: the same.
 */
export class Queue<Item> {
  #items: Item[] = [];
  /** Place of the first one; what stands before it has left. */
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  get first(): Item | undefined {
    return this.#items[this.#head];
  }

  get last(): Item | undefined {
    return this.length > 0 ? this.#items.at(-1) : undefined;
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  /** The first one leaves. */
  shift(): Item | undefined {
    const item = this.first;
    if (this.length > 0) this.#head += 1;
    if (this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** The last one leaves. */
  pop(): Item | undefined {
    return this.length > 0 ? this.#items.pop() : undefined;
  }
}
