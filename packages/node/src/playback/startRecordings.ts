/**
 * The recordings behind the gateway: frames of the DEX as it was, over and over, or each line once.
 * In: options. Out: what is served.
 */
import type { Place } from '../gateway/source.ts';
import { type Served, type ServeOptions, serveSource } from '../serve.ts';
import { RecordingsPlayer } from './player.ts';
import { readRecordings } from './recordings.ts';
import { VerbatimPlayer } from './verbatim.ts';

export interface RecordingsOptions extends ServeOptions {
  /** What is derived beside the recordings follows from it and the clock. A whole number, 1 unless given. */
  readonly seed?: number;
  /** Each line as it was recorded, once. */
  readonly verbatim?: boolean;
  /** Where they begin: where the clock is, unless given. */
  readonly from?: Place;
}

/**
 * Plays the recordings in this process.
 *
 * @throws NodeError `LISTEN_FAILED`, `RECORDINGS_INVALID`.
 */
export const startRecordings = (options: RecordingsOptions = {}): Promise<Served> => {
  const { verbatim = false, seed = 1, from } = options;
  const source = verbatim ? new VerbatimPlayer(readRecordings()) : new RecordingsPlayer(readRecordings(), seed);
  if (from) source.seek(from);
  return serveSource(source, options);
};
