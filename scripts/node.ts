/**
 * `npm run node -- [--port N] [--recordings] [--verbatim] [--seed N]`: the node alone, for programs that start one.
 * In: arguments. Out: one line of JSON on stdout once clients may come; SIGTERM or SIGINT ends it with exit code 0.
 */
import { parseArgs } from 'node:util';
import { DEFAULT_PORT, NodeError, startNode } from '@dexwire/node';

const USAGE = `Usage: npm run node -- [--port N] [--recordings] [--verbatim] [--seed N]

  --port N       port on 127.0.0.1, 0 for any free one; ${DEFAULT_PORT} unless given
  --recordings   play the recordings: what there is to play, so it may be left out
  --verbatim     send each recorded line as it was recorded, once, to whoever subscribes to it
  --seed N       what is derived beside the recordings follows from this whole number; 1 unless given
`;

/** How often the process that started this one is looked for. */
const PARENT_CHECK_MS = 250;

const wrong = (message: string): never => {
  process.stderr.write(`${message}\n\n${USAGE}`);
  process.exit(2);
};

const wholeNumber = (name: string, text: string | undefined, most: number): number | undefined => {
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value <= most ? value : wrong(`--${name} is a whole number up to ${most}, not ${text}`);
};

const readArguments = () => {
  try {
    return parseArgs({
      options: {
        port: { type: 'string' },
        recordings: { type: 'boolean' },
        verbatim: { type: 'boolean' },
        seed: { type: 'string' },
      },
    }).values;
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
};

const { port, verbatim, seed } = readArguments();
const { npm_lifecycle_event: isStartedByNpm } = process.env;

try {
  const node = await startNode({
    port: wholeNumber('port', port, 65_535) ?? DEFAULT_PORT,
    seed: wholeNumber('seed', seed, 2 ** 32 - 1) ?? 1,
    verbatim: verbatim ?? false,
  });
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
  process.stdout.write(`${JSON.stringify({ ws, stream, rest, symbols, accounts })}\n`);
} catch (error) {
  if (!(error instanceof NodeError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
