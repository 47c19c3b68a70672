/**
 * The arguments that `npm run node` and `npm start` share: what is served, and how.
 * In: the command line. Out: a node or the recordings, started; or the usage and exit code 2.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DEFAULT_PORT, type Node, type NodeOptions, type Served, startNode, startRecordings } from '@dexwire/node';

/** What `packages/dashboard/build.mjs` has made, as the set-up has it do. */
export const PAGE_FOLDER = fileURLToPath(new URL('../../packages/dashboard/dist/page', import.meta.url));

export interface Arguments {
  readonly port: number;
  readonly recordings: boolean;
  readonly verbatim: boolean;
  readonly options: NodeOptions;
}

const OPTIONS = `  --port N          port on 127.0.0.1, 0 for any free one; ${DEFAULT_PORT} unless given
  --seed N          prices and traders follow from this whole number; 1 unless given
  --block-time N    milliseconds between two blocks; 400 unless given
  --genesis FILE    JSON: tokens, accounts, pairs and fees to begin with
  --scenario FILE   JSON lines of timed transactions
  --no-traders      nobody trades but you
  --rate N          how busy the traders are, up to 1000; 1 unless given
  --stepped         time stands still but for POST /control/advance and /control/at; with --control
  --entry           opens /entry/transactions for messages without a signature
  --control         opens /control: faults and time for programs on this machine
  --dashboard       serves a page to trade by at /dashboard/; npm start always does
  --hosts NAMES     names of this machine besides localhost, with commas between: by them programs and pages may call it
  --tls             speaks wss:// and https:// by a certificate of its own, which the ready line tells as ca
  --tls-cert FILE, --tls-key FILE
                    the same by yours: PEM of the certificate and of its key
  --recordings      plays recordings of the DEX instead; --verbatim: each recorded line once
`;

/** Says what is wrong and ends the process. */
const refuse = (command: string, message: string): never => {
  process.stderr.write(`${message}\n\nUsage: ${command}\n\n${OPTIONS}`);
  process.exit(2);
};

export const readArguments = (command: string): Arguments => {
  const wrong = (message: string): never => refuse(command, message);
  const parse = () => {
    try {
      return parseArgs({
        options: {
          port: { type: 'string' },
          seed: { type: 'string' },
          'block-time': { type: 'string' },
          genesis: { type: 'string' },
          scenario: { type: 'string' },
          'no-traders': { type: 'boolean' },
          rate: { type: 'string' },
          stepped: { type: 'boolean' },
          entry: { type: 'boolean' },
          control: { type: 'boolean' },
          dashboard: { type: 'boolean' },
          hosts: { type: 'string' },
          tls: { type: 'boolean' },
          'tls-cert': { type: 'string' },
          'tls-key': { type: 'string' },
          recordings: { type: 'boolean' },
          verbatim: { type: 'boolean' },
        },
      }).values;
    } catch (error) {
      return wrong(error instanceof Error ? error.message : String(error));
    }
  };
  const values = parse();
  const wholeNumber = (
    name: 'port' | 'seed' | 'block-time' | 'rate',
    least: number,
    most: number,
  ): number | undefined => {
    const text = values[name];
    if (text === undefined) return undefined;
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    return wrong(`--${name} is a whole number from ${least} to ${most}, not ${text}`);
  };
  const read = (name: 'genesis' | 'scenario' | 'tls-cert' | 'tls-key'): string | undefined => {
    const file = values[name];
    if (file === undefined) return undefined;
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      return wrong(`--${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const parsed = (text: string | undefined): unknown => {
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text);
    } catch (error) {
      return wrong(`--genesis is not JSON: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const readTls = (): NodeOptions['tls'] => {
    const cert = read('tls-cert');
    const key = read('tls-key');
    if (cert === undefined && key === undefined) return values.tls ? 'self-made' : undefined;
    if (values.tls) return wrong('--tls makes a certificate; leave it away to use that of --tls-cert and --tls-key');
    if (cert === undefined) return wrong('--tls-key is the key of a certificate: give --tls-cert too');
    if (key === undefined) return wrong('--tls-cert needs its private key: give --tls-key too');
    return { cert, key };
  };
  const readHosts = (): readonly string[] | undefined => {
    const names = values.hosts?.split(',').map((name) => name.trim());
    if (names?.some((name) => !/^[\w.-]+$/.test(name)))
      return wrong(`--hosts has names without port, with commas between, not ${values.hosts}`);
    return names;
  };
  const recordings = values.recordings === true || values.verbatim === true;
  for (const name of [
    'block-time',
    'genesis',
    'scenario',
    'no-traders',
    'rate',
    'stepped',
    'entry',
    'dashboard',
  ] as const)
    if (recordings && values[name] !== undefined) wrong(`--${name} means nothing with --recordings`);
  const seed = wholeNumber('seed', 0, 2 ** 32 - 1);
  const blockTime = wholeNumber('block-time', 1, 3_600_000);
  const rate = wholeNumber('rate', 0, 1_000);
  const genesis = parsed(read('genesis'));
  const scenario = read('scenario');
  const tls = readTls();
  const hosts = readHosts();
  return {
    port: wholeNumber('port', 0, 65_535) ?? DEFAULT_PORT,
    recordings,
    verbatim: values.verbatim === true,
    options: {
      ...(seed !== undefined && { seed }),
      ...(blockTime !== undefined && { blockTime }),
      ...(genesis !== undefined && { genesis }),
      ...(scenario !== undefined && { scenario }),
      ...(rate !== undefined && { traders: rate }),
      ...(values['no-traders'] && { traders: false }),
      ...(values.stepped && { time: 'stepped' as const }),
      ...(values.entry && { entry: true }),
      ...(values.control && { control: true }),
      ...(values.dashboard && { dashboard: PAGE_FOLDER }),
      ...(hosts && { hosts }),
      ...(tls && { tls }),
    },
  };
};

/** @throws NodeError, GenesisError, ScenarioError. */
export const startServed = ({ recordings, verbatim, options, port }: Arguments): Promise<Served | Node> =>
  recordings
    ? startRecordings({
        port,
        verbatim,
        ...(options.seed !== undefined && { seed: options.seed }),
        ...(options.control && { control: true }),
        ...(options.hosts && { hosts: options.hosts }),
        ...(options.tls && { tls: options.tls }),
      })
    : startNode({ ...options, port });
