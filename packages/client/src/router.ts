/**
 * From a frame to the subscriptions it concerns.
 * In: a topic, then what its frame decoded to. Out: its route, then items, pushed to everyone who wants them.
 */
import type { Height, Stream } from '@dexwire/protocol';
import type { Events } from './item.ts';
import type { Trace } from './trace.ts';

/** Who takes items. */
export interface Subscriber {
  push(item: Events<unknown>, name: string): void;
}

/** Where an interest is looked after. */
interface Home<S extends Subscriber> {
  remove(interest: Interest<S>, subscriber: S): void;
  /** Forgets what is neither wanted nor asked for. */
  tidy(interest: Interest<S>): void;
  /** What comes of it, before anybody gets it. @returns What is new of it. */
  admit(interest: Interest<S>, events: readonly unknown[]): readonly unknown[];
}

/** One stream about one subject, and who wants it. */
export interface Interest<S extends Subscriber> {
  readonly home: Home<S>;
  readonly stream: Stream;
  /** A symbol, an address or `$all`. */
  readonly subject: string;
  /** The stream name. */
  readonly name: string;
  /** Replaced, never changed: a frame may be on its way through it. */
  subscribers: readonly S[];
  /** How many open sockets were asked for it. */
  asked: number;
  /** Wanted even if nobody subscribes. */
  kept: boolean;
  readonly trace: Trace;
}

/** All that is wanted of one topic. */
export interface Route<S extends Subscriber> {
  readonly stream: Stream;
  /** By subject. */
  readonly interests: Map<string, Interest<S>>;
  /** The one of a topic that has no symbols: a socket has one address at most. */
  readonly only: Interest<S>;
  /** Who wants a symbol of another stream, one whose frames may come under this topic. */
  readonly other: (symbol: string) => Interest<S> | undefined;
}

/** What the router looks at in an event. */
interface Traits {
  readonly symbol: string;
  readonly height?: Height;
  readonly lastUpdateId?: Height;
}

/** Everyone in some interests, once. */
export const subscribersOf = <S extends Subscriber>(interests: readonly Interest<S>[]): S[] => [
  ...new Set(interests.flatMap(({ subscribers }) => subscribers)),
];

export class Router<S extends Subscriber> {
  readonly #routes = new Map<string, Route<S>>();
  /** How many interests there are. */
  size = 0;

  /** The route of a frame; `undefined` if nobody asked for its topic, so that nothing need be decoded. */
  match(topic: string): Route<S> | undefined {
    const route = this.#routes.get(topic);
    if (route) return route;
    const [first] = this.#aliased(topic);
    return first && { ...first, other: this.#otherOf(topic) };
  }

  get({ topic }: Stream, subject: string): Interest<S> | undefined {
    return this.#routes.get(topic)?.interests.get(subject);
  }

  add(interest: Interest<S>): void {
    const { stream, subject } = interest;
    const { topic } = stream;
    if (!this.#routes.has(topic))
      this.#routes.set(topic, { stream, interests: new Map(), only: interest, other: this.#otherOf(topic) });
    this.#routes.get(topic)?.interests.set(subject, interest);
    this.size++;
  }

  /** @param interest - One that was added and is still there. */
  remove({ stream, subject }: Interest<S>): void {
    const interests = this.#routes.get(stream.topic)?.interests;
    interests?.delete(subject);
    if (!interests?.size) this.#routes.delete(stream.topic);
    this.size--;
  }

  #aliased(topic: string): Route<S>[] {
    return this.routes().filter(({ stream }) => stream.alias === topic);
  }

  #otherOf(topic: string): Route<S>['other'] {
    return (symbol) =>
      this.#aliased(topic)
        .find(({ interests }) => interests.has(symbol))
        ?.interests.get(symbol);
  }

  routes(): Route<S>[] {
    return [...this.#routes.values()];
  }

  all(): Interest<S>[] {
    return this.routes().flatMap(({ interests }) => [...interests.values()]);
  }
}

/** The block that what a frame decoded to is of, where it says so. */
export const heightOf = (data: unknown): Height | undefined => {
  const first: Traits | undefined = Array.isArray(data) ? data[0] : data;
  return first?.height ?? first?.lastUpdateId;
};

/** Gives everyone their events. A list of one symbol, as all recorded ones are, goes out as it is. */
export const deliver = <S extends Subscriber>(
  { stream, interests, only, other }: Route<S>,
  data: unknown,
  height: Height | undefined = heightOf(data),
): void => {
  const events: readonly Traits[] = Array.isArray(data) ? data : [data];
  const { length } = events;
  if (stream.scope !== 'symbol') give(only, events, height);
  else {
    for (let from = 0, to = 1; from < length; to++) {
      const { symbol } = events[from]!;
      if (to < length && events[to]!.symbol === symbol) continue;
      give(interests.get(symbol) ?? other(symbol), to - from === length ? events : events.slice(from, to), height);
      from = to;
    }
  }
};

const give = (
  interest: Interest<Subscriber> | undefined,
  events: readonly unknown[],
  height: Height | undefined,
): void => {
  if (!interest) return;
  const fresh = interest.home.admit(interest, events);
  if (!fresh.length && events.length) return;
  const item: Events<unknown> = { kind: 'events', events: fresh, height, repaired: false };
  for (const subscriber of interest.subscribers) subscriber.push(item, interest.name);
};
