/**
 * One consumer's interest in a stream: iterator or callback over one queue, told of gaps, closed once.
 * In: items and the fate of the socket. Out: calls of a callback, or what an iterator is waiting for.
 *
 * While the consumer waits, an item goes straight to it; while it is busy, items queue up.
 */
import type { DexError, Height, Stream } from '@dexwire/protocol';
import { ClosedError, ConsumerError, QueueError } from './errors.ts';
import { EventQueue, type QueueOptions } from './eventQueue.ts';
import type { Events, Item } from './item.ts';
import type { Interest, Subscriber } from './router.ts';
import { type Settle, wait } from './wait.ts';

/** Items with events; `gaps` counts gaps. Of `delivered` and `waiting`, those of a merged gap count once. */
export interface SubscriptionStats {
  readonly delivered: number;
  readonly waiting: number;
  readonly dropped: number;
  readonly conflated: number;
  readonly gaps: number;
}

/** What every subscription is, whether it has a callback or is iterated. It outlives sockets. */
export interface Handle {
  /** No item comes after this. What was waiting is let go. More than once is no more than once. */
  close(): void;
  /**
   * Resolves when the gateway has been asked for all of it, on open sockets. There is no acknowledgement.
   *
   * @throws ConnectionError, ClosedError, CommandError, or the signal's reason.
   */
  ready(signal?: AbortSignal): Promise<void>;
  readonly stats: SubscriptionStats;
}

/** A subscription to iterate, by one consumer. `break` closes it. */
export interface Subscription<Event> extends Handle, AsyncIterable<Item<Event>, undefined> {}

/** While the promise of a callback is pending, items queue up. */
export type Callback<Event> = (item: Item<Event>) => unknown;

/** What ties a subscription to its connection. */
interface Ties<Event> {
  readonly stream: Stream;
  readonly queue: QueueOptions;
  readonly callback: Callback<Event> | undefined;
  /** Takes what a callback throws, and what ends a subscription with a callback while nobody waits for `ready`. */
  readonly report: (error: DexError) => void;
  readonly onEnd?: ((error?: DexError) => void) | undefined;
  /** The subscription is over. */
  readonly release: () => void;
}

type Result<Event> = IteratorResult<Item<Event>, undefined>;

const END = { done: true, value: undefined } as const;

/** Both kinds in one. The connection gives each out as what it is. */
export class Subscribed<Event> implements Subscription<Event>, AsyncIterator<Item<Event>, undefined>, Subscriber {
  /** All that it wants. Its connection fills the list once. */
  readonly interests: Interest<Subscriber>[] = [];
  readonly #ties: Ties<Event>;
  readonly #queue: EventQueue<Event>;
  readonly #nexts: Settle<Result<Event>>[] = [];
  readonly #readies = new Set<Settle<void>>();
  /** The consumer waits for an item, and so the queue is empty. */
  #free: boolean;
  #over = false;
  /** What ended it, until an iterator has been told. */
  #error: DexError | undefined;
  #delivered = 0;
  #gaps = 0;
  /** Something came on the open socket. */
  heard = false;

  constructor(ties: Ties<Event>) {
    this.#ties = ties;
    this.#free = !!ties.callback;
    this.#queue = new EventQueue(ties.queue, ties.stream.conflatable);
  }

