/**
 * What can be counted and measured of a connection, for whoever keeps such figures.
 * In: nothing. Out: the interface that adapters have, and the lines of a log.
 */

/**
 * `frames`: texts that came; `unwanted`, `unreadable`, `unknownKeys`: as in `DexStats`; `dials`, `opens`, `losses`: of sockets;
 * `gaps`, `repaired`: gap items, and events that were fetched for them; `dropped`, `conflated`: items that gave way in a full
 * queue; `renewals`: sockets put in the place of others that still served; `stale`: streams that fell silent; `threw`: callbacks.
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
 * `lag`: from an event's own time to its arrival, by the two clocks, which may differ; `connect`: from a dial to its socket;
 * `gap`: from a loss to the end of its gap; `repair`: of one request for what was missed. All in milliseconds.
 */
export type Measure = 'lag' | 'connect' | 'gap' | 'repair';

/** Such as `{ topic: 'trades' }`, `{ url }`, `{ cause: 'disconnect' }`. Few values each; never an address. */
export type Tags = Readonly<Record<string, string>>;

/** Takes figures. Must not throw. */
export interface Metrics {
  count(name: Counter, by: number, tags: Tags): void;
  measure(name: Measure, value: number, tags: Tags): void;
}

/** `debug`: each command; `info`: the life of sockets and streams; `warn`: what a user may have lost. */
export type LogLevel = 'debug' | 'info' | 'warn';

export interface LogLine {
  readonly level: LogLevel;
  /** Such as `dial`, `open`, `lost`, `command`, `gap`, `gapClosed`, `stale`, `renewed`. */
  readonly event: string;
  /** What it is about; addresses stand in it as they are. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Takes lines. Must not throw. */
export type Log = (line: LogLine) => void;
