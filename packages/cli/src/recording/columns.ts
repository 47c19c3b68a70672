/**
 * From a stream's table of fields to the columns of Parquet, so that each topic has exact types without a line of its own.
 * In: a node of the table. Out: elements of a schema, and what makes a value of a column from one of an event. Pure.
 */
import { type Decimal, decimalUnits, type Stream, ValueError } from '@dexwire/protocol';
import type { SchemaElement } from 'hyparquet-writer';

type Node = Stream['data']['node'];
type Fields = Extract<Node, { kind: 'record' }>['fields'];

/** Decimals that DECIMAL(38,8) cannot hold: by their paths, such as `bids.price`. */
export type Wide = ReadonlySet<string>;

/** A decimal that does not fit. It gets a column of text beside it, and all begins anew. */
export class TooWide extends Error {
  override readonly name = 'TooWide';
  readonly path: string;

  constructor(path: string) {
    super(`${path} has decimals that DECIMAL(38,8) cannot hold`);
    this.path = path;
  }
}

export interface Column {
  readonly name: string;
  /** The column itself, then what is below it. */
  readonly schema: readonly SchemaElement[];
  /** @param value - Of the event. @throws TooWide. */
  readonly of: (value: unknown) => unknown;
  /** Whether the library can tell the least and greatest value: not of bytes that stand for numbers. */
  readonly hasStatistics: boolean;
}

const SCALE = 8;
const PRECISION = 38;
/** As many hold all units of that precision. */
const BYTES = 16;
const BOUND = 10n ** BigInt(PRECISION);

type Repetition = 'REQUIRED' | 'OPTIONAL';

const TYPES = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT64' },
  // Until `published` gives it its older name too, the library takes our bytes as they are: making them took it half of all time.
  decimal: {
    type: 'FIXED_LEN_BYTE_ARRAY',
    type_length: BYTES,
    logical_type: { type: 'DECIMAL', precision: PRECISION, scale: SCALE },
  },
  nanoseconds: { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'NANOS' } },
  microseconds: { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MICROS' } },
  boolean: { type: 'BOOLEAN' },
} as const satisfies Record<string, Omit<SchemaElement, 'name'>>;

const same = (value: unknown): unknown => value;
const whole = (value: unknown): unknown => (value === undefined ? undefined : BigInt(value as number));

const scalar = (
  name: string,
  type: keyof typeof TYPES,
  of: Column['of'],
  repetition_type: Repetition = 'REQUIRED',
): Column => ({
  name,
  schema: [{ name, repetition_type, ...TYPES[type] }],
  of,
  hasStatistics: type !== 'decimal',
});

export const textColumn = (name: string, repetition: Repetition = 'REQUIRED'): Column =>
  scalar(name, 'text', same, repetition);
export const integerColumn = (name: string, repetition: Repetition = 'REQUIRED'): Column =>
  scalar(name, 'integer', whole, repetition);
/** Of microseconds since the Unix epoch. */
export const timeColumn = (name: string): Column => scalar(name, 'microseconds', whole);

/** Prices and quantities come again and again. */
const MOST_KNOWN = 65_536;
const known = new Map<string, Uint8Array | undefined>();

/** Big-endian, two's complement; `undefined` for one that does not fit. */
const bytesOf = (value: Decimal): Uint8Array | undefined => {
  if (known.has(value)) return known.get(value);
  if (known.size >= MOST_KNOWN) known.clear();
  const bytes = madeOf(value);
  known.set(value, bytes);
  return bytes;
};

const madeOf = (value: Decimal): Uint8Array | undefined => {
  let units: bigint;
  try {
    units = decimalUnits(value, SCALE);
  } catch (error) {
    if (error instanceof ValueError) return undefined;
    throw error;
  }
  if (units <= -BOUND || units >= BOUND) return undefined;
  const bytes = new Uint8Array(BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigInt64(0, units >> 64n);
  view.setBigUint64(8, BigInt.asUintN(64, units));
  return bytes;
};

const decimalColumns = (name: string, path: string, wide: Wide, repetition: Repetition): Column[] => {
  if (!wide.has(path)) {
    const of = (value: unknown): unknown => {
      const bytes = value === undefined ? undefined : bytesOf(value as Decimal);
      if (value !== undefined && bytes === undefined) throw new TooWide(path);
      return bytes;
    };
    return [scalar(name, 'decimal', of, repetition)];
  }
  const beside = (value: unknown): unknown =>
    value === undefined || bytesOf(value as Decimal) !== undefined ? undefined : value;
  return [
    scalar(name, 'decimal', (value) => (value === undefined ? undefined : bytesOf(value as Decimal)), 'OPTIONAL'),
    scalar(`${name}Text`, 'text', beside, 'OPTIONAL'),
  ];
};

/** The schema as it is to stand in a file: DuckDB knows decimals by their older name. */
export const published = (schema: readonly SchemaElement[]): SchemaElement[] =>
  schema.map((element) =>
    element.logical_type?.type === 'DECIMAL'
      ? { ...element, converted_type: 'DECIMAL', precision: PRECISION, scale: SCALE }
      : element,
  );

/** A column for each member that an object has, and where it comes from. */
type Members = readonly { readonly from: string | number; readonly column: Column }[];

const struct = (name: string, members: Members): Column => ({
  name,
  hasStatistics: members.every(({ column }) => column.hasStatistics),
  schema: [
    { name, repetition_type: 'REQUIRED', num_children: members.length },
    ...members.flatMap(({ column }) => column.schema),
  ],
  of: (value) =>
    Object.fromEntries(
      members.map(({ from, column }) => [
        column.name,
        column.of((value as Readonly<Record<string | number, unknown>>)[from]),
      ]),
    ),
});

const list = (name: string, element: Column): Column => ({
  name,
  hasStatistics: element.hasStatistics,
  schema: [
    { name, repetition_type: 'REQUIRED', converted_type: 'LIST', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    ...element.schema,
  ],
  of: (value) => (value as readonly unknown[]).map(element.of),
});

const membersOf = (fields: Fields, path: string, wide: Wide): Members =>
  fields.flatMap(({ name, shape, optional }) =>
    columnsOf(name, shape.node, `${path}${name}`, wide, optional ? 'OPTIONAL' : 'REQUIRED').map((column) => ({
      from: name,
      column,
    })),
  );

const columnsOf = (name: string, node: Node, path: string, wide: Wide, repetition: Repetition): Column[] => {
  switch (node.kind) {
    case 'decimal':
      return decimalColumns(name, path, wide, repetition);
    case 'integer':
      return [integerColumn(name, repetition)];
    case 'int64':
      return [scalar(name, 'nanoseconds', same, repetition)];
    case 'boolean':
      return [scalar(name, 'boolean', same, repetition)];
    case 'record':
      return [struct(name, membersOf(node.fields, `${path}.`, wide))];
    case 'list':
      return columnsOf('element', node.of, path, wide, 'REQUIRED').map((element) => list(name, element));
    case 'levels': {
      const level = ['price', 'quantity'].flatMap((member, from) =>
        decimalColumns(member, `${path}.${member}`, wide, 'REQUIRED').map((column) => ({ from, column })),
      );
      return [list(name, struct('element', level))];
    }
    default:
      return [textColumn(name, repetition)];
  }
};

/** The columns of a stream's events, each of a member. */
export const eventColumns = ({ data: { node } }: Stream, wide: Wide): Members => {
  const event = node.kind === 'list' ? node.of : node;
  return event.kind === 'record' ? membersOf(event.fields, '', wide) : [];
};
