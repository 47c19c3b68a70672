/**
 * JSON Schema, as far as replies need it.
 * In: what a value is. Out: a schema of 2020-12, the dialect of OpenAPI 3.1.
 */

export type Schema = Readonly<Record<string, unknown>>;

/** What a type cannot say; an empty text says nothing. */
const about = (description: string): Schema => (description === '' ? {} : { description });

export const text = (description = '', more: Schema = {}): Schema => ({
  type: 'string',
  ...more,
  ...about(description),
});

export const wordOf = (words: readonly string[], description = ''): Schema => text(description, { enum: words });

export const whole = (description = '', more: Schema = {}): Schema => ({
  type: 'integer',
  ...more,
  ...about(description),
});

export const oneOfNumbers = (numbers: readonly number[], description = ''): Schema =>
  whole(description, { enum: numbers });

export const flag = (description = ''): Schema => ({ type: 'boolean', ...about(description) });

export const listOf = (items: Schema, more: Schema = {}): Schema => ({ type: 'array', items, ...more });

/** A list whose places differ. */
export const rowOf = (prefixItems: readonly Schema[]): Schema => ({
  type: 'array',
  prefixItems,
  items: false,
  minItems: prefixItems.length,
});

/** All members are there but the optional ones. */
export const objectOf = (
  members: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>> = {},
): Schema => ({
  type: 'object',
  properties: { ...members, ...optional },
  required: Object.keys(members),
});

export const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });

/** A schema among the components, by its name there. */
export const named = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
