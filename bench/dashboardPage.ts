/**
 * The page of the dashboard's bench: the dashboard on a source of its own, or the source alone.
 * In: `?alone` in the URL. Out: what the bench reads and turns, as members of the window.
 */
import { mount } from '../packages/dashboard/src/mount.tsx';
import { openSource } from './dashboardSource.ts';

const source = openSource();
const root = document.getElementById('root');

if (location.search.includes('alone')) {
  // None of our code: each frame is parsed, and one figure of it written with the next frame of the screen.
  const socket = source.openSocket('', false);
  let latest: unknown;
  socket.onText = (text) => {
    latest = JSON.parse(text);
  };
  for (const topic of ['trades', 'marketDiff', 'kline_1m', 'ticker', 'allMiniTickers', 'accounts', 'blockheight'])
    socket.send(JSON.stringify({ method: 'subscribe', topic }));
  const write = (): void => {
    if (root) root.textContent = JSON.stringify(latest ?? '').slice(0, 20);
    requestAnimationFrame(write);
  };
  write();
} else if (root) {
  mount(
    {
      network: { ws: 'ws://localhost/api/ws', rest: 'http://localhost/api/v1' },
      origin: 'http://localhost',
      openSocket: source.openSocket,
      fetch: source.fetch,
      name: 'a source in this page',
    },
    root,
  );
}

/** Writes to each panel, by the frame of the screen that they fell into. */
const writes = { frame: 0, most: 0, total: 0, panels: {} as Record<string, number> };
const countFrames = (): void => {
  writes.frame++;
  requestAnimationFrame(countFrames);
};
countFrames();
const watch = (): void => {
  for (const panel of document.querySelectorAll('.panel, .ticker, .health')) {
    const name = panel.classList[panel.classList.length - 1] ?? '';
    let seen = { frame: -1, count: 0 };
    new MutationObserver(() => {
      seen =
        seen.frame === writes.frame ? { frame: seen.frame, count: seen.count + 1 } : { frame: writes.frame, count: 1 };
      writes.total++;
      writes.most = Math.max(writes.most, seen.count);
      writes.panels[name] = (writes.panels[name] ?? 0) + 1;
    }).observe(panel, { childList: true, characterData: true, attributes: true, subtree: true });
  }
};

const longTasks: number[] = [];
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) longTasks.push(duration);
}).observe({ type: 'longtask' });

Object.assign(globalThis, { source, writes, watch, longTasks });
