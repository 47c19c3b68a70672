/**
 * The dashboard under load: 2,000 frames a second of every stream that it shows, in Chromium.
 * Out: how busy the main thread is, the longest task, writes to a panel in one frame of the screen, and what a longer run keeps;
 * beside the same frames without the page.
 *
 * The browser says itself how much processor time its main thread took; layout, style and the source are in it. A task is timed
 * twice: as people have to wait for it, with whatever else the machine did meanwhile, and by the processor time of its own.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import chromium from '@sparticuz/chromium';
import { build } from 'esbuild';
import { type CDPSession, chromium as launcher, type Page } from 'playwright-core';
import { machine, type Result, type Row } from './measure.ts';

const RATE = 2000;
const FOR_MS = 10_000;
const LONG_MS = 60_000;
const BUSY_MOST = 0.4;
const TASK_MOST_MS = 50;
const WARM_UP_MS = 3000;

/** A bench runs in this folder, bundled or not. */
const here = (path: string): string => fileURLToPath(new URL(path, pathToFileURL(`${process.cwd()}/`)));

const folder = mkdtempSync(join(tmpdir(), 'dexwire-dashboard-'));
await build({
  entryPoints: [here('dashboardPage.ts')],
  outfile: join(folder, 'page.js'),
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  platform: 'browser',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  define: { 'process.env.NODE_ENV': '"production"' },
  alias: {
    '@dexwire/protocol/transactions': here('../packages/protocol/src/transactions/index.ts'),
    '@dexwire/protocol': here('../packages/protocol/src/index.ts'),
    '@dexwire/node/core': here('../packages/node/src/core.ts'),
    'dexwire/wallet': here('../packages/client/src/wallet/index.ts'),
    dexwire: here('../packages/client/src/index.ts'),
    '#socket': here('../packages/client/src/socket.ts'),
    '#fetch': here('../packages/client/src/rest/fetchTrusting.ts'),
  },
  logLevel: 'error',
});
writeFileSync(join(folder, 'style.css'), readFileSync(here('../packages/dashboard/public/style.css')));
writeFileSync(
  join(folder, 'page.html'),
  '<!doctype html><html lang="en" data-theme="auto"><meta charset="utf-8"><link rel="stylesheet" href="style.css"><div id="root"></div><script src="page.js"></script>',
);

const browser = await launcher.launch({
  executablePath: await chromium.executablePath(),
  args: [
    // Drawn by the processor itself: an imitated graphics card would take both cores from what is measured.
    ...chromium.args.filter((arg) => !/single-process|no-zygote|gl=|angle|swiftshader|gpu/.test(arg)),
    '--disable-gpu',
    '--no-sandbox',
  ],
});

/** What the browser has measured of the page, by name. Durations are seconds. */
const figuresOf = async (session: CDPSession): Promise<(name: string) => number> => {
  const { metrics } = await session.send('Performance.getMetrics');
  return (wanted) => metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
};

interface Opened {
  readonly page: Page;
  readonly session: CDPSession;
}

const open = async (query: string): Promise<Opened> => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.on('pageerror', (error) => console.error(error));
  await page.goto(`${pathToFileURL(folder)}/page.html${query}`);
  const session = await page.context().newCDPSession(page);
  // The thread's own time: what others do on the machine meanwhile is not the page's.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.evaluate(`source.setRate(${RATE})`);
  await page.waitForTimeout(WARM_UP_MS);
  return { page, session };
};

/** What the page has counted. */
interface Seen {
  readonly sent: number;
  readonly frame: number;
  readonly most: number;
  readonly total: number;
  readonly longTasks: readonly number[];
  /** Milliseconds. */
  readonly now: number;
}

const read = (page: Page): Promise<Seen> =>
  page.evaluate<Seen>('({ sent: source.sent, ...writes, longTasks, now: performance.now() })');

