/**
 * What is served, and how, as it was said on the command line.
 * In: options of the verb `node`. Out: options of a node or of the recordings; a complaint about what does not go together.
 */
import { readFileSync } from 'node:fs';
import type { NodeOptions } from '@dexwire/node';
import type { NodeVerbOptions } from '../commands/node.ts';
import { pageFolder } from '../dashboard/pages.ts';
import { messageOf } from '../errors.ts';

export interface Arguments {
  /** The node's own default if it was not given. */
  readonly port: number | undefined;
  readonly recordings: boolean;
  readonly verbatim: boolean;
  readonly options: NodeOptions;
}

/** Says what is wrong, and how it would be right; does not return. */
export type Refuse = (message: string) => never;

const readAs = (flag: string, file: string | undefined, refuse: Refuse): string | undefined => {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return refuse(`${flag}: ${messageOf(error)}`);
  }
};

const parsed = (text: string | undefined, refuse: Refuse): unknown => {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuse(`--genesis is not JSON: ${messageOf(error)}`);
  }
};

const tlsOf = (given: NodeVerbOptions, refuse: Refuse): NodeOptions['tls'] => {
  const cert = readAs('--tls-cert', given.tlsCert, refuse);
  const key = readAs('--tls-key', given.tlsKey, refuse);
  if (cert === undefined && key === undefined) return given.tls ? 'self-made' : undefined;
  if (given.tls) return refuse('--tls makes a certificate; leave it away to use that of --tls-cert and --tls-key');
  if (cert === undefined) return refuse('--tls-key is the key of a certificate: give --tls-cert too');
  if (key === undefined) return refuse('--tls-cert needs its private key: give --tls-key too');
  return { cert, key };
};

const hostsOf = ({ hosts }: NodeVerbOptions, refuse: Refuse): readonly string[] | undefined => {
  const names = hosts?.split(',').map((name) => name.trim());
  if (names?.some((name) => !/^[\w.-]+$/.test(name)))
    return refuse(`--hosts has names without port, with commas between, not ${hosts}`);
  return names;
};

/** Those that mean nothing to recordings, by their names among the options. */
const OF_THE_VENUE = {
  blockTime: '--block-time',
  genesis: '--genesis',
  scenario: '--scenario',
  rate: '--rate',
  stepped: '--stepped',
  entry: '--entry',
} as const;

export const argumentsOf = (given: NodeVerbOptions, refuse: Refuse): Arguments => {
  const { seed, blockTime, rate, stepped, entry, control, dashboard, traders } = given;
  const verbatim = given.verbatim === true;
  const recordings = given.recordings === true || verbatim;
  if (recordings) {
    for (const [name, flag] of Object.entries(OF_THE_VENUE))
      if (given[name as keyof typeof OF_THE_VENUE] !== undefined) refuse(`${flag} means nothing with --recordings`);
    if (!traders) refuse('--no-traders means nothing with --recordings');
  }
  const genesis = parsed(readAs('--genesis', given.genesis, refuse), refuse);
  const scenario = readAs('--scenario', given.scenario, refuse);
  const tls = tlsOf(given, refuse);
  const hosts = hostsOf(given, refuse);
  return {
    port: given.port,
    recordings,
    verbatim,
    options: {
      ...(seed !== undefined && { seed }),
      ...(blockTime !== undefined && { blockTime }),
      ...(genesis !== undefined && { genesis }),
      ...(scenario !== undefined && { scenario }),
      ...(rate !== undefined && { traders: rate }),
      ...(!traders && { traders: false }),
      ...(stepped && { time: 'stepped' as const }),
      ...(entry && { entry: true }),
      ...(control && { control: true }),
      ...(dashboard !== undefined && { dashboard: dashboard === true ? pageFolder('page') : dashboard }),
      ...(hosts && { hosts }),
      ...(tls && { tls }),
    },
  };
};
