/**
 * The command line as a whole: its verbs, and what all of them have.
 * In: a world, arguments. Out: what a verb says, and an exit code. Each verb describes itself in `commands/`, and loads the
 * room that does its work only when it is called, so that no verb pays for another.
 */
import { Command } from 'commander';
import { addBench } from './commands/bench.ts';
import { addBook } from './commands/book.ts';
import { addCancel } from './commands/cancel.ts';
import { addCompletion } from './commands/completion.ts';
import { addConvert } from './commands/convert.ts';
import { addDashboard } from './commands/dashboard.ts';
import { addDoctor } from './commands/doctor.ts';
import { addMan } from './commands/man.ts';
import { addNode } from './commands/node.ts';
import { addOrder } from './commands/order.ts';
import { addRecord } from './commands/record.ts';
import { addReplay } from './commands/replay.ts';
import { addSend } from './commands/send.ts';
import { addWatch } from './commands/watch.ts';
import { CliError } from './errors.ts';
import { EXIT, endingOf } from './exit.ts';
import { epilogueOf } from './help/epilogue.ts';
import { colors, isColorful } from './terminal/paint.ts';
import { plain } from './terminal/plain.ts';
import { VERSION } from './version.ts';
import type { World } from './world.ts';

/** Adds one verb. */
export type AddVerb = (program: Command, world: World) => void;

/** In the order of help: looking, acting, running, and what helps with all of it. */
const VERBS: readonly AddVerb[] = [
  addWatch,
  addBook,
  addOrder,
  addCancel,
  addSend,
  addNode,
  addDashboard,
  addRecord,
  addReplay,
  addConvert,
  addDoctor,
  addBench,
  addCompletion,
  addMan,
];

/** For a script of the workspace that runs one verb under another name. */
export interface ProgramOptions {
  /** Such as `npm run node -- [options]`. */
  readonly usage?: string;
}

export const programOf = (world: World, { usage }: ProgramOptions = {}): Command => {
  const { stdout, stderr } = world;
  const program = new Command('dexwire')
    .description('The streaming API of the Binance DEX: watch, trade, record, replay, and run a local one.')
    .version(VERSION, '-V, --version', 'print the version')
    .option('--no-color', 'print without colours, as the environment variable NO_COLOR says')
    .helpOption('-h, --help', 'tell about it')
    .helpCommand('help [verb]', 'tell about a verb')
    .addHelpText('after', () => epilogueOf(world))
    .showHelpAfterError(usage === undefined ? 'Try it with --help.' : true)
    .showSuggestionAfterError()
    .exitOverride()
    .allowExcessArguments() // refused by `refuseExcess`, which names them
    .hook('preAction', (_, verb) => refuseExcess(verb))
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(withoutKeys(text)),
      getOutHelpWidth: () => stdout.columns || 100,
      getErrHelpWidth: () => stderr.columns || 100,
      getOutHasColors: () => isColorful(world, stdout),
      getErrHasColors: () => isColorful(world, stderr),
    })
    .configureHelp({
      styleTitle: (title) => colors(true).bold(title),
      ...(usage !== undefined && { commandUsage: () => usage }),
    });
  for (const add of VERBS) add(program, world);
  return program;
};

/** A complaint about arguments says which, and a key that stands among them by mistake is not shown once more. */
const withoutKeys = (text: string): string => text.replace(/\b(0x)?[0-9a-f]{64}\b/gi, '(a key, not shown)');

const refuseExcess = (verb: Command): void => {
  const { args, registeredArguments: known } = verb;
  if (args.length <= known.length || known.at(-1)?.variadic) return;
  verb.error(`error: ${verb.name()} has no use for ${args.slice(known.length).map(plain).join(' ')}`);
};

/** Resolves when all that was printed is taken, has failed to be, or is not waited for any more. */
const taken = ({ stdout, signal }: World): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
    stdout.write('', () => resolve());
  });

/**
 * Runs one verb to its end.
 *
 * @param args - Without the program's own name.
 * @returns The exit code.
 */
export const run = async (world: World, args: readonly string[], options?: ProgramOptions): Promise<number> => {
  // Before anything is parsed, since complaints about arguments have colours too.
  const own = args.includes('--no-color') ? { ...world, env: { ...world.env, NO_COLOR: '1' } } : world;
  let failure: unknown;
  try {
    const program = programOf(own, options);
    // The parser would show the whole help for a verb that it does not know, and not say so.
    const isAstray =
      args[0] === 'help' && args[1] !== undefined && !program.commands.some((verb) => verb.name() === args[1]);
    await program.parseAsync(args.slice(isAstray ? 1 : 0), { from: 'user' });
  } catch (error) {
    failure = error;
  }
  await taken(own);
  // Also of a verb that ends well when it is told to, and of help.
  const { reason } = own.signal;
  if (reason instanceof CliError) failure = reason;
  if (failure === undefined) return EXIT.ok;
  const { exit, message } = endingOf(failure);
  const name = options?.usage === undefined ? 'dexwire: ' : '';
  if (message !== undefined) own.stderr.write(`${name}${plain(message)}\n`);
  if ((failure as { code?: unknown }).code === 'CONNECT_FAILED')
    own.stderr.write(
      `${name}to be told what is wrong there, and what to do, run with the same --network: dexwire doctor\n`,
    );
  return exit;
};
