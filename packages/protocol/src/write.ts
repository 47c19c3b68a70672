/**
 * The writer: the frame of an event, byte for byte as the venue wrote it.
 * In: a stream and its data. Out: the text of a frame, or the data as an object with the wire's keys.
 *
 * Only the modern form is written: codes for side, type and time in force, one object for `accounts`, `[]` for no levels.
 */
import type { Field, Level, Node } from './schema.ts';
import type { Stream } from './stream.ts';

type Properties = Readonly<Record<string, unknown>>;

/** Symbols, ids, fees and addresses are of it: nothing in them is escaped. */
const PLAIN = /^[\w.:;#-]*$/;

/** JSON text as Go's encoder writes it, which the gateway seems to be made with: signs of HTML are escaped. Spec §4. */
const quote = (text: string): string => (PLAIN.test(text) ? `"${text}"` : quoteAny(text));

const quoteAny = (text: string): string =>
  JSON.stringify(text).replace(/\\[bf]|\\.|[<>&\u2028\u2029]/g, (token) => {
    if (token === '\\b') return '\\u0008';
    if (token === '\\f') return '\\u000c';
    return token[0] === '\\' ? token : `\\u${token.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });

const writeLevel = ([price, quantity]: Level): string => `["${price}","${quantity}"]`;

const writeNode = (node: Node, value: unknown): string => {
  switch (node.kind) {
    case 'text':
      return quote(value as string);
    case 'decimal':
    case 'word':
      return `"${value}"`;
    case 'code':
      return String(node.words.indexOf(value as string));
    case 'list':
      return `[${(value as readonly unknown[]).map((element) => writeNode(node.of, element)).join(',')}]`;
    case 'levels':
      return `[${(value as readonly Level[]).map(writeLevel).join(',')}]`;
    case 'record':
      return writeRecord(node.fields, value as Properties);
    default:
      return String(value);
  }
};

const writeRecord = (fields: readonly Field<unknown>[], event: Properties): string => {
  let text = '';
  for (const { key, name, shape } of fields) {
    const value = event[name];
    if (value !== undefined) text += `${text === '' ? '' : ','}"${key}":${writeNode(shape.node, value)}`;
  }
  return `{${text}}`;
};

/**
 * The frame of a stream's data. What `decode` gave is written back as it was, if it was of recorded form.
 *
 * @param data - Taken as it is: `check` tells whether it can be written.
 */
export const encode = <Data>(stream: Stream<Data>, data: Data): string =>
  `{"stream":"${stream.topic}","data":${writeNode(stream.data.node, data)}}`;

const wireNode = (node: Node, value: unknown): unknown => {
  if (node.kind === 'code') return node.words.indexOf(value as string);
  if (node.kind === 'list') return (value as readonly unknown[]).map((element) => wireNode(node.of, element));
  if (node.kind !== 'record') return value;
  const event = value as Properties;
  return Object.fromEntries(
    node.fields
      .filter(({ name }) => event[name] !== undefined)
      .map(({ key, name, shape }) => [key, wireNode(shape.node, event[name])]),
  );
};

/** A stream's data with the wire's own keys, int64 as bigint: `{ e: 'trade', E: 7549438, … }`. */
export const toWire = <Data>(stream: Stream<Data>, data: Data): unknown => wireNode(stream.data.node, data);

/**
 * Any event as JSON text, nothing rounded: nanoseconds are written as the digits of a number.
 *
 * @param event - What `decode` or a subscription gave, or a list of it.
 */
export const toJson = (event: unknown): string =>
  typeof event === 'bigint'
    ? String(event)
    : Array.isArray(event)
      ? `[${event.map(toJson).join(',')}]`
      : typeof event === 'object' && event !== null
        ? `{${Object.entries(event)
            .filter(([, value]) => value !== undefined)
            .map(([name, value]) => `${JSON.stringify(name)}:${toJson(value)}`)
            .join(',')}}`
        : (JSON.stringify(event) ?? 'null');
