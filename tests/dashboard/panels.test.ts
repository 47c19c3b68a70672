import assert from 'node:assert/strict';
import type { Node } from '@dexwire/node';
import { type Actor, defaultGenesis, defaultTraders } from '@dexwire/node/core';
import { addDecimal, KLINE_INTERVALS, parseDecimal } from 'dexwire';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, test, vi } from 'vitest';
import {
  dashboardOf,
  launchBrowser,
  type Opened,
  openPage,
  plainFigure,
  shows,
  startServingNode,
  TEST_TIMEOUT_MS,
  textOf,
  textsOf,
  until,
} from './browserPage.ts';

vi.setConfig({ testTimeout: TEST_TIMEOUT_MS });

// Time stands still but for the blocks that a test makes, so that what the page shows and what the node says are of one moment.
const SYMBOL = 'BNB_BUSD-BD1';

/** Whether anybody trades. */
let isOpen = true;
let node: Node;
let browser: Browser;
let opened: Opened;
let page: Page;
beforeAll(async () => {
  const genesis = defaultGenesis({ seed: 7 });
  const traders = defaultTraders({
    seed: 7,
    rate: 3,
    accounts: new Map(genesis.accounts.map(({ name, address }) => [name ?? '', address])),
    symbols: genesis.pairs.map(({ base, quote }) => `${base}_${quote}`),
  });
  const actor: Actor = { onBlock: (market) => isOpen && traders.onBlock(market) };
  node = await startServingNode({ time: 'stepped', genesis, warmUp: 150, traders: false, actors: [actor] });
  browser = await launchBrowser();
  opened = await openPage(
    browser,
    dashboardOf(node, `?symbol=${SYMBOL}&interval=5m&address=${node.accounts[0]!.address}`),
  );
  page = opened.page;
  // A book is verified by the frames of two moments.
  await blocksUntilVerified();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await node?.close();
});

const ask = async (path: string): Promise<unknown> => (await fetch(`${node.rest}${path}`)).json();

const blocksUntilVerified = async (): Promise<void> => {
  await until(
    page,
    'a verified book',
    async () => {
      await node.advance(1);
      return textOf(page, '[data-testid=book-state]');
    },
    (state) => state.startsWith('verified'),
  );
};

/**
 * Makes blocks with trades, then some without, so that what is said each second is of the last trade too, and waits until the
 * page has the last of them.
 */
const settle = async (): Promise<void> => {
  isOpen = true;
  await node.advance(5);
  isOpen = false;
  await node.advance(10);
  const { height } = (await (await fetch(new URL('/healthz', node.rest))).json()) as { height: number };
  await until(
    page,
    `block ${height}`,
    () => textOf(page, '[data-testid=pulse]'),
    (text) => text.includes(`block ${height},`),
  );
};

test('the list of markets shows every symbol with the last price that the node tells', async () => {
  await settle();
  const tickers = [...((await ask('/ticker/24hr')) as []), ...((await ask('/mini/ticker/24hr')) as [])] as {
    symbol: string;
    lastPrice: string;
  }[];
  const expected = new Map(tickers.map(({ symbol, lastPrice }) => [symbol, plainFigure(lastPrice)]));
  const seen = await until(
    page,
    'all last prices',
    () =>
      page.evaluate(() =>
        [...document.querySelectorAll('.market-row')].map((row) => [
          row.getAttribute('data-symbol') ?? '',
          row.querySelector('.num')?.textContent?.replaceAll('\u2009', '') ?? '',
        ]),
      ),
    (rows) =>
      rows.length === tickers.length && rows.every(([symbol, price]) => plainFigure(price!) === expected.get(symbol!)),
  );
  assert.equal(seen.length, expected.size);
});

