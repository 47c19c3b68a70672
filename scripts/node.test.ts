import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { makeCertificate } from '../packages/node/src/gateway/certificate.ts';
import { RawClient } from '../tests/support/rawClient.ts';

const SCRIPT = fileURLToPath(new URL('dist/node.js', import.meta.url));
/** A rejection that nobody handles ends the process, whatever else would have looked at it. */
const STRICT = '--unhandled-rejections=strict';

const run = (...args: string[]) => {
  const child = spawn(process.execPath, [STRICT, SCRIPT, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const lines: string[] = [];
  const output = createInterface(child.stdout);
  output.on('line', (line) => lines.push(line));
  const ended = once(child, 'close').then(([code]) => ({ code, lines, stderr }));
  return { child, ended, firstLine: once(output, 'line').then(([line]) => JSON.parse(line)) };
};

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`the node prints one line of JSON when it is ready, and ${signal} ends it cleanly with its clients`, async () => {
    const { child, ended, firstLine } = run('--port', '0', '--recordings', '--seed', '7');
    const ready = await firstLine;
    expect(Object.keys(ready)).toEqual(['ws', 'stream', 'rest', 'symbols', 'accounts']);
    expect(ready.accounts[0]).toEqual({ name: 'trader', address: 'tbnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75jf06gw' });
    const client = await RawClient.open(`${ready.stream}?streams=$all@blockheight`);
    await client.has(1);
    child.kill(signal);
    expect(await client.closing).toEqual({ code: 1001, reason: 'going away' });
    const { code, lines, stderr } = await ended;
    expect([code, lines.length, stderr]).toEqual([0, 1, '']);
  });
}

