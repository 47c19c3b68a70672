/**
 * The questions of one repair: no more of them than REST allows, asked again when they fail, given up when time is up.
 * In: settings of REST, what all repairs know of the venue. Out: typed answers.
 */
import type { Height, Milliseconds, Nanoseconds } from '@dexwire/protocol';
import type { Clock } from '../clock.ts';
import type { Events, Lost } from '../item.ts';
import type { Missed } from '../missed.ts';
import { ask, type RestSettings } from '../rest/ask.ts';
import { bad, member, readList, textAt, wholeAt } from '../rest/members.ts';
import { abortable, wait } from '../wait.ts';

/** The newest block that REST knows. */
export interface Latest {
  readonly height: Height;
  readonly time: Nanoseconds;
}

/** A time from which on something is looked for. */
export interface Since {
  readonly time: Milliseconds;
  /** What was missed is surely not older. */
  readonly isSure: boolean;
}

/** What all repairs share about one venue: when it was asked, and a question that is yet to be asked. */
export class Venue {
  /** By the first part of the path. The latest ones, no more than may be asked in a second. */
  readonly asked = new Map<string, number[]>();
  /** Until it goes out, others join it: they would ask the same. */
  latest: Promise<Latest> | undefined;
}

/** Repairs one stream. `keep` is told where to find what there is, should time be up. */
export type Mend = (
  missed: Missed,
  reading: Reading,
  most: number,
  keep: (had: () => Events<unknown>[]) => void,
) => Promise<Lost>;

/** The venue has understood, and will not answer this. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`status ${status}`);
    this.status = status;
  }
}

/** In a second, from one remote address. Spec §10; of `tx` the original's documentation. */
const RATES: Readonly<Record<string, number>> = { trades: 5, orders: 5, account: 5, klines: 10, tx: 10 };
const USUAL_RATE = 1;
const SECOND_MS = 1000;

/** Too slow a request, too many of them. */
const TRANSIENT = [408, 429];
/** Milliseconds before a question is asked again; twice as many each time, up to the second. */
const PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5000;

/** The largest page. Spec §10. */
export const PAGE = 1000;
/** Most gaps are short, so that what is wanted is at the beginning of a list. */
const FIRST_PAGE = 200;
/** Rows that two pages share, so that some may go between them and none is passed over. */
const OVERLAP = 20;

/** Blocks come each 0.4 s. */
const BLOCK_MS: Milliseconds = 400;
/** The venue's clock is asked for once, and blocks are not quite regular: earlier by this, a time is surely early enough. */
const MARGIN_MS: Milliseconds = 5000;

