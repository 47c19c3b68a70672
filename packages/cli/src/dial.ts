/**
 * A connection as a verb wants it.
 * In: a world, what was said about the network. Out: a `Dex`, not dialled yet.
 */
import { readFileSync } from 'node:fs';
import { connect, type Dex, type DexOptions, type Network } from 'dexwire';
import { CliError, messageOf } from './errors.ts';
import { isNetwork, type NetworkOptions } from './options.ts';
import { plain } from './terminal/plain.ts';
import type { World } from './world.ts';

const read = (ca: string): string => {
  try {
    return readFileSync(ca, 'utf8');
  } catch (cause) {
    throw new CliError('USAGE', `--ca: ${messageOf(cause)}`, { cause });
  }
};

/** @throws CliError `USAGE`: the file of `--ca` cannot be read, or is none. */
const caOf = ({ ca }: Pick<NetworkOptions, 'ca'>): string | undefined => {
  if (ca === undefined) return undefined;
  const text = read(ca);
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new CliError('USAGE', `--ca: ${ca} has no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----`);
};

/** The network as it is, and what this program has to say when nobody answers there. */
const networkOf = ({ network, rest }: NetworkOptions): Network => {
  if (!isNetwork(network))
    throw new CliError(
      'USAGE',
      'DEXWIRE_NETWORK is local, testnet, mainnet, or a ws:// or wss:// URL, and its value is none',
    );
  const { hint, ...known } = connect(network).network; // nothing is dialled by that
  return {
    ...known,
    ...(rest !== undefined && { rest }),
    ...(hint !== undefined && { hint: network === 'local' ? 'start one with: dexwire node' : hint }),
  };
};

/**
 * @param more - Besides what every verb wants.
 * @throws CliError `USAGE`.
 */
export const dial = (world: World, options: NetworkOptions, more: DexOptions = {}): Dex => {
  const ca = caOf(options);
  return connect(networkOf(options), {
    clock: world.clock,
    connectTimeout: options.connectTimeout,
    ...(ca !== undefined && { ca }),
    onError: (error) => void world.stderr.write(`dexwire: ${plain(error.message)}\n`),
    ...more,
  });
};
