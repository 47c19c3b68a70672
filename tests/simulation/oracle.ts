/**
 * What the node made public, and whether each consumer got it: the judge of a run.
 * In: every frame that the venue gives, what sessions subscribe to, what is handed to sockets, what consumers get.
 * Out: violations, in words.
 *
 *     venue -> Published, by feed -> (the network, the client) -> Ledger of a consumer -> violations
 */
import { formatStreamName, type Height, marketDiff, type Stream, toJson } from '@dexwire/protocol';
import type { Events, Item } from '../../packages/client/src/item.ts';
import { type Frame, frameText, type Turn } from '../../packages/node/src/gateway/source.ts';

/** One event, as the venue has published it. */
interface Published {
  readonly key: string;
  readonly event: Readonly<Record<string, unknown>>;
  readonly frame: PublishedFrame;
}

interface PublishedFrame {
  /** Undefined: of one that is not followed. */
  readonly feed: Feed | undefined;
  /** The latest block when it was made. */
  readonly height: Height;
  /** Of its events, if they have one. */
  readonly eventHeight: Height | undefined;
  /** World time, milliseconds. */
  readonly at: number;
  /** It has come, whole, to a socket that the client listens to. */
  handed: boolean;
}

interface Traits {
  readonly symbol: string;
  readonly height: Height;
  readonly lastUpdateId: Height;
  readonly eventTime: number;
  readonly tradeId: string;
  readonly orderId: string;
  readonly status: string;
  readonly txHash: string;
  readonly cumulativeFilledQuantity: string;
}

/** What tells an event from all others of its stream and subject. */
const keyOf = (topic: string, event: Traits): string => {
  switch (topic) {
    case 'trades':
      return event.tradeId;
    case 'orders':
      return `${event.height} ${event.orderId} ${event.status} ${event.tradeId}`;
    case 'transfers':
      return event.txHash;
    case 'accounts':
    case 'blockheight':
      return String(event.height);
    default:
      return `${event.symbol} ${event.lastUpdateId ?? event.eventTime}`;
  }
};

/** A stretch in which the gateway had forgotten a subscription without a word: places, and world time. */
interface Hole {
  /** Not forgotten: blocks were left out, which the next one shows. */
  readonly isLeftOut: boolean;
  readonly from: number;
  to: number;
  readonly since: number;
  until: number;
  readonly wire: number;
  isLost: boolean;
}

/** Where an event that newer ones replace stands among them. */
const orderOf = (event: object): number => {
  const { height, lastUpdateId, eventTime } = event as Traits;
  return height ?? lastUpdateId ?? eventTime;
};

/** All that was published of one stream about one subject. */
export class Feed {
  readonly name: string;
  readonly stream: Stream;
  readonly subject: string;
  readonly events: Published[] = [];
  readonly #holes: Hole[] = [];
  readonly #places = new Map<string, number>();

  constructor(stream: Stream, subject: string) {
    this.name = formatStreamName(stream, subject);
    this.stream = stream;
    this.subject = subject;
  }

  add(events: readonly unknown[], frame: PublishedFrame): void {
    for (const event of events as readonly (Traits & Record<string, unknown>)[]) {
      const key = keyOf(this.stream.topic, event);
      if (this.#places.has(key)) throw new Error(`${this.name} has two events ${key}`);
      this.#places.set(key, this.events.length);
      this.events.push({ key, event, frame });
    }
  }

  /** @param wire - Whose session has forgotten. */
  forget(wire: number, since: number, isLeftOut = false): void {
    const never = Number.POSITIVE_INFINITY;
    this.#holes.push({ from: this.events.length, to: never, since, until: never, wire, isLost: false, isLeftOut });
  }

  /** It is asked for again, if not by the same wire then perhaps for somebody else, until that is lost. */
  remember(wire: number, now: number): void {
    for (const hole of this.#holes) {
      hole.until = Math.min(hole.until, now);
      if (hole.isLost || hole.wire === wire) hole.to = Math.min(hole.to, this.events.length);
    }
  }

  lost(wire: number): void {
    for (const hole of this.#holes) {
      if (hole.wire !== wire) continue;
      hole.isLost = true;
      if (hole.until < Number.POSITIVE_INFINITY || hole.isLeftOut) hole.to = Math.min(hole.to, this.events.length);
    }
  }

  /** Since when it has been forgotten and not asked for again, world time; none if it is not. */
  get forgottenSince(): number | undefined {
    return this.#holes.find(
      ({ until, isLost, isLeftOut }) => until === Number.POSITIVE_INFINITY && !isLost && !isLeftOut,
    )?.since;
  }

