/**
 * The clock of one process in a world of several: it may leap ahead, and stand still with its process.
 * In: the world's time. Out: a `Clock` for the client or the node, and what it does to their timers.
 */
import type { WorldTime } from './worldTime.ts';

interface Due {
  readonly call: () => void;
  /** By this clock. */
  readonly at: number;
  /** Of the world's timer; undefined for one that is never due. */
  handle: number | undefined;
}

export class ProcessClock {
  readonly #world: WorldTime;
  readonly #waiting = new Map<number, Due>();
  #ids = 0;
  #ahead = 0;
  #frozenUntil = 0;

  constructor(world: WorldTime) {
    this.#world = world;
  }

  /** Whole milliseconds. */
  now(): number {
    return Math.floor(this.#world.now()) + this.#ahead;
  }

  setTimeout(call: () => void, ms: number): number {
    this.#ids += 1;
    const due: Due = { call, at: this.#world.now() + this.#ahead + Math.max(ms, 0), handle: undefined };
    this.#waiting.set(this.#ids, due);
    this.#arm(this.#ids, due);
    return this.#ids;
  }

  clearTimeout(id: unknown): void {
    const due = this.#waiting.get(id as number);
    if (due === undefined) return;
    this.#waiting.delete(id as number);
    this.#world.clearTimeout(due.handle);
  }

  /** Timers that have neither been called nor cleared. */
  get pending(): number {
    return this.#waiting.size;
  }

  /** The world's time at which the process goes on; the past, unless it stands still. */
  get frozenUntil(): number {
    return this.#frozenUntil;
  }

  /** Time leaps: what falls due by it is due at once, in its order. */
  leap(ms: number): void {
    this.#ahead += ms;
    this.#rearm();
  }

  /** The process stands still: its timers wait, and then those that are due come one after the other. */
  freeze(ms: number): void {
    this.#frozenUntil = Math.max(this.#frozenUntil, this.#world.now() + ms);
    this.#rearm();
  }

  #rearm(): void {
    for (const [id, due] of [...this.#waiting].sort(([a, one], [b, other]) => one.at - other.at || a - b)) {
      this.#world.clearTimeout(due.handle);
      this.#arm(id, due);
    }
  }

  #arm(id: number, due: Due): void {
    if (due.at === Number.POSITIVE_INFINITY) return;
    const at = Math.max(due.at - this.#ahead, this.#frozenUntil);
    due.handle = this.#world.setTimeout(() => {
      this.#waiting.delete(id);
      due.call();
    }, at - this.#world.now());
  }
}
