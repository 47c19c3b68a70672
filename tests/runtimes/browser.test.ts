import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Node, startNode } from '@dexwire/node';
import { defaultGenesis, defaultTraders, Venue } from '@dexwire/node/core';
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

/** A page that looks on, and keeps what it is told: of its sockets, and of its stream, each word once in a row. */
const WATCHER_SCRIPT = `
  import { blockheight, connect } from 'dexwire';
  const query = new URLSearchParams(location.search);
  const dex = connect(query.get('ws'), { staleAfter: Number(query.get('staleAfter')) });
  const told = [];
  const came = [];
  const inOrder = (list, words) => list.reduce((at, word) => at + (word === words[at]), 0) === words.length;
  globalThis.isSo = (statuses, items) => inOrder(told, statuses) && inOrder(came, items);
  (async () => {
    for await (const { name } of dex.status()) told.push(name);
  })();
  dex.subscribe(blockheight, {}, ({ kind, cause, lost }) => {
    const word = cause ?? lost ?? kind;
    if (came.at(-1) !== word) came.push(word);
  });
`;

/** A program that trades, as a page. */
const TRADER_SCRIPT = `
  import { connect } from 'dexwire';
  import { wallet } from 'dexwire/wallet';
  const query = new URLSearchParams(location.search);
  const dex = connect(query.get('ws'));
  const trader = wallet(dex, query.get('key'));
  const order = { symbol: 'BNB_BUSD-BD1', side: 'buy', price: '250', quantity: '2', round: true };
  try {
    const placed = await trader.placeOrder(order);
    const canceled = await trader.cancelOrder({ symbol: order.symbol, orderId: placed.orderId });
    globalThis.traded = [placed, canceled].flatMap(({ reports }) => reports.map(({ status }) => status)).join();
  } catch (error) {
    globalThis.traded = error.message;
  }
  await dex.close();
`;

/** A node in the page: two hundred blocks of its traders, and a question to its REST interface, without any socket. */
const TAB_SCRIPT = `
  import { defaultGenesis, defaultTraders, restApp, Venue } from '@dexwire/node/core';
  const genesis = defaultGenesis();
  const accounts = new Map(genesis.accounts.map(({ name, address }) => [name, address]));
  const symbols = genesis.pairs.map(({ base, quote }) => base + '_' + quote);
  const venue = new Venue({ genesis, actors: [defaultTraders({ seed: 1, accounts, symbols })] });
  const topics = new Set();
  venue.attach({ wants: () => true, send: ({ frames }) => frames.forEach(({ stream }) => topics.add(stream.topic)) });
  venue.advance(200);
  const { state, market, history } = venue;
  const rest = restApp({ state, market, history, latest: venue.latest, version: 'tab', now: () => venue.now() });
  const depth = await (await rest.request('/api/v1/depth?symbol=' + symbols[0])).json();
  globalThis.ran = JSON.stringify({ hash: venue.stateHash(), latest: venue.latest.hash, topics: topics.size, depth });
`;

/** The same in this process. */
const runHere = (): { hash: string; latest: string } => {
  const genesis = defaultGenesis();
  const venue = new Venue({
    genesis,
    actors: [
      defaultTraders({
        seed: 1,
        accounts: new Map(genesis.accounts.map(({ name, address }) => [name ?? '', address])),
        symbols: genesis.pairs.map(({ base, quote }) => `${base}_${quote}`),
      }),
    ],
  });
  venue.advance(200);
  return { hash: venue.stateHash(), latest: venue.latest.hash };
};

