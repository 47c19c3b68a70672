/**
 * The klines that ended in the gap, and the one under way.
 * In: what was missed. Out: kline updates, one an item: of each kline the one with which it ended, at its second; of the one under
 * way what it is now.
 *
 * REST has no ids of trades with its klines: they are those of the trades at the ends of each kline, as the counts of the
 * klines tell where these are in the list of trades. An id that is not to be had, or at odds with the counts, is empty.
 */
import type { KlineInterval, KlineUpdate, Milliseconds, Trade } from '@dexwire/protocol';
import type { Events } from '../item.ts';
import { areWhole, type KlineRow, lengthOf, marketPath, readRows, readTrade } from './marketReplies.ts';
import { listAt, type Mend, millisecondsOf, PAGE, type Reading } from './reading.ts';

type Ids = readonly [first: string, last: string];
const NO_IDS: Ids = ['', ''];

export const mendKlines: Mend = async (missed, reading, most, keep) => {
  const { subject, to, stream } = missed;
  const interval = stream.topic.slice('kline_'.length) as KlineInterval;
  const latest = await reading.latest(to);
  const now = millisecondsOf(latest.time);
  const since = await reading.since(latest, missed);
  const all = await listRows(reading, subject, interval, since?.time);
  const rows = all.slice(-most);
  /** The list goes up to the kline under way; of a venue that leaves out some, the last one may have ended. */
  const under = rows.at(-1) && rows.at(-1)!.closeTime >= now ? rows.at(-1) : undefined;
  const ended = under ? rows.slice(0, -1) : rows;
  const ids = new Map<KlineRow, Ids>();
  keep(() =>
    rows.map((row): Events<KlineUpdate> => {
      const update = updateOf(row, ids.get(row) ?? NO_IDS, subject, interval, row === under ? now : undefined);
      return { kind: 'events', events: [update], repaired: true, ...(row === under && { current: true }) };
    }),
  );
  // Trades that come meanwhile change the kline under way only.
  if (under) await readIds(reading, subject, [under], now, ids);
  if (ended.length > 0) await readIds(reading, subject, ended, ended.at(-1)!.closeTime, ids);
  if (all.length > most) return 'some';
  const reachesBack = since?.isSure && all[0] !== undefined && all[0].openTime <= since.time;
  return reachesBack && areWhole(all) && all.at(-1)!.closeTime >= now ? 'none' : 'unknown';
};

/** Those that had not ended at a time, up to the present; without a time the last one. */
const listRows = async (
  reading: Reading,
  symbol: string,
  interval: KlineInterval,
  since: Milliseconds | undefined,
): Promise<KlineRow[]> => {
  const path = `${marketPath('klines', symbol)}&interval=${interval}`;
  if (since === undefined) return reading.get(`${path}&limit=1`, readRows);
  const all: KlineRow[] = [];
  for (let start = Math.max(0, since - lengthOf(interval)); ; ) {
    const page = await reading.get(`${path}&limit=${PAGE}&startTime=${start}`, readRows);
    const last = all.at(-1)?.closeTime ?? 0;
    all.push(...page.filter(({ openTime, closeTime }) => closeTime >= since && openTime > last));
    const end = page.at(-1)?.closeTime;
    if (page.length < PAGE || end === undefined || end < start) return all;
    start = end + 1;
  }
};

/** @param rows - Rising, without a hole. @param end - No trade after it counts. */
const readIds = async (
  reading: Reading,
  symbol: string,
  rows: readonly KlineRow[],
  end: Milliseconds,
  ids: Map<KlineRow, Ids>,
): Promise<void> => {
  const count = rows.reduce((sum, { tradeCount }) => sum + tradeCount, 0);
  const limit = Math.min(PAGE, count + 1);
  const path = `${marketPath('trades', symbol)}&end=${end}&limit=${limit}`;
  const pages = new Map<number, readonly Trade[]>();
  /** Counted from the newest. */
  const tradeAt = async (place: number): Promise<Trade | undefined> => {
    const offset = place - (place % limit);
    let page = pages.get(offset);
    if (page === undefined) {
      page = await reading.get(`${path}&offset=${offset}`, (body) => listAt(body, 'trade', readTrade(symbol)));
      pages.set(offset, page);
    }
    return page[place - offset];
  };
  const isIn = ({ openTime, closeTime }: KlineRow, trade: Trade): boolean => {
    const time = millisecondsOf(trade.time);
    return time >= openTime && time <= closeTime;
  };
  let place = 0;
  for (const row of [...rows].reverse()) {
    const after = place + row.tradeCount;
    const before = await tradeAt(after);
    if (before !== undefined && millisecondsOf(before.time) >= row.openTime) return; // more than were counted
    // A kline without trades has the id of the last one before.
    const last = row.tradeCount === 0 ? before : await tradeAt(place);
    const first = row.tradeCount === 0 ? before : await tradeAt(after - 1);
    if (row.tradeCount > 0 && [first, last].some((trade) => trade !== undefined && !isIn(row, trade))) return;
    ids.set(row, [first?.tradeId ?? '', last?.tradeId ?? '']);
    place = after;
  }
};

const second = (time: Milliseconds): number => Math.floor(time / 1000);

/** @param now - Of the kline under way: when. Then it has the last second by which it cannot be taken for its end. */
const updateOf = (
  { openTime, closeTime, open, close, high, low, volume, quoteVolume, tradeCount }: KlineRow,
  [firstTradeId, lastTradeId]: Ids,
  symbol: string,
  interval: KlineInterval,
  now: Milliseconds | undefined,
): KlineUpdate => {
  const end = second(closeTime + 1);
  return {
    eventType: 'kline',
    eventTime: now === undefined ? end : Math.max(second(openTime) + 1, Math.min(second(now), end - 1)),
    symbol,
    kline: {
      symbol,
      openTime,
      closeTime,
      interval,
      firstTradeId,
      lastTradeId,
      open,
      close,
      high,
      low,
      volume,
      quoteVolume,
      tradeCount,
      isClosed: now === undefined,
    },
  };
};
