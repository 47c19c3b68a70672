import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { decodeAddress, encodeAddress } from './address.ts';
import { formatOrderId, ownerAddress, parseOrderId } from './orderId.ts';

const INVALID = { name: 'ValueError', code: 'ORDER_ID_INVALID' };
const HEX = '1D518A2563B0CB912AD70DEB7A18CD7ED2FBB7D4';

// `b` with `ba` and `a` with `sa` of both recorded trades frames.
const RECORDED = [
  ['1D518A2563B0CB912AD70DEB7A18CD7ED2FBB7D4-11', 'tbnb', 'tbnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75jf06gw', 11],
  ['EA1AE716501D1DB0B9F295A30891D9E562828678-12', 'tbnb', 'tbnb1agdww9jsr5wmpw0jjk3s3yweu43g9pnc4p5kg7', 12],
  ['F36B58E668004610B5D1DB23A40B496DF27A4D91-91340', 'bnb', 'bnb17d443engqprppdw3mv36gz6fdhe85nv37p2xq4', 91340],
  ['E9F71B7AFD3325590624A692B7DF5B449AA9BA19-91463', 'bnb', 'bnb1a8m3k7haxvj4jp3y56ft0h6mgjd2nwsel6xsx8', 91463],
] as const;

test('the order ids of recorded trades name the buyer and the seller of the same frame', () => {
  for (const [id, prefix, address, sequence] of RECORDED) {
    assert.equal(ownerAddress(id, prefix), address);
    assert.deepEqual(parseOrderId(id), { owner: decodeAddress(address).bytes, sequence });
    assert.equal(formatOrderId(address, sequence), id);
  }
});

test('what is no order id is a typed error', () => {
  const bad = [
    '',
    '-',
    HEX,
    `${HEX}-`,
    `-11`,
    `${HEX}-x`,
    `${HEX}--1`,
    `${HEX}-1.5`,
    `${HEX}-007`,
    `${HEX}- 1`,
    `${HEX}-1\n`,
  ];
  for (const id of [
    ...bad,
    `${HEX.toLowerCase()}-11`,
    `${HEX}0-11`,
    `${HEX.slice(1)}-11`,
    `${HEX.replace('1', 'G')}-1`,
  ])
    assert.throws(() => parseOrderId(id), INVALID, id);
});

test('a sequence that a number would round is refused, not rounded', () => {
  assert.equal(parseOrderId(`${HEX}-9007199254740991`).sequence, Number.MAX_SAFE_INTEGER);
  assert.throws(() => parseOrderId(`${HEX}-9007199254740993`), INVALID);
  assert.throws(() => parseOrderId(`${HEX}-9223372036854775807`), INVALID);
});

test('an id is only made of twenty bytes and a whole sequence', () => {
  const owner = new Uint8Array(20);
  for (const sequence of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])
    assert.throws(() => formatOrderId(owner, sequence), INVALID);
  assert.throws(() => formatOrderId(new Uint8Array(19), 1), INVALID);
  assert.throws(() => formatOrderId('bnb1nobody', 1), { code: 'ADDRESS_INVALID' });
});

test('every owner and sequence survives the id, as bytes and as an address', () => {
  const owner = fc.uint8Array({ minLength: 20, maxLength: 20 });
  fc.assert(
    fc.property(owner, fc.maxSafeNat(), fc.constantFrom('bnb', 'tbnb'), (owner, sequence, prefix) => {
      const id = formatOrderId(owner, sequence);
      assert.deepEqual(parseOrderId(id), { owner, sequence });
      assert.equal(formatOrderId(ownerAddress(id, prefix), sequence), id);
      assert.equal(ownerAddress(id, prefix), encodeAddress(prefix, owner));
    }),
  );
});

test('any text at all is an order id that is written back as it was, or a typed error', () => {
  const near = fc.stringMatching(/^[0-9A-Fa]{39,41}-?[0-9]{0,17}$/);
  fc.assert(
    fc.property(fc.oneof(fc.string(), near), (text) => {
      let parts: ReturnType<typeof parseOrderId>;
      try {
        parts = parseOrderId(text);
      } catch (error) {
        assert.equal((error as { code?: unknown }).code, INVALID.code);
        return;
      }
      assert.equal(formatOrderId(parts.owner, parts.sequence), text);
    }),
  );
});
