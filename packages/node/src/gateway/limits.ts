/**
 * Everything a client cannot have without bound, in one place.
 * In: nothing. Out: the limits and their defaults. All of them are of our choice (assumed) but `pingEvery` and
 * `keepAliveWindow`, which the venue documented (spec §5.2).
 */
import type { Milliseconds } from '@dexwire/protocol';

export interface GatewayLimits {
  /** Bytes of one message. More: close 1009. */
  readonly messageBytes: number;
  /** Messages a second, in the long run. More: close 1008. */
  readonly messagesPerSecond: number;
  /** Messages at once after a pause. */
  readonly messageBurst: number;
  /** Symbols of one command. More: refused. */
  readonly symbolsPerCommand: number;
  /** Topics times symbols that one socket may want. More: refused. */
  readonly streamsPerSession: number;
  /** Sockets of one remote address. More: HTTP 429. */
  readonly sessionsPerRemote: number;
  /** Whether clients of this machine are counted too. */
  readonly countLoopback: boolean;
  /** Bytes that wait for a client to read. More: close 1013. */
  readonly unsentBytes: number;
  /** Time between two pings. */
  readonly pingEvery: Milliseconds;
  /** Silence after which a client that answers no ping is closed: 1001. */
  readonly pongWithin: Milliseconds;
  /** A session ends one to two windows after its last keepAlive, or after its start: close 1000. */
  readonly keepAliveWindow: Milliseconds;
  /** A session that wants nothing for so long is closed: 1000. */
  readonly idleWithin: Milliseconds;
  /** What a client gets to answer a close; afterwards its socket is cut. */
  readonly closeWithin: Milliseconds;
}

export const DEFAULT_LIMITS: GatewayLimits = {
  messageBytes: 1_048_576,
  messagesPerSecond: 20,
  messageBurst: 100,
  symbolsPerCommand: 5_000,
  streamsPerSession: 1_024,
  sessionsPerRemote: 256,
  countLoopback: false,
  unsentBytes: 8_388_608,
  pingEvery: 30_000,
  pongWithin: 60_000,
  keepAliveWindow: 1_800_000,
  idleWithin: 60_000,
  closeWithin: 5_000,
};
