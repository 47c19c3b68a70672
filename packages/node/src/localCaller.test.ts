import assert from 'node:assert/strict';
import { Hono } from 'hono';
import { test } from 'vitest';
import { hostName, isLoopback, strangePageOf, strangerOf } from './localCaller.ts';

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
  const app = new Hono().get('/', (context) => context.json(strangerOf(context, hosts) === undefined));
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
  const app = new Hono().get('/', (context) => context.json(strangePageOf(context, hosts) === undefined));
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
  const foreign = [
    'https://example.org',
    'https://testnet-dex.binance.org',
    'http://10.0.0.7',
    'null',
    '',
    'localhost',
  ];
  for (const origin of [...foreign, 'https://example.org@localhost', 'http://localhost/', 'HTTP://LOCALHOST'])
    assert.equal(await isOwn({ host: '127.0.0.1', origin }), false, origin);
  assert.equal(await isOwn({ host: '127.0.0.1', origin: 'http://127.0.0.1:3000' }), true);
  assert.equal(await isOwn({ host: '127.0.0.1', origin: 'https://dex' }, ['dex']), true);
});

test('a page that keeps its origin to itself is none of our own either', async () => {
  const elsewhere = { host: '127.0.0.1', 'sec-fetch-site': 'cross-site' };
  assert.equal(await isOwn(elsewhere), false);
  for (const referer of ['https://example.org/page', 'nonsense', ''])
    assert.equal(await isOwn({ ...elsewhere, referer }), false, referer);
  assert.equal(await isOwn({ ...elsewhere, referer: 'http://localhost:5173/page' }), true, 'localhost asks 127.0.0.1');
  for (const site of ['same-origin', 'same-site', 'none'])
    assert.equal(await isOwn({ host: '127.0.0.1', 'sec-fetch-site': site }), true, site);
});

test('whoever is not let in is told what stood against him', async () => {
  const app = new Hono().get('/', (context) => context.text(strangerOf(context, []) ?? ''));
  const told = async (headers: Record<string, string>, remote = '127.0.0.1'): Promise<string> =>
    (await app.request('http://127.0.0.1/', { headers }, { remote })).text();
  assert.equal(await told({ origin: 'https://example.org' }), 'origin "https://example.org"');
  assert.equal(await told({ host: 'example.org' }), 'host "example.org"');
  assert.equal(await told({}, '10.0.0.7'), 'a caller on another machine');
});

test('a host is a name or an address, as URLs have it, and nothing more', () => {
  assert.equal(hostName('Dex.lan'), 'dex.lan');
  assert.equal(hostName('10.0.0.1'), '10.0.0.1');
  assert.equal(hostName('fd00::1'), '[fd00::1]');
  assert.equal(hostName('[fd00::1]'), '[fd00::1]');
  assert.equal(hostName('bücher.example'), 'xn--bcher-kva.example');
  for (const host of ['', '[::1]:80', '*.dex', 'dex:80', 'http://dex', 'a b', 'dex/', 'user@dex'])
    assert.equal(hostName(host), undefined, host);
});
