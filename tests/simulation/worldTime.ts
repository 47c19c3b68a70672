/**
 * The one time of a run, in which everything happens that happens at all.
 * In: calls, each with its delay; work that promises do in no time. Out: the calls in their order, with all that follows
 * from one done before the next.
 */
import { settled } from '../support/virtualClock.ts';

interface Due {
  readonly id: number;
  readonly at: number;
  readonly call: () => void;
}

const isBefore = (a: Due, b: Due): boolean => a.at < b.at || (a.at === b.at && a.id < b.id);

export class WorldTime {
  #now: number;
  #ids = 0;
  /** A heap: the first is the next. Those that were cleared are still in it. */
  readonly #heap: Due[] = [];
  readonly #waiting = new Set<number>();
  /** Replies that are being worked out by promises of the runtime, which may take it a few turns. */
  readonly #working = new Set<Promise<unknown>>();
  /** Calls made so far. */
  calls = 0;

  /** @param now - Milliseconds since the Unix epoch. */
  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  setTimeout(call: () => void, ms: number): number {
    this.#ids += 1;
    this.#waiting.add(this.#ids);
    this.#insert({ id: this.#ids, at: this.#now + Math.max(ms, 0), call });
    return this.#ids;
  }

  clearTimeout(id: number | undefined): void {
    if (id !== undefined) this.#waiting.delete(id);
  }

  /** Time stands still until it is done. */
  work(promise: Promise<unknown>): void {
    const done = promise.finally(() => this.#working.delete(done));
    this.#working.add(done);
  }

  /** Everything that promises can do now. */
  async drain(): Promise<void> {
    do await settled();
    while (this.#working.size > 0);
  }

  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await this.drain();
    for (;;) {
      const [next] = this.#heap;
      if (next === undefined || next.at > end) break;
      this.#shift();
      if (!this.#waiting.delete(next.id)) continue;
      this.#now = next.at;
      this.calls += 1;
      next.call();
      await this.drain();
    }
    this.#now = end;
  }

  #insert(due: Due): void {
    const heap = this.#heap;
    let place = heap.push(due) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!isBefore(due, heap[above]!)) break;
      heap[place] = heap[above]!;
      place = above;
    }
    heap[place] = due;
  }

  #shift(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below += 1;
      if (below >= heap.length || !isBefore(heap[below]!, last)) break;
      heap[place] = heap[below]!;
      place = below;
    }
    heap[place] = last;
  }
}
