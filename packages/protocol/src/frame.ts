/**
 * The envelope `{"stream":"<topic>","data":...}`: peek its topic, read the data of a stream out of it.
 * In: one text message of the gateway. Out: its topic, its events, or the refusal of a command.
 */
import { FrameError } from './errors.ts';
import { isObject, type OnUnknownKey, parseExact } from './fields.ts';
import { FRAME_HEAD, fastFrame } from './scan.ts';
import type { Stream } from './stream.ts';

/**
 * The topic of a frame, without parsing it.
 *
 * @returns `undefined` if the text does not begin as every recorded frame does, or spells its topic with escapes; `readReply` then tells what it is.
 */
export const peekTopic = (text: string): string | undefined => {
  if (!text.startsWith(FRAME_HEAD)) return undefined;
  const close = text.indexOf('"', FRAME_HEAD.length);
  const topic = text.slice(FRAME_HEAD.length, close);
  return close < 0 || topic.includes('\\') ? undefined : topic;
};

/**
 * What the frame of a stream says.
 *
 * @param onUnknownKey - Told the place of each key that the stream does not know; such keys are left out of the event.
 * @returns A list for `orders`, `trades`, `allTickers` and `allMiniTickers`, one event for the others.
 * @throws FrameError `FRAME_NOT_JSON`, `FRAME_UNKNOWN_TOPIC` if the frame is another stream's, `FRAME_BAD_FIELD` with its place.
 */
export const decode = <Data>(stream: Stream<Data>, text: string, onUnknownKey?: OnUnknownKey): Data =>
  decodeFast(stream, text) ?? decodeTolerant(stream, text, onUnknownKey);

/** The fast reader alone: `undefined` for every frame that is not of the recorded form to the letter. */
export const decodeFast = <Data>(stream: Stream<Data>, text: string): Data | undefined =>
  fastFrame(stream.data, stream.topic, text);

/** The tolerant reader alone. */
export const decodeTolerant = <Data>(stream: Stream<Data>, text: string, onUnknownKey?: OnUnknownKey): Data => {
  const { found, exact } = parseExact(text);
  const frame = isObject(found) ? found : {};
  const topic = frame.stream;
  if (topic !== stream.topic && (topic === undefined || topic !== stream.alias)) {
    throw new FrameError('FRAME_UNKNOWN_TOPIC', 'stream', topic, stream.topic);
  }
  return stream.data.read(frame.data, (exact as typeof frame).data, 'data', onUnknownKey);
};

/** What a text is that does not begin like a frame: a frame all the same, or the refusal of a command. */
export type Reply =
  | { readonly kind: 'frame'; readonly topic: string }
  /** `method` as the gateway echoes it, empty if it could not read it; `reason` such as `Invalid symbol(s)` (recorded). */
  | { readonly kind: 'refusal'; readonly method: string; readonly reason: string };

/** Reads a text that `peekTopic` did not know. @throws FrameError `FRAME_NOT_JSON`, `FRAME_UNKNOWN_TOPIC` */
export const readReply = (text: string): Reply => {
  const { found } = parseExact(text);
  const reply = isObject(found) ? found : {};
  const { stream: topic, method, error } = reply;
  if (typeof topic === 'string') return { kind: 'frame', topic };
  const reason = isObject(error) ? error.error : error;
  if (typeof reason === 'string') return { kind: 'refusal', method: typeof method === 'string' ? method : '', reason };
  throw new FrameError('FRAME_UNKNOWN_TOPIC', 'stream', topic, 'the topic of a stream');
};
