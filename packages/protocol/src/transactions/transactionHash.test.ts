import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'vitest';
import type { Message } from './message.ts';
import { transactionHash } from './transactionHash.ts';

const FROM = 'tbnb10a6kkxlf823w9lwr6l9hzw4uyphcw7qzrud5rr';
const WITH = { sequence: 3, memo: 'hi', source: 0, chainId: 'Binance-Chain-Nile' };
const burn: Message = { type: 'burn', from: FROM, symbol: 'ABC-123', amount: 9_000_000_000_000_000_000n };

test('a hash is SHA-256 of the canonical text, in capitals', () => {
  const text = `{"chainId":"Binance-Chain-Nile","memo":"hi","message":{"amount":"9000000000000000000","from":"${FROM}","symbol":"ABC-123","type":"burn"},"sequence":3,"source":0}`;
  const hash = createHash('sha256').update(text).digest('hex').toUpperCase();
  assert.equal(transactionHash(burn, WITH), hash);
});

test('the order in which members were written does not matter', () => {
  const other: Message = { amount: burn.amount, symbol: 'ABC-123', from: FROM, type: 'burn' };
  assert.equal(transactionHash(other, WITH), transactionHash(burn, WITH));
});

test('transactions that differ in anything have other hashes', () => {
  const hashes = [
    transactionHash(burn, WITH),
    transactionHash({ ...burn, type: 'mint' }, WITH),
    transactionHash({ ...burn, amount: 1n }, WITH),
    transactionHash(burn, { ...WITH, sequence: 4 }),
    transactionHash(burn, { ...WITH, memo: '' }),
    transactionHash(burn, { ...WITH, source: 1 }),
    transactionHash(burn, { ...WITH, chainId: 'Binance-Chain-Tigris' }),
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
  assert.notEqual(transactionHash(send('A', 'B'), WITH), transactionHash(send('B', 'A'), WITH));
});
