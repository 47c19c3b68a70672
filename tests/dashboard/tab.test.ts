import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, test, vi } from 'vitest';
import {
  buildPage,
  launchBrowser,
  type Opened,
  openPage,
  shows,
  TAB_FOLDER,
  TEST_TIMEOUT_MS,
  textOf,
  textsOf,
  until,
} from './browserPage.ts';

vi.setConfig({ testTimeout: TEST_TIMEOUT_MS });

// The folder is opened as a file: there is no server at all, and every request that leaves the page is counted.
let browser: Browser;
let opened: Opened;
const requests: string[] = [];
beforeAll(async () => {
  buildPage();
  browser = await launchBrowser();
  opened = await openPage(browser, 'about:blank');
  const { page } = opened;
  page.on('request', (request) => requests.push(request.url()));
  page.on('websocket', (socket) => requests.push(socket.url()));
  await page.goto(`${pathToFileURL(TAB_FOLDER)}/index.html?symbol=BNB_BUSD-BD1`);
}, 60_000);
afterAll(async () => {
  await browser?.close();
});

test('a folder without a server is a whole market: prices, a verified book, trades and blocks that come', async () => {
  const { page } = opened;
  await shows(page, 'body', /verified[\s\S]*All live/);
  await until(
    page,
    'all markets, and a book',
    async () => [await page.locator('.market-row').count(), await page.locator('.level').count()],
    ([markets, levels]) => markets === 14 && levels! > 10,
  );
  const height = async (): Promise<number> =>
    Number(/block (\d+)/.exec(await textOf(page, '[data-testid=pulse]'))?.[1]);
  const before = await until(page, 'a block', height, Number.isFinite);
  await until(page, 'three more blocks', height, (now) => now >= before + 3);
  await until(
    page,
    'a trade',
    () => page.locator('.trade').count(),
    (count) => count > 0,
  );
});

test('in the tab an order is signed, taken by a block, and told by the account', async () => {
  const { page } = opened;
  await page.locator('[name=account]').selectOption({ label: 'erin' });
  await page.locator('[name=price]').fill('250');
  await page.locator('[name=quantity]').fill('2');
  await page.getByRole('button', { name: 'Buy BNB' }).click();
  await shows(page, '[data-testid=outcome]', /Ack in block \d+/);
  await until(
    page,
    'an open order',
    () => textsOf(page, '[role=tab]'),
    (tabs) => tabs.includes('Open orders 1'),
  );
});

for (const fault of ['Drop sockets', 'Restart 3 s', 'Stall 8 s', 'Half-open']) {
  test(`in the tab too the client recovers from: ${fault}`, async () => {
    const { page } = opened;
    await page.getByRole('tab', { name: 'Faults' }).click();
    await page.getByRole('button', { name: fault }).click();
    await until(
      page,
      'trouble',
      () => textOf(page, '[data-testid=problem]'),
      (text) => text !== 'All live',
    );
    await until(
      page,
      'all live',
      async () => `${await textOf(page, '[data-testid=problem]')}, ${await textOf(page, '[data-testid=gaps]')}`,
      // Of an account's orders and transfers the venue tells how they are now, and not all that led there.
      (text) => /^All live, \d+ gaps, all closed: \d+ fetched, (nothing lost|\d+ uncertain)$/.test(text),
    );
  });
}

test('nothing but the folder was asked for, and nothing was an error', () => {
  assert.deepEqual(
    requests.filter((url) => !url.startsWith(String(pathToFileURL(TAB_FOLDER))) && !url.startsWith('data:')),
    [],
  );
  assert.deepEqual(opened.problems, []);
});
