import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Node } from '@dexwire/node';
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

// A node in real time, and a person who looks, types and breaks things.
const SYMBOL = 'BNB_BUSD-BD1';

let node: Node;
let browser: Browser;
beforeAll(async () => {
  node = await startServingNode({ seed: 3, control: true, traders: 2 });
  browser = await launchBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await node?.close();
});

const isLive = (page: Page): Promise<string> => shows(page, '[data-testid=problem]', 'All live');

const isVerified = (page: Page): Promise<string> => shows(page, '[data-testid=book-state]', /^verified/);

const end = async ({ page, problems }: Opened): Promise<void> => {
  assert.deepEqual(problems, []);
  await page.context().close();
};

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong, in so many words. */
const violationsOf = async (page: Page): Promise<string[]> => {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const axe = Reflect.get(globalThis, 'axe') as {
      run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 120)} ${failureSummary ?? ''}`),
    );
  });
};

test('symbol, interval and address of the URL are shown, and a choice goes into the URL, back and forth', async () => {
  const { address } = node.accounts[1]!;
  const opened = await openPage(browser, dashboardOf(node, `?symbol=eth-1c9_bnb&interval=1h&address=${address}`));
  const { page } = opened;
  await shows(page, '.ticker-name', /ETH-1C9_BNB/);
  assert.equal(await page.locator('.intervals [aria-pressed=true]').innerText(), '1h');
  await shows(page, '#account-title', new RegExp(node.accounts[1]!.name));
  await page.locator(`[data-symbol="${SYMBOL}"]`).click();
  await page.waitForURL(/symbol=BNB_BUSD-BD1/);
  await shows(page, '.ticker-name', new RegExp(SYMBOL));
  await page.goBack();
  await shows(page, '.ticker-name', /ETH-1C9_BNB/);
  await isVerified(page);
  await end(opened);
});

test('back and forth lead along the places that were seen, whatever way the first one was written', async () => {
  const opened = await openPage(browser, dashboardOf(node, '?symbol=eth-1c9_bnb&interval=1h'));
  const { page } = opened;
  await isLive(page);
  await page.locator(`[data-symbol="${SYMBOL}"]`).click();
  await page.waitForURL(/symbol=BNB_BUSD-BD1&interval=1h/);
  await page.keyboard.press(']');
  await page.waitForURL(/symbol=BNB_BUSD-BD1&interval=2h/);
  await page.goBack();
  await page.goBack();
  await page.waitForURL(/symbol=ETH-1C9_BNB&interval=1h/);
  await page.goForward();
  await page.waitForURL(/symbol=BNB_BUSD-BD1&interval=1h/);
  await page.goForward();
  await page.waitForURL(/symbol=BNB_BUSD-BD1&interval=2h/);
  await shows(page, '.intervals [aria-pressed=true]', '2h');
  await end(opened);
});

test('a market that the node does not have is told as such, asked for by nothing, and left by a key', async () => {
  const opened = await openPage(browser, dashboardOf(node, '?symbol=NONE_SUCH'));
  const { page } = opened;
  await page.getByRole('alert').getByText('The node has no market NONE_SUCH').waitFor();
  await isLive(page);
  await shows(page, '[data-testid=pulse]', /^block /);
  await page.keyboard.press('j');
  await isVerified(page);
  await page.goBack();
  await page.getByRole('alert').getByText('The node has no market NONE_SUCH').waitFor();
  await until(
    page,
    'nothing of the market before',
    async () => [await page.locator('.level, tr.trade').count(), await textOf(page, '[data-testid=last]')],
    ([rows, last]) => rows === 0 && last === '–',
  );
  await end(opened);
});

test('an order that cannot be is refused in plain words with exact figures, and what one needs stands beside what is there', async () => {
  const { address } = node.idleAccounts[0]!;
  const opened = await openPage(browser, dashboardOf(node, `?symbol=${SYMBOL}&address=${address}`));
  const { page } = opened;
  await isLive(page);
  const fill = async (price: string, quantity: string): Promise<void> => {
    await page.locator('[name=price]').fill(price);
    await page.locator('[name=quantity]').fill(quantity);
  };
  const order = async (price: string, quantity: string): Promise<void> => {
    await fill(price, quantity);
    await page.getByRole('button', { name: 'Buy BNB' }).click();
  };
  const isTold = (wanted: string): Promise<string> => shows(page, '[data-testid=outcome]', wanted);
  await order('250.00001', '1');
  await isTold('✕ price is off its step; the nearest: 250 and 250.001');
  await order('250', '0.0009');
  await isTold('✕ quantity is off its step; the nearest: 0.001');
  await fill(' 0.001 ', '1000000.001'); // which could be, and would rest
  await shows(page, '[data-testid=need]', /^Needs 1000\.000001, has /);
  opened.problems.length = 0;
  await order('250', '99999999');
  await isTold('✕ do not have enough token to lock');
  assert.match(await textOf(page, '[data-testid=need]'), /^✕ Needs 24999999750, has only [\d.]+ BUSD$/);
  // The browser tells of each answer that is an error.
  assert.ok(opened.problems.every((text) => text.includes('status of 400')));
  opened.problems.length = 0;
  await end(opened);
});

test('an address that was typed is shown, and the field keeps the focus', async () => {
  const { address } = node.accounts[1]!;
  const opened = await openPage(browser, dashboardOf(node));
  const { page } = opened;
  await isLive(page);
  await page.keyboard.press('a');
  await page.keyboard.type(address);
  await page.keyboard.press('Enter');
  await shows(page, '#account-title', new RegExp(node.accounts[1]!.name));
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'address');
  await end(opened);
});

test('a person without a mouse chooses a market and an interval, places an order, sees it open, and cancels it', async () => {
  const opened = await openPage(browser, dashboardOf(node));
  const { page } = opened;
  await isLive(page);
  const { keyboard } = page;
  await keyboard.press('/');
  await keyboard.type('bnb/busd');
  await keyboard.press('Enter');
  await page.waitForURL(/symbol=BNB_BUSD-BD1/);
  await keyboard.press('Escape');
  await keyboard.press(']');
  await shows(page, '.intervals [aria-pressed=true]', '3m');
  await isVerified(page);
  await keyboard.press('b');
  await until(
    page,
    'the price field',
    () => page.evaluate(() => document.activeElement?.getAttribute('name')),
    (name) => name === 'price',
  );
  // From there back to the account, by keys alone: a letter chooses in a list.
  await page.locator('[name=account]').focus();
  await keyboard.type('dave');
  await page.waitForURL(/address=tbnb1/);
  await page.locator('[name=price]').focus();
  await keyboard.type('250');
  await keyboard.press('Tab');
  await keyboard.press('Tab');
  await keyboard.press('Tab');
  await keyboard.type('2');
  await keyboard.press('Enter');
  await shows(page, '[data-testid=outcome]', /Ack in block \d+/);
  await until(
    page,
    'one open order',
    () => textsOf(page, '[role=tab]'),
    (tabs) => tabs.includes('Open orders 1'),
  );
  await page.locator('#account-balances-tab').focus();
  await keyboard.press('ArrowRight');
  await until(
    page,
    'its row',
    () => textsOf(page, '#account-panel tbody td'),
    (cells) => cells.map(plainFigure).includes('250'),
  );
  await page.getByRole('button', { name: /^Cancel buy 2 BNB_BUSD-BD1 at 250/ }).focus();
  await keyboard.press('Enter');
  await until(
    page,
    'no order',
    () => textsOf(page, '[role=tab]'),
    (tabs) => tabs.includes('Open orders 0'),
  );
  await shows(page, '[data-testid=outcome]', /Order canceled in block \d+/);
  await end(opened);
});

test('everything that can be pressed is reached by Tab, has a name, and shows that it has the focus', async () => {
  const opened = await openPage(browser, dashboardOf(node, `?address=${node.idleAccounts[0]!.address}`));
  const { page } = opened;
  await isLive(page);
  const reached = new Set<string>();
  for (let press = 0; press < 120; press++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      if (!(element instanceof HTMLElement) || element === document.body) return undefined;
      const style = getComputedStyle(element);
      const isMarked =
        style.outlineStyle !== 'none' || getComputedStyle(element.closest('label') ?? element).outlineStyle !== 'none';
      return {
        html: element.outerHTML.slice(0, 90),
        isMarked,
        id: element.id || element.closest('.panel')?.id || element.className,
      };
    });
    if (!at) break;
    assert.ok(at.isMarked, `no focus ring: ${at.html}`);
    reached.add(at.id);
  }
  for (const id of ['market-filter', 'markets', 'candles', 'tape', 'address', 'account', 'trade', 'health-more'])
    assert.ok(
      [...reached].some((one) => one.startsWith(id)),
      `${id} is not among ${[...reached]}`,
    );
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'hidden' });
  await end(opened);
});

for (const colorScheme of ['dark', 'light'] as const) {
  test(`axe finds nothing wrong with the ${colorScheme} page, its tabs, details and help open, nor at phone width`, async () => {
    const opened = await openPage(browser, dashboardOf(node, `?address=${node.accounts[0]!.address}`), { colorScheme });
    const { page } = opened;
    await isLive(page);
    await isVerified(page);
    assert.deepEqual(await violationsOf(page), []);
    await page.keyboard.press('h');
    await page.getByRole('tab', { name: /^Open orders/ }).click();
    await page.getByRole('tab', { name: 'Faults' }).click();
    await page.getByRole('button', { name: 'Half-open' }).waitFor();
    assert.deepEqual(await violationsOf(page), []);
    await page.keyboard.press('h');
    await page.keyboard.press('?');
    assert.deepEqual(await violationsOf(page), []);
    await page.keyboard.press('Escape');
    await page.setViewportSize({ width: 390, height: 844 });
    assert.deepEqual(await violationsOf(page), []);
    await end(opened);
  });
}

test('at the width of a phone nothing is cut off sideways, and every panel is a press away', async () => {
  const opened = await openPage(browser, dashboardOf(node, `?address=${node.accounts[0]!.address}`), {
    viewport: { width: 360, height: 740 },
    hasTouch: true,
  });
  const { page } = opened;
  await isLive(page);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
  for (const [link, panel] of [
    ['Book', 'book'],
    ['Markets', 'markets'],
    ['Account', 'account'],
    ['Chart', 'candles'],
  ] as const) {
    await page.getByRole('navigation').getByRole('link', { name: link }).tap();
    await until(
      page,
      `${panel} in sight`,
      () => page.locator(`#${panel}`).evaluate((element) => element.getBoundingClientRect().top),
      (top) => top < 740 && top > -740,
    );
  }
  await end(opened);
});

