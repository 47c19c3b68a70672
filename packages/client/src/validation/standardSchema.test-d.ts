import { type Blockheight, blockheight, type OrderReport, orders, type Trade, trades } from '@dexwire/protocol';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { expectTypeOf, test } from 'vitest';
import { standardSchema } from './standardSchema.ts';

/** What a library makes of a schema that it is given. */
const parsed = <Schema extends StandardSchemaV1>(_: Schema): StandardSchemaV1.InferOutput<Schema> => {
  throw new Error('of types alone');
};

test('a schema fits the interface of the specification, with the type of its events', () => {
  const schema = standardSchema(trades);
  expectTypeOf(schema).toExtend<StandardSchemaV1<unknown, Trade[]>>();
  expectTypeOf<StandardSchemaV1.InferInput<typeof schema>>().toEqualTypeOf<unknown>();
  expectTypeOf<StandardSchemaV1.InferOutput<typeof schema>>().toEqualTypeOf<Trade[]>();
  expectTypeOf(standardSchema(orders)['~standard'].validate).returns.toExtend<StandardSchemaV1.Result<OrderReport[]>>();
});

test('libraries infer what comes out', () => {
  const read = () => parsed(standardSchema(blockheight));
  expectTypeOf(read).returns.toEqualTypeOf<Blockheight>();
});