  get stats(): SubscriptionStats {
    const { waiting, dropped, conflated } = this.#queue;
    return { delivered: this.#delivered, waiting, dropped, conflated, gaps: this.#gaps };
  }

  push(item: Events<Event>, name: string): void {
    this.heard = true;
    if (this.#over) return;
    if (this.#free) this.#give(item);
    else if (!this.#queue.push(item, name)) this.end(new QueueError('the consumer is slower than its stream'));
    this.#pump();
  }

  /** The socket is lost: events may be missing from `from` on, until all is asked for again. */
  lose(from: Height | undefined): void {
    this.heard = false;
    this.#queue.begin('disconnect', this.#names(), from);
    this.#pump();
  }

  /** Some of it was asked for; perhaps that was the last of it. */
  asked(): void {
    if (!this.#isReady()) return;
    this.#queue.end('unknown');
    this.#pump();
    for (const { resolve } of this.#readies) resolve();
  }

  /** A frame that may have been for it could not be read. */
  miss(from: Height | undefined): void {
    this.#queue.gap('badFrame', this.#names(), from);
    this.#pump();
  }

  ready(signal?: AbortSignal): Promise<void> {
    return wait(signal, (settle) => {
      if (this.#over) throw new ClosedError('the subscription is closed');
      if (this.#isReady()) settle.resolve();
      this.#readies.add(settle);
      return () => this.#readies.delete(settle);
    });
  }

  close(): void {
    this.end();
  }

  /** @param error - Comes after what waits; without one, what waits is let go. */
  end(error?: DexError): void {
    const { callback, report, onEnd, release } = this.#ties;
    // A close lets go of what an earlier end had left to be said.
    if (!error) {
      this.#queue.clear();
      this.#error = undefined;
    }
    if (!this.#over) {
      this.#over = true;
      for (const interest of this.interests) interest.home.remove(interest, this);
      if (!callback) this.#error = error;
      // At once: a callback that hangs would keep it for ever. Where a promise waits, that tells it.
      else if (error && !this.#readies.size && !onEnd) report(error);
      for (const { reject } of this.#readies) reject(error ?? new ClosedError('the subscription is closed'));
      for (const settle of this.#nexts.splice(0)) this.#finish(settle);
      try {
        onEnd?.(error);
      } catch (cause) {
        this.#threw(cause);
      }
    }
    if (!this.#queue.waiting && !this.#error) release();
  }

  next(): Promise<Result<Event>> {
    const value = this.#queue.shift();
    if (value) {
      this.#count(value);
      return Promise.resolve({ done: false, value });
    }
    return new Promise((resolve, reject) => {
      const settle = { resolve, reject };
      if (this.#over) return this.#finish(settle);
      this.#nexts.push(settle);
      this.#free = true;
    });
  }

  return(): Promise<Result<Event>> {
    this.end();
    return Promise.resolve(END);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #finish({ resolve, reject }: Settle<Result<Event>>): void {
    const error = this.#error;
    this.#error = undefined;
    this.#ties.release();
    if (error) reject(error);
    else resolve(END);
  }

  #names(): readonly string[] {
    return this.interests.map(({ name }) => name);
  }

  #isReady(): boolean {
    return this.interests.every(({ asked }) => asked);
  }

  #count({ kind }: Item<Event>): void {
    if (kind === 'events') this.#delivered++;
    else if (kind === 'gap') this.#gaps++;
  }

  #pump(): void {
    while (this.#free) {
      const item = this.#queue.shift();
      if (!item) {
        if (this.#over) this.#ties.release();
        return;
      }
      this.#give(item);
    }
  }

  #give(item: Item<Event>): void {
    this.#count(item);
    const { callback } = this.#ties;
    this.#free = false;
    if (callback) {
      try {
        const result = callback(item) as PromiseLike<unknown> | undefined;
        if (typeof result?.then === 'function') {
          void this.#outlast(result);
          return;
        }
      } catch (cause) {
        this.#threw(cause);
      }
      this.#free = true;
    } else {
      this.#nexts.shift()?.resolve({ done: false, value: item });
      this.#free = this.#nexts.length > 0;
    }
  }

  async #outlast(result: PromiseLike<unknown>): Promise<void> {
    try {
      await result;
    } catch (cause) {
      this.#threw(cause);
    }
    this.#free = true;
    this.#pump();
  }

  #threw(cause: unknown): void {
    this.#ties.report(new ConsumerError('a callback threw', { cause }));
  }
}

/**
 * Whether all frames of some subscriptions come by one socket, and so in the order in which they were sent.
 *
 * @param handles - What a connection gave.
 */
export const shareSocket = (handles: readonly Handle[]): boolean =>
  new Set(handles.flatMap((handle) => (handle instanceof Subscribed ? handle.interests.map(({ home }) => home) : [])))
    .size <= 1;

/** Whether the gateway will be asked anew for all of it: nobody else has asked for it on the open socket. */
export const isAskedAnew = (handle: Handle): boolean =>
  handle instanceof Subscribed && handle.interests.every(({ asked }) => !asked);
