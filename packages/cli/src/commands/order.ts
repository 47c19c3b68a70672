/**
 * `dexwire order`: its arguments. The work is done in `trading/`.
 */
import { Argument } from 'commander';
import { type SigningOptions, withSigning } from '../options.ts';
import type { AddVerb } from '../program.ts';

export interface OrderVerbOptions extends SigningOptions {
  readonly price: string;
  readonly quantity: string;
  readonly ioc?: boolean;
  readonly round?: boolean;
}

const HELP = `
It waits for the block that takes the order, and tells what that made of it:
  DEXWIRE_KEY=... dexwire order buy BNB_BUSD-BD1 --quantity 1.5 --price 299.5
  dexwire order sell BNB_BUSD-BD1 --quantity 1.5 --price 299.5037 --round --key-file key.txt --json | jq -r .orderId
Figures are exact decimals. A price has to be a multiple of the pair's tick, a quantity of its lot; --round moves them there,
never so that more is given than was said.`;

export const addOrder: AddVerb = (program, world) => {
  const verb = program
    .command('order')
    .summary('place a limit order')
    .description('Signs and broadcasts a limit order, and waits for the block that takes it.')
    .addArgument(new Argument('<side>', 'buy or sell').choices(['buy', 'sell']))
    .argument('<symbol>', 'such as BNB_BUSD-BD1')
    .requiredOption('--quantity <decimal>', 'how much of the base asset')
    .requiredOption('--price <decimal>', 'limit, in the quote asset for one of the base asset')
    .option('--ioc', 'immediate or cancel: what does not trade in its block is cancelled')
    .option('--round', 'move price and quantity to the tick and lot of the pair')
    .addHelpText('after', HELP);
  withSigning(verb, world).action(async (side: 'buy' | 'sell', symbol: string, options: OrderVerbOptions) => {
    const { order } = await import('../trading/trading.ts');
    await order(world, side, symbol, options);
  });
};
