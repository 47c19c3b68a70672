import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { MAX_UNITS, StrictJson } from './strictJson.ts';

class Unfit extends Error {
  readonly path: string;
  constructor(path: string, problem: string) {
    super(problem);
    this.path = path;
  }
}

const json: StrictJson = new StrictJson((path, problem) => new Unfit(path, problem));

test('members are the required and the optional ones, with what is left out undefined', () => {
  assert.deepEqual(json.members({ a: 1 }, '', ['a'], ['b']), { a: 1, b: undefined });
  assert.throws(() => json.members({ b: 1 }, 'x', ['a'], ['b']), { path: 'x.a', message: /missing/ });
  assert.throws(() => json.members({ a: 1, c: 1 }, '', ['a'], ['b']), {
    path: 'c',
    message: 'unknown, expected only a, b',
  });
  assert.throws(() => json.members(Object.create({ a: 1 }), '', ['a']), { path: 'a', message: /missing/ });
  assert.throws(() => json.members([1], 'x[0]', []), { path: 'x[0]', message: 'found a list, expected an object' });
});

test('free names come in byte order', () => {
  assert.deepEqual(json.entries({ b: 1, a: 2, B: 3 }, ''), [
    ['B', 3],
    ['a', 2],
    ['b', 1],
  ]);
  assert.throws(() => json.entries(null, 'x'), { path: 'x', message: 'found null, expected an object' });
});

test('a long name or value is cut in what an error says', () => {
  const long = 'x'.repeat(10_000);
  for (const read of [() => json.members({ [long]: 1 }, '', []), () => json.units(long, 'a')])
    assert.throws(read, (error) => error instanceof Unfit && error.message.length + error.path.length < 300);
});

test('an address is given in lower case, and may be asked to be of one network', () => {
  const address = 'tbnb10a6kkxlf823w9lwr6l9hzw4uyphcw7qzrud5rr';
  assert.equal(json.address(address.toUpperCase(), ''), address);
  assert.throws(() => json.address(address, 'to', 'bnb'), { path: 'to', message: /expected an address such as bnb1/ });
});

test('any amount of the chain survives its text, and no other has one', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: MAX_UNITS }), (units) => {
      assert.equal(json.units(json.decimal(units, ''), ''), units);
    }),
  );
  for (const units of [-1n, MAX_UNITS + 1n]) assert.throws(() => json.decimal(units, 'a'), { path: 'a' });
});
