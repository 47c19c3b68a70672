/**
 * What is missing though nothing seemed to be wrong: what came of a stream that may be quiet, compared with what the venue knows.
 * In: from which block on a stream comes, what interrupted it, beats. Out: that a gateway has forgotten a subscription.
 */
import { type Losses, type Moment, withoutKnown } from '../losses.ts';
import type { Mended } from '../missed.ts';
import { type Consumer, isWanted } from '../path.ts';
import type { Interest } from '../router.ts';

/** Blocks of a stream that have yet to be compared. */
interface Stretch {
  readonly from: Moment;
  /** Undefined: it goes on. */
  readonly to: Moment | undefined;
  /** Not before this, milliseconds of the clock. */
  readonly due: number;
  /** How often nobody could tell. */
  readonly tries: number;
  /**
   * Nothing is known of what came right before it. Present states do not say in which block they came about, so those of the
   * first comparison are only noted, and that is made at once.
   */
  readonly isFirst: boolean;
}

/** What the venue knows and nobody has brought, for now. */
interface Suspicion {
  readonly one: Interest<Consumer>;
  readonly stretch: Stretch;
  readonly to: Moment;
  readonly items: Mended['items'];
  /** Beats until it is a certainty. */
  beats: number;
}

/** After so many beats, what a socket has not brought by then it will not bring. */
const SUSPICION_BEATS = 3;
/** How many stretches of one stream are remembered, between interruptions, and how often each is tried. */
const STRETCHES = 8;
const TRIES = 5;

export class Audits {
  readonly #losses: Losses;
  readonly #every: number;
  readonly #onMissing: (one: Interest<Consumer>, from: Moment) => void;
  #stretches = new WeakMap<Interest<Consumer>, readonly Stretch[]>();
  /** What the first comparison of a stream has found. */
  #noted = new WeakMap<Interest<Consumer>, ReadonlySet<string>>();
  #running: AbortController | undefined;
  #suspicion: Suspicion | undefined;

  /**
   * @param every - How often a stream is compared, milliseconds.
   * @param onMissing - After this block something has never come.
   */
  constructor(losses: Losses, every: number, onMissing: (one: Interest<Consumer>, from: Moment) => void) {
    this.#losses = losses;
    this.#every = every;
    this.#onMissing = onMissing;
  }

  /** From a block on it comes. */
  begin(one: Interest<Consumer>, from: Moment): void {
    const all = this.#stretches.get(one) ?? [];
    if (one.stream.conflatable || all.some(({ to }) => !to)) return;
    const isFirst = !!one.stream.known.state;
    const due = from.at + (isFirst ? 0 : this.#every);
    this.#stretches.set(one, [...all, { from, to: undefined, due, tries: 0, isFirst }]);
  }

  /** It was interrupted, and comes again. What came before that is compared by itself, for the rest is fetched, or known to be lost. */
  interrupted(one: Interest<Consumer>, end: Moment, from: Moment): void {
    const older = (this.#stretches.get(one) ?? [])
      .filter((stretch) => stretch.from.height! < end.height!)
      .map((stretch) => ({ ...stretch, to: stretch.to ?? end }));
    this.#stretches.set(one, older.slice(-STRETCHES));
    if (from.height !== undefined) this.begin(one, from);
  }

  /** Blocks begin anew: what is known of the ones before says nothing. */
  clear(): void {
    this.#stretches = new WeakMap();
    this.#noted = new WeakMap();
    this.stop();
  }

  stop(): void {
    this.#running?.abort();
    this.#running = this.#suspicion = undefined;
  }

  /** Looks after one at a time. @param seen - The last block that was seen whole. */
  beat(all: readonly Interest<Consumer>[], seen: Moment, now: number): void {
    if (this.#suspicion) this.#judge(this.#suspicion);
    if (this.#running || this.#suspicion) return;
    let next: readonly [Interest<Consumer>, Stretch] | undefined;
    for (const one of all) {
      for (const stretch of this.#stretches.get(one) ?? []) {
        const isDue = now >= stretch.due && stretch.from.height! < (stretch.to ?? seen).height!;
        if (
          isDue &&
          !(stretch.due >= (next?.[1].due ?? Number.POSITIVE_INFINITY)) &&
          !this.#losses.has(one) &&
          isRepaired(one)
        )
          next = [one, stretch];
      }
    }
    if (next) this.#compare(...next, next[1].to ?? seen, now);
  }

  #compare(one: Interest<Consumer>, stretch: Stretch, to: Moment, now: number): void {
    const { trace } = one;
    const end = new AbortController();
    const fetched = this.#losses.fetch(one, stretch.from, to.height, end.signal);
    // Nothing to compare with, now or ever.
    if (!fetched) {
      this.#replace(one, stretch);
      return;
    }
    this.#running = end;
    trace.isCut = false;
    void fetched.then(({ items, lost }) => {
      if (end.signal.aborted) return;
      this.#running = undefined;
      const missing = this.#missing(one, items);
      if (missing.length && !trace.isCut && !stretch.isFirst)
        this.#suspicion = { one, stretch, to, items: missing, beats: SUSPICION_BEATS };
      else if (lost === 'unknown') this.#failed(one, stretch, now);
      else {
        if (stretch.isFirst) this.#noted.set(one, new Set(statesOf(one, items)));
        this.#passed(one, stretch, to);
      }
    });
  }

  /** What was under way when it was missed has come by now. What has not: its subscriptions must have been forgotten. */
  #judge(suspicion: Suspicion): void {
    suspicion.beats--;
    if (suspicion.beats > 0) return;
    this.#suspicion = undefined;
    const { one, stretch, to, items } = suspicion;
    if (!isWanted(one) || this.#losses.has(one) || !this.#stretches.get(one)?.includes(stretch)) return;
    if (this.#missing(one, items).length) this.#onMissing(one, stretch.from);
    else this.#passed(one, stretch, to);
  }

  /** What has neither come nor was so when the first comparison was made. */
  #missing(one: Interest<Consumer>, items: Mended['items']): Mended['items'] {
    const noted = this.#noted.get(one);
    const news = withoutKnown(one, items, one.trace.mark);
    return noted ? news.filter((item) => statesOf(one, [item]).some((state) => !noted.has(state))) : news;
  }

  #passed(one: Interest<Consumer>, stretch: Stretch, to: Moment): void {
    if (stretch.to) this.#replace(one, stretch);
    else this.#replace(one, stretch, { from: to, to: undefined, due: to.at + this.#every, tries: 0, isFirst: false });
  }

  /** Nobody could tell. Of what goes on there may be more to tell the next time, and of what has ended perhaps. */
  #failed(one: Interest<Consumer>, stretch: Stretch, now: number): void {
    const again = { ...stretch, due: now + this.#every, tries: stretch.tries + 1 };
    this.#replace(one, stretch, ...(stretch.to && again.tries === TRIES ? [] : [again]));
  }

  #replace(one: Interest<Consumer>, stretch: Stretch, ...by: readonly Stretch[]): void {
    const all = this.#stretches.get(one);
    if (all)
      this.#stretches.set(
        one,
        all.flatMap((other) => (other === stretch ? by : [other])),
      );
  }
}

const isRepaired = ({ subscribers }: Interest<Consumer>): boolean => subscribers.some(({ repairs }) => repairs);

const statesOf = ({ trace }: Interest<Consumer>, items: Mended['items']): string[] =>
  items.flatMap(({ events }) => events.map((event) => trace.stateKey(event)));
