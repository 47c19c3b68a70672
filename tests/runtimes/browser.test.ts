import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Node, startNode } from '@dexwire/node';
import chromium from '@sparticuz/chromium';
import { build } from 'esbuild';
import { type Browser, chromium as launcher } from 'playwright-core';
import { afterAll, beforeAll, test } from 'vitest';
import { type Packed, unpackAll } from './packed.ts';

/** What the page runs: a user's program. It leaves what came in the page, int64 as text with an `n` behind it. */
const PAGE_SCRIPT = `
  import * as d from 'dexwire';
  const query = new URLSearchParams(location.search);
  const symbols = [query.get('symbol')];
  const address = query.get('address');
  const dex = d.connect(query.get('ws'));
  const came = {};
  const wanted = [
    ...[d.trades, d.marketDiff, d.marketDepth(), d.kline('1m'), d.ticker, d.miniTicker].map((stream) => [stream, { symbols }]),
    ...[d.orders, d.accounts, d.transfers].map((stream) => [stream, { address }]),
    ...[d.allTickers, d.allMiniTickers, d.blockheight].map((stream) => [stream, {}]),
  ];
  await Promise.all(wanted.map(async ([stream, options]) => {
    for await (const item of dex.subscribe(stream, options)) {
      if (item.kind !== 'events') continue;
      came[stream.topic] = item.events;
      document.body.append(Object.assign(document.createElement('p'), { textContent: stream.topic }));
      break;
    }
  }));
  await dex.close();
  globalThis.came = JSON.stringify(came, (_key, value) => (typeof value === 'bigint' ? value + 'n' : value));
`;

let packed: Packed;
let node: Node;
let server: Server;
let browser: Browser;
let inputs: string[];
beforeAll(async () => {
  packed = unpackAll();
  const { outputFiles, metafile } = await build({
    stdin: { contents: PAGE_SCRIPT, resolveDir: packed.folder },
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    logLevel: 'error',
  });
  inputs = Object.keys(metafile.inputs);
  const script = outputFiles[0]!.text;
  server = createServer((request, response) => {
    const isScript = request.url?.startsWith('/page.js');
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(
      isScript ? script : '<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  node = await startNode({ port: 0 });
  browser = await launcher.launch({
    executablePath: await chromium.executablePath(),
    args: [
      ...chromium.args,
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--no-first-run',
    ],
  });
});
afterAll(async () => {
  await browser?.close();
  await node?.close();
  await new Promise((resolve) => server?.close(resolve));
  packed?.remove();
});

test('a bundle for browsers holds the two packages and nothing else', () => {
  const foreign = inputs.filter(
    (path) => !/node_modules\/(dexwire|@dexwire\/protocol)\/dist\//.test(path) && path !== '<stdin>',
  );
  assert.deepEqual(
    foreign.filter((path) => !path.includes('@scure/base')),
    [],
  );
  assert.ok(inputs.some((path) => path.endsWith('dexwire/dist/socket.js')));
  assert.equal(
    inputs.some((path) => path.includes('socket.node.js')),
    false,
  );
});

test('a page in Chromium subscribes to all twelve streams, int64 exact', async () => {
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('favicon')) problems.push(message.text());
  });
  const { port } = server.address() as AddressInfo;
  const query = new URLSearchParams({ ws: node.ws, symbol: node.symbols[0]!, address: node.accounts[0]!.address });
  await page.goto(`http://127.0.0.1:${port}/?${query}`);
  await page.waitForFunction(() => 'came' in globalThis, undefined, { timeout: 20_000 });
  const came = JSON.parse(await page.evaluate(() => String(Reflect.get(globalThis, 'came')))) as Record<
    string,
    { time?: string }[]
  >;
  assert.equal(Object.keys(came).length, 12);
  assert.match(came.trades![0]!.time!, /^\d{19}n$/);
  assert.deepEqual(problems, []);
});
