/**
 * A browser, a node and the page between them, for the tests of the dashboard.
 * In: options of a node. Out: pages on which a problem is an error, and conditions that are waited for, each within a deadline.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Node, type NodeOptions, startNode } from '@dexwire/node';
import chromium from '@sparticuz/chromium';
import { type Browser, type BrowserContextOptions, chromium as launcher, type Page } from 'playwright-core';

const root = fileURLToPath(new URL('../..', import.meta.url));

const PAGE_FOLDER = fileURLToPath(new URL('../../packages/dashboard/dist/page', import.meta.url));
export const TAB_FOLDER = fileURLToPath(new URL('../../packages/dashboard/dist/tab', import.meta.url));

/** How long a condition may take on a machine that has much else to do. */
const WITHIN_MS = 90_000;

/** Of one test, which may have several of them. */
export const TEST_TIMEOUT_MS = 120_000;

/** As it stands in the sources; what is up to date is left alone. */
export const buildPage = (): void => {
  execFileSync(process.execPath, ['packages/dashboard/build.mjs'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
};

/** A browser that has to keep to what browsers allow: the package's own arguments let pages cross origins. */
export const launchBrowser = async (): Promise<Browser> =>
  launcher.launch({
    executablePath: await chromium.executablePath(),
    args: [
      ...chromium.args.filter((arg) => !/single-process|no-zygote|web-security|insecure|site-isolation/.test(arg)),
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--no-first-run',
    ],
  });

export const startServingNode = (options: NodeOptions = {}): Promise<Node> => {
  buildPage();
  return startNode({ port: 0, dashboard: PAGE_FOLDER, ...options });
};

export interface Opened {
  readonly page: Page;
  /** Errors of the page, and of its console. */
  readonly problems: string[];
}

/** @param query - Such as `?symbol=BNB_BUSD-BD1`. */
export const openPage = async (browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Opened> => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(WITHIN_MS);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.goto(url);
  return { page, problems };
};

export const dashboardOf = ({ port }: Node, query = ''): string => `http://127.0.0.1:${port}/dashboard/${query}`;

/** The text of the first match, without groups of digits, so that figures can be compared. */
export const textOf = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).first().innerText()).replaceAll('\u2009', '');

/** Texts of all matches, in one look. */
export const textsOf = (page: Page, selector: string): Promise<string[]> =>
  page.evaluate(
    (wanted) =>
      [...document.querySelectorAll(wanted)].map((element) => (element.textContent ?? '').replaceAll('\u2009', '')),
    selector,
  );

/** Looks again and again until it is so, for what comes by itself. @throws What was seen last. */
export const until = async <T>(
  page: Page,
  what: string,
  look: () => Promise<T>,
  isSo: (seen: T) => boolean,
  within = WITHIN_MS,
): Promise<T> => {
  const end = performance.now() + within;
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (performance.now() > end)
      throw new Error(`${what}: not within ${within} ms, last seen: ${JSON.stringify(seen)}`);
    // A frame of the page: nothing it shows can change in between.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => resolve(undefined))));
  }
};

/** Waits until the first match has this text, or one like it. */
export const shows = (page: Page, selector: string, wanted: string | RegExp): Promise<string> =>
  until(
    page,
    `${selector} with ${wanted}`,
    () => textOf(page, selector),
    (text) => (typeof wanted === 'string' ? text === wanted : wanted.test(text)),
  );

/** Trailing zeros do not count: the page shows as many digits as the tick has. */
export const plainFigure = (text: string): string =>
  text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text;