const measure = async ({ page, session }: Opened, forMs: number) => {
  const before = await figuresOf(session);
  const seenBefore = await read(page);
  await page.waitForTimeout(forMs);
  const after = await figuresOf(session);
  const seen = await read(page);
  const seconds = (seen.now - seenBefore.now) / 1000;
  return {
    busy: (after('TaskDuration') - before('TaskDuration')) / seconds,
    script: (after('ScriptDuration') - before('ScriptDuration')) / seconds,
    perSecond: (seen.sent - seenBefore.sent) / seconds,
    frames: (seen.frame - seenBefore.frame) / seconds,
    writes: (seen.total - seenBefore.total) / seconds,
    longTasks: seen.longTasks.slice(seenBefore.longTasks.length),
  };
};

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds, with what others did on the machine meanwhile, and of its own. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Milliseconds of its own that each task of the main thread took, the longest first. */
const ownTasksOf = async (page: Page, forMs: number): Promise<number[]> => {
  await browser.startTracing(page, { categories: ['toplevel'] });
  await page.waitForTimeout(forMs);
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const threads = new Map<string, number[]>();
  const placeOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  for (const event of traceEvents)
    if (event.name === 'thread_name' && event.args?.name === 'CrRendererMain') threads.set(placeOf(event), []);
  for (const event of traceEvents) {
    const { name, ph, dur = 0, tdur = dur } = event;
    // The clock of a thread jumps by more than what is measured here; no task took more than it lasted.
    if (ph === 'X' && name.endsWith('RunTask')) threads.get(placeOf(event))?.push(Math.min(dur, tdur) / 1000);
  }
  const [busiest = []] = [...threads.values()].sort((one, other) => other.length - one.length);
  return busiest.sort((one, other) => other - one);
};

const heapOf = async ({ session }: Opened): Promise<number> => {
  await session.send('HeapProfiler.collectGarbage');
  return (await figuresOf(session))('JSHeapUsedSize');
};

const rows: Row[] = [];
const row = (contender: string, against: string, ratio: number, figures: Row['figures']): void => {
  rows.push({ contender, against, ratio: { median: ratio, min: ratio, max: ratio }, ...(figures && { figures }) });
};

const alone = await open('?alone');
const bare = await measure(alone, FOR_MS);
await alone.page.close();

const address = 'tbnb1qvtwkp8hdhas6y70vcz8dq8mcy5a2ylf2zh37s';
const opened = await open(`?symbol=BNB_BUSD-BD1&interval=1m&address=${address}`);
await opened.page.evaluate('watch()');
const loaded = await measure(opened, FOR_MS);
const { most } = await read(opened.page);
const state = await opened.page.locator('[data-testid=book-state]').innerText();
if (!state.startsWith('verified')) console.error(`the book is not verified, so less than usual is drawn: ${state}`);
const heap = await heapOf(opened);
const longer = await measure(opened, LONG_MS);
const heapLater = await heapOf(opened);
const own = await ownTasksOf(opened.page, FOR_MS);
await browser.close();
rmSync(folder, { recursive: true });

const percent = (share: number): number => Math.round(share * 1000) / 10;
row('JSON.parse and one text, no page', `${percent(BUSY_MOST)} % busy`, BUSY_MOST / bare.busy, {
  '% busy': percent(bare.busy),
  'frames/s': bare.perSecond,
  'tasks over 50 ms': bare.longTasks.length,
});
row('dexwire page, main thread', `${percent(BUSY_MOST)} % busy`, BUSY_MOST / loaded.busy, {
  '% busy': percent(loaded.busy),
  '% script': percent(loaded.script),
  'frames/s': loaded.perSecond,
  'screen/s': loaded.frames,
});
row('dexwire page, longest task, its own time', `${TASK_MOST_MS} ms`, TASK_MOST_MS / (own[0] ?? Number.NaN), {
  ms: own[0] ?? Number.NaN,
  '99.9 of 100': own[Math.floor(own.length / 1000)] ?? Number.NaN,
  'over 50 ms': own.filter((ms) => ms > TASK_MOST_MS).length,
});
const longest = Math.max(...loaded.longTasks, 1);
row('dexwire page, longest task, as it lasted', `${TASK_MOST_MS} ms`, TASK_MOST_MS / Math.max(longest, TASK_MOST_MS), {
  'tasks over 50 ms': loaded.longTasks.length,
  'in a minute': longer.longTasks.length,
});
row('dexwire page, writes to a panel in a frame', 'one', 1 / most, { most, 'writes/s': loaded.writes });
row(`dexwire page, heap after ${LONG_MS / 1000} s more`, `after ${FOR_MS / 1000} s`, heap / heapLater, {
  MB: heap / 1e6,
  'MB later': heapLater / 1e6,
});

const result: Result = { bench: 'dashboard', machine: machine(), rows };
console.log(JSON.stringify(result));
