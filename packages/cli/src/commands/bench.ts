/**
 * `dexwire bench`: its arguments. The work is done in `bench/`.
 */
import { Option } from 'commander';
import { durationMs, type NetworkOptions, wholeNumber, withNetwork } from '../options.ts';
import type { AddVerb } from '../program.ts';

export interface BenchOptions extends NetworkOptions {
  /** Milliseconds. */
  readonly for: number;
  readonly sockets: number;
  readonly json?: boolean;
}

const HELP = `
A line a second, and last what one core of this machine would sustain: frames a second, by the CPU that each has taken here.
Lag is how much later than at best events came. More sockets bring everything as often, to see where this machine falls behind.

  dexwire bench                                        all streams of all symbols that are listed, for 10 s
  dexwire bench trades BNB_BTCB-1DE --for 1m
  dexwire bench --sockets 50 --json | tail -1 | jq .sustained`;

export const addBench: AddVerb = (program, world) => {
  const verb = program
    .command('bench')
    .summary('measure what this machine sustains against an endpoint')
    .description('Measures frames per second, lag and CPU of this machine against an endpoint.')
    .argument('[stream...]', 'as for watch; all of all symbols unless given')
    .addOption(new Option('--for <time>', 'how long').argParser(durationMs).default(10_000, '10s'))
    .addOption(
      new Option('--sockets <n>', 'how many connections, each with all of it')
        .argParser(wholeNumber('--sockets', 1, 1000))
        .default(1),
    )
    .option('--json', 'lines of JSON')
    .addHelpText('after', HELP);
  withNetwork(verb, world).action(async (names: string[], options: BenchOptions) => {
    const { bench } = await import('../bench/bench.ts');
    await bench(world, names, options);
  });
};
