/**
 * What has come of one stream about one subject, so that nothing comes twice.
 * In: events, as sockets or repairs bring them. Out: those that are new.
 */
import type { Height, Known } from '@dexwire/protocol';

/** How many events are remembered where what was missed can be fetched. */
const MOST = 10_000;
/** How many frames of one block or second. A venue sends one, or a few. */
const FRAMES = 64;

type Members = Readonly<Record<string, unknown>>;

/** A place in what has come. */
export interface Mark {
  readonly noted: number;
  readonly at: number | undefined;
}

export class Trace {
  readonly #known: Known;
  /** How many events had been noted, by the key of an event and by that of the state it tells; the oldest first. */
  readonly #recent: Map<string, number> | undefined;
  #noted = 0;
  /** The frame that came last. */
  #last: readonly unknown[] = [];
  /** Frames before it with the same `at`, as many as are remembered, while two sockets may bring the same. */
  #before: (readonly unknown[])[] = [];
  #place = 0;
  /** Some of `#recent` were let go. */
  isCut = false;
  /** When something came last, in beats of its link; and what was the newest block then, and since when by the clock. */
  heard = 0;
  height: Height | undefined;
  heightAt = 0;
  /** How often it was found silent since something came. */
  silences = 0;
  /** What brought the last frame that was new. */
  by: object | undefined;
  /** When the last frame came that was new, milliseconds of the clock, where several sockets bring it. */
  cameAt = 0;

  /** @param remembers - Keep what an audit and a repair compare with. */
  constructor(known: Known, remembers: boolean) {
    this.#known = known;
    this.#recent = remembers ? new Map() : undefined;
  }

  get hasCome(): boolean {
    return this.#last.length > 0;
  }

  /** What tells the newest event from all others. */
  get newest(): string | undefined {
    return this.hasCome ? this.key(this.#last[0]) : undefined;
  }

  /** Events that two sockets bring, each in order: those that the other has not brought before. */
  fresh(events: readonly unknown[]): readonly unknown[] {
    const at = this.#atOf(events[0]);
    if (this.hasCome && at < this.#at) return [];
    const news = this.hasCome && at === this.#at ? events.filter((event) => !this.#isLast(event)) : events;
    // What was fetched before this socket brought it.
    const fetched = this.#recent;
    return fetched && news.some((event) => fetched.has(this.key(event)))
      ? news.filter((event) => !fetched.has(this.key(event)))
      : news;
  }

  /** What has come by now: to be told apart from what comes later. */
  get mark(): Mark {
    return { noted: this.#noted, at: this.hasCome ? this.#at : undefined };
  }

  /** @param isDoubled - Another socket may bring the same. */
  note(events: readonly unknown[], isDoubled: boolean): void {
    if (isDoubled && this.hasCome) {
      if (this.#atOf(events[0]) === this.#at) this.#before[this.#place++ % FRAMES] = this.#last;
      else if (this.#before.length) this.#forget();
    }
    this.#last = events;
    if (this.#recent) this.add(events);
  }

  /** What a repair has brought. */
  add(events: readonly unknown[]): void {
    const recent = this.#recent;
    if (!recent) return;
    for (const event of events) {
      this.#noted++;
      recent.set(this.key(event), this.#noted);
      if (this.#known.state) recent.set(this.stateKey(event), this.#noted);
    }
    for (const key of recent.keys()) {
      if (recent.size <= MOST) break;
      recent.delete(key);
      this.isCut = true;
    }
  }

  /** Whether an event that was fetched had come at a mark; where it tells a state and not what led to it, whether it has by now. */
  has(event: unknown, isState: boolean, mark: Mark): boolean {
    const recent = this.#recent;
    if (isState && this.#known.state) return !!recent?.has(this.stateKey(event));
    // Of what newer events replace nothing is remembered, and what is not newer is needless.
    if (!recent) return this.#atOf(event) <= mark.at!;
    return recent.get(this.key(event))! <= mark.noted;
  }

  /** Tells of an event whether it is one of these. */
  among(events: readonly unknown[]): (event: unknown) => boolean {
    const keys = new Set(events.map((event) => this.key(event)));
    return (event) => keys.has(this.key(event));
  }

  /** Tells of an event, of a stream where newer ones replace older ones, whether it is older than all of these. */
  before(events: readonly unknown[]): (event: unknown) => boolean {
    const last = Math.max(...events.map((event) => this.#atOf(event)));
    return (event) => this.#atOf(event) < last;
  }

  /** Another chain, or the same from its beginning. */
  clear(): void {
    this.#recent?.clear();
    this.#last = [];
    this.by = undefined;
    this.#forget();
  }

  #forget(): void {
    this.#before = [];
    this.#place = 0;
  }

  /** Of the last frame. */
  get #at(): number {
    return this.#atOf(this.#last[0]);
  }

  #atOf(event: unknown): number {
    return (event as Members)[this.#known.at] as number;
  }

  #isLast(event: unknown): boolean {
    const key = this.key(event);
    return [this.#last, ...this.#before].some((frame) => frame.some((other) => this.key(other) === key));
  }

  /** What tells an event from all others of its stream and subject. */
  key(event: unknown): string {
    return keyOf(event, [this.#known.at, ...this.#known.by]);
  }

  /** What tells the state that an event tells from all others. */
  stateKey(event: unknown): string {
    return keyOf(event, this.#known.state!);
  }
}

const keyOf = (event: unknown, names: readonly string[]): string =>
  names
    .map((name) => {
      const value = (event as Members)[name];
      return typeof value === 'object' ? JSON.stringify(value) : String(value);
    })
    .join(' ');
