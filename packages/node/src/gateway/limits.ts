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
  /** Sockets in all. More: HTTP 503. */
  readonly sessions: number;
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
  /** Bytes of a request's line and headers; there is room for a URL of 1,024 stream names. More: HTTP 431. */
  readonly headerBytes: number;
  /** Bytes of a request's body. More: HTTP 413. */
  readonly bodyBytes: number;
  /** What a client gets to send a request, and again to read the answer. Longer: HTTP 408, and its socket is cut. */
  readonly requestWithin: Milliseconds;
  /** Requests a second of one remote address, in the long run, handshakes too. More: HTTP 429. */
  readonly requestsPerSecond: number;
  /** Requests of one remote address at once after a pause. */
  readonly requestBurst: number;
  /** Requests at once, of all. More: HTTP 503. */
  readonly concurrentRequests: number;
}

export const DEFAULT_LIMITS: GatewayLimits = {
  messageBytes: 1_048_576,
  messagesPerSecond: 20,
  messageBurst: 100,
  symbolsPerCommand: 5_000,
  streamsPerSession: 1_024,
  sessions: 50_000,
  sessionsPerRemote: 256,
  countLoopback: false,
  unsentBytes: 8_388_608,
  pingEvery: 30_000,
  pongWithin: 60_000,
  keepAliveWindow: 1_800_000,
  idleWithin: 60_000,
  closeWithin: 5_000,
  headerBytes: 131_072,
  bodyBytes: 1_048_576,
  requestWithin: 10_000,
  requestsPerSecond: 50,
  requestBurst: 200,
  concurrentRequests: 1_024,
};
