/**
 * Several subscriptions as one stream, in the order of blocks: `merge`.
 * In: subscriptions by name, perhaps block heights. Out: their items, each with its name.
 *
 * Of each source one item stands in front, and the least of them goes first:
 *
 *     1. by block: the height of the item. A gap, or whatever else has none, stands behind the latest block of its source; an
 *        item of a source without heights (a ticker) behind the newest block that any source has brought so far;
 *     2. within a block: in the order of the names, then what has no height as it came.
 *
 * It waits for a source of which an item that goes before may still come: until the heights say that the block is complete,
 * or a time has passed. What comes later than that is given at once. Items of one source keep their order in any case.
 */
import type { Blockheight, Height } from '@dexwire/protocol';
import { type Clock, systemClock } from '../clock.ts';
import type { Item } from '../item.ts';
import { DerivedError } from './errors.ts';
import { type Derived, type DerivedOptions, Inlet, Pulled, type Step } from './pulled.ts';

export interface MergeOptions extends DerivedOptions {
  /**
   * `blockheight` of the same connection, by which a block is known to be complete: its height comes after all else of it.
   * It is closed with the sources.
   */
  readonly heights?: AsyncIterable<Item<Blockheight>> | undefined;
  /** How long an item may wait for other sources, milliseconds. Default: 1,000. 0: only what is at hand is put in order. */
  readonly within?: number | undefined;
  /** By which that is measured. Default: the machine's. */
  readonly clock?: Clock | undefined;
}

/** By name, in the order that counts within a block. */
export type MergeSources = Readonly<Record<string, AsyncIterable<Item<unknown>>>>;

/** An item and where it is from: `name` tells the type of `item`. */
export type Merged<S extends MergeSources> = {
  [Name in keyof S & string]: {
    readonly name: Name;
    readonly item: S[Name] extends AsyncIterable<infer I> ? I : never;
  };
}[keyof S & string];

/** Block; place of the source, or `Infinity` without a height; order of arrival. */
type Place = readonly [height: number, rank: number, arrival: number];

const isBefore = ([height, rank, arrival]: Place, other: Place): boolean => {
  if (height !== other[0]) return height < other[0];
  return rank === other[1] ? arrival < other[2] : rank < other[1];
};

/** Before all blocks. */
const NOWHERE = Number.NEGATIVE_INFINITY;

class Source {
  readonly name: string;
  readonly inlet: Inlet<Item<unknown>>;
  readonly #rank: number;
  /** Where the item in front stands, or the error. */
  place: Place | undefined;
  /** When it came. */
  since = 0;
  /** Its latest block: it has yet to give nothing of an earlier one. */
  #reached = NOWHERE;
  /** Its events have no heights: nothing of it goes before what is here already. */
  #isTimeless = false;

  constructor(name: string, rank: number, source: AsyncIterable<Item<unknown>>, arrived: (source: Source) => void) {
    this.name = name;
    this.inlet = new Inlet(source, () => arrived(this));
    this.#rank = rank;
  }

  /** The block of the item in front, if it says it. */
  get height(): Height | undefined {
    const { state } = this.inlet;
    return state.name === 'full' && state.value.kind === 'events' ? state.value.height : undefined;
  }

  /** @param newest - The newest block that any source has brought. */
  arrived(newest: number, arrival: number, now: number): void {
    const { state } = this.inlet;
    const { height } = this;
    this.since = now;
    if (height !== undefined) this.#reached = Math.max(this.#reached, height);
    if (state.name === 'full' && state.value.kind === 'events') this.#isTimeless = this.#reached === NOWHERE;
    const block = this.#reached === NOWHERE ? newest : this.#reached;
    this.place = height === undefined ? [block, Number.POSITIVE_INFINITY, arrival] : [height, this.#rank, arrival];
  }

  take(): Item<unknown> | undefined {
    this.place = undefined;
    return this.inlet.take();
  }

  /** @param complete - All of the blocks up to this one has been given. @returns Whether it may yet give what goes before. */
  mayPrecede(place: Place, complete: number): boolean {
    if (this.place || this.#isTimeless || this.inlet.state.name === 'over') return false;
    if (place[0] === NOWHERE) return false;
    return isBefore([Math.max(this.#reached, complete + 1), this.#rank, NOWHERE], place);
  }
}

/**
 * Items of several subscriptions, in a stable order: the same items that come in the same order leave in the same order. It
 * holds one item of each source and asks for no more before that has been taken. It ends when all sources have.
 *
 *     for await (const { name, item } of merge({ trades: dex.subscribe(trades, ...), orders: dex.subscribe(orders, ...) }))
 *
 * @throws DerivedError `SOURCE_FAILED`, when all that came before has been given; the signal's reason.
 */
export const merge = <const S extends MergeSources>(sources: S, options: MergeOptions = {}): Derived<Merged<S>> => {
  const { within = 1_000, clock = systemClock } = options;
  const heights = options.heights && new Inlet(options.heights);
  let newest = NOWHERE;
  let complete = NOWHERE;
  let arrivals = 0;
  const arrived = (source: Source): void => {
    newest = Math.max(newest, source.height ?? NOWHERE);
    source.arrived(newest, ++arrivals, clock.now());
  };
  const all = Object.entries(sources).map(([name, source], rank) => new Source(name, rank, source, arrived));
  const inlets: readonly Inlet<unknown>[] = [...all.map(({ inlet }) => inlet), ...(heights ? [heights] : [])];

  const failed = (name: string, cause: unknown): DerivedError => {
    const message = cause instanceof Error ? cause.message : String(cause);
    return new DerivedError('SOURCE_FAILED', `${name}: ${message}`, { cause, source: name });
  };

  const give = (source: Source): Step<Merged<S>> => {
    const { inlet, name } = source;
    if (inlet.state.name === 'failed') throw failed(name, inlet.state.error);
    return { name: 'give', value: { name, item: source.take() } as Merged<S> };
  };

  const step = (isQuiet: boolean): Step<Merged<S>> => {
    if (heights?.state.name === 'failed') throw failed('heights', heights.state.error);
    const told = heights?.take();
    if (told?.kind === 'events') for (const { height } of told.events) complete = Math.max(complete, height);
    let first: Source | undefined;
    for (const source of all) {
      if (source.place && (!first || isBefore(source.place, first.place!))) first = source;
    }
    if (!first) return { name: all.every(({ inlet }) => inlet.state.name === 'over') ? 'end' : 'wait' };
    const { place, since } = first;
    if (!all.some((source) => source.mayPrecede(place!, NOWHERE))) return give(first);
    if (!isQuiet) return { name: 'hush' };
    const left = since + within - clock.now();
    if (left <= 0 || !all.some((source) => source.mayPrecede(place!, complete))) return give(first);
    return { name: 'wait', ms: left };
  };

  return new Pulled({ inlets, options, step, clock });
};
