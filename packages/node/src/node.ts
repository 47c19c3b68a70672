/**
 * The node: a local DEX that matches, settles and streams, behind the URLs of the original.
 * In: options. Out: a running node, and the one way to end it.
 */
import type { Milliseconds } from '@dexwire/protocol';
import type { Message } from '@dexwire/protocol/transactions';
import { BLOCK_MS, heightAt } from './blockClock.ts';
import type { Block } from './chain/block.ts';
import { defaultGenesis } from './chain/defaultGenesis.ts';
import { type DevKey, devKey, FAUCET, IDLE, MAKER, VALIDATOR, WHALE } from './chain/devKeys.ts';
import { type Genesis, parseGenesis } from './chain/genesis.ts';
import type { Result } from './chain/result.ts';
import type { State } from './chain/state.ts';
import { type Clock, systemClock } from './clock.ts';
import type { TimeControl } from './control/control.ts';
import { ControlError } from './control/controlError.ts';
import { NodeError } from './errors.ts';
import type { BlockMeter } from './gateway/metrics.ts';
import type { Sink } from './gateway/source.ts';
import type { HistoryLimits } from './history.ts';
import { ENTRY_PATH, entryApp } from './rest/entry.ts';
import { FAUCET_PATH, faucetApp } from './rest/faucet.ts';
import { BLOCK_SERVICE_BASE, restApp } from './rest/restApp.ts';
import type { EntryView } from './rest/restView.ts';
import { parseScenario, ScenarioRunner } from './scenario.ts';
import { type Served, type ServeOptions, serve } from './serve.ts';
import type { DiffCadence } from './topics.ts';
import { defaultTraders } from './traders/defaultTraders.ts';
import type { Actor } from './traders/trader.ts';
import type { Traders } from './traders/traders.ts';
import { type SubmitOptions, Venue } from './venue.ts';
import { VERSION } from './version.ts';

export interface NodeOptions extends ServeOptions {
  /** A genesis, or its JSON; the default market unless given. */
  readonly genesis?: unknown;
  /** What prices and traders follow from: a whole number, 1 unless given. The same one gives the same market. */
  readonly seed?: number;
  /** Whether synthetic traders make the market lively: yes unless told otherwise. A number is their rate, 1 is usual. */
  readonly traders?: boolean | number;
  /** Act before each block, after the traders. */
  readonly actors?: readonly Actor[];
  /** Timed transactions, a JSON line each. */
  readonly scenario?: string;
  /** Milliseconds between two blocks; 400 unless given. */
  readonly blockTime?: Milliseconds;
  /**
   * Blocks that are made before anybody is let in, so that books are full and klines have a past: 150 unless given, in real
   * time and with traders; none where time is stepped, or with a scenario. Actors act in them too.
   */
  readonly warmUp?: number;
  /** Whether `marketDiff` comes each second, or for each block; `second` unless given. */
  readonly diffs?: DiffCadence;
  readonly history?: Partial<HistoryLimits>;
  /** `real`: goes by the clock, unless told otherwise. `stepped`: stands still but for `advance` and `at`. */
  readonly time?: 'real' | 'stepped';
  /** Where stepped time begins; the genesis says it unless given. */
  readonly from?: Milliseconds;
  /** Opens `/entry/transactions`, where programs on this machine send messages without a signature. Off unless given. */
  readonly entry?: boolean;
  /**
   * Opens `/faucet`, where programs on this machine, and with `hosts` on others, ask for coins for an address. Open unless
   * told otherwise.
   */
  readonly faucet?: boolean;
}

