/**
 * A recording without a port: sockets for a client in this process, behind which the gateway's own sessions play it.
 * In: a recording, where to begin and end, how fast, and a clock. Out: what a client dials with, and the reins of the player.
 */
import { setImmediate as nextRound } from 'node:timers/promises';
import type { Stream } from '@dexwire/protocol';
import { type Clock, systemClock } from '../clock.ts';
import { type Batch, FanOut, type Outlet } from '../gateway/fanOut.ts';
import { DEFAULT_LIMITS, type GatewayLimits } from '../gateway/limits.ts';
import { Listing } from '../gateway/listing.ts';
import { type Link, Session, type SessionOptions } from '../gateway/session.ts';
import { frameText, type Source } from '../gateway/source.ts';
import { readUrl } from '../gateway/url.ts';
import type { RecordedPlace, Recording } from '../recording/recording.ts';
import { type PlayOptions, type PlayStatus, RecordedSource, type Speed } from './recordedSource.ts';

/** One socket, as the client's `Socket` is. */
export interface RecordedSocket {
  onOpen?: () => void;
  onText?: (text: string) => void;
  onError?: (cause: unknown) => void;
  onClose?: (code: number, reason: string) => void;
  send(text: string): void;
  close(): void;
  terminate(): void;
  pause(): void;
  resume(): void;
}

export interface RecordedSockets {
  /** What `connect` takes as `openSocket`; it may be told any URL, such as `local`. */
  (url: string, compress: boolean): RecordedSocket;
  readonly status: PlayStatus;
  readonly symbols: readonly string[];
  readonly addresses: readonly string[];
  seek(place: RecordedPlace): void;
  play(speed?: Speed): void;
  pause(): void;
  step(frames?: number): number;
  advance(to: RecordedPlace): Promise<number>;
  /** Resolves when the last frame was sent for the first time, and taken by who did not ask to wait. */
  readonly ended: Promise<void>;
  /** Loses all sockets, and leaves no timer. */
  close(): void;
}

export interface RecordedSocketsOptions extends PlayOptions {
  /** What it is paced by; the same that the client is given. */
  readonly clock?: Clock;
}

const UNLIMITED: GatewayLimits = {
  ...DEFAULT_LIMITS,
  ...{ messageBurst: Number.POSITIVE_INFINITY, streamsPerSession: Number.POSITIVE_INFINITY },
  symbolsPerCommand: Number.POSITIVE_INFINITY,
};

interface Shared extends SessionOptions {
  readonly fanOut: FanOut;
  readonly source: Pick<Source, 'snapshot'>;
  readonly ends: Set<FarEnd>;
  /** One of them has stopped waiting, or is gone. */
  readonly onFree: () => void;
}

/** A session, and its way to the client: what it says is heard a moment later, in order, unless the client waits. */
class FarEnd implements Link, Outlet {
  batch: Batch | undefined = undefined;
  /** Texts come one by one, and not as bytes. */
  readonly compressed = true;
  readonly session: Session;
  readonly socket: RecordedSocket;
  readonly #shared: Shared;
  readonly #unheard: (() => void)[] = [];
  #isHearing = false;
  #isPaused = false;

