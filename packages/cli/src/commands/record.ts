/**
 * `dexwire record`: its arguments. The work is done in `recording/`.
 */
import { InvalidArgumentError, Option } from 'commander';
import { durationMs, type NetworkOptions, wholeNumber, withNetwork } from '../options.ts';
import type { AddVerb } from '../program.ts';

export interface RecordOptions extends NetworkOptions {
  readonly out?: string;
  readonly rotate?: { readonly bytes: number } | { readonly ms: number };
  /** Milliseconds. */
  readonly for?: number;
  readonly count?: number;
  readonly json?: boolean;
  readonly strict?: boolean;
}

const HELP = `
Streams are named as for "watch"; without any, all that the market has: trades, books and klines of all listed symbols, and
the tickers and heights of everybody.

  dexwire record                                        until Ctrl-C, into dexwire-<time>.ndjson.gz
  dexwire record trades marketDiff BNB_BTCB-1DE -o bnb.ndjson.gz
  dexwire record tbnb1... --for 10m                     orders, accounts and transfers of an address
  dexwire record --rotate 1h -o market.ndjson.gz        market.00001.ndjson.gz and so on; also --rotate 100MB

Each frame is written as it came, to the letter, with the time at which it came; so are the lives of sockets, and gaps.
Whatever ends the program takes no more than the last second with it. "zcat" reads a file; docs/recordings.md describes it.
Play it with: dexwire replay <file>`;

const SIZES: Readonly<Record<string, number>> = { kb: 1e3, mb: 1e6, gb: 1e9 };

/** `100MB` or `1h`. */
const rotation = (text: string): RecordOptions['rotate'] => {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)(kB|MB|GB)$/i.exec(text) ?? [];
  const bytes = Math.round(Number(digits) * (SIZES[unit.toLowerCase()] ?? 0));
  if (bytes >= 1_000) return { bytes };
  if (/^\d+(\.\d+)?(s|m|h|d)$/.test(text)) return { ms: durationMs(text) };
  throw new InvalidArgumentError('A file is full by size, such as 100MB, or by time, such as 1h.');
};

export const addRecord: AddVerb = (program, world) => {
  const verb = program
    .command('record')
    .summary('write streams to a file as they come')
    .description('Writes the frames of streams to a file as they come, with their times, until Ctrl-C.')
    .argument('[stream...]', 'as for "watch"; all of the market unless given')
    .option('-o, --out <file>', 'where to; it must not be there yet')
    .addOption(new Option('--rotate <limit>', 'begin another file after so much, or so long').argParser(rotation))
    .addOption(new Option('--for <time>', 'end after so long, such as 30s, 5m').argParser(durationMs))
    .addOption(
      new Option('--count <n>', 'end after so many frames').argParser(
        wholeNumber('--count', 1, Number.MAX_SAFE_INTEGER),
      ),
    )
    .option('--json', 'at the end, a line of JSON that tells the files and what is in them')
    .option('--strict', 'end with code 4 as soon as frames may have been missed')
    .addHelpText('after', HELP);
  withNetwork(verb, world).action(async (names: string[], options: RecordOptions) => {
    const { record } = await import('../recording/record.ts');
    await record(world, names, options);
  });
};
