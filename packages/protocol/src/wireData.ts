/**
 * A stream's data that somebody else has parsed, such as a body of another library or a row of a store.
 * In: a stream and the parsed value, long integers as bigint or text. Out: its events, as `decode` gives them.
 */
import { isObject } from './fields.ts';
import type { Node } from './schema.ts';
import type { Stream } from './stream.ts';

const INTEGER_TEXT = /^(?:0|-?[1-9]\d{0,18})$/;

/**
 * The two readings that the tolerant reader wants, see `fields.ts`: a bigint anywhere, and text where an int64 is due, is an
 * integer with all its digits. Walks no deeper than the table.
 */
const readingsOf = (node: Node, value: unknown): readonly [found: unknown, exact: unknown] => {
  if (typeof value === 'bigint') return [Number(value), String(value)];
  if (node.kind === 'int64' && typeof value === 'string' && INTEGER_TEXT.test(value)) return [Number(value), value];
  if (node.kind === 'list' && Array.isArray(value)) {
    const readings = value.map((element) => readingsOf(node.of, element));
    return [readings.map(([found]) => found), readings.map(([, exact]) => exact)];
  }
  if (node.kind === 'record' && Array.isArray(value) && value.length === 1 && isObject(value[0])) {
    const [found, exact] = readingsOf(node, value[0]);
    return [[found], [exact]];
  }
  if (node.kind === 'record' && isObject(value)) {
    const found = { ...value };
    const exact = { ...value };
    for (const { key, shape } of node.fields) {
      if (Object.hasOwn(value, key)) [found[key], exact[key]] = readingsOf(shape.node, value[key]);
    }
    return [found, exact];
  }
  return [value, value];
};

/**
 * The events of data with the wire's keys, as tolerant as `decode`: old words, numbers for ids, further keys.
 *
 * @param value - As `toWire` makes it: int64 as bigint. Text of its digits will do, and a number up to 2^53; a greater one was
 * rounded by whoever parsed it, and is refused.
 * @param path - Where the data stands, such as `data`.
 * @throws FrameError `FRAME_BAD_FIELD` with the place in the data, such as `[0].p`.
 */
export const decodeData = <Data>(stream: Stream<Data>, value: unknown, path = ''): Data => {
  const [found, exact] = readingsOf(stream.data.node, value);
  return stream.data.read(found, exact, path);
};
