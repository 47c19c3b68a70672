import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { addressOfPrivateKey } from '@dexwire/protocol/transactions';
import { test } from 'vitest';
import { devKey, devKeys } from './devKeys.ts';

test('a development key follows from its name alone', () => {
  const privateKey = createHash('sha256').update('dexwire dev account alice').digest('hex');
  assert.deepEqual(devKey('alice'), { name: 'alice', address: addressOfPrivateKey(privateKey, 'tbnb'), privateKey });
  assert.equal(devKey('alice').address, 'tbnb1f5x0fqe8kn29h3sanstdg2d9c3eyt9u7tn5ush');
  assert.equal(devKey('alice', 'bnb').address, addressOfPrivateKey(privateKey, 'bnb'));
});

test('people, traders and the validator have keys of their own', () => {
  const keys = devKeys();
  assert.deepEqual(
    keys.slice(0, 5).map(({ name }) => name),
    ['alice', 'bob', 'carol', 'dave', 'erin'],
  );
  for (const name of ['maker', 'whale', 'taker', 'noise', 'validator'])
    assert.ok(keys.some((key) => key.name === name));
  assert.equal(new Set(keys.map(({ address }) => address)).size, keys.length);
  assert.deepEqual(devKeys('tbnb'), keys);
});
