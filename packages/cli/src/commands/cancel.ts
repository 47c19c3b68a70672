/**
 * `dexwire cancel`: its arguments. The work is done in `trading/`.
 */
import { type SigningOptions, withSigning } from '../options.ts';
import type { AddVerb } from '../program.ts';

export interface CancelVerbOptions extends SigningOptions {
  readonly all?: boolean;
}

const HELP = `
  dexwire cancel BNB_BUSD-BD1 1D518A2563B0CB912AD70DEB7A18CD7ED2FBB7D4-12 --key-file key.txt
  dexwire cancel --all --key-file key.txt             all open orders of the account
  dexwire cancel --all BNB_BUSD-BD1 --key-file key.txt`;

export const addCancel: AddVerb = (program, world) => {
  const verb = program
    .command('cancel')
    .summary('cancel orders')
    .description('Signs and broadcasts cancels, and waits for the block that takes them.')
    .argument('[symbol]', 'such as BNB_BUSD-BD1')
    .argument('[id...]', 'of orders')
    .option('--all', 'all open orders, of the symbol if there is one')
    .addHelpText('after', HELP);
  withSigning(verb, world).action(
    async (symbol: string | undefined, ids: readonly string[], options: CancelVerbOptions) => {
      const { cancel } = await import('../trading/trading.ts');
      await cancel(world, symbol, ids, options);
    },
  );
};
