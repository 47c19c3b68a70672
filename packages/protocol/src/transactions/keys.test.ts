import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { isAddress } from '../address.ts';
import { KeyError } from '../errors.ts';
import { addressOfPrivateKey, addressOfPublicKey, publicKeyOf } from './keys.ts';

const KEY = '3dcc267e1f7edca86e03f0963b2d0b7804552d3014caddcfc435a4d7bc240cf5';
const PUBLIC = '02cce2ee4e37dc8c65d6445c966faf31ebfe578a90695138947ee7cab8ae9a2c08';
const ORDER = 'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141';
const INVALID = { name: 'KeyError', code: 'KEY_INVALID' };

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

test('the key of the worked example has its public key and its addresses on both networks', () => {
  assert.equal(Buffer.from(publicKeyOf(KEY)).toString('hex'), PUBLIC);
  assert.equal(addressOfPrivateKey(KEY, 'tbnb'), 'tbnb10a6kkxlf823w9lwr6l9hzw4uyphcw7qzrud5rr');
  assert.equal(addressOfPrivateKey(KEY, 'bnb'), 'bnb10a6kkxlf823w9lwr6l9hzw4uyphcw7qzdfysrj');
  assert.equal(addressOfPublicKey(bytesOf(PUBLIC), 'bnb'), 'bnb10a6kkxlf823w9lwr6l9hzw4uyphcw7qzdfysrj');
});

test('hex in either case and bytes are the same key', () => {
  assert.equal(addressOfPrivateKey(KEY.toUpperCase(), 'bnb'), addressOfPrivateKey(KEY, 'bnb'));
  assert.equal(addressOfPrivateKey(bytesOf(KEY), 'bnb'), addressOfPrivateKey(KEY, 'bnb'));
});

test('what is no private key is a typed error that shows nothing of it', () => {
  const bad = ['', KEY.slice(1), `0x${KEY}`, `${KEY}00`, `${KEY.slice(0, 63)}g`, ORDER, 'f'.repeat(64), '0'.repeat(64)];
  for (const key of [...bad, ...bad.map(bytesOf)]) {
    assert.throws(
      () => publicKeyOf(key),
      (error: unknown) => {
        assert.ok(error instanceof KeyError);
        assert.equal(error.code, INVALID.code);
        assert.equal(error.cause, undefined);
        assert.doesNotMatch(`${error.message}${error.stack}`, /3dcc267e|dca86e03|fffffff/i);
        return true;
      },
    );
  }
});

test('what is no compressed point is no public key', () => {
  for (const key of ['', PUBLIC.slice(2), `04${PUBLIC.slice(2)}`, `02${'f'.repeat(64)}`, `${PUBLIC}00`])
    assert.throws(() => addressOfPublicKey(bytesOf(key), 'bnb'), INVALID);
});

test('any 32 bytes are a key with an address, or a typed error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 31, maxLength: 33 }), (bytes) => {
      try {
        assert.equal(isAddress(addressOfPrivateKey(bytes, 'tbnb'), 'tbnb'), true);
        assert.equal(bytes.length, 32);
      } catch (error) {
        assert.ok(error instanceof KeyError);
      }
    }),
    { numRuns: 50 },
  );
});
