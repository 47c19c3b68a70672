import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'vitest';
import type { Message } from './message.ts';
import { unsignedHash } from './unsignedHash.ts';

const FROM = 'tbnb10a6kkxlf823w9lwr6l9hzw4uyphcw7qzrud5rr';
const WITH = { sequence: 3, memo: 'hi', source: 0, chainId: 'Binance-Chain-Nile' };
const burn: Message = { type: 'burn', from: FROM, symbol: 'ABC-123', amount: 9_000_000_000_000_000_000n };

test('a hash is SHA-256 of the canonical text, in capitals', () => {
  const text = `{"chainId":"Binance-Chain-Nile","memo":"hi","message":{"amount":"9000000000000000000","from":"${FROM}","symbol":"ABC-123","type":"burn"},"sequence":3,"source":0}`;
  const hash = createHash('sha256').update(text).digest('hex').toUpperCase();
  assert.equal(unsignedHash(burn, WITH), hash);
});

test('the order in which members were written does not matter', () => {
  const other: Message = { amount: burn.amount, symbol: 'ABC-123', from: FROM, type: 'burn' };
  assert.equal(unsignedHash(other, WITH), unsignedHash(burn, WITH));
});

test('transactions that differ in anything have other hashes', () => {
  const hashes = [
    unsignedHash(burn, WITH),
    unsignedHash({ ...burn, type: 'mint' }, WITH),
    unsignedHash({ ...burn, amount: 1n }, WITH),
    unsignedHash(burn, { ...WITH, sequence: 4 }),
    unsignedHash(burn, { ...WITH, memo: '' }),
    unsignedHash(burn, { ...WITH, source: 1 }),
    unsignedHash(burn, { ...WITH, chainId: 'Binance-Chain-Tigris' }),
  ];
  assert.equal(new Set(hashes).size, hashes.length);
});

test('order of coins and of receivers counts, for it is part of the transaction', () => {
  const coin = (asset: string) => ({ asset, amount: 1n });
  const send = (...assets: string[]): Message => ({
    type: 'send',
    inputs: [{ address: FROM, coins: assets.map(coin) }],
    outputs: [{ address: FROM, coins: assets.map(coin) }],
  });
  assert.notEqual(unsignedHash(send('A', 'B'), WITH), unsignedHash(send('B', 'A'), WITH));
});