  constructor(shared: Shared, url: string, compress: boolean) {
    this.#shared = shared;
    this.session = new Session(this, compress, shared);
    this.socket = {
      send: (text) => queueMicrotask(() => this.session.receive(text)),
      close: () => queueMicrotask(() => this.session.close(1000, '')),
      terminate: () => this.#forget(),
      pause: () => {
        this.#isPaused = true;
      },
      resume: () => {
        this.#isPaused = false;
        this.#hear();
        shared.onFree();
      },
    };
    shared.ends.add(this);
    const { pathname, search } = new URL(url);
    const names = readUrl(pathname + search);
    if (names === undefined) this.lose(1006, 'there is no such path');
    else {
      this.#say(() => this.socket.onOpen?.());
      this.session.open(names);
    }
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** The socket is gone, as if the gateway or the net had ended it. */
  lose(code: number, reason: string): void {
    this.session.ended();
    this.close(code, reason);
  }

  close(code: number, reason: string): void {
    this.#leave();
    this.#say(() => this.socket.onClose?.(code, reason));
  }

  sendText(text: string): void {
    this.#say(() => this.socket.onText?.(text));
  }

  /** Never called, as nothing here takes bytes. */
  write(): void {}

  ping(): void {}

  subscribe(stream: Stream, subject: string): void {
    const { fanOut, source } = this.#shared;
    fanOut.add(stream, subject, this);
    const frame = source.snapshot(stream, subject);
    if (frame !== undefined) this.sendText(frameText(frame));
  }

  unsubscribe(stream: Stream, subject: string): void {
    this.#shared.fanOut.remove(stream, subject, this);
  }

  #forget(): void {
    this.session.ended();
    this.#leave();
    this.#unheard.length = 0;
  }

  #leave(): void {
    this.#shared.ends.delete(this);
    this.#shared.onFree();
  }

  #say(call: () => void): void {
    this.#unheard.push(call);
    if (this.#isHearing) return;
    this.#isHearing = true;
    queueMicrotask(() => this.#hear());
  }

  #hear(): void {
    this.#isHearing = false;
    while (!this.#isPaused) {
      const call = this.#unheard.shift();
      if (!call) return;
      call();
    }
  }
}

/**
 * Sockets that play a recording:
 *
 *     const openSocket = recordedSockets(recording, { speed: 'max' });
 *     const dex = connect('local', { openSocket });
 *
 * Unlike the gateway's their sessions know no limits, expire never, and a client that waits (`queue: { policy: 'pause' }`) makes
 * the recording wait. All of them stand at one place of it.
 *
 * @throws NodeError `PLACE_UNKNOWN`, `OPTIONS_INVALID`.
 */
export const recordedSockets = (recording: Recording, options: RecordedSocketsOptions = {}): RecordedSockets => {
  const { clock = systemClock } = options;
  const ends = new Set<FarEnd>();
  const fanOut = new FanOut();
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let isClosed = false;
  const lose = (code: number, reason: string): void => {
    for (const one of [...ends]) one.lose(code, reason);
  };
  const waiting = new Set<() => void>();
  const onFree = (): void => {
    for (const wake of waiting) wake();
    waiting.clear();
  };
  const isHeld = (): boolean => !isClosed && [...ends].some(({ isPaused }) => isPaused);
  /** A round of the event loop, so that consumers get on; and another one whenever one that had asked to wait goes on. */
  const read = async (): Promise<void> => {
    await nextRound();
    while (isHeld()) {
      await new Promise<void>((resolve) => waiting.add(resolve));
      await nextRound();
    }
  };
  const source = new RecordedSource(recording, options, {
    onGap: () => lose(1012, 'frames are missing here'),
    onEnd: () => void read().then(end),
    read,
  });
  const listing = new Listing(source);
  const shared: Shared = {
    ...{ clock, fanOut, source, ends, onFree, limits: UNLIMITED, random: () => 0.5 },
    isListed: (symbol) => listing.has(symbol),
  };
  source.start(fanOut, clock);
  const openSocket = (url: string, compress: boolean): RecordedSocket => new FarEnd(shared, url, compress).socket;
  return Object.defineProperty(
    Object.assign(openSocket, {
      status: source.status,
      symbols: source.symbols,
      addresses: recording.addresses,
      seek: (place: RecordedPlace) => source.seek(place),
      play: (speed?: Speed) => source.play(speed),
      pause: () => source.pause(),
      step: (frames?: number) => source.step(frames),
      advance: (to: RecordedPlace) => source.advance(to),
      ended,
      close: () => {
        isClosed = true;
        source.stop();
        lose(1001, 'the recording is closed');
        onFree();
      },
    }),
    'status',
    { get: () => source.status },
  );
};
