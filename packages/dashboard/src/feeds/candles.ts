/**
 * The candles of a symbol and interval: history from REST, what goes on from the stream.
 * In: `/klines` at first, once more as soon as the stream has come, and after a gap that nothing could mend;
 * `kline_<interval>` each second. Out: a slice of bars.
 *
 * A bar that ended between the first answer and the stream's beginning is in the second answer, whole. Where both tell of one
 * bar, the one with more trades in it is the newer.
 */
import { type KlineInterval, type KlineUpdate, kline } from 'dexwire';
import type { Bar } from '../rest.ts';
import { asker, type Room } from '../room.ts';
import type { Slice } from '../slice.ts';

/** Bars that are kept. The oldest gives way. */
const MOST = 1000;
const HISTORY = 500;

export const CANDLES = 'candles';

/** Bars by their open time, and which of them a chart has not drawn yet. */
export class Bars {
  readonly symbol: string;
  readonly interval: KlineInterval | '';
  readonly #byTime = new Map<number, Bar>();
  /** Everything has to be drawn anew. */
  #isWhole = true;
  #changed = new Set<number>();
  #lastTime = 0;

  constructor(symbol = '', interval: KlineInterval | '' = '') {
    this.symbol = symbol;
    this.interval = interval;
  }

  get last(): Bar | undefined {
    return this.#byTime.get(this.#lastTime);
  }

  /** Oldest first. */
  get all(): Bar[] {
    return [...this.#byTime.values()].sort((one, other) => one.openTime - other.openTime);
  }

  at(openTime: number): Bar | undefined {
    return this.#byTime.get(openTime);
  }

  get size(): number {
    return this.#byTime.size;
  }

  put(bar: Bar): void {
    const known = this.#byTime.get(bar.openTime);
    if (known && known.tradeCount > bar.tradeCount) return;
    this.#byTime.set(bar.openTime, bar);
    this.#changed.add(bar.openTime);
    this.#lastTime = Math.max(this.#lastTime, bar.openTime);
    if (this.#byTime.size > MOST) {
      this.#byTime.delete(Math.min(...this.#byTime.keys()));
      this.#isWhole = true;
    }
  }

  putHistory(bars: readonly Bar[]): void {
    for (const bar of bars) this.put(bar);
    this.#isWhole = true;
  }

  /** What a chart has to draw: all bars, or those that changed, oldest first. It is drawn then. */
  take(): { readonly isWhole: boolean; readonly bars: readonly Bar[] } {
    const isWhole = this.#isWhole;
    const bars = isWhole
      ? this.all
      : [...this.#changed].sort((one, other) => one - other).flatMap((time) => this.#byTime.get(time) ?? []);
    this.#isWhole = false;
    this.#changed = new Set();
    return { isWhole, bars };
  }

  /** A chart begins, or has another look. */
  redraw(): void {
    this.#isWhole = true;
  }
}

const barOf = ({ kline: { openTime, open, high, low, close, volume, tradeCount } }: KlineUpdate): Bar => ({
  ...{ openTime, open, high, low, close, volume, tradeCount },
});

export const openCandles = (
  room: Room,
  slice: Slice<Bars>,
  symbol: string,
  interval: KlineInterval,
  signal: AbortSignal,
): void => {
  const bars = new Bars(symbol, interval);
  slice.set(bars);
  const note = room.health.follow(CANDLES, `candles ${interval}`, `${symbol}@kline_${interval}`, signal);
  const load = asker(
    room,
    signal,
    () => room.rest.bars(symbol, interval, HISTORY, signal),
    (history) => {
      bars.putHistory(history);
      slice.changed();
    },
  );
  let hasCome = false;
  room.dex.subscribe(
    kline(interval),
    { symbols: [symbol], signal, queue: { policy: 'conflate', limit: 10 } },
    (item) => {
      note(item);
      if (item.kind === 'events') {
        if (!hasCome) load();
        hasCome = true;
        for (const update of item.events) bars.put(barOf(update));
        slice.changed();
      } else if (item.kind === 'gapClosed' && item.lost !== 'none') load();
    },
  );
  load();
};
