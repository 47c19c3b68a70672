import assert from 'node:assert/strict';
import { bech32, bech32m } from '@scure/base';
import fc from 'fast-check';
import { test } from 'vitest';
import { decodeAddress, encodeAddress, isAddress } from './address.ts';

const INVALID = { name: 'ValueError', code: 'ADDRESS_INVALID' };
const TESTNET = 'tbnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75jf06gw';
const MAINNET = 'bnb17d443engqprppdw3mv36gz6fdhe85nv37p2xq4';
const bytes = fc.uint8Array({ minLength: 20, maxLength: 20 });
const prefix = fc.constantFrom('bnb', 'tbnb', 'cosmos', 'a1b');

test('recorded addresses decode to twenty bytes and encode back', () => {
  for (const [address, prefix] of [
    [TESTNET, 'tbnb'],
    [MAINNET, 'bnb'],
  ] as const) {
    const parts = decodeAddress(address);
    assert.equal(parts.prefix, prefix);
    assert.equal(parts.bytes.length, 20);
    assert.equal(encodeAddress(parts.prefix, parts.bytes), address);
    assert.equal(isAddress(address), true);
    assert.equal(isAddress(address, prefix), true);
    assert.equal(isAddress(address, prefix === 'bnb' ? 'tbnb' : 'bnb'), false);
  }
});

test('an address in capitals is the same address, and is written in lower case', () => {
  const { prefix, bytes } = decodeAddress(MAINNET.toUpperCase());
  assert.equal(encodeAddress(prefix, bytes), MAINNET);
  assert.equal(isAddress(MAINNET.toUpperCase(), 'bnb'), true);
});

test('what is no address is a typed error that keeps its cause', () => {
  const nineteen = bech32.encode('bnb', bech32.toWords(new Uint8Array(19)));
  const taproot = bech32m.encode('bnb', bech32m.toWords(new Uint8Array(20)));
  const bad = [
    '',
    'bnb',
    'bnb1',
    'BNB_BTCB-1DE',
    nineteen,
    taproot,
    ` ${MAINNET}`,
    `${MAINNET}\n`,
    'x'.repeat(1_000_000),
  ];
  for (const text of [...bad, MAINNET.replace('d', 'D'), MAINNET.replace('17d', '17e'), MAINNET.slice(0, -1)]) {
    assert.throws(() => decodeAddress(text), INVALID);
    assert.equal(isAddress(text), false);
  }
  assert.throws(
    () => decodeAddress('bnb1'),
    (error: Error) => error.cause instanceof Error,
  );
  for (const other of [undefined, null, 5, [MAINNET], { toString: () => MAINNET }])
    assert.equal(isAddress(other), false);
});

test('only twenty bytes behind a usable prefix are encoded', () => {
  for (const length of [0, 19, 21]) assert.throws(() => encodeAddress('bnb', new Uint8Array(length)), INVALID);
  for (const prefix of ['', 'a b', 'é', 'x'.repeat(60)])
    assert.throws(() => encodeAddress(prefix, new Uint8Array(20)), INVALID);
});

test('any twenty bytes survive the text, under any prefix', () => {
  fc.assert(
    fc.property(prefix, bytes, (prefix, bytes) => {
      assert.deepEqual(decodeAddress(encodeAddress(prefix, bytes)), { prefix, bytes });
    }),
  );
});

test('a changed letter never yields an address', () => {
  const letters = [...'qpzry9x8gf2tvdw0s3jn54khce6mua7l'];
  fc.assert(
    fc.property(bytes, fc.nat({ max: 37 }), fc.constantFrom(...letters), (bytes, place, letter) => {
      const address = encodeAddress('bnb', bytes);
      const changed = `bnb1${address.slice(4, 4 + place)}${letter}${address.slice(5 + place)}`;
      assert.equal(isAddress(changed), changed === address);
    }),
  );
});

test('any text at all is an address or a typed error', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^t?bnb1[02-9ac-hj-np-z]{30,40}$/)), (text) => {
      if (isAddress(text)) assert.equal(decodeAddress(text).bytes.length, 20);
      else assert.throws(() => decodeAddress(text), INVALID);
    }),
  );
});