let packed: Packed;
let node: Node;
let server: Server;
let browser: Browser;
let inputs: string[];
beforeAll(async () => {
  packed = unpackAll();
  const bundled = (contents: string) =>
    build({
      stdin: { contents, resolveDir: packed.folder },
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'browser',
      logLevel: 'error',
    });
  const { outputFiles, metafile } = await bundled(PAGE_SCRIPT);
  inputs = Object.keys(metafile.inputs);
  const tab = await bundled(TAB_SCRIPT);
  const trader = await bundled(TRADER_SCRIPT);
  const watcher = await bundled(WATCHER_SCRIPT);
  const scripts: Record<string, string> = {
    '/page.js': outputFiles[0]!.text,
    '/tab.js': tab.outputFiles[0]!.text,
    '/trader.js': trader.outputFiles[0]!.text,
    '/watcher.js': watcher.outputFiles[0]!.text,
  };
  server = createServer((request, response) => {
    const path = request.url?.split('?')[0] ?? '';
    const script = scripts[path];
    response.setHeader('content-type', script === undefined ? 'text/html' : 'text/javascript');
    const name = path === '/' ? 'page' : path.slice(1);
    response.end(script ?? `<!doctype html><meta charset="utf-8"><script type="module" src="/${name}.js"></script>`);
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

test('a page of this machine trades, and one of another name does not', async () => {
  const { port } = server.address() as AddressInfo;
  const query = new URLSearchParams({ ws: node.ws, key: node.idleAccounts[0]!.privateKey });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${port}/trader?${query}`);
  await page.waitForFunction(() => 'traded' in globalThis, undefined, { timeout: 20_000 });
  assert.equal(await page.evaluate(() => Reflect.get(globalThis, 'traded')), 'Ack,Canceled');

  // The same page by a name of its own, as a site elsewhere would have.
  const foreign = await browser.newPage();
  await foreign.route('http://site.example/**', async (route) => {
    const { pathname } = new URL(route.request().url());
    await route.fulfill({ response: await route.fetch({ url: `http://127.0.0.1:${port}${pathname}` }) });
  });
  await foreign.goto(`http://site.example/trader?${query}`);
  await foreign.waitForFunction(() => 'traded' in globalThis, undefined, { timeout: 20_000 });
  assert.match(
    String(await foreign.evaluate(() => Reflect.get(globalThis, 'traded'))),
    /origin "http:\/\/site.example" may not trade here/,
  );
});

/** A page that looks on at blocks, and a wait until it was told so much, in this order, of its sockets and of its stream. */
const watch = async (staleAfter: number) => {
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  const { port } = server.address() as AddressInfo;
  await page.goto(
    `http://127.0.0.1:${port}/watcher?${new URLSearchParams({ ws: node.ws, staleAfter: `${staleAfter}` })}`,
  );
  const until = async (statuses: readonly string[], items: readonly string[]): Promise<void> => {
    await page.waitForFunction(`isSo(${JSON.stringify(statuses)}, ${JSON.stringify(items)})`, undefined, {
      timeout: 15_000,
    });
    assert.deepEqual(problems, []);
  };
  await until(['open'], ['events']);
  // This browser is one process, which ends with the first page that is closed.
  return { page, until, leave: () => page.goto('about:blank') };
};

test('a page in Chromium whose socket is half-open notices without a ping, says so, and recovers', async () => {
  const { until, leave } = await watch(1000);
  assert.ok(node.control.halfOpen() > 0);
  await until(['open', 'stale', 'open'], ['events', 'silence', 'none', 'events']);
  await leave();
});

test.each([
  ['the network is back', () => globalThis.dispatchEvent(new Event('online'))],
  ['it is seen again', () => document.dispatchEvent(new Event('visibilitychange'))],
])('a page in Chromium looks whether its socket lives when %s', async (_, wake) => {
  // By itself it would look after an hour.
  const { page, until, leave } = await watch(3_600_000);
  assert.ok(node.control.halfOpen() > 0);
  await page.evaluate(wake);
  await until(['open', 'stale', 'open'], ['events', 'silence', 'none', 'events']);
  await leave();
});

test('a node runs in a tab, its chain, streams and REST, and comes to the same state as in Node.js', async () => {
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  const { port } = server.address() as AddressInfo;
  await page.goto(`http://127.0.0.1:${port}/tab`);
  await page.waitForFunction(() => 'ran' in globalThis, undefined, { timeout: 20_000 });
  assert.deepEqual(problems, []);
  const { topics, depth, ...ran } = JSON.parse(await page.evaluate(() => String(Reflect.get(globalThis, 'ran')))) as {
    topics: number;
    depth: { bids: string[][] };
    hash: string;
    latest: string;
  };
  assert.deepEqual(ran, runHere());
  assert.equal(topics, 29);
  assert.ok(depth.bids.length > 10);
});
