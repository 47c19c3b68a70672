/**
 * `npm run node -- [--port N] [--recordings] [--seed N] ...`: the verb `node` of the command line, for programs that start one.
 * In: arguments. Out: one line of JSON on stdout once clients may come; SIGTERM or SIGINT ends it with exit code 0.
 */
import { main, processWorld } from '@dexwire/cli';

/** How often the process that started this one is looked for. */
const PARENT_CHECK_MS = 250;

const { npm_lifecycle_event: isStartedByNpm } = process.env;

const world = processWorld();
const orphaned = new AbortController();
// A shell between npm and this process does not hand signals on: then npm's end is what there is to notice.
const parent = process.ppid;
if (isStartedByNpm !== undefined) {
  setInterval(() => {
    if (process.ppid !== parent) orphaned.abort();
  }, PARENT_CHECK_MS).unref();
}
const signal = AbortSignal.any([world.signal, orphaned.signal]);
await main({ ...world, signal }, ['node', '--json', ...process.argv.slice(2)], {
  usage: 'npm run node -- [options]',
});
