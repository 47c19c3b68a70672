/**
 * One consumer's interest in a stream: iterator or callback over one queue, told of gaps, closed once.
 * In: items and the fate of the socket. Out: calls of a callback, or what an iterator is waiting for.
 *
 * While the consumer waits, an item goes straight to it; while it is busy, items queue up.
 */
import type { DexError, Height, Stream } from '@dexwire/protocol';
import type { Clock } from './clock.ts';
import { ClosedError, ConsumerError, GapError, QueueError } from './errors.ts';
import { EventQueue, type QueueOptions } from './eventQueue.ts';
import { type Events, type GapCause, type Item, type Lost, least, worse } from './item.ts';
import { lagOf } from './lag.ts';
import type { Metrics } from './metrics.ts';
import type { Mended } from './missed.ts';
import { outlast } from './outlast.ts';
import type { Interest, Subscriber } from './router.ts';
import type { Mark, Trace } from './trace.ts';
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
  /**
   * Lets go of the stream, but not of what waits: that still comes, then the subscription is over.
   *
   * @returns When all of it has been taken. @throws The signal's reason; what waits goes on waiting.
   */
  drain(signal?: AbortSignal): Promise<void>;
  readonly stats: SubscriptionStats;
}

/**
 * What is done about a gap. `repair`: what was missed is fetched, as far as the connection has a `repair`; `report`: it is told,
 * and no more; `fail`: the subscription ends with a `GapError`. Overflows are the queue's affair, and never fetched.
 */
export type GapPolicy = 'repair' | 'report' | 'fail';

/** A subscription to iterate, by one consumer. `break` closes it. */
export interface Subscription<Event> extends Handle, AsyncIterable<Item<Event>, undefined> {}

/** While the promise of a callback is pending, items queue up. */
export type Callback<Event> = (item: Item<Event>) => unknown;

/** What ties a subscription to its connection. */
interface Ties<Event> {
  readonly stream: Stream;
  readonly queue: QueueOptions;
  readonly gaps: GapPolicy;
  readonly callback: Callback<Event> | undefined;
  /** Takes what a callback throws, and what ends a subscription with a callback while nobody waits for `ready`. */
  readonly report: (error: DexError) => void;
  readonly onEnd?: ((error?: DexError) => void) | undefined;
  /** The subscription is over. */
  readonly release: () => void;
  /** With the queue's policy `pause`: whether its sockets are to be read. */
  readonly flow?: ((isFlowing: boolean) => void) | undefined;
  readonly metrics?: Metrics | undefined;
  readonly clock: Clock;
}

/** A gap that has not ended. */
interface OpenGap<Event> {
  readonly names: Set<string>;
  /** What comes of these is newer than the gap, and waits for its end. */
  isHolding: boolean;
  /** Of these it is not known yet what has come of them; and what had when they were lost. */
  readonly pending: Map<Interest<Subscriber>, Mark>;
  readonly items: (readonly [Events<Event>, string])[];
  /** By name: what tells events apart. */
  readonly traces: Map<string, Trace>;
  lost: Lost;
  from: Height | undefined;
  to: Height | undefined;
}

type Result<Event> = IteratorResult<Item<Event>, undefined>;

const END = { done: true, value: undefined } as const;

/** Both kinds in one. The connection gives each out as what it is. */
export class Subscribed<Event> implements Subscription<Event>, AsyncIterator<Item<Event>, undefined>, Subscriber {
  /** All that it wants. Its connection fills the list once. */
  readonly interests: Interest<Subscriber>[] = [];
  /** The newest block when it began: what others may have missed before is none of its. */
  since: Height | undefined;
  readonly #ties: Ties<Event>;
  readonly #queue: EventQueue<Event>;
  readonly #nexts: Settle<Result<Event>>[] = [];
  readonly #readies = new Set<Settle<void>>();
  readonly #drains = new Set<Settle<void>>();
  /** The consumer waits for an item, and so the queue is empty. */
  #free: boolean;
  #over = false;
  #isEndTold = false;
  /** What ended it, until an iterator has been told. */
  #error: DexError | undefined;
  #delivered = 0;
  #gaps = 0;
  #gap: OpenGap<Event> | undefined;
  #isPaused = false;
  /** By stream name: whether an event is among what was fetched, or older than that where newer events replace older ones. */
  readonly #outdated = new Map<string, (event: Event) => boolean>();

  constructor(ties: Ties<Event>) {
    this.#ties = ties;
    this.#free = !!ties.callback;
    this.#queue = new EventQueue(ties.queue, ties.stream.conflatable);
  }

