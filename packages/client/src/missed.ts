/**
 * What lies between a connection that has missed something and whatever brings it back.
 * In: nothing. Out: the types of what was missed, and of what has come of it.
 */
import type { Height, Stream } from '@dexwire/protocol';
import type { Clock } from './clock.ts';
import type { Events, Lost } from './item.ts';
import type { Network } from './networks.ts';
import type { Audits } from './repair/audits.ts';

/** One stream about one subject, and the blocks of which events may be missing. */
export interface Missed {
  readonly stream: Stream;
  /** A symbol or an address. */
  readonly subject: string;
  /** Nothing up to this block is missing; undefined: not known of any. */
  readonly from: Height | undefined;
  /** The last block of which something may be missing; undefined: all that the venue has sealed by now. */
  readonly to: Height | undefined;
  /** How long ago `from` was the newest block, milliseconds; undefined if `from` is. */
  readonly ago: number | undefined;
  /**
   * How long newer events have waited for it already, milliseconds: for repairs that were given up as the link was lost again. What
   * a repair may take is less by as much, or a link that is lost again and again would never give an event.
   */
  readonly waited: number;
}

export interface Mended {
  /**
   * In order, one for each block where events have heights, `repaired` each. Those of blocks that were seen may be among
   * them: the connection leaves out what it has delivered.
   */
  readonly items: readonly Events<unknown>[];
  /** `none`: all that was missed is here, or what is here replaces it. */
  readonly lost: Lost;
}

/** What a repair may use. */
export interface RepairTools {
  readonly network: Network;
  readonly ca: string | readonly string[] | undefined;
  readonly clock: Clock;
  /** Aborted when nobody wants the answer any more. */
  readonly signal: AbortSignal;
}

/**
 * Brings back what was missed; `undefined` for a stream that it can do nothing for.
 *
 * Rejects with the signal's reason, else never: what could not be had is `lost`.
 */
export interface Repair {
  (missed: Missed, tools: RepairTools): Promise<Mended> | undefined;
  /** Makes what compares with it, for a link, what came of quiet streams. Default: nothing is compared. */
  readonly audits?: (...terms: ConstructorParameters<typeof Audits>) => Audits;
}
