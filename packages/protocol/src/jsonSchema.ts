/**
 * The published schema: a stream's frames described in JSON Schema (draft 2020-12).
 * In: a stream. Out: the schema of the modern form of its frames, as the wire has them.
 */
import type { Node } from './schema.ts';
import type { Stream } from './stream.ts';

/** A JSON Schema, or a part of one. */
export type JsonSchema = { readonly [keyword: string]: unknown };

const DECIMAL: JsonSchema = { type: 'string', pattern: '^-?\\d+(\\.\\d+)?$' };

const schemaOf = (node: Node): JsonSchema => {
  switch (node.kind) {
    case 'text':
      return { type: 'string' };
    case 'decimal':
      return DECIMAL;
    case 'integer':
      return { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
    case 'int64':
      // Bounds past 2^53 cannot be written exactly in what most validators read.
      return { type: 'integer', format: 'int64' };
    case 'boolean':
      return { type: 'boolean' };
    case 'word':
      return { enum: node.words };
    case 'code':
      return {
        enum: node.words.flatMap((word, place) => (word === undefined ? [] : [place])),
        description: node.words.flatMap((word, place) => (word === undefined ? [] : [`${place} ${word}`])).join(', '),
      };
    case 'list':
      return { type: 'array', items: schemaOf(node.of) };
    case 'levels':
      return { type: 'array', items: { type: 'array', prefixItems: [DECIMAL, DECIMAL], minItems: 2, maxItems: 2 } };
    case 'record':
      return {
        type: 'object',
        properties: Object.fromEntries(
          node.fields.map(({ key, name, shape }) => [key, { title: name, ...schemaOf(shape.node) }]),
        ),
        required: node.fields.filter(({ optional }) => !optional).map(({ key }) => key),
      };
  }
};

/** The JSON Schema of a stream's frames. Keys that a venue adds are allowed. */
export const jsonSchema = (stream: Stream): JsonSchema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: stream.topic,
  type: 'object',
  properties: { stream: { const: stream.topic }, data: schemaOf(stream.data.node) },
  required: ['stream', 'data'],
});
