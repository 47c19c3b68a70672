/**
 * The trades of the last 24 hours, added up.
 * In: bars with their time, rising; where the window ends. Out: one bar of all that lies in it, without a pass over the day.
 *
 * Sums are kept by adding what comes and taking away what leaves. Of highs and lows only those are kept that no later one
 * outdoes: the first of them is the day's.
 */
import type { Milliseconds } from '@dexwire/protocol';
import { append, type Bar } from './bar.ts';
import { Queue } from './queue.ts';

export const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** So many moments are kept apart. Of older ones those of one minute become one, which leaves with its last trade. */
const MOST_MOMENTS = 1_000;

/** What leaves the window together. */
interface Moment {
  time: Milliseconds;
  /** Number of the last bar in it. */
  number: number;
  readonly bar: Bar;
}

/** A high or a low. */
interface Extreme {
  /** Number of its bar. */
  readonly number: number;
  readonly price: bigint;
}

export class DayWindow {
  /** Oldest first. */
  readonly #minutes = new Queue<Moment>();
  /** What came after the minutes. */
  readonly #moments = new Queue<Moment>();
  /** Falling. */
  readonly #highs = new Queue<Extreme>();
  /** Rising. */
  readonly #lows = new Queue<Extreme>();
  /** Bars that ever came: each has a number. */
  #number = 0;
  #volume = 0n;
  #quoteVolume = 0n;
  #count = 0;
  #before: bigint | undefined;

  /** @param before - Price of the last trade before the window, if there was one. */
  constructor(before: bigint | undefined) {
    this.#before = before;
  }

  /** Price of the last trade before the window; `undefined` before the first trade leaves. */
  get before(): bigint | undefined {
    return this.#before;
  }

  /** @param time - Of all the bar's trades. */
  add(bar: Readonly<Bar>, time: Milliseconds): void {
    this.forget(time);
    this.#number += 1;
    const number = this.#number;
    const latest = this.#moments.last;
    if (latest?.time === time) {
      append(latest.bar, bar);
      latest.number = number;
    } else this.#moments.push({ time, number, bar: { ...bar } });
    this.#volume += bar.volume;
    this.#quoteVolume += bar.quoteVolume;
    this.#count += bar.count;
    while ((this.#highs.last?.price ?? bar.high + 1n) <= bar.high) this.#highs.pop();
    this.#highs.push({ number, price: bar.high });
    while ((this.#lows.last?.price ?? bar.low - 1n) >= bar.low) this.#lows.pop();
    this.#lows.push({ number, price: bar.low });
    if (this.#moments.length > MOST_MOMENTS) this.#coarsen();
  }

  /** What lies in the window, or `undefined` if nothing does. */
  sum(): Bar | undefined {
    const first = (this.#minutes.first ?? this.#moments.first)?.bar;
    const last = (this.#moments.last ?? this.#minutes.last)?.bar;
    const high = this.#highs.first?.price;
    const low = this.#lows.first?.price;
    if (first === undefined || last === undefined || high === undefined || low === undefined) return undefined;
    return {
      open: first.open,
      high,
      low,
      close: last.close,
      volume: this.#volume,
      quoteVolume: this.#quoteVolume,
      count: this.#count,
      firstId: first.firstId,
      lastId: last.lastId,
      lastQuantity: last.lastQuantity,
    };
  }

  /** Moves the window on: what is 24 hours old at `end`, or older, leaves. */
  forget(end: Milliseconds): void {
    for (;;) {
      const queue = this.#minutes.length > 0 ? this.#minutes : this.#moments;
      const oldest = queue.first;
      if (oldest === undefined || oldest.time > end - DAY_MS) return;
      queue.shift();
      const { bar, number } = oldest;
      this.#before = bar.close;
      this.#volume -= bar.volume;
      this.#quoteVolume -= bar.quoteVolume;
      this.#count -= bar.count;
      for (const extremes of [this.#highs, this.#lows])
        while (extremes.first !== undefined && extremes.first.number <= number) extremes.shift();
    }
  }

  /** Makes one of the moments of the oldest minute. */
  #coarsen(): void {
    const minuteOf = ({ time }: Moment): number => Math.floor(time / MINUTE_MS);
    let minute = this.#minutes.last;
    let oldest = this.#moments.first;
    const at = oldest && minuteOf(oldest);
    for (; oldest !== undefined && minuteOf(oldest) === at; oldest = this.#moments.first) {
      this.#moments.shift();
      if (minute !== undefined && minuteOf(minute) === at) {
        append(minute.bar, oldest.bar);
        minute.time = oldest.time;
        minute.number = oldest.number;
      } else {
        minute = oldest;
        this.#minutes.push(minute);
      }
    }
  }
}
