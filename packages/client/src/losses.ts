/**
 * What may have been missed, until it is known what has become of it.
 * In: what was lost, and that it comes again. Out: gaps and their ends to those who want it, requests to a repair.
 */
import type { Height, Stream } from '@dexwire/protocol';
import type { Clock } from './clock.ts';
import { type GapCause, type Lost, worse } from './item.ts';
import type { Log, Metrics } from './metrics.ts';
import type { Mended, Repair, RepairTools } from './missed.ts';
import type { Consumer } from './path.ts';
import type { Interest } from './router.ts';
import type { Mark } from './trace.ts';

/** What repairs take, and whom they tell. */
export interface Workshop {
  readonly clock: Clock;
  readonly metrics: Metrics | undefined;
  readonly log: Log | undefined;
  /** Fetches what was missed. Default: nothing does. */
  readonly repair: Repair | undefined;
  /** What a repair that breaks its word throws. */
  broke(cause: unknown): void;
  readonly tools: Omit<RepairTools, 'signal'>;
}

/** A block, and since when it was the newest one, milliseconds of the clock. */
export interface Moment {
  readonly height: Height | undefined;
  readonly at: number;
}

/** What may have been missed of an interest, and how it will be known. */
export interface Loss {
  /** Nothing up to this block is missing. */
  readonly from: Moment;
  /**
   * `path`: another path brings it again; `speech`: or the silent one speaks, and nothing was lost; `stream`: the stream comes
   * again; `pulse`: the next block says how far to look.
   */
  readonly until: 'path' | 'speech' | 'stream' | 'pulse';
  /** Up to there something may be missing for certain: a pulse of an earlier block tells nothing. */
  readonly least: Height | undefined;
  /** So far there is nothing but silence: if that is broken, nothing was missed. */
  readonly isDoubt: boolean;
  /** What had come by then. */
  readonly mark: Mark;
  /** When newer events began to wait for a repair, milliseconds of the clock. */
  readonly heldSince: number | undefined;
}

/** What waits for one of these waits for nothing less. */
const UNTIL: readonly Loss['until'][] = ['speech', 'pulse', 'stream', 'path'];

const NOTHING: Omit<Mended, 'lost'> = { items: [] };

/** What is lost of a stream whose missed events nobody fetches. */
const lostOf = ({ conflatable, scope, topic }: Stream): Lost =>
  // What an account holds comes with the next change only, and of a kline the last word is not said again.
  conflatable && scope !== 'address' && !topic.startsWith('kline') ? 'none' : 'unknown';

export class Losses {
  readonly #shop: Workshop;
  readonly #onFound: (one: Interest<Consumer>, from: Moment, to: Height | undefined) => void;
  readonly #losses = new Map<Interest<Consumer>, Loss>();
  /** What is being fetched. */
  readonly #repairs = new Map<Interest<Consumer>, { readonly end: AbortController; readonly loss: Loss }>();

  /** @param onFound - It comes again, and not all has come. */
  constructor(shop: Workshop, onFound: (one: Interest<Consumer>, from: Moment, to: Height | undefined) => void) {
    this.#shop = shop;
    this.#onFound = onFound;
  }

  /** Of how many interests it is not known yet up to where something is missing. */
  get size(): number {
    return this.#losses.size;
  }

  /** Whether something is missing, or being fetched. */
  has(one: Interest<Consumer>): boolean {
    return this.#losses.has(one) || this.#repairs.has(one);
  }

