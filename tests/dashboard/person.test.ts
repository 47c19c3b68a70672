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

const isLive = (page: Page): Promise<string> =>
  until(
    page,
    'all live',
    () => textOf(page, '[data-testid=problem]'),
    (text) => text === 'All live',
  );

const isVerified = (page: Page): Promise<string> =>
  until(
    page,
    'a verified book',
    () => textOf(page, '[data-testid=book-state]'),
    (text) => text.startsWith('verified'),
  );

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
  await until(
    page,
    'the symbol',
    () => textOf(page, '.ticker-name'),
    (text) => text.includes('ETH-1C9_BNB'),
  );
  assert.equal(await page.locator('.intervals [aria-pressed=true]').innerText(), '1h');
  await until(
    page,
    'the account',
    () => textOf(page, '#account-title'),
    (text) => text.includes(node.accounts[1]!.name),
  );
  await page.locator(`[data-symbol="${SYMBOL}"]`).click();
  await page.waitForURL(/symbol=BNB_BUSD-BD1/);
  await until(
    page,
    'the other symbol',
    () => textOf(page, '.ticker-name'),
    (text) => text.includes(SYMBOL),
  );
  await page.goBack();
  await until(
    page,
    'the symbol before',
    () => textOf(page, '.ticker-name'),
    (text) => text.includes('ETH-1C9_BNB'),
  );
  await isVerified(page);
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
  await until(
    page,
    'three minutes',
    () => textOf(page, '.intervals [aria-pressed=true]'),
    (text) => text === '3m',
  );
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
  await until(
    page,
    'the outcome',
    () => textOf(page, '[data-testid=outcome]'),
    (text) => /Ack in block \d+/.test(text),
  );
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
  assert.match(await textOf(page, '[data-testid=outcome]'), /Order canceled in block \d+/);
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
  await until(
    page,
    'a gap',
    () => textOf(page, '[data-testid=gaps]'),
    (text) => /^\d+ gaps/.test(text),
  );
  await until(
    page,
    'closed gaps',
    () => textOf(page, '[data-testid=gaps]'),
    (text) => /all closed: \d+ fetched, nothing lost/.test(text),
  );
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
  await until(
    page,
    'a stale stream',
    () => textOf(page, '[data-testid=problem]'),
    (text) => /silent|stale/.test(text),
  );
  await isLive(page);
  await until(
    page,
    'closed gaps',
    () => textOf(page, '[data-testid=gaps]'),
    (text) => /all closed: \d+ fetched, nothing lost/.test(text),
  );
  await end(opened);
});

test('a subscription that the node has forgotten is named, and comes back', async () => {
  const opened = await openPage(browser, dashboardOf(node, `?symbol=${SYMBOL}`));
  const { page } = opened;
  await isLive(page);
  await page.getByRole('tab', { name: 'Faults' }).click();
  await page.getByRole('button', { name: 'Forget ticker' }).click();
  await until(
    page,
    'the ticker named',
    () => textOf(page, '[data-testid=problem]'),
    (text) => /^ticker (stale|mending) since/.test(text),
  );
  await isLive(page);
  await end(opened);
});
