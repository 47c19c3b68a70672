/**
 * Brings back over REST what a connection has missed.
 * In: options; then, again and again, what was missed, and with what it may be asked for. Out: events, and what is lost.
 *
 *     missed -> mend<Topic>.ts: reading.ts -> rest/ask.ts -> items, lost
 */

import { fetchTrusting } from '#fetch';
import type { Clock } from '../clock.ts';
import type { Events, Lost } from '../item.ts';
import type { Mended, Missed, Repair, RepairTools } from '../missed.ts';
import { type Fetch, restBeside } from '../rest/ask.ts';
import { Audits } from './audits.ts';
import { mendAccounts } from './mendAccounts.ts';
import { mendKlines } from './mendKlines.ts';
import { mendOrders } from './mendOrders.ts';
import { mendTrades } from './mendTrades.ts';
import { mendTransfers } from './mendTransfers.ts';
import { type Mend, Reading, Venue } from './reading.ts';

/** Each has a default. Times in milliseconds, on the clock of the connection. */
export interface RepairOptions {
  /** How long newer events wait for a repair, also for one that begins again as the link is lost again. Default: 30,000. */
  readonly within?: number;
  /** How many events one repair brings at most; the newest ones. Default: 10,000. */
  readonly most?: number;
  /** Default: the runtime's; in Node.js one that trusts the connection's `ca`, if it has one. */
  readonly fetch?: Fetch;
  /** How long a REST request may take. Default: 5,000. */
  readonly requestTimeout?: number;
}

const MENDS: Readonly<Record<string, Mend>> = {
  trades: mendTrades,
  orders: mendOrders,
  transfers: mendTransfers,
  accounts: mendAccounts,
};

const mendOf = (topic: string): Mend | undefined =>
  topic.startsWith('kline_') ? mendKlines : Object.hasOwn(MENDS, topic) ? MENDS[topic] : undefined;

/** Aborts, told to any number of repairs by one listener: an `AbortSignal` itself warns of more than ten. */
class Aborts {
  readonly #listeners = new Map<AbortSignal, Set<() => void>>();

  /** @returns What makes it deaf again. */
  listen(signal: AbortSignal, listener: () => void): () => void {
    let listeners = this.#listeners.get(signal);
    if (listeners === undefined) {
      listeners = new Set();
      this.#listeners.set(signal, listeners);
      signal.addEventListener('abort', this.#tell);
    }
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0 || this.#listeners.get(signal) !== listeners) return;
      this.#listeners.delete(signal);
      signal.removeEventListener('abort', this.#tell);
    };
  }

  readonly #tell = ({ target }: Event): void => {
    for (const listener of [...(this.#listeners.get(target as AbortSignal) ?? [])]) listener();
  };
}

/** The pace of each venue, on each clock. */
class Venues {
  readonly #byClock = new WeakMap<Clock, Map<string, Venue>>();

  at(base: string, clock: Clock): Venue {
    const venues = this.#byClock.get(clock) ?? new Map<string, Venue>();
    this.#byClock.set(clock, venues);
    const venue = venues.get(base) ?? new Venue();
    venues.set(base, venue);
    return venue;
  }
}

/**
 * A repair that asks REST, at the pace that the venue allows: 5 requests a second for trades, orders and accounts each, 10 for
 * klines, 1 for the rest, in all that one `repairOverRest()` repairs. What fails is asked for again.
 *
 * Trades and transfers come back whole. Klines come as they ended, then the one under way; a trade id that is not to be had is
 * empty. Orders and balances come as they are now, marked `current`. For books, tickers and heights it does nothing: the
 * stream itself brings the present state. How much is certain: docs/repair.md.
 */
export const repairOverRest = (options: RepairOptions = {}): Repair => {
  const { within = 30_000, most = 10_000, requestTimeout = 5000 } = options;
  const venues = new Venues();
  const aborts = new Aborts();

  const run = async (mend: Mend, base: string, missed: Missed, tools: RepairTools): Promise<Mended> => {
    const { clock, signal } = tools;
    signal.throwIfAborted();
    const end = new AbortController();
    const listen = (listener: () => void): (() => void) => {
      end.signal.addEventListener('abort', listener);
      return () => end.signal.removeEventListener('abort', listener);
    };
    const fetch = options.fetch ?? fetchTrusting(tools.ca);
    const ending = { signal: end.signal, listen };
    const deafen = aborts.listen(signal, () => end.abort(signal.reason));
    const left = Math.max(0, within - missed.waited);
    const timer = clock.setTimeout(() => end.abort(new Error(`not repaired in ${within} ms`)), left);
    let had = (): Events<unknown>[] => [];
    let lost: Lost = 'unknown';
    try {
      const reading = new Reading({ base, fetch, clock, timeout: requestTimeout, ending }, venues.at(base, clock));
      lost = await mend(missed, reading, most, (kept) => {
        had = kept;
      });
    } catch {
      signal.throwIfAborted(); // anything else: there is what there is
    } finally {
      clock.clearTimeout(timer);
      deafen();
    }
    return { items: had(), lost };
  };

  const repair = (missed: Missed, tools: RepairTools): Promise<Mended> | undefined => {
    const mend = mendOf(missed.stream.topic);
    const base = restBeside(tools.network);
    return mend && base !== undefined ? run(mend, base, missed, tools) : undefined;
  };
  const audits: Repair['audits'] = (...terms) => new Audits(...terms);
  return Object.assign(repair, { audits });
};
