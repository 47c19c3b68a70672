/**
 * The klines of one symbol, of every interval: the one under way, and the ones before it.
 * In: what the symbol stands at when it comes to be, then the bar of each block that has trades. Out: updates of the stream, and
 * rows of history. Source: spec §7.7, §10.
 *
 * Only klines with trades are kept, the latest thousand or two of each interval; those between them are flat, and are made
 * when they are asked for.
 */
import {
  KLINE_INTERVALS,
  type KlineInterval,
  type KlineUpdate,
  klineOpenBefore,
  klineSpan,
  type Milliseconds,
} from '@dexwire/protocol';
import { unitsText } from '../unitsText.ts';
import { append, type Bar, flatBar, type Traded } from './bar.ts';

/** `[openTime, open, high, low, close, volume, closeTime, quoteVolume, tradeCount]`, as REST has it (spec §10). */
export type KlineRow = readonly [
  openTime: Milliseconds,
  open: string,
  high: string,
  low: string,
  close: string,
  volume: string,
  closeTime: Milliseconds,
  quoteVolume: string,
  tradeCount: number,
];

/** Which rows of the history. Both times are met by the opening times of klines, and are part of the range (assumed). */
export interface KlineRange {
  /** How many rows: 300 unless given, 1,000 at most. The earliest ones if `startTime` is given, else the latest (assumed). */
  readonly limit?: number | undefined;
  readonly startTime?: Milliseconds | undefined;
  readonly endTime?: Milliseconds | undefined;
}

const USUAL_ROWS = 300;
const MOST_ROWS = 1_000;

/** So many klines with trades are always kept; they are cut back to it when there are twice as many. */
const KEPT = MOST_ROWS;

/** One interval. */
interface Series {
  /** Where the history begins. */
  since: Milliseconds;
  /** How the symbol stands before the first trade: a flat bar. */
  readonly before: Bar;
  /** Klines with trades, rising. */
  readonly traded: { readonly open: Milliseconds; readonly bar: Bar }[];
}

const flatAfter = ({ close, lastId, lastQuantity }: Readonly<Bar>): Bar => flatBar(close, lastId, lastQuantity);

export class Klines {
  readonly #symbol: string;
  readonly #series = new Map<KlineInterval, Series>();

  /**
   * @param last - The last known trade.
   * @param since - Where the history begins.
   */
  constructor(symbol: string, { price, tradeId, quantity }: Traded, since: Milliseconds) {
    this.#symbol = symbol;
    for (const interval of KLINE_INTERVALS)
      this.#series.set(interval, {
        since: klineSpan(interval, since).open,
        before: flatBar(price, tradeId, quantity),
        traded: [],
      });
  }

  /** @param time - Of all the bar's trades. Rises from call to call. */
  add(bar: Readonly<Bar>, time: Milliseconds): void {
    for (const [interval, series] of this.#series) {
      const { traded } = series;
      const { open } = klineSpan(interval, time);
      const latest = traded.at(-1);
      if (latest !== undefined && latest.open >= open) append(latest.bar, bar);
      else {
        if (traded.length >= 2 * KEPT) forget(series);
        traded.push({ open, bar: { ...bar } });
      }
    }
  }

  /**
   * What the stream says at a moment. A kline that ends there is given as closed.
   *
   * @param time - A whole second.
   */
  update(interval: KlineInterval, time: Milliseconds): KlineUpdate {
    const { open, end } = klineSpan(interval, time - 1);
    const bar = this.#bar(interval, open);
    return {
      eventType: 'kline',
      eventTime: time / 1_000,
      symbol: this.#symbol,
      kline: {
        symbol: this.#symbol,
        openTime: open,
        closeTime: end - 1,
        interval,
        firstTradeId: bar.firstId,
        lastTradeId: bar.lastId,
        open: unitsText(bar.open),
        close: unitsText(bar.close),
        high: unitsText(bar.high),
        low: unitsText(bar.low),
        volume: unitsText(bar.volume),
        quoteVolume: unitsText(bar.quoteVolume),
        tradeCount: bar.count,
        isClosed: end === time,
      },
    };
  }

  /**
   * Rising rows, without a hole, up to the kline that is under way.
   *
   * @param now - The present time.
   */
  history(interval: KlineInterval, now: Milliseconds, range: KlineRange = {}): KlineRow[] {
    const { limit = USUAL_ROWS, startTime, endTime = now } = range;
    const series = this.#series.get(interval)!;
    const rows = Math.min(Math.trunc(limit), MOST_ROWS);
    const newest = klineSpan(interval, Math.min(endTime, now)).open;
    const oldest =
      startTime === undefined
        ? klineOpenBefore(interval, newest, rows - 1)
        : firstOpen(interval, Math.min(startTime, now + 1));
    const history: KlineRow[] = [];
    // Not `from > newest`: a time that is no number has no rows.
    for (let open = Math.max(oldest, series.since); open <= newest && history.length < rows; ) {
      const { end } = klineSpan(interval, open);
      history.push(rowOf(open, end, this.#bar(interval, open)));
      open = end;
    }
    return history;
  }

  /** The kline that opens there, which may be flat. */
  #bar(interval: KlineInterval, open: Milliseconds): Readonly<Bar> {
    const { traded, before } = this.#series.get(interval)!;
    // The latest of those that open no later.
    let [from, to] = [0, traded.length];
    if ((traded.at(-1)?.open ?? open) <= open) from = to;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (traded[middle]!.open <= open) from = middle + 1;
      else to = middle;
    }
    const found = traded[from - 1];
    if (found === undefined) return before;
    return found.open === open ? found.bar : flatAfter(found.bar);
  }
}

/** Where the first kline opens that does not open before `time`. */
const firstOpen = (interval: KlineInterval, time: Milliseconds): Milliseconds => {
  const { open, end } = klineSpan(interval, time);
  return open < time ? end : open;
};

/** Lets go of the oldest klines. The history then begins with the oldest that is left. */
const forget = (series: Series): void => {
  series.traded.splice(0, series.traded.length - KEPT);
  series.since = series.traded[0]!.open;
};

const rowOf = (open: Milliseconds, end: Milliseconds, bar: Readonly<Bar>): KlineRow => [
  open,
  unitsText(bar.open),
  unitsText(bar.high),
  unitsText(bar.low),
  unitsText(bar.close),
  unitsText(bar.volume),
  end - 1,
  unitsText(bar.quoteVolume),
  bar.count,
];
