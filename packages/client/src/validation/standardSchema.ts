/**
 * A stream's reader in the form that validating libraries agreed on: Standard Schema, version 1, https://standardschema.dev.
 * In: a stream. Out: an object with `~standard`, which tRPC, form libraries and the like take as a schema.
 */
import { type DataOf, decode, decodeData, FrameError, type Stream } from '@dexwire/protocol';

/** What was wrong, and where. The first place only: a reader stops there. */
export interface SchemaIssue {
  readonly message: string;
  /** Such as `['data', 0, 'p']`; of data without its frame `[0, 'p']`. */
  readonly path: readonly (string | number)[];
}

export type SchemaResult<Data> =
  | { readonly value: Data; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** Fits `StandardSchemaV1<unknown, Data>` of `@standard-schema/spec`. */
export interface StreamSchema<Data> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: 'dexwire';
    readonly validate: (value: unknown) => SchemaResult<Data>;
    /** Of types alone: it is never there. */
    readonly types?: { readonly input: unknown; readonly output: Data } | undefined;
  };
}

const isFrame = (value: unknown): value is { readonly stream: unknown; readonly data: unknown } =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, 'stream') && Object.hasOwn(value, 'data');

const keysOf = (path: string): (string | number)[] =>
  Array.from(path.matchAll(/\[(\d+)\]|[^.[\]]+/g), ([key, index]) => (index === undefined ? key : Number(index)));

/**
 * The schema of a stream's data, from the wire to typed events. It takes
 *
 * - text: a whole frame, as it came. Nothing is lost of it, so it is the right input for `orders` and `trades`;
 * - a parsed frame, `{ stream, data }`, or its `data` alone. An int64 must be a bigint or text of its digits: a number past
 *   2^53 was rounded when it was parsed, and is an issue.
 *
 * As tolerant as `decode`: old words and further keys are no issue.
 *
 * @returns Validation is synchronous and never throws.
 */
export const standardSchema = <S extends Stream>(stream: S): StreamSchema<DataOf<S>> => {
  const read = (value: unknown): unknown => {
    if (typeof value === 'string') return decode(stream, value);
    if (!isFrame(value)) return decodeData(stream, value);
    const { stream: topic, data } = value;
    if (topic !== stream.topic && (topic === undefined || topic !== stream.alias)) {
      throw new FrameError('FRAME_UNKNOWN_TOPIC', 'stream', topic, stream.topic);
    }
    return decodeData(stream, data, 'data');
  };
  return {
    '~standard': {
      version: 1,
      vendor: 'dexwire',
      validate: (value) => {
        try {
          return { value: read(value) as DataOf<S> };
        } catch (error) {
          if (!(error instanceof FrameError)) throw error;
          return { issues: [{ message: error.message, path: keysOf(error.path) }] };
        }
      },
    },
  };
};
