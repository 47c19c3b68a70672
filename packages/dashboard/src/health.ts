/**
 * How far the page can be relied on: which streams are live, which are not and since when, what was missed and mended.
 * In: items and statuses of a connection. Out: the freshness of each stream, and a bounded list of gaps.
 *
 * Nothing here guesses: a stream is stale when its socket is gone, when the client says so, or while a gap of it is open.
 */
import type { BookError, BookState, Clock, Dex, GapClosed, Item, LagHistogram, Lost, Status, TopicLag } from 'dexwire';
import { Slice } from './slice.ts';

/** `mending`: events flow again or are awaited, and what was missed is being fetched. */
export type Freshness =
  | { readonly name: 'waiting' }
  | { readonly name: 'live' }
  | { readonly name: 'stale' | 'mending'; readonly since: number; readonly why: string };

export interface GapRecord {
  readonly id: number;
  readonly label: string;
  readonly cause: string;
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** Milliseconds of the clock. */
  readonly at: number;
  readonly closedAt: number | undefined;
  readonly repaired: number;
  readonly lost: Lost | undefined;
}

export type LinkHealth =
  | { readonly name: 'connecting'; readonly since: number }
  | { readonly name: 'open'; readonly since: number }
  | {
      readonly name: 'lost';
      readonly since: number;
      readonly attempt: number;
      /** When it dials next; undefined: it dials now. */
      readonly until: number | undefined;
      readonly why: string;
    };

interface Followed {
  readonly label: string;
  /** As the client calls it; several topics of one address share theirs. */
  readonly name: string;
  lastAt: number | undefined;
  quietSince: number | undefined;
  gap: GapRecord | undefined;
}

export interface StreamHealth {
  readonly label: string;
  readonly freshness: Freshness;
  readonly lastAt: number | undefined;
}

/** Gaps that are remembered one by one. */
const GAPS = 40;
const REPORTS = 20;

const CAUSES: Readonly<Record<string, string>> = {
  disconnect: 'socket lost',
  silence: 'silent',
  overflow: 'too slow',
  badFrame: 'unreadable frame',
  skippedBlocks: 'blocks left out',
};

const worded = (cause: unknown): string => {
  const message = cause instanceof Error ? cause.message : cause === undefined ? '' : String(cause);
  return message.slice(0, 160);
};

export class Health {
  readonly slice: Slice<Health>;
  readonly #clock: Clock;
  readonly #lags: LagHistogram;
  readonly #followed = new Map<string, Followed>();
  #link: LinkHealth;
  /** Since when nothing at all has come. */
  #silentSince: number | undefined;
  #hasOpened = false;
  #gaps: GapRecord[] = [];
  #ids = 0;
  /** Sockets lost so far; and of all gaps, not only those that are remembered. */
  losses = 0;
  gapCount = 0;
  repaired = 0;
  /** Gaps of which events are gone for good, and those of which nobody can tell. */
  lost = 0;
  uncertain = 0;
  /** Errors that no promise could carry, newest first. */
  readonly reports: { readonly at: number; readonly text: string }[] = [];

  constructor(clock: Clock, lags: LagHistogram) {
    this.#clock = clock;
    this.#lags = lags;
    this.#link = { name: 'connecting', since: clock.now() };
    this.slice = new Slice<Health>(this);
  }

  get now(): number {
    return this.#clock.now();
  }

  get link(): LinkHealth {
    return this.#link;
  }

  get gaps(): readonly GapRecord[] {
    return this.#gaps;
  }

  get openGaps(): number {
    return this.#gaps.filter(({ closedAt }) => closedAt === undefined).length;
  }

  get lags(): readonly TopicLag[] {
    return this.#lags.lags;
  }

