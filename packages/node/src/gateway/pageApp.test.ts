import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Node, startNode } from '../node.ts';

let folder: string;
let node: Node;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dexwire-page-'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>a page</title>');
  writeFileSync(join(folder, 'index.js'), 'export {};');
  writeFileSync(join(folder, 'notes.txt'), 'of a kind that pages do not need');
  mkdirSync(join(folder, 'deeper'));
  node = await startNode({ port: 0, time: 'stepped', traders: false, dashboard: folder });
});
afterAll(async () => {
  await node?.close();
  rmSync(folder, { recursive: true });
});

const get = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(`http://127.0.0.1:${node.port}${path}`, { redirect: 'manual', ...init });

/** As it stands: `fetch` would put the path in order first. */
const status = (path: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: node.port, path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('error', reject).end();
  });

test('a folder is served at /dashboard/, each file with its type, and the name without a slash leads there', async () => {
  const page = await get('/dashboard/');
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(await page.text()).toContain('a page');
  expect((await get('/dashboard/index.js')).headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  const bare = await get('/dashboard?symbol=A_B');
  expect([bare.status, bare.headers.get('location')]).toEqual([302, '/dashboard/?symbol=A_B']);
});

test('nothing is served but files that lay in the folder itself when the node started', async () => {
  writeFileSync(join(folder, 'later.js'), 'export {};');
  for (const path of ['/dashboard/later.js', '/dashboard/notes.txt', '/dashboard/deeper', '/dashboard/deeper/'])
    expect([path, await status(path)]).toEqual([path, 404]);
  for (const path of [
    '/dashboard/../../etc/passwd',
    '/dashboard/..%2f..%2fetc%2fpasswd',
    '/dashboard/%00',
    '/dashboardx',
  ])
    expect([path, await status(path)]).toEqual([path, 404]);
  expect((await get('/dashboard/', { method: 'POST' })).status).toBe(404);
});

test('no other page may frame it, and it may load and call nothing but its node', async () => {
  const policy = (await get('/dashboard/')).headers.get('content-security-policy');
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toContain("default-src 'self'");
});

test('without a folder there is no page, and a folder without one is refused with what to do', async () => {
  const without = await startNode({ port: 0, time: 'stepped', traders: false });
  expect((await fetch(`http://127.0.0.1:${without.port}/dashboard/`)).status).toBe(404);
  await without.close();
  for (const [dashboard, message] of [
    [join(folder, 'deeper'), /has no index.html; build the page first/],
    [join(folder, 'none'), /cannot be read/],
  ] as const)
    await expect(startNode({ port: 0, dashboard })).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      message: expect.stringMatching(message),
    });
});
