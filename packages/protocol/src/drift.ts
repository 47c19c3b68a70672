/**
 * What in a frame is not as the venue writes it: what the tolerant reader takes silently, and what it refuses.
 * In: a stream and a frame's text. Out: each place that differs from the stream's table, which is what `jsonSchema` describes,
 * with no keys besides.
 */
import { FrameError } from './errors.ts';
import { DECIMAL_TEXT, isObject, parseExact, readInt64 } from './fields.ts';
import { decodeFast } from './frame.ts';
import type { Field, Node } from './schema.ts';
import type { Stream } from './stream.ts';

/**
 * `newKey`: a key that the table has not; `missingKey`: one that it has and that must be there; `changedType`: a value of
 * another kind, or none of the words there are; `keyOrder`: all well, in another order, which only makes reading slower.
 */
export type DriftKind = 'newKey' | 'missingKey' | 'changedType' | 'keyOrder';

/** One place in one frame. */
export interface Drift {
  readonly kind: DriftKind;
  /** Such as `data[0].Z`. */
  readonly path: string;
  /** In words, such as `decimal text`. */
  readonly expected: string;
  /** The value itself, as `JSON.parse` gives it, but a long integer as bigint; `undefined` if there is none. */
  readonly found: unknown;
}

/** Of an integer longer than this, which is no int64, the rounded value will do. */
const DIGITS = 20;

const shownOf = (found: unknown, exact: unknown): unknown =>
  typeof found === 'number' && typeof exact === 'string' && exact.length <= DIGITS ? BigInt(exact) : found;

type OnDrift = (drift: Drift) => void;

const ENVELOPE = ['stream', 'data'];

const wordsOf = (words: readonly (string | undefined)[]): string => words.filter(Boolean).join(', ');

/** What a value of a node is called; of lists and objects only their kind. */
const formOf = (node: Node): string => {
  switch (node.kind) {
    case 'text':
      return 'text';
    case 'decimal':
      return 'decimal text';
    case 'integer':
      return 'a whole number';
    case 'int64':
      return 'an int64';
    case 'boolean':
      return 'true or false';
    case 'word':
      return `one of ${wordsOf(node.words)}`;
    case 'code':
      return `the code of ${wordsOf(node.words)}`;
    case 'list':
    case 'levels':
      return 'a list';
    case 'record':
      return 'an object';
  }
};

const isInt64 = (found: unknown, exact: unknown): boolean => {
  try {
    readInt64(found, exact, '');
    return true;
  } catch {
    return false;
  }
};

const isOf = (node: Node, found: unknown, exact: unknown): boolean => {
  switch (node.kind) {
    case 'text':
      return typeof found === 'string';
    case 'decimal':
      return typeof found === 'string' && DECIMAL_TEXT.test(found);
    case 'integer':
      return Number.isSafeInteger(found) && (found as number) >= 0;
    case 'int64':
      return isInt64(found, exact);
    case 'boolean':
      return typeof found === 'boolean';
    case 'word':
      return node.words.includes(found as string);
    case 'code':
      return typeof found === 'number' && node.words[found] !== undefined;
    case 'list':
    case 'levels':
      return Array.isArray(found);
    case 'record':
      return isObject(found);
  }
};

const isLevel = (found: unknown): boolean =>
  Array.isArray(found) &&
  found.length === 2 &&
  found.every((value) => typeof value === 'string' && DECIMAL_TEXT.test(value));

const walkRecord = (
  fields: readonly Field<unknown>[],
  found: Readonly<Record<string, unknown>>,
  exact: Readonly<Record<string, unknown>>,
  path: string,
  onDrift: OnDrift,
): void => {
  let last = -1;
  let inOrder = true;
  for (const key of Object.keys(found)) {
    const place = fields.findIndex((field) => field.key === key);
    if (place < 0) {
      onDrift({
        kind: 'newKey',
        path: `${path}.${key}`,
        expected: 'no such key',
        found: shownOf(found[key], exact[key]),
      });
      continue;
    }
    if (place < last) inOrder = false;
    last = place;
  }
  if (!inOrder) {
    const keys = fields.map(({ key }) => key).join();
    onDrift({ kind: 'keyOrder', path, expected: keys, found: Object.keys(found).join() });
  }
  for (const { key, shape, optional } of fields) {
    if (Object.hasOwn(found, key)) walk(shape.node, found[key], exact[key], `${path}.${key}`, onDrift);
    else if (!optional) {
      onDrift({ kind: 'missingKey', path: `${path}.${key}`, expected: formOf(shape.node), found: undefined });
    }
  }
};

const walk = (node: Node, found: unknown, exact: unknown, path: string, onDrift: OnDrift): void => {
  if (!isOf(node, found, exact)) {
    onDrift({ kind: 'changedType', path, expected: formOf(node), found: shownOf(found, exact) });
    return;
  }
  const elements = found as readonly unknown[];
  switch (node.kind) {
    case 'list':
      for (const [index, element] of elements.entries())
        walk(node.of, element, (exact as readonly unknown[])[index], `${path}[${index}]`, onDrift);
      return;
    case 'levels':
      for (const [index, level] of elements.entries())
        if (!isLevel(level))
          onDrift({ kind: 'changedType', path: `${path}[${index}]`, expected: '[price, quantity]', found: level });
      return;
    case 'record':
      walkRecord(
        node.fields,
        found as Readonly<Record<string, unknown>>,
        exact as Readonly<Record<string, unknown>>,
        path,
        onDrift,
      );
  }
};

/**
 * Finds every place of a frame that differs from the stream's table. What the fast reader takes differs nowhere, so most
 * frames cost no more than to be read once again.
 *
 * @throws FrameError `FRAME_NOT_JSON`, `FRAME_UNKNOWN_TOPIC` if the frame is another stream's.
 */
export const findDrift = (stream: Stream, text: string, onDrift: OnDrift): void => {
  if (decodeFast(stream, text) !== undefined) return;
  const { found, exact } = parseExact(text);
  const frame = isObject(found) ? found : {};
  const { stream: topic, data } = frame;
  if (topic !== stream.topic && (topic === undefined || topic !== stream.alias)) {
    throw new FrameError('FRAME_UNKNOWN_TOPIC', 'stream', topic, stream.topic);
  }
  for (const key of Object.keys(frame)) {
    if (!ENVELOPE.includes(key)) onDrift({ kind: 'newKey', path: key, expected: 'no such key', found: frame[key] });
  }
  const { node } = stream.data;
  if (Object.hasOwn(frame, 'data')) walk(node, data, (exact as typeof frame).data, 'data', onDrift);
  else onDrift({ kind: 'missingKey', path: 'data', expected: formOf(node), found: undefined });
};
