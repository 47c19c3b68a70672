/**
 * What the streams of a venue bring within a while.
 * In: a connection, a symbol, how long. Out: checks: what came, how late, what did not come and should have.
 */
import {
  allMiniTickers,
  allTickers,
  blockheight,
  type Dex,
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

const OF_SYMBOL: readonly Stream[] = [trades, marketDiff, marketDepth(), kline('1m'), ticker, miniTicker];
const OF_ALL: readonly Stream[] = [blockheight, allTickers, allMiniTickers];

interface Heard {
  readonly stream: Stream;
  frames: number;
  gaps: number;
  refusal?: unknown;
}

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

const checkOf = ({ stream: { topic, isSteady }, frames, gaps, refusal }: Heard, lasted: string): Check => {
  if (refusal !== undefined)
    return fail(topic, messageOf(refusal), 'the gateway does not know it, or not of this symbol: try another --symbol');
  if (gaps > 0)
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
  if (isSteady)
    return warn(
      topic,
      `nothing in ${lasted}, though it comes each second`,
      'the gateway has forgotten it: connect anew, and watch it with --strict',
    );
  return ok(topic, `nothing in ${lasted}, which may be so: it comes when something happens`);
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
  readonly lasted: string;
  readonly lags: LagHistogram;
  readonly signal: AbortSignal;
}

/** Listens to all of them at once, by one socket. */
export const examineStreams = async (
  dex: Dex,
  { symbol, forMs, lasted, lags, signal }: ListenOptions,
): Promise<Check[]> => {
  const streams = [...OF_ALL, ...(symbol === undefined ? [] : OF_SYMBOL)];
  const all = streams.map((stream): Heard => ({ stream, frames: 0, gaps: 0 }));
  const over = new AbortController();
  const end = (): void => over.abort();
  signal.addEventListener('abort', end);
  const timer = dex.clock.setTimeout(end, forMs);
  try {
    await Promise.all(all.map((heard) => listen(dex, heard, symbol === undefined ? [] : [symbol], over.signal)));
  } finally {
    dex.clock.clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
  signal.throwIfAborted();
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
  return [...all.map((heard) => checkOf(heard, lasted)), frames, ...(lag ? [lag] : [])];
};
