/**
 * What can be counted and measured of a connection, for whoever keeps such figures.
 * In: nothing. Out: the interface that adapters have, and the lines of a log.
 */
import type { GapCause } from './item.ts';

/**
 * `frames`: those that somebody wanted, and that were read; `unwanted`, `unreadable`, `unknownKeys`: as in `DexStats`; `dials`,
 * `opens`, `losses`: of sockets; `gaps`, `repaired`: gaps but for overflows, and events that were fetched for them; `dropped`,
 * `conflated`: items that gave way in a full queue; `renewals`: sockets put in the place of others that still served; `stale`:
 * streams and sockets that fell silent; `threw`: callbacks.
 */
export type Counter =
  | 'frames'
  | 'unwanted'
  | 'unreadable'
  | 'unknownKeys'
  | 'dials'
  | 'opens'
  | 'losses'
  | 'gaps'
  | 'repaired'
  | 'dropped'
  | 'conflated'
  | 'renewals'
  | 'stale'
  | 'threw';

/**
 * `arrival`, `lag`: from an event's own time until its frame has come, and until a consumer gets it, each one by itself; by the two
 * clocks, which may differ; not measured of what was fetched. `connect`: from a dial to its socket;
 * `gap`: from the last block before a loss until all comes again; `repair`: until what was missed is fetched, or what an audit
 * compares with. All in milliseconds.
 */
export type Measure = 'arrival' | 'lag' | 'connect' | 'gap' | 'repair';

/** Few values each; never an address, nor a URL, which may hold one. */
export interface Tags {
  readonly topic?: string;
  /** Of a gap. */
  readonly cause?: GapCause;
}

/** Takes figures, in the middle of a frame. What it throws is reported as a `ConsumerError`. */
export interface Metrics {
  count(name: Counter, by: number, tags: Tags): void;
  measure(name: Measure, value: number, tags: Tags): void;
}

/** `debug`: each command; `info`: the life of sockets and streams; `warn`: what a user may have lost. */
export type LogLevel = 'debug' | 'info' | 'warn';

export interface LogLine {
  readonly level: LogLevel;
  /** A state that a socket has come to, such as `dialing` or `open`; `command`, `gap`, `stale`, `renewed`. */
  readonly event: string;
  /** What it is about; addresses stand in it as they are. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Takes lines. What it throws is reported as a `ConsumerError`. */
export type Log = (line: LogLine) => void;