test('the head shows the ticker of the symbol, digit for digit', async () => {
  await settle();
  const [ticker] = (await ask(`/ticker/24hr?symbol=${SYMBOL}`)) as Record<string, string>[];
  assert.equal(plainFigure(await textOf(page, '[data-testid=last]')), plainFigure(ticker!.lastPrice!));
  const figures = await textsOf(page, '.figure dd');
  for (const name of ['highPrice', 'lowPrice', 'bidPrice', 'askPrice'])
    assert.ok(figures.map(plainFigure).includes(plainFigure(ticker![name]!)), `${name} ${ticker![name]} in ${figures}`);
});

test('the order book shows the best levels of the node, best at the spread, with sums that are exact', async () => {
  await settle();
  const depth = (await ask(`/depth?symbol=${SYMBOL}&limit=20`)) as { bids: string[][]; asks: string[][] };
  const rowsOf = (side: string): Promise<string[][]> =>
    page.evaluate(
      (name) =>
        [...document.querySelectorAll(`.levels.${name} .level`)].map((row) =>
          [...row.querySelectorAll('td')].map((cell) => cell.textContent?.replaceAll('\u2009', '') ?? ''),
        ),
      side,
    );
  for (const side of ['bids', 'asks'] as const) {
    // As many as there is room for.
    const expectedOf = (count: number): string[][] => {
      let sum = parseDecimal('0');
      return depth[side].slice(0, count).map(([price = '', quantity = '']) => {
        sum = addDecimal(sum, parseDecimal(quantity));
        return [price, quantity, sum].map(plainFigure);
      });
    };
    const bestFirst = (rows: string[][]): string[][] =>
      (side === 'asks' ? rows.toReversed() : rows).map((row) => row.map(plainFigure));
    await until(
      page,
      `the ${side}`,
      () => rowsOf(side),
      (rows) => rows.length >= 10 && JSON.stringify(bestFirst(rows)) === JSON.stringify(expectedOf(rows.length)),
    );
  }
  assert.match(await textOf(page, '[data-testid=book-state]'), /^verified/);
});

test('the tape shows the latest trades of the node, newest first', async () => {
  await settle();
  const { trade } = (await ask(`/trades?symbol=${SYMBOL}&limit=20`)) as { trade: { tradeId: string; price: string }[] };
  const byBlock = (ids: readonly string[]): string[] => [...new Set(ids.map((id) => id.split('-')[0]!))];
  const seen = await until(
    page,
    'the latest trade',
    () => page.evaluate(() => [...document.querySelectorAll('.trade')].map((row) => row.getAttribute('data-id') ?? '')),
    (ids) => byBlock(ids)[0] === byBlock(trade.map(({ tradeId }) => tradeId))[0],
  );
  for (const { tradeId } of trade) assert.ok(seen.includes(tradeId), tradeId);
});

test('in every interval the candles are those of REST, none missing and none double, while blocks go on over the end of one', async () => {
  for (const interval of KLINE_INTERVALS) {
    await page.getByRole('button', { name: interval, exact: true }).click();
    await until(
      page,
      `candles of ${interval}`,
      () => page.locator('.chart').getAttribute('aria-label'),
      (label) => label?.includes(`, ${interval}, `) === true && !label.includes(', 0 of them'),
    );
    // Six seconds of blocks each: with fifteen intervals over the end of more than one minute.
    await settle();
    const rows = (await ask(`/klines?symbol=${SYMBOL}&interval=${interval}&limit=1000`)) as string[][];
    const last = rows.at(-1)!.slice(1, 5).map(plainFigure);
    await until(
      page,
      `${rows.length} candles of ${interval}, the last of them ${last}`,
      async () => [
        (await textsOf(page, '[data-testid=legend] .num')).slice(0, 4).map(plainFigure),
        (await page.locator('.chart').getAttribute('aria-label')) ?? '',
      ],
      ([figures, label]) =>
        JSON.stringify(figures) === JSON.stringify(last) &&
        label?.includes(`${interval}, ${rows.length} of them`) === true,
    );
  }
});

