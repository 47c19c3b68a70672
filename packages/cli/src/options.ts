/**
 * Options that several verbs have, each described and read once.
 * In: a verb. Out: the verb with its options; what was given, as values.
 */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { World } from './world.ts';

/** What a verb is told about whom to talk to. */
export interface NetworkOptions {
  readonly network: string;
  readonly rest?: string;
  readonly ca?: string;
  /** Milliseconds. */
  readonly connectTimeout: number;
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads `30s`, `500ms`, `1.5m`, `2h`; a number without a unit has seconds. */
export const durationMs = (text: string): number => {
  const [, digits, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text) ?? [];
  const ms = digits === undefined ? 0 : Number(digits) * UNITS_MS[unit]!;
  if (ms > 0 && ms <= 2 ** 47) return ms;
  throw new InvalidArgumentError('A duration is such as 30s, 500ms, 5m or 2h, above 0.');
};

/** @param name - For the complaint, such as `--port`. */
export const wholeNumber =
  (name: string, least: number, most: number) =>
  (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`${name} is a whole number from ${least} to ${most}, not ${text}`);
  };

/** Whether a text says whom to talk to: a name that is known, or the URL of a gateway. */
export const isNetwork = (text: string): boolean =>
  ['local', 'testnet', 'mainnet'].includes(text) || (/^wss?:\/\/[^\s#]+$/i.test(text) && URL.canParse(text));

const networkName = (text: string): string => {
  if (isNetwork(text)) return text;
  throw new InvalidArgumentError('A network is local, testnet, mainnet, or a ws:// or wss:// URL.');
};

const restUrl = (text: string): string => {
  if (/^https?:\/\/[^\s#]+$/i.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('REST is at an http:// or https:// URL.');
};

/** Adds whom to talk to. */
export const withNetwork = (verb: Command, { env }: Pick<World, 'env'>): Command => {
  const network = new Option('-n, --network <name>', 'local, testnet, mainnet, or the URL of a gateway: ws://...')
    .argParser(networkName)
    .default('local');
  // Not commander's own `env`, which reads the process and not the world. It is looked at when it is used.
  if (env.DEXWIRE_NETWORK) network.default(env.DEXWIRE_NETWORK, 'of DEXWIRE_NETWORK');
  return verb
    .addOption(network)
    .addOption(new Option('--rest <url>', 'where REST is, if not beside the streams').argParser(restUrl))
    .option('--ca <file>', 'PEM of the authority to trust with wss://, such as the ca of a node with --tls')
    .addOption(
      new Option('--connect-timeout <time>', 'how long the first connection may take')
        .argParser(durationMs)
        .default(5000, '5s'),
    );
};

/** Which key signs. */
export interface KeyOptions {
  readonly keyFile?: string;
  readonly account: number;
}

/** What a verb that signs is told besides. */
export interface SigningOptions extends NetworkOptions, KeyOptions {
  readonly json?: boolean;
  /** Milliseconds. */
  readonly within: number;
}

/** What every verb that signs says of its key. */
const KEY_HELP = `
The key is 64 hex digits, or 12 to 24 words. It comes from --key-file (which nobody else should be able to read; - is stdin),
from DEXWIRE_KEY or from DEXWIRE_MNEMONIC; never from an argument, which all users of a machine can see.
Code 5 means that the transaction was sent and what became of it is not known: look for its hash before you send again.`;

/** Adds whom to talk to, and with what key. */
export const withSigning = (verb: Command, world: Pick<World, 'env'>): Command =>
  withNetwork(
    verb
      .option('--key-file <file>', 'file with the key or its words; - for stdin')
      .addOption(
        new Option('--account <n>', 'which account of the words')
          .argParser(wholeNumber('--account', 0, 2 ** 31 - 1))
          .default(0),
      )
      .addOption(new Option('--within <time>', 'how long it may take').argParser(durationMs).default(30_000, '30s'))
      .option('--json', 'a line of JSON for what became of it, nothing rounded'),
    world,
  ).addHelpText('after', KEY_HELP);