/** A running node. */
export interface Node extends Served {
  /** Accounts for development, with their keys. The traders act for them a little, so that each stream of theirs has news. */
  readonly accounts: readonly DevKey[];
  /** Accounts for development that nobody acts for, with their keys: for programs that want an account of their own. */
  readonly idleAccounts: readonly DevKey[];
  /** Of the chain, with what transactions have done since the latest block. To read. */
  readonly state: State;
  /** What became of the scenario so far. */
  readonly scenario: ScenarioRunner | undefined;
  /** Equal for two nodes that took the same way. */
  stateHash(): string;
  /** Runs a message at once in the running block, without a signature; a refused one changes nothing. */
  submit(message: Message, options?: SubmitOptions): Result;
  /**
   * Seals so many blocks, 1 unless given. Sockets are written and read in between, so that nobody falls behind.
   *
   * @throws NodeError `TIME_RUNS` unless time is stepped.
   */
  advance(blocks?: number): Promise<void>;
  /**
   * Goes to a time (milliseconds since the Unix epoch) and seals one block there; the chain stands still in between.
   *
   * @throws NodeError `TIME_RUNS` unless time is stepped, `TIME_FALLS` if the time is over.
   */
  at(time: Milliseconds): Promise<void>;
}

const wholeAbove = (name: string, value: number, least: number): number => {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new NodeError('OPTIONS_INVALID', `${name} is a whole number from ${least} on, not ${value}`);
};

/** A minute of the usual 400 ms. */
const WARM_UP_BLOCKS = 150;

const warmUpOf = ({ warmUp, time, traders, scenario }: NodeOptions): number =>
  warmUp ?? (time === 'stepped' || traders === false || scenario !== undefined ? 0 : WARM_UP_BLOCKS);

/** In real time the heights follow from the clock, so that they go on rising from one start to the next. */
const genesisOf = (
  { genesis: given, seed, time }: NodeOptions,
  now: Milliseconds,
  blockTime: Milliseconds,
): Genesis => {
  const genesis = given === undefined ? defaultGenesis(seed === undefined ? {} : { seed }) : parseGenesis(given);
  if (time === 'stepped') return genesis;
  return {
    ...genesis,
    initialHeight: Math.max(genesis.initialHeight, heightAt(now, blockTime)),
    time: new Date(now).toISOString(),
  };
};

/** The named accounts whose keys everybody knows. */
const devAccountsOf = ({ accounts, prefix }: Genesis): DevKey[] =>
  accounts.flatMap(({ name, address }) => {
    if (name === undefined) return [];
    const key = devKey(name, prefix);
    return key.address === address ? [key] : [];
  });

const isIdle = (name: string): boolean => IDLE.some((idle) => idle === name);

/** Accounts that play a part of their own: nobody else is to act for them. */
const PARTS: readonly string[] = [MAKER, WHALE, VALIDATOR, FAUCET];

const tradersOf = ({ accounts, pairs }: Genesis, seed: number, rate: number): Traders =>
  defaultTraders({
    seed,
    rate,
    accounts: new Map(
      accounts.flatMap(({ name, address }) =>
        name === undefined || name === FAUCET || isIdle(name) ? [] : [[name, address]],
      ),
    ),
    symbols: pairs.map(({ base, quote }) => `${base}_${quote}`),
  });

const timeOf = (venue: Venue, run: () => void): TimeControl => ({
  now: () => venue.now(),
  advance: async (blocks) => stepped(() => venue.advance(blocks)),
  advanceTo: (time) => stepped(() => venue.advanceTo(time)),
  pause: () => venue.stop(),
  run,
});

/** What a control is told when time cannot be stepped as asked. */
const stepped = (step: () => void): void => {
  try {
    step();
  } catch (error) {
    if (!(error instanceof NodeError)) throw error;
    throw error.code === 'TIME_RUNS'
      ? new ControlError('CONTROL_TIME_NOT_STEPPED', 'time goes by itself here; pause it first', { cause: error })
      : new ControlError('CONTROL_BAD_ARGUMENT', error.message, { cause: error });
  }
};

const meter =
  (metrics: BlockMeter) =>
  ({ height, transactions, trades }: Block, seconds: number): void => {
    const orders = transactions.filter(({ transaction }) => transaction.message.type === 'newOrder');
    const ordersAccepted = orders.filter(({ result }) => result.ok).length;
    const ordersRefused = orders.length - ordersAccepted;
    metrics.sealed({ height, seconds, ordersAccepted, ordersRefused, trades: trades.length });
  };