  get streams(): readonly StreamHealth[] {
    return [...this.#followed].map(([key, { label, lastAt }]) => ({ label, lastAt, freshness: this.freshness(key) }));
  }

  /** Those that are not live, and not merely awaited. */
  get stale(): readonly StreamHealth[] {
    return this.streams.filter(({ freshness: { name } }) => name === 'stale' || name === 'mending');
  }

  freshnessOf(keys: readonly string[]): Freshness[] {
    return keys.map((key) => this.freshness(key));
  }

  freshness(key: string): Freshness {
    const followed = this.#followed.get(key);
    if (!followed) return { name: 'waiting' };
    const link = this.#link;
    if (link.name === 'lost') return { name: 'stale', since: link.since, why: link.why };
    if (followed.gap) return { name: 'mending', since: followed.gap.at, why: followed.gap.cause };
    const since = followed.quietSince ?? this.#silentSince;
    if (since !== undefined) return { name: 'stale', since, why: 'silent' };
    return followed.lastAt === undefined ? { name: 'waiting' } : { name: 'live' };
  }

  /**
   * From here on it is followed, until the signal's end.
   *
   * @param key - What a panel asks for it by.
   * @param name - What the client calls it.
   */
  follow(key: string, label: string, name: string, signal: AbortSignal): (item: Item<unknown>) => void {
    const followed: Followed = { label, name, lastAt: undefined, quietSince: undefined, gap: undefined };
    this.#followed.set(key, followed);
    signal.addEventListener('abort', () => {
      if (this.#followed.get(key) === followed) this.#followed.delete(key);
      // Nobody will be told its end.
      if (followed.gap) this.#close(followed.gap, { repaired: 0, lost: 'unknown', to: undefined });
      this.slice.changed();
    });
    return (item) => this.#note(followed, item);
  }

  /** A book says of itself how it is. */
  book(key: string, state: BookState, cause: BookError | undefined): void {
    const followed = this.#followed.get(key);
    if (!followed) return;
    const now = this.#clock.now();
    if (state === 'verified') {
      followed.lastAt = now;
      followed.quietSince = undefined;
      if (followed.gap) this.#close(followed.gap, { repaired: 0, lost: 'none', to: undefined });
      followed.gap = undefined;
    } else if (cause) {
      followed.gap ??= this.#open(followed.label, cause.code.toLowerCase().replace('_', ' '), undefined);
    } else followed.quietSince ??= now;
    this.slice.changed();
  }

  /** What went wrong and has no panel of its own. */
  note(error: unknown): void {
    this.reports.unshift({ at: this.#clock.now(), text: worded(error) });
    this.reports.splice(REPORTS);
    this.slice.changed();
  }

  /** @param status - News of a socket or a stream; which sockets are open is read from the plan. */
  tell(status: Status, plan: Dex['plan']): void {
    const now = this.#clock.now();
    if (status.name === 'stale' || status.name === 'live') {
      const since = status.name === 'stale' ? now : undefined;
      if (status.stream === undefined) this.#silentSince = since;
      for (const followed of this.#followed.values()) if (status.stream === followed.name) followed.quietSince = since;
    } else {
      const isOpen = plan.some(({ paths }) => paths.some(({ state }) => state === 'open'));
      if (isOpen) {
        this.#hasOpened = true;
        if (this.#link.name !== 'open') this.#link = { name: 'open', since: now };
      } else if (this.#hasOpened || status.name === 'waiting') this.#lostBy(status, now);
    }
    this.slice.changed();
  }

  #lostBy(status: Status, now: number): void {
    const before = this.#link;
    if (before.name === 'open') this.losses++;
    const isWaiting = status.name === 'waiting';
    const cause = isWaiting ? worded(status.cause) : '';
    this.#link = {
      name: 'lost',
      since: before.name === 'lost' ? before.since : now,
      attempt: 'attempt' in status ? status.attempt : 0,
      until: isWaiting ? status.until : undefined,
      why: cause !== '' ? cause : before.name === 'lost' ? before.why : 'socket lost',
    };
  }

  #note(followed: Followed, item: Item<unknown>): void {
    switch (item.kind) {
      case 'events':
        followed.lastAt = this.#clock.now();
        followed.quietSince = undefined;
        // Whatever comes, the socket speaks, or another one does in its place.
        this.#silentSince = undefined;
        return;
      case 'gap':
        if (followed.gap) this.#close(followed.gap, { repaired: 0, lost: 'unknown', to: item.to });
        followed.gap = this.#open(followed.label, CAUSES[item.cause] ?? item.cause, item.from);
        break;
      case 'gapClosed':
        if (followed.gap) this.#close(followed.gap, item);
        followed.gap = undefined;
        followed.quietSince = undefined;
    }
    this.slice.changed();
  }

  #open(label: string, cause: string, from: number | undefined): GapRecord {
    this.#ids++;
    this.gapCount++;
    const gap: GapRecord = {
      ...{ id: this.#ids, label, cause, from, to: undefined, at: this.#clock.now() },
      ...{ closedAt: undefined, repaired: 0, lost: undefined },
    };
    this.#gaps = [gap, ...this.#gaps].slice(0, GAPS);
    return gap;
  }

  #close(gap: GapRecord, { repaired, lost, to }: Pick<GapClosed, 'repaired' | 'lost' | 'to'>): void {
    const closed = { ...gap, closedAt: this.#clock.now(), repaired, lost, to };
    this.#gaps = this.#gaps.map((one) => (one.id === gap.id ? closed : one));
    this.repaired += repaired;
    if (lost === 'some') this.lost++;
    if (lost === 'unknown') this.uncertain++;
  }
}
