/**
 * The runtime check of events: for whoever makes them, before they are written.
 * In: a stream and anything. Out: the same, typed, or a `FrameError` with the place in the event.
 */
import { FrameError } from './errors.ts';
import { DECIMAL_TEXT, isObject } from './fields.ts';
import type { Node } from './schema.ts';
import type { Stream } from './stream.ts';

const isInt64 = (value: unknown): boolean => typeof value === 'bigint' && BigInt.asIntN(64, value) === value;

const isDecimalText = (value: unknown): boolean => typeof value === 'string' && DECIMAL_TEXT.test(value);

const isLevel = (value: unknown): boolean => Array.isArray(value) && value.length === 2 && value.every(isDecimalText);

const demand = (holds: boolean, path: string, found: unknown, expected: string): void => {
  if (!holds) throw new FrameError('FRAME_BAD_FIELD', path, found, expected);
};

const elementsOf = (value: unknown, path: string): readonly unknown[] => {
  demand(Array.isArray(value), path, value, 'a list');
  return value as readonly unknown[];
};

const checkNode = (node: Node, value: unknown, path: string): void => {
  switch (node.kind) {
    case 'text':
      demand(typeof value === 'string', path, value, 'text');
      return;
    case 'decimal':
      demand(isDecimalText(value), path, value, 'decimal text');
      return;
    case 'integer':
      demand(Number.isSafeInteger(value) && (value as number) >= 0, path, value, 'a whole number');
      return;
    case 'int64':
      demand(isInt64(value), path, value, 'a bigint of 64 bits');
      return;
    case 'boolean':
      demand(typeof value === 'boolean', path, value, 'true or false');
      return;
    case 'word':
    case 'code': {
      const words = node.words.filter((word) => word !== undefined);
      demand(words.includes(value as string), path, value, words.join(', '));
      return;
    }
    case 'levels':
      for (const [index, level] of elementsOf(value, path).entries()) {
        demand(isLevel(level), `${path}[${index}]`, level, '[price, quantity]');
      }
      return;
    case 'list':
      for (const [index, element] of elementsOf(value, path).entries())
        checkNode(node.of, element, `${path}[${index}]`);
      return;
    case 'record': {
      demand(isObject(value), path, value, 'an object');
      const event = value as Readonly<Record<string, unknown>>;
      for (const { name, shape, optional } of node.fields) {
        if (optional && event[name] === undefined) continue;
        checkNode(shape.node, event[name], path === '' ? name : `${path}.${name}`);
      }
    }
  }
};

/**
 * Checks that a value is a stream's data, as `decode` gives it and `encode` takes it.
 *
 * @returns The value itself.
 * @throws FrameError `FRAME_BAD_FIELD` with the place in the event, such as `[0].price`.
 */
export const check = <Data>(stream: Stream<Data>, value: unknown): Data => {
  checkNode(stream.data.node, value, '');
  return value as Data;
};