/**
 * Starts a node in this process.
 *
 * @throws NodeError `LISTEN_FAILED` if the port is taken, `OPTIONS_INVALID`; GenesisError; ScenarioError.
 */
export const startNode = async (options: NodeOptions = {}): Promise<Node> => {
  const { clock = systemClock, time = 'real', seed = 1, traders = true, blockTime = BLOCK_MS } = options;
  const { entry = false, faucet = true, hosts = [] } = options;
  wholeAbove('blockTime', blockTime, 1);
  wholeAbove('seed', seed, 0);
  const warmUp = wholeAbove('warmUp', warmUpOf(options), 0);
  const genesis = genesisOf(options, clock.now() - warmUp * blockTime, blockTime);
  const devAccounts = devAccountsOf(genesis);
  const named = new Map(devAccounts.map(({ name, address }) => [name, address]));
  const scenario =
    options.scenario === undefined ? undefined : new ScenarioRunner(parseScenario(options.scenario, named));
  let onBlock = (_block: Block, _seconds: number): void => {};
  let running: [sink: Sink, clock: Clock] | undefined;
  const venue = new Venue({
    genesis,
    blockTime,
    actors: [
      ...(traders === false ? [] : [tradersOf(genesis, seed, traders === true ? 1 : traders)]),
      ...(options.actors ?? []),
      ...(scenario ? [scenario] : []),
    ],
    ...(time === 'stepped' && options.from !== undefined && { from: options.from }),
    ...(options.history && { history: options.history }),
    ...(options.diffs && { diffs: options.diffs }),
    onBlock: (block, seconds) => onBlock(block, seconds),
    stopwatch: () => performance.now(),
  });

  venue.advance(warmUp);

  const view = {
    state: venue.state,
    market: venue.market,
    history: venue.history,
    version: VERSION,
    get latest() {
      return venue.latest;
    },
    now: () => venue.now(),
  };
  const unsigned: EntryView = { state: venue.state, submit: (message, given) => venue.enter(message, given) };
  const told = options.onError === undefined ? {} : { onFault: options.onError };
  const from = genesis.accounts.find(({ name }) => name === FAUCET)?.address;
  const doors = ['watch' as const, ...(entry ? ['entry' as const] : []), ...(faucet ? ['faucet' as const] : [])];
  const rest = restApp(view, venue, { hosts, doors, ...told });
  const served = await serve(venue, options, {
    paths: [
      ...(entry ? [[ENTRY_PATH, entryApp(unsigned, { hosts, ...told }).fetch] as const] : []),
      ...(faucet ? [[FAUCET_PATH, faucetApp(unsigned, { hosts, from, ...told }).fetch] as const] : []),
      ...['/api/v1', BLOCK_SERVICE_BASE].map((prefix) => [prefix, rest.fetch] as const),
    ],
    time: timeOf(venue, () => running && venue.start(...running)),
    ...(time === 'stepped' && { now: () => venue.now() }),
    restingOrders: () => venue.state.openOrders.size,
    metrics: (metrics) => {
      onBlock = meter(metrics);
    },
    start: (sink, own) => {
      running = [sink, own];
      if (time === 'stepped') venue.attach(sink);
      else venue.start(sink, own);
    },
  });
  return {
    ...served,
    get symbols() {
      return venue.symbols;
    },
    accounts: devAccounts.filter(({ name }) => !isIdle(name) && !PARTS.includes(name)),
    idleAccounts: devAccounts.filter(({ name }) => isIdle(name)),
    state: venue.state,
    scenario,
    stateHash: () => venue.stateHash(),
    submit: (message, given) => venue.submit(message, given),
    advance: async (blocks = 1) => {
      for (let block = 0; block < blocks; block += 1) {
        venue.advance();
        await served.written();
      }
    },
    at: async (to) => venue.advanceTo(to),
  };
};
