import assert from 'node:assert/strict';
import { Hono } from 'hono';
import { test } from 'vitest';
import { isLocalCaller, isLoopback, isOwnPage } from './localCaller.ts';

test('this machine is known in both families of addresses, and no other is taken for it', () => {
  for (const own of ['127.0.0.1', '127.255.0.9', '::1', '::ffff:127.0.0.1']) assert.ok(isLoopback(own), own);
  for (const other of ['10.0.0.1', '1127.0.0.1', '::', '::11', '::ffff:10.0.0.1', 'fe80::1', ''])
    assert.ok(!isLoopback(other), other);
});

const isLet = async (
  headers: Record<string, string>,
  hosts: readonly string[] = [],
  remote?: string,
): Promise<boolean> => {
  const app = new Hono().get('/', (context) => context.json(isLocalCaller(context, hosts)));
  const env = remote === undefined ? {} : { remote };
  return (await app.request('http://127.0.0.1:27100/', { headers }, env)).json();
};

test('programs on this machine are let in by any of its own names, with any port', async () => {
  for (const host of ['localhost', 'localhost:27100', '127.0.0.1:1', '127.1.2.3', '[::1]:27100', 'LOCALHOST'])
    assert.equal(await isLet({ host }), true, host);
});

test('a name that is made to point here is not let in, unless it is configured', async () => {
  for (const host of ['example.org', 'localhost.example.org', '127.0.0.1.example.org', '10.0.0.1', 'a b', '', 'dex'])
    assert.equal(await isLet({ host }), false, host);
  assert.equal(await isLet({ host: 'dex:27100' }, ['dex']), true);
  assert.equal(await isLet({ host: 'dex' }, ['DEX']), true);
});

test('a page from elsewhere is not let in, and a page of this machine is', async () => {
  assert.equal(await isLet({ host: '127.0.0.1', origin: 'https://example.org' }), false);
  assert.equal(await isLet({ host: '127.0.0.1', origin: 'null' }), false);
  assert.equal(await isLet({ host: '127.0.0.1', origin: 'http://localhost:5173' }), true);
});

test('another machine is not let in, by whatever name it calls, until hosts are configured', async () => {
  assert.equal(await isLet({ host: 'localhost' }, [], '10.0.0.7'), false);
  assert.equal(await isLet({ host: 'localhost' }, [], '::ffff:127.0.0.1'), true);
  assert.equal(await isLet({ host: 'dex' }, ['dex'], '10.0.0.7'), true);
});

const isOwn = async (headers: Record<string, string>, hosts: readonly string[] = []): Promise<boolean> => {
  const app = new Hono().get('/', (context) => context.json(isOwnPage(context, hosts)));
  return (await app.request('http://127.0.0.1:27100/', { headers }, { remote: '10.0.0.7' })).json();
};

test('a program may call by an address or by the name of the venue, and by no name that others can point here', async () => {
  for (const host of ['127.0.0.1:27100', '10.0.0.1', '[fe80::1]:27100', 'testnet-dex.binance.org', 'localhost'])
    assert.equal(await isOwn({ host }), true, host);
  for (const host of ['example.org', 'binance.org.example.org', 'notbinance.org', '10.0.0.1.example.org', 'a b'])
    assert.equal(await isOwn({ host }), false, host);
  assert.equal(await isOwn({ host: 'dex:27100' }, ['dex']), true);
});

test('the page of another origin is none of our own, whatever it calls this machine', async () => {
  for (const origin of ['https://example.org', 'https://testnet-dex.binance.org', 'http://10.0.0.7', 'null'])
    assert.equal(await isOwn({ host: '127.0.0.1', origin }), false, origin);
  assert.equal(await isOwn({ host: '127.0.0.1', origin: 'http://127.0.0.1:3000' }), true);
  assert.equal(await isOwn({ host: '127.0.0.1', origin: 'https://dex' }, ['dex']), true);
});
