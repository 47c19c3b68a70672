/**
 * Where frames come from: the seam between the gateway and whatever happens on the venue, recorded or matched.
 * In: nothing. Out: the types of a source and of what it gives.
 */
import { encode, type Height, type Milliseconds, type Stream } from '@dexwire/protocol';
import type { Clock } from '../clock.ts';

/** Something to send to all who want the stream for the subject: a symbol, an address in lower case, or `$all`. */
export type Frame = {
  readonly stream: Stream;
  readonly subject: string;
} & (
  | { readonly event: unknown }
  /** The frame as it was received, sent as it is. */
  | { readonly text: string }
);

/** A frame whose event is checked against its stream by the compiler. */
export const frame = <Data>(stream: Stream<Data>, subject: string, event: Data): Frame => ({ stream, subject, event });

export const frameText = (frame: Frame): string => ('text' in frame ? frame.text : encode(frame.stream, frame.event));

/** What happened at one moment. Each session gets all of it that it wants by one write. */
export interface Turn {
  /** Latest block. */
  readonly height: Height;
  /** When the frames were received, or became known. */
  readonly time: Milliseconds;
  readonly frames: readonly Frame[];
}

/** What takes a source's turns. */
export interface Sink {
  /** Whether anybody would get such a frame, so that nothing is worked out for nobody. */
  wants(stream: Stream, subject: string): boolean;
  send(turn: Turn): void;
}

/** A place in a source. */
export type Place = { readonly height: Height } | { readonly time: Milliseconds };

export interface Account {
  readonly name: string;
  readonly address: string;
}

export interface Source {
  /** Symbols that may be subscribed to, upper case. The same array as long as they stay the same, then a new one. */
  readonly symbols: readonly string[];
  /** Addresses that get personal frames. */
  readonly accounts: readonly Account[];
  /** Begins there when it starts. Without it, a source begins where the clock is. */
  seek(place: Place): void;
  /** Hands turns to the sink as the clock goes on, heights and times rising, until it is stopped. */
  start(sink: Sink, clock: Clock): void;
  stop(): void;
  /** What a new subscription gets at once; `undefined` if its first frame has to be waited for. */
  snapshot(stream: Stream, subject: string): Frame | undefined;
}