  get stats(): SubscriptionStats {
    const { waiting, dropped, conflated } = this.#queue;
    return { delivered: this.#delivered, waiting, dropped, conflated, gaps: this.#gaps };
  }

  /** Whether it wants what was missed. */
  get repairs(): boolean {
    return this.#ties.gaps === 'repair' && !this.#over;
  }

  push(item: Events<Event>, name: string): void {
    if (this.#over || this.#isOutdated(item, name)) return;
    const isHeld = !!this.#gap?.isHolding && this.#gap.names.has(name);
    if (this.#free && !isHeld) this.#give(item);
    else this.#wait(item, name, isHeld);
    this.#pump();
    this.#pause();
  }

  #wait(item: Events<Event>, name: string, isHeld: boolean): void {
    const queue = this.#queue;
    const { metrics, stream } = this.#ties;
    const { dropped, conflated } = queue;
    if (!queue.push(item, name, isHeld)) this.end(new QueueError('the consumer is slower than its stream'));
    const tags = { topic: stream.topic };
    if (queue.dropped > dropped) metrics?.count('dropped', 1, tags);
    if (queue.conflated > conflated) metrics?.count('conflated', 1, tags);
  }

  /** Where sockets can wait, they do once the queue is full; but not while it waits for them itself, for the end of a gap. */
  #pause(): void {
    const { flow, queue } = this.#ties;
    if (!flow || this.#isPaused || this.#gap || this.#queue.waiting < queue.limit) return;
    this.#isPaused = true;
    flow(false);
  }

  /**
   * Of some of it, or of all, events may be missing after a block, until each was found.
   *
   * @param isHolding - What comes from now on is newer than the gap, and waits for its end.
   */
  lose(
    interests: readonly Interest<Subscriber>[],
    cause: GapCause,
    after: Height | undefined,
    isHolding: boolean,
  ): void {
    if (this.#over) return;
    const from = after! >= this.since! ? after : (this.since ?? after);
    if (this.#ties.gaps === 'fail') {
      this.end(new GapError(`${interests[0]?.name}: events may be missing: ${cause}`));
      return;
    }
    const names = this.#names(interests);
    const gap = this.#gap;
    if (!gap) {
      this.#gap = {
        names: new Set(names),
        isHolding: false,
        pending: new Map(),
        items: [],
        traces: new Map(),
        lost: 'none',
        from,
        to: undefined,
      };
      this.#queue.begin(cause, names, from);
    } else if (!names.every((name) => gap.names.has(name))) {
      // A gap whose names have been told cannot get further ones: a wider one takes its place.
      for (const name of names) gap.names.add(name);
      gap.from = least(gap.from, from);
      this.#queue.widen(cause, [...gap.names], gap.from);
    }
    if (gap) this.#queue.tear();
    for (const one of interests) {
      const { pending } = this.#gap!;
      if (!pending.has(one)) pending.set(one, one.trace.mark);
    }
    if (isHolding) this.hold();
    this.#pump();
  }

  /** What comes from now on of the streams of the gap is newer than it. */
  hold(): void {
    if (this.#gap) this.#gap.isHolding = true;
    this.#queue.hold();
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#ties.flow?.(true);
  }

  /** What had come of what is missing when it was lost; undefined if nothing is. */
  markOf(interest: Interest<Subscriber>): Mark | undefined {
    return this.#gap?.pending.get(interest);
  }

  /** What has come of what was lost. */
  found(interest: Interest<Subscriber>, { items, lost }: Mended, to: Height | undefined): void {
    const gap = this.#gap;
    if (!gap?.pending.delete(interest)) return;
    gap.lost = worse(gap.lost, lost);
    if (!(to! <= gap.to!)) gap.to = to;
    // For another one more may have been missed.
    const own = items.filter(({ height, current }) => current || !(height! <= gap.from!));
    gap.items.push(...own.map((item) => [item as Events<Event>, interest.name] as const));
    gap.traces.set(interest.name, interest.trace);
    const fetched = items.flatMap(({ events }) => events);
    const { conflatable } = this.#ties.stream;
    // Without an end what was fetched may be newer than what a socket has brought by now.
    if (items.length && (conflatable || to === undefined))
      this.#outdated.set(interest.name, conflatable ? interest.trace.before(fetched) : interest.trace.among(fetched));
    if (!gap.pending.size) this.#endGap();
    this.#pump();
    this.#pause();
  }

  /** What was fetched is of now, and a socket may be behind that for a while. */
  #isOutdated({ events: [event] }: Events<Event>, name: string): boolean {
    const isOutdated = this.#outdated.size ? this.#outdated.get(name) : undefined;
    if (!isOutdated || event === undefined) return false;
    if (isOutdated(event)) return true;
    // What is held back until the gap ends has yet to be looked at.
    if (!this.#gap) this.#outdated.delete(name);
    return false;
  }

  #endGap(): void {
    const { pending, items, traces, lost, to } = this.#gap!;
    this.#gap = undefined;
    const all = pending.size ? worse(lost, 'unknown') : lost;
    items.sort(([one], [other]) => (one.height ?? 0) - (other.height ?? 0));
    if (this.#ties.stream.conflatable)
      this.#queue.end(all, to, items, (event, name) => !!this.#outdated.get(name)?.(event));
    else this.#settle(all, to, items, traces);
  }

  /** Of what was fetched and is held back as well, that comes which is held back: a socket brings all of a block, in order. */
  #settle(
    lost: Lost,
    to: Height | undefined,
    items: OpenGap<Event>['items'],
    traces: ReadonlyMap<string, Trace>,
  ): void {
    const keyOf = (event: Event, name: string): string => `${name} ${traces.get(name)?.key(event)}`;
    const held = new Set(items.length ? [...this.#queue.held()].map(([event, name]) => keyOf(event, name)) : []);
    const news = items
      .map(([item, name]) => {
        const events = item.events.filter((event) => !held.has(keyOf(event, name)));
        return [{ ...item, events }, name] as const;
      })
      .filter(([{ events }]) => events.length);
    this.#queue.end(lost, to, news);
  }

  /** Some of it was asked for; perhaps that was the last of it. */
  asked(): void {
    if (!this.#isReady()) return;
    for (const { resolve } of this.#readies) resolve();
  }

  /** Of some of it, or of all, events may be missing that will not be fetched. @param to - Nothing newer is missing. */
  miss(
    interests: readonly Interest<Subscriber>[],
    cause: GapCause,
    from: Height | undefined,
    to: Height | undefined,
    lost: Lost,
  ): void {
    if (this.#over) return;
    const gap = this.#gap;
    const isPending = (one: Interest<Subscriber>): boolean => !!gap?.pending.has(one);
    const news = interests.filter((one) => !isPending(one));
    if (gap && news.length < interests.length) {
      gap.lost = worse(gap.lost, lost);
      if (!(to! <= gap.to!)) gap.to = to;
    }
    if (!news.length) return;
    this.lose(news, cause, from, false);
    for (const one of news) this.found(one, { items: [], lost }, to);
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

  drain(signal?: AbortSignal): Promise<void> {
    return wait(signal, (settle) => {
      this.#end(undefined, true);
      if (this.#isDrained) settle.resolve();
      this.#drains.add(settle);
      return () => this.#drains.delete(settle);
    });
  }

  /** Nothing waits, and a callback is not at work. */
  get #isDrained(): boolean {
    return this.#over && this.#queue.isEmpty && (this.#free || !this.#ties.callback);
  }

  /** @param error - Comes after what waits; without one, what waits is let go. */
  end(error?: DexError): void {
    // A close lets go of what an earlier end had left to be said.
    if (!error) {
      this.#queue.clear();
      this.#error = this.#gap = undefined;
    }
    this.#end(error, false);
    // A callback that hangs is not waited for any more.
    if (!error) for (const { resolve } of this.#drains) resolve();
  }

  #end(error: DexError | undefined, isDraining: boolean): void {
    const { callback, report, onEnd, release } = this.#ties;
    const wasOver = this.#over;
    if (!wasOver) {
      if (this.#gap) this.#endGap();
      this.#over = true;
      for (const interest of this.interests) interest.home.remove(interest, this);
      if (!callback) this.#error = error;
      // At once: a callback that hangs would keep it for ever. Where a promise waits, that tells it.
      else if (error && !this.#readies.size && !onEnd) report(error);
      for (const { reject } of this.#readies) reject(error ?? new ClosedError('the subscription is closed'));
      if (error) this.#tellEnd(error);
      this.#pump();
      for (const settle of this.#nexts.splice(0)) this.#finish(settle);
    }
    if (!isDraining && !(wasOver && error)) this.#tellEnd(error);
    if (isDraining ? this.#isDrained : !this.#queue.waiting && !this.#error) release();
    this.#drained();
  }

  #drained(): void {
    if (!this.#isDrained) return;
    this.#tellEnd();
    for (const { resolve } of this.#drains) resolve();
  }

  #tellEnd(error?: DexError): void {
    if (this.#isEndTold) return;
    this.#isEndTold = true;
    outlast(
      () => this.#ties.onEnd?.(error),
      (cause) => this.#threw(cause),
    );
  }

  next(): Promise<Result<Event>> {
    const value = this.#take();
    if (value) {
      this.#count(value);
      return Promise.resolve({ done: false, value });
    }
    this.#drained();
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

  /** The next item that may be given; where a socket waits for room, it may have to go on. */
  #take(): Item<Event> | undefined {
    const item = this.#queue.shift();
    const { flow, queue } = this.#ties;
    if (this.#isPaused && this.#queue.waiting <= queue.limit / 2) {
      this.#isPaused = false;
      flow?.(true);
    }
    return item;
  }

  #names(interests: readonly Interest<Subscriber>[]): readonly string[] {
    return interests.map(({ name }) => name);
  }

  #isReady(): boolean {
    return this.interests.every(({ asked }) => asked > 0);
  }

  #count(item: Item<Event>): void {
    if (item.kind === 'events') {
      this.#delivered++;
      const { metrics, clock, stream } = this.#ties;
      const lag = metrics && !item.repaired ? lagOf(item.events[0], clock.now()) : undefined;
      if (lag !== undefined) metrics?.measure('lag', lag, { topic: stream.topic });
    } else if (item.kind === 'gap') this.#gaps++;
  }

  #pump(): void {
    while (this.#free) {
      const item = this.#take();
      if (!item) {
        if (this.#over) this.#ties.release();
        this.#drained();
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
    const { metrics, stream, report } = this.#ties;
    metrics?.count('threw', 1, { topic: stream.topic });
    report(new ConsumerError('a callback threw', { cause }));
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
  handle instanceof Subscribed && handle.interests.every(({ asked }) => asked === 0);