const TIME = /^(\d+-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/;

/** RFC 3339 in UTC, with whichever digits it has. */
export const timeAt = (from: unknown, name: string): Nanoseconds => {
  const [, seconds, fraction = ''] = TIME.exec(textAt(from, name)) ?? [];
  const time = Date.parse(`${seconds}Z`);
  if (Number.isNaN(time)) return bad(name, member(from, name));
  return BigInt(time) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
};

export const millisecondsOf = (time: Nanoseconds): Milliseconds => Number(time / 1_000_000n);

const readLatest = (body: unknown): Latest => {
  const info = member(body, 'sync_info');
  return { height: wholeAt(info, 'latest_block_height'), time: timeAt(info, 'latest_block_time') };
};

/** Of a trade: when it was, and in which block. */
const readPlace = (row: unknown): { readonly height: Height; readonly time: Milliseconds } => ({
  height: wholeAt(row, 'blockHeight'),
  time: wholeAt(row, 'time'),
});

/** Of an empty list some venues write `null`. */
export const listAt = <T>(from: unknown, name: string, read: (item: unknown) => T): T[] => {
  const list = member(from, name);
  return list === null ? [] : readList(list, read);
};

export class Reading {
  readonly #settings: RestSettings;
  readonly #venue: Venue;
  readonly #clock: Clock;
  readonly #began: number;

  /** @param settings - Their ending is that of the repair. */
  constructor(settings: RestSettings, venue: Venue) {
    this.#settings = settings;
    this.#venue = venue;
    this.#clock = settings.clock;
    this.#began = settings.clock.now();
  }

  /** @throws Refused; the reason of the ending, which comes at the latest when time is up. */
  get<T>(path: string, read: (body: unknown) => T): Promise<T> {
    return this.#untilItWorks(async () => {
      await this.#turn(path);
      return this.#ask(path, read);
    });
  }

  /** Waits until REST knows a block. */
  async latest(height: Height = 0): Promise<Latest> {
    for (;;) {
      const latest = await this.#untilItWorks(() => this.#latest());
      if (latest.height >= height) return latest;
    }
  }

  /**
   * A time of the venue that is not after the block `from`, and whether that is sure; `undefined` if there is no such block.
   *
   * How long ago it was is known by the program's clock only, which stands still while its machine sleeps, and by the blocks since,
   * which may have come slowly; and the venue's own time may have jumped. So a trade proves it, one of that block or an earlier one.
   */
  async since({ height, time }: Latest, { from, ago }: Missed): Promise<Since | undefined> {
    if (from === undefined || ago === undefined) return undefined;
    const passed = this.#clock.now() - this.#began;
    const age = Math.max(ago + passed, (height - from) * BLOCK_MS) + MARGIN_MS;
    const guess = Math.max(0, Math.floor(millisecondsOf(time) - age));
    for (let [end, step] = [guess, age]; ; step *= 2) {
      const [trade] = await this.get(`/trades?end=${end}&limit=1`, (body) => listAt(body, 'trade', readPlace));
      if (trade === undefined) return { time: end, isSure: false };
      if (trade.height <= from) return { time: Math.min(trade.time, guess), isSure: true };
      end = Math.max(0, Math.min(trade.time, end - step) - 1);
    }
  }

  /**
   * The rows of a list, page by page, each row once. Rows that come in front only push the others on.
   *
   * @param path - With its query, such as `/trades?symbol=...`.
   * @throws As `get`; an `Error` if so many rows went, or so many came, that some may have been passed over.
   */
  async *pages<T>(
    path: string,
    name: string,
    read: (row: unknown) => T,
    idOf: (row: T) => string,
  ): AsyncGenerator<readonly T[], void> {
    const seen = new Set<string>();
    for (let [offset, limit] = [0, FIRST_PAGE]; ; limit = PAGE) {
      const { total, rows } = await this.get(`${path}&limit=${limit}&offset=${offset}&total=1`, (body) => ({
        total: member(body, 'total'),
        rows: listAt(body, name, read),
      }));
      const fresh = rows.filter((row) => !seen.has(idOf(row)));
      for (const row of fresh) seen.add(idOf(row));
      const end = offset + rows.length;
      // A count that is less than what was listed is none, as -1 is.
      const isLast = typeof total === 'number' && total >= end ? total === end : rows.length < limit;
      const isTorn = offset > 0 && rows.length > 0 && fresh.length === rows.length;
      if (isTorn || (!isLast && fresh.length === 0)) throw new Error(`the pages of ${path} do not fit together`);
      yield fresh;
      if (isLast) return;
      offset = end - Math.min(OVERLAP, rows.length >> 1);
    }
  }

  async #untilItWorks<T>(once: () => Promise<T>): Promise<T> {
    const { signal } = this.#settings.ending;
    for (let pause = PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        return await once();
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof Refused) throw error;
      }
      await this.#sleep(pause);
    }
  }

  async #ask<T>(path: string, read: (body: unknown) => T): Promise<T> {
    const { status, text } = await ask(this.#settings, path);
    if (status >= 400 && status < 500 && !TRANSIENT.includes(status)) throw new Refused(status);
    if (status !== 200) throw new Error(`status ${status}`);
    return read(JSON.parse(text));
  }

  /** Who joins gets an answer that is not older than his question; if it fails, he asks himself. */
  #latest(): Promise<Latest> {
    const venue = this.#venue;
    if (venue.latest === undefined) {
      venue.latest = this.#turn('/node-info')
        .finally(() => {
          venue.latest = undefined;
        })
        .then(() => this.#ask('/node-info', readLatest));
    }
    return abortable(this.#settings.ending.signal, venue.latest);
  }

  /** Nothing is reserved ahead, so that who gives up leaves no hole behind. */
  async #turn(path: string): Promise<void> {
    const part = /^\/(?:mini\/)?([\w-]*)/.exec(path)?.[1] ?? '';
    const rate = RATES[part] ?? USUAL_RATE;
    const asked = this.#venue.asked.get(part) ?? [];
    this.#venue.asked.set(part, asked);
    for (;;) {
      this.#settings.ending.signal.throwIfAborted();
      const now = this.#clock.now();
      const due = asked.length < rate ? now : asked[0]! + SECOND_MS;
      if (due <= now) {
        asked.push(now);
        if (asked.length > rate) asked.shift();
        return;
      }
      await this.#sleep(due - now);
    }
  }

  #sleep(ms: number): Promise<void> {
    return wait<void>(this.#settings.ending.signal, ({ resolve }) => {
      const timer = this.#clock.setTimeout(() => resolve(), ms);
      return () => this.#clock.clearTimeout(timer);
    });
  }
}

/**
 * Takes rows of a list whose heights fall, down to a height, which itself is not wanted any more.
 *
 * @param take - `false`: it has as many as it may have.
 * @returns `none`: the list reaches down to the height; `some`: not all were taken; `unknown`: the list ends before.
 * @throws An `Error` if the heights do not fall.
 */
export const takeDownTo = async <Row extends { readonly height: Height }>(
  from: Height,
  pages: AsyncIterable<readonly Row[]>,
  take: (row: Row) => boolean,
): Promise<Lost> => {
  let height = Number.POSITIVE_INFINITY;
  for await (const page of pages) {
    for (const row of page) {
      if (row.height > height) throw new Error('the heights do not fall');
      ({ height } = row);
    }
    for (const row of page) if (row.height > from && !take(row)) return 'some';
    if (height <= from) return 'none';
  }
  return 'unknown';
};

/** @param events - Rising. */
export const byBlock = <Event extends { readonly height: Height }>(events: readonly Event[]): Events<Event>[] => {
  const items: (Events<Event> & { events: Event[] })[] = [];
  for (const event of events) {
    const last = items.at(-1);
    if (last?.height === event.height) last.events.push(event);
    else items.push({ kind: 'events', events: [event], height: event.height, repaired: true });
  }
  return items;
};