  holeAt(place: number): Hole | undefined {
    return this.#holes.find(({ from, to }) => place >= from && place < to);
  }

  placeOf(event: unknown): number | undefined {
    return this.#places.get(keyOf(this.stream.topic, event as Traits));
  }
}

/** A gap that a consumer was told of. */
interface KnownGap {
  readonly id: number;
  readonly cause: string;
  readonly from: Height | undefined;
  readonly to: Height | undefined;
  readonly streams: ReadonlySet<string>;
  /** Of the item that closed it. */
  end: { readonly lost: string; readonly to: Height | undefined } | undefined;
  /** Repaired events that had come before it. */
  repaired: number;
  /** Missing events that nothing but this gap stands for, of streams whose every event counts. */
  readonly missing: (readonly [Feed, Published])[];
  /** Events that came in it, but were not fetched: they must not be newer than its end. */
  readonly within: Published[];
  /** The one that is open around it. */
  readonly outer: KnownGap | undefined;
  /** What had been owed before: may come in it. */
  readonly owed: (readonly [Feed, place: number])[];
}

/** How far a consumer is in one feed. */
interface Progress {
  readonly feed: Feed;
  /** From this event on it was wanted; undefined: nobody has asked for it yet. */
  start: number | undefined;
  /** The event that came first. */
  first: number | undefined;
  /** The event that must come next, or be missing; undefined: none has come. */
  next: number | undefined;
  /** Told of since the last event that came. */
  gaps: KnownGap[];
  /** What the gateway had forgotten to send, which is found out later, or never, by place. */
  readonly owed: Map<number, Published>;
  /** What lies in gaps: an audit may find it later, and have it fetched. */
  readonly skipped: Set<number>;
}

const isSame = (a: unknown, b: unknown): boolean => a === b || (typeof a === 'object' && toJson(a) === toJson(b));

const differsAt = (a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): string | undefined => {
  for (const key of Object.keys(a)) if (!isSame(a[key], b[key])) return key;
  return Object.keys(b).find((key) => !(key in a));
};

export interface LedgerTraits {
  /** It has sockets of its own. */
  readonly isAlone: boolean;
  /** What never came is found some day. */
  readonly isAudited: boolean;
  /** Silence is noticed. */
  readonly isWatched: boolean;
  readonly isTorn: () => boolean;
  readonly noticedWithin: () => number;
}

/** What one consumer got, and whether it is what it had to get. */
export class Ledger {
  readonly name: string;
  readonly isAlone: boolean;
  readonly #progress = new Map<string, Progress>();
  readonly #fail: (text: string) => void;
  /** By order: what was told of it last in place of its reports. */
  readonly #states = new Map<string, Traits>();
  #lastGap = 0;
  #open: KnownGap | undefined;
  /** Its own end: nothing may come after it, nothing need. */
  #isOver = false;
  #isExcused = false;
  events = 0;
  repaired = 0;
  readonly gaps = new Map<string, number>();

  readonly #traits: LedgerTraits;

