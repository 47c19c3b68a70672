/**
 * `dexwire node`: its arguments. The work is done in `serving/`.
 */
import { Option } from 'commander';
import { wholeNumber } from '../options.ts';
import type { AddVerb } from '../program.ts';

export const LOG_LEVELS = ['quiet', 'error', 'info', 'debug'] as const;

export interface NodeVerbOptions {
  readonly json?: boolean;
  readonly show?: boolean;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly port?: number;
  readonly seed?: number;
  readonly blockTime?: number;
  readonly genesis?: string;
  readonly scenario?: string;
  /** Unless `--no-traders`. */
  readonly traders: boolean;
  readonly rate?: number;
  readonly stepped?: boolean;
  readonly entry?: boolean;
  readonly control?: boolean;
  /** `true`: the page that is shipped with the command. */
  readonly dashboard?: string | true;
  readonly hosts?: string;
  readonly tls?: boolean;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly recordings?: boolean;
  readonly verbatim?: boolean;
}

const HELP = `
It is ready when it has printed its URLs; with --json that is one line: ws, stream, rest, symbols, and accounts with keys of
development, which everybody knows. Ctrl-C or SIGTERM ends it with code 0.

  dexwire node                                          a market with traders, at port 27100: the network "local"
  dexwire node --seed 7 --block-time 100 --rate 5       another market, four times as fast, five times as busy
  dexwire node --no-traders --genesis market.json       your own tokens and accounts, and nobody trades but you
  dexwire node --port 0 --json                          for programs: any free port, told in one line
  dexwire node --stepped --control                      time stands still but for POST /control/advance
  dexwire node --show                                   and all twelve streams, first once and then live`;

const whole = (flags: string, text: string, least: number, most: number): Option =>
  new Option(flags, text).argParser(wholeNumber(flags.split(' ')[0]!, least, most));

export const addNode: AddVerb = (program, world) => {
  const verb = program
    .command('node')
    .summary('run a DEX on this machine')
    .description('Runs a DEX on this machine: it matches, settles and streams as the original did, until Ctrl-C.')
    .addOption(whole('--port <n>', 'port on 127.0.0.1, 0 for any free one; 27100 unless given', 0, 65_535))
    .addOption(whole('--seed <n>', 'prices and traders follow from this whole number; 1 unless given', 0, 2 ** 32 - 1))
    .addOption(whole('--block-time <ms>', 'milliseconds between two blocks; 400 unless given', 1, 3_600_000))
    .option('--genesis <file>', 'JSON: tokens, accounts, pairs and fees to begin with')
    .option('--scenario <file>', 'JSON lines of timed transactions')
    .option('--no-traders', 'nobody trades but you')
    .addOption(whole('--rate <n>', 'how busy the traders are, up to 1000; 1 unless given', 0, 1_000))
    .option('--stepped', 'time stands still but for POST /control/advance and /control/at; with --control')
    .option('--entry', 'opens /entry/transactions for messages without a signature')
    .option('--control', 'opens /control: faults and time for programs on this machine')
    .option('--dashboard [folder]', 'serves a page to trade by at /dashboard/: its own, or the one in this folder')
    .option(
      '--hosts <names>',
      'names of this machine besides localhost, with commas between: by them programs and pages may call it',
    )
    .option('--tls', 'speaks wss:// and https:// by a certificate of its own, which the ready line tells as ca')
    .option('--tls-cert <file>', 'the same by yours: PEM of the certificate')
    .option('--tls-key <file>', 'and of its key')
    .option('--recordings', 'plays recordings of the DEX instead')
    .option('--verbatim', 'each recorded line once')
    .option('--json', 'when ready, one line of JSON')
    .option('--show', 'shows all twelve streams through a client, first once and then live')
    .addOption(
      new Option(
        '--log-level <level>',
        'on stderr: nothing, what fails inside, also clients and a line a minute, also each block',
      )
        .choices(LOG_LEVELS)
        .default('error'),
    )
    .addHelpText('after', HELP);
  verb.action(async (options: NodeVerbOptions) => {
    const { argumentsOf } = await import('../serving/arguments.ts');
    const args = argumentsOf(options, (message) => verb.error(message));
    if (!options.show) {
      const { serve } = await import('../serving/serve.ts');
      await serve(world, args, options);
      return;
    }
    if (options.stepped) verb.error('--show shows what happens by itself; step time without it: --stepped --control');
    const { show } = await import('../serving/show.ts');
    await show(world, args, options);
  });
};