  /** Of some interests events may be missing, and those who want them are told. */
  lose(
    interests: readonly Interest<Consumer>[],
    cause: GapCause,
    from: Moment,
    until: Loss['until'],
    least?: Height,
  ): void {
    const { metrics, log } = this.#shop;
    const byConsumer = consumersOf(interests);
    for (const one of interests) {
      // What is being fetched is fetched again, together with this.
      const pending = this.#losses.get(one);
      const older = pending ?? this.#cancel(one);
      const isDoubt = until === 'speech' && (!older || older.isDoubt);
      // Who waits for more than a word still does.
      const next = pending && UNTIL.indexOf(pending.until) > UNTIL.indexOf(until) ? pending.until : until;
      this.#losses.set(one, {
        ...(older ?? { from, mark: one.trace.mark, heldSince: undefined }),
        until: next,
        least: latest(older?.least, least),
        isDoubt,
      });
    }
    if (byConsumer.size) {
      metrics?.count('gaps', byConsumer.size, { cause });
      const streams = interests.map(({ name }) => name);
      log?.({ level: 'warn', event: 'gap', data: { cause, from: from.height, streams } });
    }
    const isHolding = until === 'path' || until === 'pulse';
    for (const [consumer, list] of byConsumer) consumer.lose(list, cause, from.height, isHolding);
  }

  /**
   * A frame that may be of one of these is missing, or several, though the socket lives. Who has it fetched is told as of a loss
   * that ends with the next pulse, and all others that it is gone.
   *
   * @param hasPulse - There is a next pulse.
   * @param to - What is newer has come, if it is known.
   */
  miss(
    interests: readonly Interest<Consumer>[],
    cause: 'badFrame' | 'skippedBlocks',
    from: Moment,
    hasPulse: boolean,
    to?: Height,
  ): void {
    const { repair, metrics, log } = this.#shop;
    const isFetched = ({ subscribers }: Interest<Consumer>): boolean =>
      hasPulse && !!repair && subscribers.some(({ repairs }) => repairs);
    // The newest block may have been cut, and the one that could not be read is the next.
    const least = to ?? (from.height === undefined ? undefined : ((from.height + 2) as Height));
    this.lose(interests.filter(isFetched), cause, from, 'pulse', least);
    const others = interests.filter((one) => !isFetched(one));
    const byConsumer = consumersOf(others);
    if (!byConsumer.size) return;
    metrics?.count('gaps', byConsumer.size, { cause });
    const streams = others.map(({ name }) => name);
    log?.({ level: 'warn', event: 'gap', data: { cause, from: from.height, streams } });
    for (const [consumer, list] of byConsumer) {
      const isNeedless = list.every(({ stream }) => lostOf(stream) === 'none');
      // What could not be read was there.
      consumer.miss(list, cause, from.height, to, isNeedless ? 'none' : cause === 'badFrame' ? 'some' : 'unknown');
    }
    if (to !== undefined) for (const one of others) this.#onFound(one, from, to);
  }

  /**
   * It comes again, or it is known up to where it may be missing.
   *
   * @param speaks - What was silent has broken its silence.
   * @param isAsked - It comes again once its gateway has read that it is to, and nothing tells when: of what is fetched now some may
   * be missing.
   */
  find(
    one: Interest<Consumer>,
    upTo: Height | undefined,
    until: readonly Loss['until'][],
    speaks = false,
    isAsked = false,
  ): void {
    const loss = this.#losses.get(one);
    if (!loss || !until.includes(loss.until)) return;
    const { clock, metrics } = this.#shop;
    // Some of what comes later than that may be missing as well.
    const to = upTo === undefined ? undefined : latest(upTo, loss.least);
    const isWhole = speaks && loss.isDoubt;
    this.#losses.delete(one);
    metrics?.measure('gap', clock.now() - loss.from.at, {});
    const lost = isWhole ? 'none' : lostOf(one.stream);
    const repairing = isWhole ? [] : one.subscribers.filter(({ repairs }) => repairs);
    const end = new AbortController();
    const heldSince = loss.heldSince ?? clock.now();
    const mending = repairing.length ? this.fetch(one, loss.from, to, end.signal, clock.now() - heldSince) : undefined;
    for (const consumer of one.subscribers) {
      if (mending && repairing.includes(consumer)) consumer.hold();
      else consumer.found(one, { ...NOTHING, lost }, to);
    }
    if (!isWhole) this.#onFound(one, loss.from, to);
    if (!mending) return;
    this.#repairs.set(one, { end, loss: { ...loss, heldSince, least: to } });
    void mending.then((mended) => {
      if (end.signal.aborted) return;
      this.#repairs.delete(one);
      this.#give(one, isAsked ? { ...mended, lost: worse(mended.lost, 'unknown') } : mended, loss.mark, to);
    });
  }

  /** The same of all that is lost. */
  findAll(to: Height | undefined, until: Loss['until'], speaks = false): void {
    for (const [one, { least }] of [...this.#losses])
      if (until !== 'pulse' || !(to! < least!)) this.find(one, to, [until], speaks);
  }

  /** Nobody wants it any more. */
  forget(one: Interest<Consumer>): void {
    this.#cancel(one);
    this.#losses.delete(one);
  }

  /**
   * @param waited - How long newer events have waited for it, milliseconds.
   * @returns Undefined where the repair can do nothing.
   */
  fetch(
    { stream, subject }: Interest<Consumer>,
    { height: from, at }: Moment,
    to: Height | undefined,
    signal: AbortSignal,
    waited = 0,
  ): Promise<Mended> | undefined {
    const { repair, tools, clock, metrics } = this.#shop;
    const began = clock.now();
    const ago = from === undefined ? undefined : began - at;
    const failed = (cause: unknown): Mended => {
      if (!signal.aborted) this.#shop.broke(cause);
      return { ...NOTHING, lost: 'unknown' };
    };
    try {
      return repair?.({ stream, subject, from, to, ago, waited }, { ...tools, signal })
        ?.catch(failed)
        .finally(() => metrics?.measure('repair', clock.now() - began, { topic: stream.topic }));
    } catch (cause) {
      return Promise.resolve(failed(cause));
    }
  }

  /** @returns What was lost, if it was being fetched. */
  #cancel(one: Interest<Consumer>): Loss | undefined {
    const repair = this.#repairs.get(one);
    this.#repairs.delete(one);
    repair?.end.abort();
    return repair?.loss;
  }

  #give(one: Interest<Consumer>, { items, lost }: Mended, mark: Mark, to: Height | undefined): void {
    const { trace, stream } = one;
    const news = withoutKnown(one, items, mark);
    const events = news.flatMap((item) => item.events);
    // Who came while it was being fetched has got what a socket brought since, until that was lost as well.
    const given = one.subscribers.map((consumer) => {
      const own = consumer.markOf(one);
      return [consumer, own ? withoutKnown(one, news, own) : news] as const;
    });
    trace.add(events);
    this.#shop.metrics?.count('repaired', events.length, { topic: stream.topic });
    for (const [consumer, own] of given) consumer.found(one, { items: own, lost }, to);
  }
}

/** The later of those that are known. */
const latest = (one: Height | undefined, other: Height | undefined): Height | undefined =>
  one! > other! ? one : (other ?? one);

/** Everyone in some interests, each with those that are his. */
const consumersOf = (interests: readonly Interest<Consumer>[]): Map<Consumer, Interest<Consumer>[]> => {
  const byConsumer = new Map<Consumer, Interest<Consumer>[]>();
  for (const one of interests) {
    for (const consumer of one.subscribers) {
      const list = byConsumer.get(consumer);
      if (list) list.push(one);
      else byConsumer.set(consumer, [one]);
    }
  }
  return byConsumer;
};

/** Items without the events that had come at a mark. */
export const withoutKnown = ({ trace }: Interest<Consumer>, items: Mended['items'], mark: Mark): Mended['items'] =>
  items
    .map((item) => ({ ...item, events: item.events.filter((event) => !trace.has(event, !!item.current, mark)) }))
    .filter(({ events }) => events.length);