test('a choice of colours holds over a reload', async () => {
  const opened = await openPage(browser, dashboardOf(node));
  const { page } = opened;
  await isLive(page);
  const background = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await background();
  await page.keyboard.press('t');
  await page.keyboard.press('t');
  await until(page, 'a light page', background, (color) => color !== dark);
  await page.reload();
  await isLive(page);
  assert.notEqual(await background(), dark);
  await end(opened);
});

test('dropped sockets: the page says that it is stale, comes back by itself, and tells what it fetched and that nothing is lost', async () => {
  const opened = await openPage(browser, dashboardOf(node, `?symbol=${SYMBOL}`));
  const { page } = opened;
  await isLive(page);
  await isVerified(page);
  // What the live region says is kept, for it may be gone by the next look.
  await page.evaluate(() => {
    const said: string[] = [];
    Reflect.set(globalThis, 'said', said);
    const region = document.querySelector('[data-testid=problem]');
    if (region)
      new MutationObserver(() => said.push(region.textContent ?? '')).observe(region, {
        childList: true,
        characterData: true,
        subtree: true,
      });
  });
  await page.getByRole('tab', { name: 'Faults' }).click();
  await page.getByRole('button', { name: 'Drop sockets' }).click();
  await shows(page, '[data-testid=gaps]', /^\d+ gaps/);
  await shows(page, '[data-testid=gaps]', /all closed: \d+ fetched, nothing lost/);
  await isLive(page);
  await isVerified(page);
  const said = (await page.evaluate(() => Reflect.get(globalThis, 'said'))) as string[];
  assert.ok(
    said.some((text) => /^Everything is stale since \d\d:\d\d:\d\d/.test(text)),
    String(said),
  );
  assert.match(await textOf(page, '.gap-line'), /^gap \d\d:\d\d:\d\d to \d\d:\d\d:\d\d: \d+ fetched, nothing lost$/);
  await end(opened);
});

test('half-open sockets: the silence is noticed, named, and a new socket brings everything back', async () => {
  const opened = await openPage(browser, dashboardOf(node, `?symbol=${SYMBOL}`));
  const { page } = opened;
  await isLive(page);
  await page.getByRole('tab', { name: 'Faults' }).click();
  await page.getByRole('button', { name: 'Half-open' }).click();
  await shows(page, '[data-testid=problem]', /silent|stale/);
  await isLive(page);
  await shows(page, '[data-testid=gaps]', /all closed: \d+ fetched, nothing lost/);
  await end(opened);
});

test('a subscription that the node has forgotten is named, and comes back', async () => {
  const opened = await openPage(browser, dashboardOf(node, `?symbol=${SYMBOL}`));
  const { page } = opened;
  await isLive(page);
  await page.getByRole('tab', { name: 'Faults' }).click();
  await page.getByRole('button', { name: 'Forget ticker' }).click();
  await shows(page, '[data-testid=problem]', /^ticker (stale|mending) since/);
  await isLive(page);
  await end(opened);
});
