/**
 * The page with a node of its own: everything it shows comes from this tab.
 * In: nothing; a seed in the URL, if there is one. Out: the page, once the market has warmed up.
 */
import { systemClock } from 'dexwire';
import { mount } from './mount.tsx';
import { startTabNode } from './tabNode.ts';

const root = document.getElementById('root');
if (root) {
  const seed = new URLSearchParams(location.search).get('seed') ?? '';
  const clock = { ...systemClock, now: () => Math.floor(systemClock.now()) };
  const loading = root.querySelector('.loading');
  const tell = (text: string): void => {
    if (loading) loading.textContent = text;
  };
  startTabNode(clock, /^\d{1,9}$/.test(seed) ? Number(seed) : 1, (percent) =>
    tell(`Starting a market in this tab: ${percent} %`),
  ).then(
    (world) => mount(world, root),
    (error: unknown) => tell(`The market did not start: ${String(error)}`),
  );
}