  constructor(name: string, feeds: readonly Feed[], traits: LedgerTraits, fail: (text: string) => void) {
    this.name = name;
    this.isAlone = traits.isAlone;
    this.#traits = traits;
    this.#fail = (text) => fail(`${name}: ${text}`);
    for (const feed of feeds)
      this.#progress.set(feed.subject, {
        feed,
        start: undefined,
        first: undefined,
        next: undefined,
        gaps: [],
        owed: new Map(),
        skipped: new Set(),
      });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get feeds(): Feed[] {
    return [...this.#progress.values()].map(({ feed }) => feed);
  }

  /** It has not been told that a stream is silent which comes each second, and which nobody sends any more. */
  checkSilence(now: number): void {
    if (!this.#traits.isWatched || this.isAlone || this.#isOver || this.#isExcused) return;
    for (const { feed } of this.#progress.values()) {
      const silent = now - (feed.forgottenSince ?? now);
      const isLate = feed.stream.isSteady && !isPulse(feed.stream) && silent > 2 * this.#traits.noticedWithin();
      if (isLate && !this.#open?.streams.has(feed.name))
        this.#fail(`${feed.name} has been silent for ${silent} ms, and that was not told`);
    }
  }

  wants(feed: Feed): boolean {
    return !this.#isOver && !this.#isExcused && this.#progress.get(feed.subject)?.feed === feed;
  }

  hasStarted(feed: Feed): boolean {
    return this.#progress.get(feed.subject)?.start !== undefined;
  }

  /** From now on, at the latest, each event of a feed has to come. */
  start(feed: Feed, place = feed.events.length): void {
    const progress = this.#progress.get(feed.subject);
    if (progress?.feed === feed) progress.start ??= place;
  }

  end(): void {
    this.#isOver = true;
  }

  /** It ended by a fault of its own: what waited for it may come, and nothing has to. */
  excuse(): void {
    this.#isExcused = true;
  }

  take(item: Item<unknown>): void {
    if (this.#isOver) {
      this.#fail(`got ${item.kind} after its end`);
      return;
    }
    if (item.kind === 'events') {
      if (item.events.length === 0) this.#fail('got an item without events');
      if (this.#open === undefined && item.repaired) this.#fail('got a repaired event outside of a gap');
      for (const event of item.events) this.#event(event, item);
    } else if (item.kind === 'gap') this.#gap(item);
    else this.#gapClosed(item);
  }

  /** What is so now, in place of each event that led there. */
  #state(event: Traits, { feed, next }: Progress): void {
    if (!feed.stream.conflatable) {
      this.#states.set(event.orderId, event);
      return;
    }
    const place = feed.events.findLastIndex((published) => orderOf(published.event) <= orderOf(event));
    // The event of that very moment may still come.
    const isOfThen = place >= 0 && orderOf(feed.events[place]!.event) === orderOf(event);
    this.#progressOf(event)!.next = Math.max(next ?? 0, isOfThen ? place : place + 1);
  }

  #progressOf(event: Traits): Progress | undefined {
    return (
      this.#progress.get(event.symbol) ?? (this.#progress.size === 1 ? [...this.#progress.values()][0] : undefined)
    );
  }

  /**
   * The end of the run: what has not come must lie in a gap, and that must be closed.
   *
   * @param until - World time: what was published later may still be on its way.
   */
  settle(until: number): void {
    if (this.#isOver || this.#isExcused) return;
    // Without a pulse a quiet socket may be one that has died.
    if (this.#open !== undefined && (this.#traits.isWatched || this.#open.cause !== 'silence'))
      this.#fail(`gap ${this.#open.id} (${this.#open.cause}) was never closed`);
    for (const progress of this.#progress.values()) {
      const { feed, start, next, gaps } = progress;
      if (start === undefined && next === undefined) continue;
      const due = feed.events.findLastIndex(({ frame }) => frame.at <= until) + 1;
      this.#missed(progress, next ?? start ?? 0, due);
      const owed = [...progress.owed.values()].find(({ frame }) => frame.at < until - AUDITED_WITHIN_MS);
      // The first comparison of orders only takes down what they are.
      const isFound = this.#traits.isAudited && !feed.stream.conflatable && feed.stream.topic !== 'orders';
      if (owed !== undefined && isFound)
        this.#fail(`${feed.name} ${owed.key} was never sent, and that was never found out`);
      const untold = [...progress.owed].find(([place]) => feed.holeAt(place)?.isLeftOut);
      if (untold !== undefined) this.#fail(`${feed.name} ${untold[1].key} was left out, and that was never told`);
      // What newer events replace is whole again only with the newest.
      const last = gaps.at(-1);
      if (last?.end?.lost === 'none' && feed.stream.conflatable && (next ?? 0) < due)
        this.#fail(`gap ${last.id} of ${feed.name} has lost nothing, and the newest event never came`);
    }
  }

  #event(event: unknown, { repaired: isRepaired, current: isState }: Events<unknown>): void {
    const progress = this.#progressOf(event as Traits);
    this.events += 1;
    if (isRepaired) this.repaired += 1;
    if (progress !== undefined && isRepaired && (isState || progress.feed.stream.conflatable)) {
      this.#state(event as Traits, progress);
      return;
    }
    const place = progress?.feed.placeOf(event);
    if (progress === undefined || place === undefined) {
      this.#fail(`got what was never published: ${toJson(event)}`);
      return;
    }
    const { feed, next, start, owed, skipped } = progress;
    const published = feed.events[place]!;
    if (!isRepaired && this.#open?.streams.has(feed.name)) this.#open.within.push(published);
    const difference = differsAt(published.event, event as Record<string, unknown>);
    if (difference !== undefined)
      this.#fail(`${feed.name} ${published.key} differs in ${difference}: ${toJson(event)}`);
    if (isRepaired && (owed.delete(place) || skipped.delete(place))) return;
    // Of before it was wanted.
    if (isRepaired && place < (progress.first ?? 0)) return;
    progress.first ??= place;
    if (next !== undefined && place < next) {
      const what = place === next - 1 ? 'twice' : `after ${feed.events[next - 1]!.key}`;
      this.#fail(`got ${feed.name} ${published.key} ${what}`);
      return;
    }
    const due = next ?? Math.min(start ?? place, place);
    this.#missed(progress, due, place);
    progress.next = place + 1;
    // What was held back behind a gap may be older than its end.
    const height = published.frame.eventHeight ?? published.frame.height;
    // Of one that was given up with its subscription nobody knows the end.
    const most = this.#isExcused ? Number.POSITIVE_INFINITY : -1;
    progress.gaps = progress.gaps.filter(({ end }) => end === undefined || height < (end.to ?? most));
  }

  #missed({ feed, gaps, owed, skipped }: Progress, from: number, to: number): void {
    for (let place = from; place < to; place += 1) {
      const published = feed.events[place]!;
      const { key, frame } = published;
      const reasons = gaps.map((gap) => whyNot(gap, frame));
      const fitting = gaps.filter((_, nth) => reasons[nth] === undefined);
      // That blocks were left out is told soon, if it was not before.
      const isTold = fitting.length > 0 && !!feed.holeAt(place)?.isLeftOut;
      const isForgotten = !isTold && this.#isForgotten(feed, place);
      const isAdmitted = fitting.some((gap) => gap.end !== undefined && this.#isAccounted(gap, feed, published));
      if (fitting.length > 0 && (isAdmitted || !isForgotten || !this.#traits.isAudited)) {
        this.#blame(fitting, feed, published);
        skipped.add(place);
        continue;
      }
      if (isForgotten) {
        owed.set(place, published);
        fitting.find(({ end }) => end === undefined)?.owed.push([feed, place]);
        continue;
      }
      const handed = frame.handed ? 'came to its socket' : 'was lost on the way';
      const block = frame.eventHeight ?? `about ${frame.height}`;
      this.#fail(`${feed.name} ${key} of block ${block} ${handed}, and: ${reasons.join('; ') || 'no gap'}`);
      return;
    }
  }

  /** Whether nothing tells the client that it was forgotten, as long as it does not look. */
  #isForgotten(feed: Feed, place: number): boolean {
    const hole = feed.holeAt(place);
    if (hole === undefined) return false;
    if (hole.isLeftOut) return true;
    // Whose pulse was forgotten, nobody tells.
    if (isPulse(feed.stream)) return true;
    // What comes each second is missed soon, unless it comes again before.
    return !feed.stream.isSteady || !this.#traits.isWatched || hole.until - hole.since < this.#traits.noticedWithin();
  }

  /** A gap of which nothing was lost stands for nothing. */
  #blame(gaps: readonly KnownGap[], feed: Feed, published: Published): void {
    if (
      feed.stream.conflatable ||
      this.#traits.isTorn() ||
      gaps.some((gap) => gap.end !== undefined && this.#isAccounted(gap, feed, published))
    )
      return;
    const open = gaps.find(({ end }) => end === undefined);
    if (open !== undefined) open.missing.push([feed, published]);
    else
      this.#fail(
        `gap ${gaps[0]?.id} (${gaps[0]?.cause}) has lost nothing, and ${feed.name} ${published.key} never came`,
      );
  }

  /** Whether a gap admits that something was lost, or it was told otherwise. */
  #isAccounted({ end }: KnownGap, feed: Feed, published: Published): boolean {
    return end?.lost !== 'none' || this.#isTold(feed, published);
  }

  /** Whether what the missing report of an order has led to is told. Every other event stands for itself. */
  #isTold({ stream, events }: Feed, { event }: Published): boolean {
    if (stream.topic !== 'orders') return false;
    const { orderId, status, cumulativeFilledQuantity } = event as unknown as Traits;
    // What was refused has led nowhere.
    if (status === 'FailedBlocking') return true;
    // What it has led to since is another report, which comes or is missing as well.
    if (events.findLast((other) => other.event.orderId === orderId)?.event !== event) return true;
    const state = this.#states.get(orderId);
    return state?.status === status && state.cumulativeFilledQuantity === cumulativeFilledQuantity;
  }

  #gap(gap: Item<unknown> & { kind: 'gap' }): void {
    // What gives way meanwhile is told at once.
    if (this.#open !== undefined && gap.cause !== 'overflow')
      this.#fail(`gap ${gap.id} began within gap ${this.#open.id}`);
    const outer = this.#open;
    if (gap.id <= this.#lastGap) this.#fail(`gap ${gap.id} came after gap ${this.#lastGap}`);
    this.#lastGap = gap.id;
    this.gaps.set(gap.cause, (this.gaps.get(gap.cause) ?? 0) + 1);
    const streams = new Set(gap.streams);
    const { id, cause, from, to } = gap;
    const known: KnownGap = {
      id,
      cause,
      from,
      to,
      streams,
      end: undefined,
      repaired: this.repaired,
      missing: [],
      within: [],
      owed: [],
      outer,
    };
    this.#open = known;
    let concerned = 0;
    for (const { feed, gaps, owed } of this.#progress.values()) {
      if (!streams.has(feed.name)) continue;
      gaps.push(known);
      concerned += 1;
      // What was found out to be missing is told now, and may be fetched.
      for (const [place, { frame }] of owed)
        if (!((frame.eventHeight ?? frame.height) <= from!)) known.owed.push([feed, place]);
    }
    if (concerned < streams.size) this.#fail(`gap ${gap.id} names streams of others: ${gap.streams.join(', ')}`);
    if (concerned === 0) this.#fail(`gap ${gap.id} is about nothing`);
  }

  #gapClosed({ id, from, to, lost, repaired }: Item<unknown> & { kind: 'gapClosed' }): void {
    const open = this.#open;
    if (open?.id !== id) {
      this.#fail(`gapClosed ${id} came while gap ${open?.id} was open`);
      return;
    }
    open.end = { lost, to };
    this.#open = open.outer;
    const found = open.cause === 'overflow' ? 0 : this.repaired - open.repaired;
    if (repaired !== found) this.#fail(`gapClosed ${id} tells of ${repaired} repaired events, and ${found} came`);
    if (from !== open.from) this.#fail(`gap ${id} began at ${open.from}, and ends as one from ${from}`);
    // Where several sockets were silent, one may speak before another one.
    const within = open.cause === 'silence' ? [] : open.within;
    const newer = within.find(({ frame: { eventHeight, height } }) => (eventHeight ?? height) > to!);
    if (newer !== undefined) this.#fail(`got ${newer.key} within gap ${id}, which ends at ${to}`);
    const [, missing] = open.missing.find(([feed, published]) => !this.#isAccounted(open, feed, published)) ?? [];
    if (missing !== undefined) this.#fail(`gap ${id} (${open.cause}) has lost nothing, and ${missing.key} never came`);
    for (const [feed, place] of open.owed) {
      const { owed, skipped } = this.#progress.get(feed.subject)!;
      const published = feed.events[place]!;
      const { frame } = published;
      // A gap that took the place of another one goes further back for some of its streams: an audit of theirs has yet to come.
      const isTold = feed.stream.conflatable || this.#isAccounted(open, feed, published);
      if (!((frame.eventHeight ?? frame.height) > to!) && isTold && owed.delete(place)) skipped.add(place);
    }
    const late = open.missing.find(
      ([
        ,
        {
          frame: { eventHeight },
        },
      ]) => eventHeight! > to!,
    );
    if (late !== undefined) this.#fail(`gap ${id} (${open.cause}) ends at ${to}, and ${late[1].key} never came`);
  }
}

/** Why a missing event is not one of a gap. */
const whyNot = ({ id, cause, from, to, end }: KnownGap, frame: PublishedFrame): string | undefined => {
  const name = `gap ${id} (${cause})`;
  const height = frame.eventHeight;
  const isOverflow = cause === 'overflow';
  // What came and waited may be fetched once more with what did not, and then give way in a full queue.
  if (frame.handed && !isOverflow && end && end.lost !== 'some') return `${name} is not about what came`;
  if (height === undefined) return undefined;
  // An overflow tells the first block that was dropped, all others the last one that was seen whole.
  if (from !== undefined && (isOverflow ? height < from : height <= from)) return `${name} begins at ${from}`;
  const last = isOverflow ? to : end?.to;
  return last !== undefined && height > last ? `${name} ends at ${last}` : undefined;
};

/** How long a frame may take while all is well. */
const IN_FLIGHT_MS = 500;

/** How long it may take until an audit finds out what was never sent. */
const AUDITED_WITHIN_MS = 25_000;

/** Streams whose every event is followed, and those with a snapshot first, which the book takes care of. */
const isPulse = ({ topic }: Stream): boolean => topic === 'blockheight';

const isFollowed = ({ topic }: Stream): boolean => !topic.startsWith('market');

export interface OracleTerms {
  /** Sockets are asked by commands. */
  readonly isCommanded: boolean;
  /** Everything is asked for twice. */
  readonly isDoubled: boolean;
  /** Diffs come with their block, not by the second. */
  readonly isDiffOfBlock: boolean;
  /** The client notices what falls silent. */
  readonly isWatched: boolean;
  /** The client fetches what was missed. */
  readonly isRepairing: boolean;
  /** The venue has left out blocks: what is fetched by time may not be all. */
  readonly isTorn: () => boolean;
  /** How long a stream that comes each second may stay away unnoticed, milliseconds. */
  readonly noticedWithin: () => number;
}

/** What the oracle has to know of a consumer; a plan of the program tells it. */
export interface Wanting {
  readonly name: string;
  readonly stream: Stream;
  readonly subjects: readonly string[];
  readonly queue: { readonly policy?: string };
  readonly gaps: string | undefined;
}

export class Oracle {
  readonly #feeds = new Map<string, Feed>();
  /** Those that somebody has a socket of his own for: by which one a frame comes says nothing of the others. */
  readonly #twice = new Set<Feed>();
  readonly #frames = new Map<string, PublishedFrame>();
  readonly #now: () => number;
  readonly violations: string[] = [];
  readonly ledgers: Ledger[] = [];
  readonly #fail: (text: string) => void;
  readonly #terms: OracleTerms;
  #height: Height = 0;
  /** Of the text of a book that is being handed to the client: the latest block when it was made. */
  at: Height | undefined;

  constructor(now: () => number, terms: OracleTerms, onFail: (text: string) => void) {
    this.#now = now;
    this.#terms = terms;
    this.#fail = (text) => {
      this.violations.push(text);
      onFail(text);
    };
  }

  fail(text: string): void {
    this.#fail(text);
  }

  /** Where the venue begins. */
  begin(height: Height): void {
    this.#height = height;
  }

  feed(stream: Stream, subject: string): Feed {
    const id = idOfFeed(stream, subject);
    let feed = this.#feeds.get(id);
    if (feed === undefined) {
      feed = new Feed(stream, subject);
      this.#feeds.set(id, feed);
    }
    return feed;
  }

  /** @param isLive - Whether a session that the client talks to has the subscription. */
  ledger({ name, stream, subjects, queue, gaps }: Wanting, isLive: (feed: Feed) => boolean): Ledger {
    const { isCommanded, isDoubled, isRepairing, isWatched, isTorn, noticedWithin } = this.#terms;
    const feeds = subjects.map((subject) => this.feed(stream, subject));
    // By URLs too a stream may have several sockets, one for each who asks for it; of two that are opened at once either may
    // be the one that counts.
    const isAlone = queue.policy === 'pause' || !isCommanded || isDoubled;
    const isAudited = isRepairing && isWatched && (gaps ?? 'repair') === 'repair';
    const traits = { isAlone, isAudited, isWatched, isTorn, noticedWithin };
    const ledger = new Ledger(name, feeds, traits, this.#fail);
    for (const feed of feeds) {
      if (isAlone) this.#twice.add(feed);
      // Who joins others gets what they get, from now on.
      else if (!isPulse(stream) && !this.#twice.has(feed) && this.#isStarted(feed) && isLive(feed)) ledger.start(feed);
    }
    this.ledgers.push(ledger);
    return ledger;
  }

  /** A session has a subscription from now on, as its client knows or is about to hear. */
  subscribed(stream: Stream, subject: string, wire: number, place?: number): void {
    if (!isFollowed(stream)) return;
    const feed = this.feed(stream, subject);
    feed.remember(wire, this.#now());
    // Each socket has a pulse of its own: whose it is, nobody tells but the first event.
    if (isPulse(stream) || this.#twice.has(feed)) return;
    for (const ledger of this.ledgers) if (ledger.wants(feed) && !ledger.isAlone) ledger.start(feed, place);
  }

  #isStarted(feed: Feed): boolean {
    return this.ledgers.some((ledger) => ledger.wants(feed) && !ledger.isAlone && ledger.hasStarted(feed));
  }

  /** A session has no subscriptions to a topic any more, of which its client knows nothing. */
  forgotten(names: readonly string[], wire: number): void {
    for (const name of names) this.#feeds.get(name)?.forget(wire, this.#now());
  }

  /**
   * A session is not told of the next blocks. Frames that say their height show that at once; what does not may come before them.
   *
   * @param isOver - From now on it is told again.
   */
  leftOut(names: readonly string[], wire: number, isOver: boolean): void {
    for (const name of names) {
      const feed = this.#feeds.get(name);
      if (!feed?.stream.isSteady || isPulse(feed.stream)) continue;
      if (isOver) feed.remember(wire, this.#now());
      else feed.forget(wire, this.#now(), true);
    }
  }

  lost(wire: number): void {
    for (const feed of this.#feeds.values()) feed.lost(wire);
  }

  /** How much of a feed is published by now. */
  placeOf(stream: Stream, subject: string): number {
    return this.feed(stream, subject).events.length;
  }

  /**
   * Takes down a turn of the venue.
   *
   * @returns The same turn, with the texts of its frames.
   */
  published(turn: Turn): Turn {
    const isBlock = turn.height > this.#height;
    const before = this.#height;
    this.#height = turn.height;
    const frames = turn.frames.map((frame): Frame => {
      if (!('event' in frame)) throw new Error('the venue gives events');
      const text = frameText(frame);
      const { stream, subject, event } = frame;
      // What comes by the second is made before the block that begins with it.
      const height =
        isBlock && !isOfBlock(stream) && !(this.#terms.isDiffOfBlock && stream === marketDiff) ? before : turn.height;
      this.#note(stream, subject, event, text, height);
      return { stream, subject, text };
    });
    return { ...turn, frames };
  }

  /** A frame for one session alone. */
  snapshot(text: string, height: Height): void {
    if (!this.#frames.has(text))
      this.#frames.set(text, { feed: undefined, height, eventHeight: height, at: this.#now(), handed: false });
  }

  /**
   * @param address - Whom the socket's personal frames are about, which they do not say.
   * @param isOnly - No other socket is open.
   */
  handing(text: string, address: string, isOnly: boolean): void {
    const frame = this.#frames.get(idOf(text, address));
    this.at = text.startsWith('{"stream":"market') ? frame?.height : undefined;
    if (frame?.feed !== undefined && !isPulse(frame.feed.stream) && !this.#twice.has(frame.feed) && isOnly)
      frame.handed = true;
  }

  /** Whether a stream is one that somebody follows or did. */
  isKnown(stream: Stream, subject: string): boolean {
    return isOfBlock(stream) && this.#feeds.has(idOfFeed(stream, subject));
  }

  handed(): void {
    this.at = undefined;
  }

  /** Each second. */
  check(): void {
    for (const ledger of this.ledgers) ledger.checkSilence(this.#now());
  }

  settle(): void {
    for (const ledger of this.ledgers) ledger.settle(this.#now() - IN_FLIGHT_MS);
  }

  #note(stream: Stream, subject: string, data: unknown, text: string, height: Height): void {
    const events = (Array.isArray(data) ? data : [data]) as readonly Traits[];
    const frame: PublishedFrame = {
      feed: isFollowed(stream) ? this.feed(stream, subject) : undefined,
      height,
      eventHeight: events[0]?.height ?? events[0]?.lastUpdateId,
      at: this.#now(),
      handed: false,
    };
    this.#frames.set(idOf(text, subject), frame);
    frame.feed?.add(events, frame);
  }
}

const idOfFeed = ({ topic }: Stream, subject: string): string => `${subject}@${topic}`;

/** A transfer reads the same for both of its sides. */
const idOf = (text: string, address: string): string =>
  text.startsWith('{"stream":"transfers"') || text.startsWith('{"stream":"accounts"') ? address + text : text;

const isOfBlock = ({ topic }: Stream): boolean => /^(trades|orders|accounts|transfers|blockheight)$/.test(topic);
