/**
 * `npm run node -- [--port N] [--recordings] [--seed N] ...`: the node alone, for programs that start one.
 * In: arguments. Out: one line of JSON on stdout once clients may come; SIGTERM or SIGINT ends it with exit code 0.
 */
import { GenesisError, NodeError, ScenarioError } from '@dexwire/node';
import { readArguments, startServed } from './nodeArguments.ts';

/** How often the process that started this one is looked for. */
const PARENT_CHECK_MS = 250;

const { npm_lifecycle_event: isStartedByNpm } = process.env;

try {
  const node = await startServed(readArguments('npm run node -- [options]'));
  let ending = false;
  const end = async (): Promise<void> => {
    if (ending) return;
    ending = true;
    await node.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end());
  // A shell between npm and this process does not hand signals on: then npm's end is what there is to notice.
  const parent = process.ppid;
  if (isStartedByNpm !== undefined) {
    setInterval(() => {
      if (process.ppid !== parent) void end();
    }, PARENT_CHECK_MS).unref();
  }
  const { ws, stream, rest, symbols, accounts } = node;
  const idle = 'idleAccounts' in node ? { idleAccounts: node.idleAccounts } : {};
  const ca = node.ca === undefined ? {} : { ca: node.ca };
  process.stdout.write(`${JSON.stringify({ ws, stream, rest, symbols, accounts, ...idle, ...ca })}\n`);
} catch (error) {
  if (!(error instanceof NodeError || error instanceof GenesisError || error instanceof ScenarioError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
