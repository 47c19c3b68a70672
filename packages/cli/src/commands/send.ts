/**
 * `dexwire send`: its arguments. The work is done in `trading/`.
 */
import { type SigningOptions, withSigning } from '../options.ts';
import type { AddVerb } from '../program.ts';

export interface SendVerbOptions extends SigningOptions {
  readonly memo?: string;
}

const HELP = `
  dexwire send tbnb1qvtwkp8hdhas6y70vcz8dq8mcy5a2ylf2zh37s 1.5 BNB --memo 'thank you' --key-file key.txt`;

export const addSend: AddVerb = (program, world) => {
  const verb = program
    .command('send')
    .summary('send coins to an address')
    .description('Signs and broadcasts a transfer, and waits for the block that takes it.')
    .argument('<to>', 'address of the receiver')
    .argument('<amount>', 'decimal, such as 1.5')
    .argument('<asset>', 'such as BNB or BUSD-BD1')
    .option('--memo <text>', 'up to 128 bytes that everybody can read')
    .addHelpText('after', HELP);
  withSigning(verb, world).action(async (to: string, amount: string, asset: string, options: SendVerbOptions) => {
    const { send } = await import('../trading/trading.ts');
    await send(world, to, amount, asset, options);
  });
};
