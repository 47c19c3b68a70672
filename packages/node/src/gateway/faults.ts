/**
 * What can be made to go wrong on purpose: the seam between the gateway's sockets and whoever holds the control.
 * In: nothing. Out: the types of a session, and of a gateway, as a control sees them.
 */
import type { Milliseconds } from '@dexwire/protocol';

/** What becomes of new WebSocket handshakes. HTTP requests are answered as ever, so that a control can be reached. */
export type Admission =
  | { readonly mode: 'open' }
  /** Answered with this HTTP status, 503 unless given. */
  | { readonly mode: 'refuse'; readonly status?: number }
  /** The connection is reset. */
  | { readonly mode: 'reset' }
  /** Never answered; those that hang go on hanging until they or the gateway go. */
  | { readonly mode: 'hang' }
  /** Answered so much later, by the gateway's clock. */
  | { readonly mode: 'delay'; readonly ms: Milliseconds };

export interface SessionState {
  /** Counts up from 1 as sessions come, also across a restart. */
  readonly id: number;
  /** Address and port of the client. */
  readonly remote: string;
  /** Whose personal streams it wants. */
  readonly address: string | undefined;
  /** `<subject>@<topic>` of all it wants. */
  readonly subscriptions: readonly string[];
  /** Bytes that wait in this process for the client to read. */
  readonly unsentBytes: number;
  readonly isStalled: boolean;
  readonly isHalfOpen: boolean;
}

export interface FaultySession {
  readonly id: number;
  readonly address: string | undefined;
  state(): SessionState;
  /** Destroys the socket at once; with a code, closes it properly with that. */
  drop(code?: number): void;
  /** Destroys the socket with a reset. */
  reset(): void;
  /** From here on the socket stays open, nothing is sent or answered, and what comes in is swallowed. */
  halfOpen(): void;
  /** Holds back all that is sent, until `resume` or for so long by the gateway's clock. */
  stall(ms?: Milliseconds): void;
  /** Sends what was held back, in order, and goes on. */
  resume(): void;
  /** Drops subscriptions without a word. */
  forget(topic?: string, subject?: string): number;
}

export interface FaultyGateway {
  sessions(): Iterable<FaultySession>;
  /** Once sockets were written and read, and nothing is left to compress: what is unsent now waits for its client alone. */
  written(): Promise<void>;
  setAdmission(admission: Admission): void;
  /**
   * Cuts every session, frees the port, and takes it again `after` milliseconds later by the gateway's clock. HTTP
   * requests that are being answered are answered first. What is behind the gateway goes on.
   *
   * @throws NodeError `LISTEN_FAILED` if somebody else has taken the port in between: the gateway stays shut.
   */
  restart(after: Milliseconds): Promise<void>;
}
