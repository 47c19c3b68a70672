/**
 * `dexwire book`: its arguments. The work is done in `book/`.
 */
import { Option } from 'commander';
import { durationMs, type NetworkOptions, wholeNumber, withNetwork } from '../options.ts';
import type { AddVerb } from '../program.ts';

export interface BookVerbOptions extends NetworkOptions {
  readonly levels?: number;
  readonly once?: boolean;
  readonly json?: boolean;
  readonly strict?: boolean;
  /** Milliseconds. */
  readonly for?: number;
  readonly within: number;
}

const HELP = `
The first line says whether the levels can be relied on: verified, or stale and rebuilding with what is wrong. Levels that are
not certain, deep down, are dim. q or Ctrl-C ends it.

  dexwire book BNB_BTCB-1DE                           on a terminal; elsewhere it prints the book once
  dexwire book BNB_BTCB-1DE --once --levels 5
  dexwire book BNB_BTCB-1DE --json | jq -c 'select(.kind == "book") | [.bids[0], .asks[0], .state]'`;

export const addBook: AddVerb = (program, world) => {
  const verb = program
    .command('book')
    .summary('show an order book and its trades, live')
    .description('Shows the order book of a symbol and its trades, live, with the verified state of the book.')
    .argument('<symbol>', 'such as BNB_BTCB-1DE')
    .addOption(
      new Option('--levels <n>', 'how many a side; as many as there is room for, or 20, unless given').argParser(
        wholeNumber('--levels', 1, 500),
      ),
    )
    .option('--once', 'print it once, when it is verified')
    .option('--json', 'a line of JSON for each change of the book, and for each trade')
    .option('--strict', 'end with code 4 when the book is not verified any more')
    .addOption(new Option('--for <time>', 'end after so long').argParser(durationMs))
    .addOption(
      new Option('--within <time>', 'how long it may take until the book is verified')
        .argParser(durationMs)
        .default(10_000, '10s'),
    )
    .addHelpText('after', HELP);
  withNetwork(verb, world).action(async (symbol: string, options: BookVerbOptions) => {
    const { book } = await import('../book/book.ts');
    await book(world, symbol, options);
  });
};
