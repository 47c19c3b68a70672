/**
 * What a consumer gets: events, and, among them and in their order, what may have been missed.
 * In: nothing. Out: the types of items.
 */
import type { Height } from '@dexwire/protocol';

/** What one frame decoded to, as far as the subscription wants it. */
export interface Events<Event> {
  readonly kind: 'events';
  readonly events: readonly Event[];
  /** The block they are of, where the frame says it. */
  readonly height?: Height | undefined;
  /** Fetched after a gap; always `false` for what a socket brought. */
  readonly repaired: boolean;
  /** Of fetched ones: what is so now, in place of each report that led there, which is not to be had. */
  readonly current?: true;
}

/**
 * `disconnect`: the socket was lost. `silence`: nothing came for longer than it should, or the venue knows of events that never
 * came. `overflow`: the consumer was slower than its queue is long. `badFrame`: a frame could not be read. `skippedBlocks`: the
 * socket brought each block, and then one that does not follow on the last.
 */
export type GapCause = 'disconnect' | 'silence' | 'overflow' | 'badFrame' | 'skippedBlocks';

/** From here on events may be missing. Its `gapClosed` follows, and newer events of its streams only after that. */
export interface Gap {
  readonly kind: 'gap';
  /** Of this subscription's gaps; rising. */
  readonly id: number;
  /** The last block that was surely seen whole, or, of an overflow, the block of the first dropped event. */
  readonly from?: Height | undefined;
  /** Of an overflow, the block of the last dropped event; else it stands in the `gapClosed`. */
  readonly to?: Height | undefined;
  readonly cause: GapCause;
  /** Names of the streams concerned, such as `BNB_BTCB-1DE@trades`; an address for personal ones. */
  readonly streams: readonly string[];
}

/** The end of a gap: what comes after it is whole again. */
export interface GapClosed {
  readonly kind: 'gapClosed';
  readonly id: number;
  /** As in its gap, which may have come before it was known. */
  readonly from?: Height | undefined;
  /** The last block of which something may have been missed. */
  readonly to?: Height | undefined;
  /** How many events of the gap were fetched and delivered. */
  readonly repaired: number;
  /** `none`: only what newer events replace; `some`: events were lost; `unknown`: nobody can tell. */
  readonly lost: Lost;
}

export type Lost = 'none' | 'unknown' | 'some';

/** The earlier of two blocks; undefined, which is not known, if either is. */
export const least = (one: Height | undefined, other: Height | undefined): Height | undefined =>
  one! <= other! ? one : one! > other! ? other : undefined;

/** The worse of two. */
export const worse = (one: Lost, other: Lost): Lost =>
  one === 'some' || other === 'none' ? one : other === 'some' || one === 'none' ? other : one;

export type Item<Event> = Events<Event> | Gap | GapClosed;
