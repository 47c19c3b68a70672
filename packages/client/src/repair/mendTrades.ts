/**
 * Trades that were missed, as the socket would have brought them.
 * In: what was missed. Out: trades, one item for each block.
 */
import { type KlineInterval, type Milliseconds, parseTradeId, type Trade } from '@dexwire/protocol';
import { areWhole, lengthOf, marketPath, readRows, readTrade } from './marketReplies.ts';
import { byBlock, type Mend, millisecondsOf, PAGE, type Reading, takeDownTo } from './reading.ts';

/** The ids count the trades of a block, whatever their symbol, in the order in which they came about. */
const indexOf = ({ tradeId }: Trade): number => parseTradeId(tradeId).index;

export const mendTrades: Mend = async (missed, reading, most, keep) => {
  const { subject, from, to } = missed;
  if (from === undefined) return 'unknown';
  const latest = await reading.latest(to);
  const last = to ?? latest.height;
  const found: Trade[] = [];
  keep(() => byBlock(found.sort((a, b) => a.height - b.height || indexOf(a) - indexOf(b))));
  const times: Milliseconds[] = [];
  const pages = reading.pages(marketPath('trades', subject), 'trade', readTrade(subject), ({ tradeId }) => tradeId);
  const lost = await takeDownTo(from, pages, (trade) => {
    times.push(millisecondsOf(trade.time));
    return trade.height > last || (found.length < most && found.push(trade) > 0);
  });
  if (lost !== 'unknown') return lost;
  const since = await reading.since(latest, missed);
  return since?.isSure && (await areAll(reading, subject, times, since.time, millisecondsOf(latest.time)))
    ? 'none'
    : 'unknown';
};

const INTERVALS: readonly KlineInterval[] = ['1m', '1h', '1d'];

/**
 * Whether a list that ends before it reaches back far enough has all trades since a time: then klines count as many. They must
 * reach back one more, for a venue that began anew has forgotten both.
 */
const areAll = async (
  reading: Reading,
  symbol: string,
  times: readonly Milliseconds[],
  since: Milliseconds,
  now: Milliseconds,
): Promise<boolean> => {
  const interval = INTERVALS.find((one) => (now - since) / lengthOf(one) < PAGE - 10);
  if (interval === undefined) return false;
  const start = Math.max(0, since - 2 * lengthOf(interval));
  const path = `${marketPath('klines', symbol)}&interval=${interval}&limit=${PAGE}&startTime=${start}`;
  const rows = await reading.get(path, readRows);
  const first = rows[0];
  if (first === undefined || first.closeTime >= since || rows.at(-1)!.closeTime < now || !areWhole(rows)) return false;
  const counted = rows.reduce((sum, { tradeCount }) => sum + tradeCount, 0);
  return counted === times.filter((each) => each >= first.openTime).length;
};
