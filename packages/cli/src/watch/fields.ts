/**
 * `--fields`: the members of events that were asked for.
 * In: names with commas between, the streams they are of. Out: what picks them; a `CliError` `USAGE` for one that none has.
 */
import type { Stream } from '@dexwire/protocol';
import { CliError } from '../errors.ts';

export type Field = readonly [name: string, path: readonly string[]];

type Node = Stream['data']['node'];

/** Names that lead to a value, `kline.close` among them. */
const namesIn = (node: Node, before = ''): string[] => {
  if (node.kind === 'list') return before === '' ? namesIn(node.of) : [];
  if (node.kind !== 'record') return [];
  return node.fields.flatMap(({ name, shape }) => [`${before}${name}`, ...namesIn(shape.node, `${before}${name}.`)]);
};

/** What every line has besides its event. */
const OWN_FIELDS: readonly string[] = ['kind', 'stream', 'repaired'];

/** @throws CliError `USAGE`. */
export const fieldsOf = (text: string, streams: readonly Stream[]): Field[] => {
  const known = new Set([...OWN_FIELDS, ...streams.flatMap(({ data }) => namesIn(data.node))]);
  const names = text.split(',').map((name) => name.trim());
  for (const name of names) {
    if (known.has(name)) continue;
    throw new CliError(
      'USAGE',
      `--fields: there is no ${name || 'field without a name'}; there are ${[...known].join(', ')}`,
    );
  }
  return names.map((name) => [name, name.split('.')]);
};

export const pick = (from: object, [, path]: Field): unknown => {
  let value: unknown = from;
  for (const name of path) value = (value as Record<string, unknown> | undefined)?.[name];
  return value;
};
