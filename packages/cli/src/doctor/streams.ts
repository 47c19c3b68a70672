/**
 * What the streams of a venue bring within a while.
 * In: a connection, a symbol, how long. Out: checks: what came, how late, what did not come and should have.
 */
import {
  allMiniTickers,
  allTickers,
  blockheight,
  type Dex,
  type DexStats,
  kline,
  type LagHistogram,
  marketDepth,
  marketDiff,
  miniTicker,
  type Stream,
  type Subscription,
  ticker,
  trades,
} from 'dexwire';
import { messageOf } from '../errors.ts';
import { type Check, fail, ms, ok, warn } from './check.ts';

/** Of a reader that is punctual. */
const LATE_MS = 1000;
/** After so long a stream that comes each second has come. */
const STEADY_MS = 2500;

const OF_SYMBOL: readonly Stream[] = [trades, marketDiff, marketDepth(), kline('1m'), ticker, miniTicker];
const OF_ALL: readonly Stream[] = [blockheight, allTickers, allMiniTickers];

interface Heard {
  readonly stream: Stream;
  frames: number;
  gaps: number;
  refusal?: unknown;
}

/** How often the socket went, and why it did last. */
interface Losses {
  lost: number;
  cause: unknown;
}

const inSeconds = (milliseconds: number): string => `${milliseconds / 1000} s`;

const watchSocket = async (dex: Dex, losses: Losses, signal: AbortSignal): Promise<void> => {
  try {
    for await (const status of dex.status(signal)) {
      if (status.name !== 'waiting') continue;
      losses.lost++;
      losses.cause = status.cause;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};

/** Listens until the signal. */
const listen = async (dex: Dex, heard: Heard, symbols: readonly string[], signal: AbortSignal): Promise<void> => {
  const subscribe = dex.subscribe as (stream: Stream, wanted: object) => Subscription<unknown>;
  try {
    for await (const item of subscribe(heard.stream, { symbols, signal })) {
      if (item.kind === 'events') heard.frames++;
      else if (item.kind === 'gap') heard.gaps++;
    }
  } catch (error) {
    heard.refusal = error;
  }
};

const checkOf = ({ stream: { topic, isSteady }, frames, gaps, refusal }: Heard, forMs: number): Check => {
  const lasted = inSeconds(forMs);
  if (refusal !== undefined)
    return fail(topic, messageOf(refusal), 'the gateway does not know it, or not of this symbol: try another --symbol');
  if (frames > 0 && gaps > 0)
    return warn(
      topic,
      `${frames} frames, ${gaps} gaps in ${lasted}`,
      'events were missed: look at the network and at the load of this machine',
    );
  if (frames > 0) return ok(topic, `${frames} frames in ${lasted}`);
  if (topic === blockheight.topic)
    return fail(
      topic,
      `no block in ${lasted}`,
      'the chain stands still, or its time is stepped: POST /control/advance',
    );
  if (isSteady && forMs >= STEADY_MS)
    return warn(
      topic,
      `nothing in ${lasted}, though it comes each second`,
      'the gateway has forgotten it: connect anew, and watch it with --strict',
    );
  return ok(
    topic,
    `nothing in ${lasted}, which may be so: ${isSteady ? 'it comes each second, so say --for 5s' : 'it comes when something happens'}`,
  );
};

/** Why nothing at all was heard, if it is not the silence of the streams. */
const checkDeaf = ({ unreadable }: DexStats, { lost, cause }: Losses, forMs: number): Check | undefined => {
  const lasted = inSeconds(forMs);
  if (lost > 0)
    return fail(
      'socket',
      `nothing was heard in ${lasted}, and the socket was closed ${lost === 1 ? 'once' : `${lost} times`}: ${messageOf(cause)}`,
      'it opens WebSockets, and not for these streams: the path is wrong, most gateways have /api/ws, or it is no DEX',
    );
  if (unreadable > 0)
    return fail(
      'frames',
      `none of ${unreadable} frames is one of a DEX`,
      'something else speaks there: look at the URL',
    );
  return undefined;
};

const lagCheck = ({ lags }: LagHistogram): Check | undefined => {
  const worst = lags.reduce<(typeof lags)[number] | undefined>(
    (one, lag) => (one && one.p99 >= lag.p99 ? one : lag),
    undefined,
  );
  if (!worst) return undefined;
  const least = Math.min(...lags.map((lag) => lag.least));
  const known = `at best ${ms(least)} by the two clocks; then ${ms(worst.p99)} later for 99 % of ${worst.topic}`;
  return worst.p99 <= LATE_MS
    ? ok('lag', known)
    : warn('lag', known, 'this machine or the way to the gateway is too slow: ask for less, or run: dexwire bench');
};

export interface ListenOptions {
  readonly symbol: string | undefined;
  /** Milliseconds. */
  readonly forMs: number;
  readonly lags: LagHistogram;
  readonly signal: AbortSignal;
}

/** Listens to all of them at once, by one socket. */
export const examineStreams = async (dex: Dex, { symbol, forMs, lags, signal }: ListenOptions): Promise<Check[]> => {
  const streams = [...OF_ALL, ...(symbol === undefined ? [] : OF_SYMBOL)];
  const all = streams.map((stream): Heard => ({ stream, frames: 0, gaps: 0 }));
  const losses: Losses = { lost: 0, cause: undefined };
  const over = new AbortController();
  const end = (): void => over.abort();
  signal.addEventListener('abort', end);
  const timer = dex.clock.setTimeout(end, forMs);
  try {
    await Promise.all([
      watchSocket(dex, losses, over.signal),
      ...all.map((heard) => listen(dex, heard, symbol === undefined ? [] : [symbol], over.signal)),
    ]);
  } finally {
    dex.clock.clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
  signal.throwIfAborted();
  const deaf = all.some(({ frames }) => frames > 0) ? undefined : checkDeaf(dex.stats, losses, forMs);
  if (deaf) return [deaf];
  const { unreadable, unknownKeys } = dex.stats;
  const frames: Check =
    unreadable > 0
      ? fail(
          'frames',
          `${unreadable} frames could not be read`,
          'the venue speaks another dialect: record some, and report them',
        )
      : unknownKeys > 0
        ? warn(
            'frames',
            `${unknownKeys} keys that no table has`,
            'the venue has changed; events are right, and lack them',
          )
        : ok('frames', `all ${dex.stats.frames} could be read`);
  const lag = lagCheck(lags);
  return [...all.map((heard) => checkOf(heard, forMs)), frames, ...(lag ? [lag] : [])];
};
