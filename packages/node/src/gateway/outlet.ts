/**
 * One socket and its session: what the session does to the socket, where the fan-out writes, what a control breaks.
 * In: frames, commands of the session, faults. Out: bytes.
 *
 * What the fan-out has framed is written to the socket itself: while a socket has no compression `ws` writes each of its
 * own frames at once and whole, so nothing can come between two parts of one. Sockets with compression, where `ws` may be
 * in the middle of a message, are written to through `ws` only.
 */
import type { Socket } from 'node:net';
import type { Milliseconds, Stream } from '@dexwire/protocol';
import { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import type { GatewayCounts } from './counts.ts';
import type { Batch, FanOut, Outlet } from './fanOut.ts';
import type { FaultySession, SessionState } from './faults.ts';
import type { GatewayLimits } from './limits.ts';
import { type Link, Session, type SessionOptions } from './session.ts';
import { frameText, type Source } from './source.ts';
import { webSocketFrame } from './webSocketFrame.ts';

/** What all outlets of a gateway share. */
export interface OutletOptions extends SessionOptions {
  readonly clock: Clock;
  readonly limits: GatewayLimits;
  readonly counts: GatewayCounts;
  readonly source: Pick<Source, 'snapshot'>;
  readonly fanOut: FanOut;
  /** Ends a socket by a TCP reset. */
  readonly reset: (socket: Socket) => void;
}

/** What is wrong with a socket on purpose. */
interface Fault {
  isHalfOpen: boolean;
  isStalled: boolean;
  /** Ends the stall. */
  timer: unknown;
}

const swallow = (): void => {};

export class SocketOutlet implements Link, Outlet, FaultySession {
  batch: Batch | undefined = undefined;
  readonly id: number;
  readonly compressed: boolean;
  readonly session: Session;
  readonly #ws: WebSocket;
  readonly #socket: Socket;
  readonly #options: OutletOptions;
  #fault: Fault | undefined = undefined;

  constructor(id: number, ws: WebSocket, socket: Socket, options: OutletOptions) {
    this.id = id;
    this.compressed = ws.extensions !== '';
    this.#ws = ws;
    this.#socket = socket;
    this.#options = options;
    this.session = new Session(this, this.compressed, options);
  }

  get unsentBytes(): number {
    return this.compressed ? this.#ws.bufferedAmount : this.#socket.writableLength;
  }

  get address(): string | undefined {
    return this.session.address;
  }

  /** Whether something waits to be compressed, which goes on whatever the client does. */
  get isCompressing(): boolean {
    return this.compressed && this.#isOpen && this.#ws.bufferedAmount > this.#socket.writableLength;
  }

  write(frames: readonly Uint8Array[]): void {
    if (!this.#isReady()) return;
    if (frames.length === 1) {
      this.#socket.write(frames[0]!);
      return;
    }
    this.#socket.cork();
    for (const frame of frames) this.#socket.write(frame);
    this.#socket.uncork();
  }

  sendText(text: string): void {
    if (!this.#isReady()) return;
    const { counts } = this.#options;
    counts.framesOut += 1;
    if (this.compressed) {
      counts.bytesOut += text.length;
      this.#ws.send(text);
    } else {
      const frame = webSocketFrame(text);
      counts.bytesOut += frame.length;
      this.#socket.write(frame);
    }
  }

  ping(): void {
    if (this.#isReady()) this.#ws.ping();
  }

  close(code: number, reason: string): void {
    if (this.#fault?.isHalfOpen) return;
    this.#ws.close(code, reason);
    // Whoever does not read will not read the close either.
    this.#cutAfter(this.#options.limits.closeWithin);
  }

  /** Destroys the socket: it is not closed with a code, or was and does not go. */
  cut(): void {
    this.#ws.terminate();
  }

  subscribe(stream: Stream, subject: string): void {
    const { counts, fanOut, source } = this.#options;
    counts.subscriptions += 1;
    fanOut.add(stream, subject, this);
    const frame = source.snapshot(stream, subject);
    if (frame !== undefined) this.sendText(frameText(frame));
  }

  unsubscribe(stream: Stream, subject: string): void {
    this.#options.counts.subscriptions -= 1;
    this.#options.fanOut.remove(stream, subject, this);
  }

  state(): SessionState {
    const { remoteAddress = '', remotePort = 0 } = this.#socket;
    return {
      id: this.id,
      remote: `${remoteAddress.includes(':') ? `[${remoteAddress}]` : remoteAddress}:${remotePort}`,
      address: this.address,
      subscriptions: this.session.subscriptions(),
      unsentBytes: this.unsentBytes,
      isStalled: this.#fault?.isStalled === true,
      isHalfOpen: this.isHalfOpen,
    };
  }

  get isHalfOpen(): boolean {
    return this.#fault?.isHalfOpen === true;
  }

  drop(code?: number): void {
    if (code === undefined) this.cut();
    else this.session.close(code, 'dropped');
  }

  reset(): void {
    this.#options.reset(this.#socket);
  }

  halfOpen(): void {
    const fault = this.#faultOf();
    if (fault.isHalfOpen) return;
    fault.isHalfOpen = true;
    // `ws` answers pings and closes by itself, so it must not hear of them any more.
    this.#socket.removeAllListeners('data').removeAllListeners('end');
    this.#socket.on('data', swallow).resume();
    // Nor may what `ws` is still compressing go out.
    this.#socket.cork();
    // The client has given up. It gets no answer to that either, but what nobody uses is not kept for ever.
    this.#socket.once('end', () => this.#cutAfter(this.#options.limits.pongWithin));
  }

  stall(ms?: Milliseconds): void {
    const fault = this.#faultOf();
    const { clock } = this.#options;
    // What is corked counts as unsent, so the budget of a slow reader holds here too.
    if (!fault.isStalled) this.#socket.cork();
    fault.isStalled = true;
    clock.clearTimeout(fault.timer);
    fault.timer = ms === undefined ? undefined : clock.setTimeout(() => this.resume(), ms);
  }

  resume(): void {
    const fault = this.#fault;
    if (!fault?.isStalled) return;
    fault.isStalled = false;
    this.#options.clock.clearTimeout(fault.timer);
    this.#socket.uncork();
  }

  forget(topic?: string, subject?: string): number {
    return this.session.forget(topic, subject);
  }

  #faultOf(): Fault {
    if (this.#fault === undefined) {
      const fault: Fault = { isHalfOpen: false, isStalled: false, timer: undefined };
      this.#fault = fault;
      this.#ws.once('close', () => this.#options.clock.clearTimeout(fault.timer));
    }
    return this.#fault;
  }

  #cutAfter(ms: Milliseconds): void {
    const { clock } = this.#options;
    const timer = clock.setTimeout(() => this.cut(), ms);
    this.#ws.once('close', () => clock.clearTimeout(timer));
  }

  get #isOpen(): boolean {
    return this.#ws.readyState === WebSocket.OPEN;
  }

  #isReady(): boolean {
    if (!this.#isOpen || this.#fault?.isHalfOpen) return false;
    const { unsentBytes } = this;
    return unsentBytes === 0 || !this.session.isOverdrawn(unsentBytes);
  }
}
