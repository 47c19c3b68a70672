/**
 * The player's own door: `POST /replay` with what to do as JSON.
 * In: requests of programs on this machine. Out: where the replay stands.
 */
import { StrictJson } from '@dexwire/protocol/transactions';
import type { Hono } from 'hono';
import { NodeError } from '../errors.ts';
import type { RecordedPlace } from '../recording/recording.ts';
import { jsonDoor } from '../rest/jsonDoor.ts';
import { RestError } from '../rest/restError.ts';
import type { PlayStatus, RecordedSource, Speed } from './recordedSource.ts';

export const REPLAY_PATH = '/replay';

const MAX_BYTES = 4_096;

const json = new StrictJson((path, problem) => new RestError(400, path === '' ? problem : `${path}: ${problem}`));

const wholeOf = (value: unknown, path: string): number => {
  if (Number.isSafeInteger(value)) return value as number;
  throw new RestError(400, `${path}: allowed is a whole number`);
};

const checkTrue = (value: unknown, path: string): void => {
  if (value !== true) throw new RestError(400, `${path}: allowed is true`);
};

/** `{"height":1}`, `{"time":1}` or `{"frame":1}`. */
const placeOf = (value: unknown, path: string): RecordedPlace => {
  const { height, time, frame } = json.members(value, path, [], ['height', 'time', 'frame']);
  if ([height, time, frame].filter((one) => one !== undefined).length !== 1)
    throw new RestError(400, `${path}: allowed is one of height, time and frame`);
  if (height !== undefined) return { height: wholeOf(height, `${path}.height`) };
  if (time !== undefined) return { time: wholeOf(time, `${path}.time`) };
  return { frame: wholeOf(frame, `${path}.frame`) };
};

const act = async (source: RecordedSource, body: unknown): Promise<PlayStatus> => {
  const { seek, play, pause, step, advance } = json.members(body, '', [], ['seek', 'play', 'pause', 'step', 'advance']);
  try {
    if (seek !== undefined) source.seek(placeOf(seek, 'seek'));
    if (play !== undefined) source.play(play === true ? undefined : (play as Speed));
    if (pause !== undefined) {
      checkTrue(pause, 'pause');
      source.pause();
    }
    if (step !== undefined) source.step(wholeOf(step, 'step'));
    if (advance !== undefined) await source.advance(placeOf(advance, 'advance'));
  } catch (error) {
    if (error instanceof NodeError) throw new RestError(400, error.message);
    throw error;
  }
  return source.status;
};

/**
 * `{"seek":{"height":1}}`, `{"play":10}` (or `"max"`, or `true`), `{"pause":true}`, `{"step":1}`, `{"advance":{"time":1}}`; `{}`
 * asks where it stands. Several are done in this order.
 */
export const replayApp = (source: RecordedSource, hosts: readonly string[]): Hono =>
  jsonDoor({
    path: REPLAY_PATH,
    maxBytes: MAX_BYTES,
    wanted: 'an object with seek, play, pause, step or advance',
    hosts,
    onFault: undefined,
    handle: (body) => act(source, body),
  });
