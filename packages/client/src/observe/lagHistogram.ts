/**
 * How far a reader is behind, topic by topic, in bounded memory.
 * In: the measure `lag` or `arrival`. Out: quantiles and extremes as data, and the news that a reader falls behind or has caught up.
 *
 * The clocks of venue and reader differ by an unknown amount, which is in every lag. The least lag that a topic has shown is
 * taken for zero: it holds that difference, and the shortest way that an event ever took. So what is told is how much later
 * than at best an event came. A reader that was late from its first event on looks punctual until it has caught up once, and
 * what was counted before is then moved up. A clock that is set back or forward while the program runs is not noticed.
 *
 * Buckets are a millisecond wide up to `STEPS` of them, and from there on `STEPS` to each doubling; a bucket tells the mean of
 * its lags. So a value is off by 3 % at worst, whatever its size.
 */
import type { Metrics } from '../metrics.ts';

export interface LagOptions {
  /**
   * `lag`: until a consumer gets an event, so that one who lets events wait is seen as well; `arrival`: until its frame has come,
   * which is all that a venue can see. Default: `lag`.
   */
  readonly of?: 'lag' | 'arrival';
  /** Milliseconds. A reader that is later than this has fallen behind. Default: 2,000. */
  readonly warnAfter?: number;
  /** Milliseconds. One that was behind has caught up when it is no later than this. Default: half of `warnAfter`. */
  readonly calmAt?: number;
  /** Called once when a topic falls behind, and once when it has caught up. What it throws is printed. */
  readonly onLag?: (news: LagNews) => void;
}

export interface LagNews {
  readonly kind: 'behind' | 'caughtUp';
  readonly topic: string;
  /** Milliseconds later than at best, of the event that made the difference. */
  readonly lag: number;
}

/** What is known of one topic. Milliseconds later than at best, but for `least`. */
export interface TopicLag {
  readonly topic: string;
  readonly count: number;
  /** The least lag as it was measured: the difference of the clocks and the shortest way. It may be negative. */
  readonly least: number;
  /** Exact. */
  readonly max: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly isBehind: boolean;
}

/** A `Metrics` that looks at one measure only. */
export interface LagHistogram extends Metrics {
  /** All topics, as of now. */
  readonly lags: readonly TopicLag[];
  /**
   * Milliseconds later than at best that this share of a topic's events kept to; `undefined` before its first one.
   *
   * @param share - 0 to 1, such as 0.99.
   */
  quantile(topic: string, share: number): number | undefined;
}

/** Buckets to a doubling, a power of two. */
const STEPS = 32;
/** More than three days, in milliseconds, go into the last bucket. */
const DOUBLINGS = 23;
const BUCKETS = STEPS * (DOUBLINGS + 1);

/** Streams have some thirty topics. What else comes is counted together. */
const TOPICS = 40;
const OTHER = 'other';

/** The bucket of a value. */
const bucketOf = (value: number): number => {
  const whole = Math.min(Math.floor(value), STEPS * 2 ** DOUBLINGS - 1);
  if (whole < STEPS) return whole;
  // `clz32` finds the doubling without a logarithm, which would be off by one at its edges.
  const doubling = 32 - Math.clz32(whole) - Math.log2(STEPS);
  return STEPS * doubling + (whole >> (doubling - 1)) - STEPS;
};

/** The histogram of one topic. */
class Lags {
  isBehind = false;
  #least = Infinity;
  #most = -Infinity;
  #count = 0;
  /** The lag at which buckets begin, up to a millisecond above the least one. */
  #base = Infinity;
  // Counts of a long run pass 2^32. The sum of a bucket's lags makes many small moves add up, which its middle would swallow:
  // a reader that catches up finds a new best with each event.
  #counts = new Float64Array(BUCKETS);
  #sums = new Float64Array(BUCKETS);

  /** @returns How much later than at best. */
  add(lag: number): number {
    this.#least = Math.min(this.#least, lag);
    this.#most = Math.max(this.#most, lag);
    if (lag < this.#base - 1) this.#moveTo(lag);
    this.#count++;
    this.#put(Math.max(0, lag - this.#base), 1);
    return lag - this.#least;
  }

  #put(lag: number, count: number): void {
    const bucket = bucketOf(lag);
    this.#counts[bucket]! += count;
    this.#sums[bucket]! += lag * count;
  }

  /** A better best was found: what was counted was later than it seemed. */
  #moveTo(base: number): void {
    const by = this.#base - base;
    this.#base = base;
    if (this.#count === 0) return;
    const counts = this.#counts;
    const sums = this.#sums;
    this.#counts = new Float64Array(BUCKETS);
    this.#sums = new Float64Array(BUCKETS);
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const count = counts[bucket]!;
      if (count > 0) this.#put(sums[bucket]! / count + by, count);
    }
  }

  quantile(share: number): number {
    const most = this.#most - this.#least;
    let left = Math.max(1, Math.ceil(share * this.#count));
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.#counts[bucket]!;
      if (left <= 0) return Math.min(this.#sums[bucket]! / this.#counts[bucket]!, most);
    }
    return most;
  }

  told(topic: string): TopicLag {
    return {
      topic,
      count: this.#count,
      least: this.#least,
      max: this.#most - this.#least,
      p50: this.quantile(0.5),
      p90: this.quantile(0.9),
      p99: this.quantile(0.99),
      p999: this.quantile(0.999),
      isBehind: this.isBehind,
    };
  }
}

/** Keeps the lag of each topic, and tells when a reader falls behind: before a venue lets go of it for being slow. */
export const lagHistogram = ({
  of: measured = 'lag',
  warnAfter = 2000,
  calmAt = warnAfter / 2,
  onLag,
}: LagOptions = {}): LagHistogram => {
  const topics = new Map<string, Lags>();

  const of = (name: string): [topic: string, lags: Lags] => {
    const topic = topics.has(name) || topics.size < TOPICS ? name : OTHER;
    let lags = topics.get(topic);
    if (!lags) {
      lags = new Lags();
      topics.set(topic, lags);
    }
    return [topic, lags];
  };

  const tell = (news: LagNews): void => {
    try {
      onLag?.(news);
    } catch (thrown) {
      console.error(thrown);
    }
  };

  return {
    count: () => {},
    measure: (name, value, tags) => {
      if (name !== measured || !Number.isFinite(value)) return;
      const [topic, lags] = of(tags.topic ?? OTHER);
      const lag = lags.add(value);
      if (lags.isBehind ? lag > calmAt : lag <= warnAfter) return;
      lags.isBehind = !lags.isBehind;
      tell({ kind: lags.isBehind ? 'behind' : 'caughtUp', topic, lag });
    },
    get lags() {
      return [...topics].map(([topic, lags]) => lags.told(topic));
    },
    quantile: (topic, share) => topics.get(topic)?.quantile(share),
  };
};
