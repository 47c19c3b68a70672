/**
 * `dexwire dashboard`: its arguments. The work is done in `serving/` and `dashboard/`.
 */
import { wholeNumber } from '../options.ts';
import type { AddVerb } from '../program.ts';

interface DashboardVerbOptions {
  readonly tab?: boolean;
  readonly out: string;
  readonly port?: number;
  readonly seed?: number;
}

const HELP = `
The page shows markets, candles, the book, trades and one account, and trades for accounts of development. It opens nothing by
itself: it prints what to open. With --tab the DEX runs in the page, and the folder can be put anywhere, with no server.

  dexwire dashboard                          a DEX with its page, and faults to try
  dexwire dashboard --tab --out my-dex       a folder; open its index.html`;

export const addDashboard: AddVerb = (program, world) => {
  const verb = program
    .command('dashboard')
    .summary('run a DEX with a page to trade by')
    .description(
      'Runs a DEX on this machine and serves a page to trade by, until Ctrl-C; or writes the page with a DEX inside.',
    )
    .option('--tab', 'writes a folder in which the DEX runs inside the page, and ends')
    .option('--out <folder>', 'where to, with --tab', 'dexwire-tab')
    .option('--port <n>', 'port on 127.0.0.1, 0 for any free one; 27100 unless given', wholeNumber('--port', 0, 65_535))
    .option(
      '--seed <n>',
      'prices and traders follow from this whole number; 1 unless given',
      wholeNumber('--seed', 0, 2 ** 32 - 1),
    )
    .addHelpText('after', HELP);
  verb.action(async ({ tab, out, ...served }: DashboardVerbOptions) => {
    if (tab) {
      const { writeTab } = await import('../dashboard/tab.ts');
      writeTab(world, out);
      return;
    }
    const [{ argumentsOf }, { serve }] = await Promise.all([
      import('../serving/arguments.ts'),
      import('../serving/serve.ts'),
    ]);
    const options = { ...served, traders: true, control: true, dashboard: true, logLevel: 'error' } as const;
    await serve(
      world,
      argumentsOf(options, (message) => verb.error(message)),
      options,
    );
  });
};
