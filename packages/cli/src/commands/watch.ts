/**
 * `dexwire watch`: its arguments. The work is done in `watch/`.
 */
import { Option } from 'commander';
import { durationMs, type NetworkOptions, wholeNumber, withNetwork } from '../options.ts';
import type { AddVerb } from '../program.ts';

export interface WatchOptions extends NetworkOptions {
  readonly json?: boolean;
  readonly fields?: string;
  readonly count?: number;
  /** Milliseconds. */
  readonly for?: number;
  readonly strict?: boolean;
}

const HELP = `
A stream is named as in the URLs of the venue, or by its topic with what it is about behind it:
  dexwire watch BNB_BTCB-1DE@trades             the same as: dexwire watch trades BNB_BTCB-1DE
  dexwire watch trades BNB_BTCB-1DE ETH-1C9_BNB blockheight
  dexwire watch kline_1m BNB_BTCB-1DE           also kline_1h, marketDepth100, ...
  dexwire watch tbnb1...                        orders, accounts and transfers of an address
  dexwire watch orders tbnb1...                 the same as: dexwire watch tbnb1...@orders
  dexwire watch allTickers                      the same as: dexwire watch '$all@allTickers'

Topics: trades, marketDiff, marketDepth[100|500|1000], kline_<interval>, ticker, miniTicker of symbols; orders, accounts,
transfers of addresses; allTickers, allMiniTickers, blockheight of everybody.

For programs: one line of JSON an event, all digits kept, with "kind" and "stream" in front.
  dexwire watch trades BNB_BTCB-1DE --json | jq -r 'select(.kind == "event") | [.time, .price, .quantity] | @tsv'
  dexwire watch trades BNB_BTCB-1DE --fields time,price,quantity --count 10
What may have been missed is told as well: as lines of kind gap, gapClosed and status, or on stderr; with --strict it ends
the program with code 4.`;

export const addWatch: AddVerb = (program, world) => {
  const verb = program
    .command('watch')
    .summary('print events of streams as they come')
    .description('Prints events of streams as they come: as columns, or as lines of JSON.')
    .argument('<stream...>', 'BNB_BTCB-1DE@trades, or trades BNB_BTCB-1DE; see below')
    .option('--json', 'a line of JSON for each event, nothing rounded')
    .option('--fields <names>', 'only these, with commas between, such as price,quantity or kline.close')
    .addOption(
      new Option('--count <n>', 'end after so many events').argParser(
        wholeNumber('--count', 1, Number.MAX_SAFE_INTEGER),
      ),
    )
    .addOption(new Option('--for <time>', 'end after so long, such as 30s, 5m').argParser(durationMs))
    .option('--strict', 'end with code 4 as soon as events may have been missed')
    .addHelpText('after', HELP);
  withNetwork(verb, world).action(async (names: string[], options: WatchOptions) => {
    const { watch } = await import('../watch/watch.ts');
    await watch(world, names, options);
  });
};
