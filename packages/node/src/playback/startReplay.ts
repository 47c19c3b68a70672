/**
 * A recording behind the gateway: for clients in any language, as the DEX was.
 * In: a recording, where to begin and end, how fast. Out: what is served, and the reins of the player.
 */
import { setTimeout as passed } from 'node:timers/promises';
import type { Milliseconds } from '@dexwire/protocol';
import type { RecordedPlace, Recording } from '../recording/recording.ts';
import { type Served, type ServeOptions, serve } from '../serve.ts';
import { type PlayOptions, type PlayStatus, RecordedSource, type Speed } from './recordedSource.ts';
import { REPLAY_PATH, replayApp } from './replayApp.ts';

export type ReplayOptions = ServeOptions & PlayOptions;

export interface Replay extends Served {
  readonly status: PlayStatus;
  /** Goes on from another place; sockets are closed with 1012, for what lies between their clients do not get, or get twice. */
  seek(place: RecordedPlace): void;
  /** Goes on, at this speed if one is given. */
  play(speed?: Speed): void;
  /** Stands still until `play`, but for `step` and `advance`. */
  pause(): void;
  /** Sends so many frames at once, 1 unless given. @returns How many there were. */
  step(frames?: number): number;
  /** Sends at once what there is up to a place, its last frame included. @returns How many frames there were. */
  advance(to: RecordedPlace): Promise<number>;
  /** Resolves when the last frame was sent for the first time, and read by who reads. */
  readonly ended: Promise<void>;
}

/** What a socket is closed with where frames are missing, or others follow: a client dials again, and tells of a gap. */
const LOST = 1012;

/** More unread bytes of a socket are waited for. */
const UNREAD_BYTES = 1_048_576;
/** How often it is looked whether they were read: no socket tells of it when its reader is another process. */
const LOOK_MS: Milliseconds = 2;
/** So long, not longer: who reads nothing at all is left to the limits of the gateway. */
const READ_WITHIN_MS: Milliseconds = 10_000;

/**
 * Plays a recording in this process. The recording stays open when it is closed.
 *
 * @throws NodeError `LISTEN_FAILED`, `OPTIONS_INVALID`, `PLACE_UNKNOWN`, `TLS_INVALID`.
 */
export const startReplay = async (recording: Recording, options: ReplayOptions = {}): Promise<Replay> => {
  let served: Served | undefined;
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const read = async (): Promise<void> => {
    await served?.written();
    const before = performance.now();
    const isUnread = (): boolean => served?.control.sessions().some(isFull) === true;
    while (isUnread() && performance.now() - before < READ_WITHIN_MS) await passed(LOOK_MS);
  };
  const source = new RecordedSource(recording, options, {
    onGap: () => served?.control.drop(undefined, LOST),
    onEnd: () => void read().then(end),
    read,
  });
  served = await serve(source, options, {
    paths: [[REPLAY_PATH, replayApp(source, options.hosts ?? []).fetch]],
    // A replay may stand still, or go back, and is well all the same.
    now: () => recording.from / 1_000,
    start: (sink, clock) => source.start(sink, clock),
  });
  return {
    ...served,
    get status() {
      return source.status;
    },
    seek: (place) => source.seek(place),
    play: (speed) => source.play(speed),
    pause: () => source.pause(),
    step: (frames) => source.step(frames),
    advance: (to) => source.advance(to),
    ended,
  };
};

const isFull = ({ unsentBytes, isStalled, isHalfOpen }: ReturnType<Served['control']['sessions']>[number]): boolean =>
  unsentBytes > UNREAD_BYTES && !isStalled && !isHalfOpen;