test('without recordings it is a DEX of its own: REST answers, traders trade, keys of accounts are told', async () => {
  const { child, ended, firstLine } = run('--port', '0', '--seed', '7', '--entry', '--control');
  const ready = await firstLine;
  expect(Object.keys(ready)).toEqual(['ws', 'stream', 'rest', 'symbols', 'accounts', 'idleAccounts']);
  expect(ready.accounts[0]).toEqual({
    name: 'alice',
    address: expect.stringMatching(/^tbnb1/),
    privateKey: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  const client = await RawClient.open(`${ready.stream}?streams=${ready.symbols[0]}@trades`);
  await client.has(1);
  const markets = await (await fetch(`${ready.rest}/markets`)).json();
  expect(markets.length).toBeGreaterThan(5);
  const base = new URL(ready.rest).origin;
  const entered = await fetch(`${base}/entry/transactions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      type: 'send',
      from: ready.idleAccounts[0].address,
      to: [{ address: ready.accounts[0].address, coins: [{ asset: 'BNB', amount: '1.5' }] }],
    }),
  });
  expect([entered.status, await entered.json()]).toEqual([200, expect.objectContaining({ ok: true, code: 0 })]);
  expect(await (await fetch(`${base}/healthz`)).json()).toMatchObject({ ok: true });
  expect(await (await fetch(`${base}/metrics`)).text()).toMatch(/^dexwire_trades_total [1-9]/m);
  expect((await (await fetch(`${base}/control/sessions`)).json()).sessions).toHaveLength(1);
  child.kill('SIGTERM');
  expect((await ended).code).toBe(0);
});

test('by a name of --hosts, and by no other, pages may trade', async () => {
  const { child, ended, firstLine } = run('--port', '0', '--no-traders', '--hosts', 'dex, dex.lan');
  const { rest } = await firstLine;
  const statusFor = async (host: string): Promise<number | undefined> => {
    const [response] = await once(
      request(`${rest}/broadcast`, { method: 'POST', headers: { host } }).end('00'),
      'response',
    );
    response.resume();
    return response.statusCode;
  };
  // Let in, and told that this is no transaction; or not let in.
  expect(await Promise.all(['dex', 'dex.lan:27100', 'example.org'].map(statusFor))).toEqual([400, 400, 403]);
  child.kill('SIGTERM');
  expect((await ended).code).toBe(0);
});

test('with --tls the URLs are wss and https, and whom to trust stands in the line; no private key of it does', async () => {
  const { child, ended, firstLine } = run('--port', '0', '--recordings', '--tls');
  const ready = await firstLine;
  expect(Object.keys(ready)).toEqual(['ws', 'stream', 'rest', 'symbols', 'accounts', 'ca']);
  expect([ready.ws, ready.stream, ready.rest].map((url) => new URL(url).protocol)).toEqual(['wss:', 'wss:', 'https:']);
  const client = await RawClient.open(`${ready.stream}?streams=$all@blockheight`, { ca: ready.ca });
  await client.has(1);
  child.kill('SIGTERM');
  const { code, lines, stderr } = await ended;
  expect([code, stderr]).toEqual([0, '']);
  expect(lines.join()).not.toContain('PRIVATE KEY');
});

test('a certificate and its key come from files, and files that do not go together are told with what to do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dexwire-tls-'));
  const [{ ca, cert, key }, other] = await Promise.all([
    makeCertificate([], Date.now()),
    makeCertificate([], Date.now()),
  ]);
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const [certFile, keyFile, otherFile] = [file('cert.pem', cert), file('key.pem', key), file('other.pem', other.key)];
  const { child, ended, firstLine } = run('--port', '0', '--recordings', '--tls-cert', certFile, '--tls-key', keyFile);
  const ready = await firstLine;
  expect(ready).not.toHaveProperty('ca');
  const client = await RawClient.open(`${ready.stream}?streams=$all@blockheight`, { ca });
  await client.has(1);
  child.kill('SIGTERM');
  expect((await ended).code).toBe(0);
  const { code, stderr } = await run('--port', '0', '--recordings', '--tls-cert', certFile, '--tls-key', otherFile)
    .ended;
  rmSync(folder, { recursive: true });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^TLS_INVALID: key and certificate do not belong together; pass the key/);
});

test('a genesis that cannot be is told with its place, and nothing is left running', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dexwire-genesis-'));
  writeFileSync(join(folder, 'genesis.json'), '{"chainId":"x","tokens":[]}');
  const { code, stderr } = await run('--port', '0', '--genesis', join(folder, 'genesis.json')).ended;
  rmSync(folder, { recursive: true });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^GENESIS_INVALID at /);
});

test('a node that npm started ends when npm is gone, so that its port is free', async () => {
  const shell = spawn('sh', ['-c', '"$0" "$1" "$2" --port 0; true', process.execPath, STRICT, SCRIPT], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, npm_lifecycle_event: 'node' },
  });
  const [line] = await once(createInterface(shell.stdout), 'line');
  const client = await RawClient.open(JSON.parse(line).ws);
  shell.kill('SIGKILL');
  expect(await client.closing).toEqual({ code: 1001, reason: 'going away' });
  await once(shell, 'close');
});

test('bad arguments end with code 2 and say what would be good', async () => {
  const wrong = [
    [['--port', 'x'], '--port is a whole number from 0 to 65535, not x'],
    [['--port', '65536'], '--port is a whole number from 0 to 65535, not 65536'],
    [['--seed', '-1'], '--seed'],
    [['--rate', '1.5'], '--rate is a whole number from 0 to 1000'],
    [['--block-time', '0'], '--block-time is a whole number from 1'],
    [['--genesis', '/no/such/file'], '--genesis: ENOENT'],
    [['--tls-cert', SCRIPT], '--tls-cert needs its private key: give --tls-key too'],
    [['--tls-key', SCRIPT], '--tls-key is the key of a certificate: give --tls-cert too'],
    [['--tls-cert', '/no/such/file', '--tls-key', SCRIPT], '--tls-cert: ENOENT'],
    [['--tls', '--tls-cert', SCRIPT, '--tls-key', SCRIPT], '--tls makes a certificate'],
    [['--hosts', 'dex,http://dex'], '--hosts has names without port, with commas between, not dex,http://dex'],
    [['--nonsense'], '--nonsense'],
    [['--recordings', '--entry'], '--entry means nothing with --recordings'],
    [['stray'], 'stray'],
  ] as const;
  const endings = await Promise.all(wrong.map(([args]) => run(...args).ended));
  for (const [place, { code, lines, stderr }] of endings.entries()) {
    expect([code, lines]).toEqual([2, []]);
    expect(stderr).toContain(wrong[place]![1]);
    expect(stderr).toContain('Usage: npm run node');
  }
}, 60_000);

test('a taken port ends with code 1 and says so', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const { code, stderr } = await run('--port', String(port)).ended;
  expect(code).toBe(1);
  expect(stderr).toContain('LISTEN_FAILED');
  taken.close();
});
