import { expect, test } from 'vitest';
import { ConnectionError } from './errors.ts';
import { networkOf } from './networks.ts';

test('a network is known by its name, by its URL, or by what the caller says of it', () => {
  expect(networkOf('local').ws).toBe('ws://127.0.0.1:27100/api/ws');
  expect(networkOf('mainnet').ws).toBe('wss://dex.binance.org/api/ws');
  expect(networkOf('testnet').ws).toBe('wss://testnet-dex.binance.org/api/ws');
  for (const ws of ['ws://127.0.0.1:1/api/ws', 'wss://node.test/ws?apikey=K', 'WSS://[::1]:8443']) {
    expect(networkOf(ws)).toEqual({ ws });
    const network = { ws, rest: 'http://node.test' };
    expect(networkOf(network)).toBe(network);
  }
});

test.each([
  '__proto__',
  'toString',
  'constructor',
  'Mainnet',
  '',
  'node.test/api/ws',
  'http://node.test/api/ws',
  'https://node.test/api/ws',
  'ws://',
  'ws://[',
  'ws://node.test:99999',
  'ws://node.test/ws#part',
  ' ws://node.test ',
])('%j is no network, and the error says at once what to pass', (text) => {
  for (const target of [text, { ws: text }]) {
    expect(() => networkOf(target)).toThrow(ConnectionError);
    expect(() => networkOf(target)).toThrow(
      `CONNECT_FAILED: ${text}: pass local, mainnet, testnet, or a ws:// or wss:// URL`,
    );
  }
});
