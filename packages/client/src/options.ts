/**
 * What a program may choose of a connection and of its queues.
 * In: options as they were given. Out: all of them, checked, with defaults for the others.
 */
import { type DexError, ValueError } from '@dexwire/protocol';
import { openSocket } from '#socket';
import { systemClock } from './clock.ts';
import { ConsumerError } from './errors.ts';
import type { QueueOptions } from './eventQueue.ts';
import type { LinkSettings } from './link.ts';
import type { Target } from './networks.ts';
import { outlast } from './outlast.ts';
import type { FrameCheck } from './validation/frameCheck.ts';
import { pageWakes, type Wakes } from './wake.ts';

/** Each has a default. Times in milliseconds. */
export interface DexOptions extends Partial<LinkSettings> {
  /**
   * Further endpoints, or the same once more: each is asked for everything as well, on a socket of its own, and the first copy of
   * an event is the one that is delivered.
   */
  readonly also?: readonly Target[];
  /** Looks at each frame that somebody wants; what it throws makes the frame an unreadable one. */
  readonly check?: FrameCheck | undefined;
  /** Tells when the program may have slept. Default: in browsers, when the network is back or the tab is seen again. */
  readonly wakes?: Wakes;
  /** Takes every error that no promise can carry; without it they are printed. */
  readonly onError?: (error: DexError) => void;
}

/** All options, each with a value. */
export type Settings = Required<DexOptions>;

const DEFAULTS: Settings = {
  ask: 'commands',
  openSocket,
  ca: undefined,
  clock: systemClock,
  random: Math.random,
  pulse: true,
  staleAfter: 5000,
  renewEvery: Number.POSITIVE_INFINITY,
  streamsPerSocket: { commands: 1000, combined: 100 },
  commands: { perSecond: 10, burst: 50 },
  repair: undefined,
  auditEvery: 60_000,
  metrics: undefined,
  log: undefined,
  also: [],
  check: undefined,
  wakes: pageWakes,
  connectTimeout: 10_000,
  closeTimeout: 5000,
  keepAliveEvery: 600_000,
  linger: 5000,
  backoff: { first: 500, factor: 2, most: 30_000 },
  onError: console.error,
};

/** What was given, not counting what was given as undefined. */
const given = <T extends object>(options: T): T =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;

/** What is not from zero on. */
const LEAST: Readonly<Record<string, number>> = {
  'queue.limit': 1,
  'commands.burst': 1,
  'commands.perSecond': 0.001,
  'streamsPerSocket.commands': 1,
  'streamsPerSocket.combined': 1,
};

/** Every number among the defaults has to be one, and no less than it may. */
const check = (options: object, defaults: object, path = ''): void => {
  for (const [name, value] of Object.entries(defaults)) {
    const found = (options as Record<string, unknown>)[name];
    const least = LEAST[path + name] ?? 0;
    if (typeof value === 'number' && !(typeof found === 'number' && found >= least))
      throw new ValueError('OPTION_INVALID', found, `${path}${name}: a number from ${least} on`);
    if (Object.getPrototypeOf(value ?? 0) === Object.prototype) check(found ?? {}, value, `${path}${name}.`);
  }
};

const oneOf = (name: string, found: string, names: readonly string[]): void => {
  if (!names.includes(found)) throw new ValueError('OPTION_INVALID', found, `${name}: ${names.join(', ')}`);
};

/**
 * All options of a connection.
 *
 * @param report - Takes what a log or metrics throw, which harms nobody else.
 * @throws ValueError `OPTION_INVALID`
 */
export const settingsOf = (options: DexOptions, report: (error: DexError) => void): Settings => {
  const settings: Settings = { ...DEFAULTS, ...given(options) };
  check(settings, DEFAULTS);
  oneOf('ask', settings.ask, ['commands', 'name', 'combined']);
  const threw = (cause: unknown): void => report(new ConsumerError('a log or metrics threw', { cause }));
  const { metrics, log } = settings;
  return {
    ...settings,
    metrics: metrics && {
      count: (...figure) => outlast(() => metrics.count(...figure), threw),
      measure: (...figure) => outlast(() => metrics.measure(...figure), threw),
    },
    log: log && ((line) => outlast(() => log(line), threw)),
  };
};

/** @throws ValueError `OPTION_INVALID` */
export const queueOf = (isConflatable: boolean, queue: Partial<QueueOptions> = {}): QueueOptions => {
  const defaults = {
    policy: isConflatable ? 'conflate' : 'dropOldest',
    limit: isConflatable ? 1000 : 10_000,
  } as const;
  const options = { ...defaults, ...given(queue) };
  check(options, defaults, 'queue.');
  oneOf('queue.policy', options.policy, ['dropOldest', 'dropNewest', 'conflate', 'pause', 'fail']);
  return options;
};
