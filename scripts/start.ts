/**
 * `npm start`: a DEX on this machine with its traders and a page to look at it, and all twelve streams through the client, first
 * once and then live.
 * In: nothing, or the arguments of `npm run node`. Out: a line for each event, until Ctrl-C.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { main, processWorld } from '@dexwire/cli';

/** What `packages/dashboard/build.mjs` has made, as the set-up has it do. */
const page = fileURLToPath(new URL('../../packages/dashboard/dist/page', import.meta.url));
const served = existsSync(page) ? ['--dashboard', page] : [];

await main(processWorld(), ['node', '--show', ...served, ...process.argv.slice(2)], {
  usage: 'npm start [-- options]',
});