test('trades that came before the node had read what the page wants are on the tape all the same', async () => {
  // What the page says is held back, while REST answers it at once.
  const held: (() => void)[] = [];
  let isHeld = true;
  const late = await openPage(browser, 'about:blank');
  await late.page.routeWebSocket(/./, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((text) => (isHeld ? held.push(() => server.send(text)) : server.send(text)));
    server.onMessage((text) => socket.send(text));
  });
  await late.page.goto(dashboardOf(node, `?symbol=${SYMBOL}`));
  await until(
    late.page,
    'the trades before',
    () => late.page.locator('tr.trade').count(),
    (count) => count === 50,
  );
  isOpen = true;
  await node.advance(10);
  isHeld = false;
  for (const send of held.splice(0)) send();
  await until(
    late.page,
    'the trades of all blocks, newest first',
    async () => {
      await node.advance(1);
      const { trade } = (await ask(`/trades?symbol=${SYMBOL}&limit=100`)) as { trade: { tradeId: string }[] };
      const ids = await late.page.evaluate(() =>
        [...document.querySelectorAll('tr.trade')].map((row) => row.getAttribute('data-id')),
      );
      const at = trade.findIndex(({ tradeId }) => tradeId === ids[0]);
      return JSON.stringify(ids) === JSON.stringify(trade.slice(at, at + 50).map(({ tradeId }) => tradeId));
    },
    (isSame) => isSame,
  );
  assert.equal(await textOf(late.page, '[data-testid=gaps]'), 'no gap');
  assert.deepEqual(late.problems, []);
  await late.page.context().close();
});

test('the account shows balances, open orders, fills and transfers of its address', async () => {
  const { address } = node.accounts[0]!;
  await settle();
  const { balances } = (await ask(`/account/${address}`)) as { balances: Record<string, string>[] };
  await until(
    page,
    'the balances',
    () =>
      page.evaluate(() =>
        [...document.querySelectorAll('#account-panel [data-asset]')].map((row) => [
          row.getAttribute('data-asset') ?? '',
          ...[...row.querySelectorAll('td')].map((cell) => cell.textContent?.replaceAll('\u2009', '') ?? ''),
        ]),
      ),
    (rows) =>
      JSON.stringify(rows.map((row) => row.map(plainFigure)).sort()) ===
      JSON.stringify(
        balances
          .map(({ symbol, free, locked, frozen }) => [symbol, free, locked, frozen].map((text) => plainFigure(text!)))
          .sort(),
      ),
  );
  const { order } = (await ask(`/orders/open?address=${address}`)) as { order: { orderId: string }[] };
  await page.getByRole('tab', { name: /^Open orders/ }).click();
  await until(
    page,
    'the open orders',
    () =>
      page.evaluate(() =>
        [...document.querySelectorAll('#account-panel [data-order]')].map(
          (row) => row.getAttribute('data-order') ?? '',
        ),
      ),
    (ids) => JSON.stringify(ids.sort()) === JSON.stringify(order.map(({ orderId }) => orderId).sort()),
  );
  await page.getByRole('tab', { name: 'Fills' }).click();
  const past = [
    ...((await ask(`/trades?address=${address}`)) as { trade: unknown[] }).trade,
    ...((await ask(`/mini/trades?address=${address}`)) as { trade: unknown[] }).trade,
  ];
  await until(
    page,
    'the fills',
    () => page.locator('#account-panel tbody tr').count(),
    (count) => count === Math.min(past.length, 60),
  );
  await page.getByRole('tab', { name: 'Transfers' }).click();
  const { tx } = (await ask(`/transactions?address=${address}&txType=TRANSFER`)) as { tx: unknown[] };
  await until(
    page,
    'the transfers',
    () => page.locator('#account-panel tbody tr').count(),
    (count) => count === Math.min(tx.length, 60),
  );
});

test('the strip at the foot says that all is live, and at which block', async () => {
  await settle();
  await shows(page, '[data-testid=problem]', 'All live');
  assert.match(await textOf(page, '[data-testid=link]'), /Connected/);
});

test('nothing of all that is an error to the browser', () => {
  assert.deepEqual(opened.problems, []);
});
