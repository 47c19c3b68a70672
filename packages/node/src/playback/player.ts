/**
 * The first source of the gateway: it plays the recordings, over and over, in the cadence of the venue.
 * In: recordings, a seed, a clock. Out: turns: a block each 0.4 s, and each second what is sent by the second.
 *
 * Recorded frames keep what they say; only what tells a place in time is written anew, so that all of it rises: heights,
 * times, ids of trades, sequences of orders, hashes of transactions. What was never recorded is derived: klines of every
 * interval, deep books, and for each symbol whatever of book, trades and tickers nobody wrote down. `recordings/README.md`
 * and the manifest say which is which. The same clock and seed give the same frames.
 */
import { createHash } from 'node:crypto';
import {
  type AccountUpdate,
  accounts,
  allMiniTickers,
  allTickers,
  type Balance,
  blockheight,
  type Coin,
  DEPTH_LEVELS,
  type DepthLevels,
  decode,
  formatOrderId,
  formatTradeId,
  type Height,
  KLINE_INTERVALS,
  kline,
  type Milliseconds,
  marketDepth,
  marketDiff,
  miniTicker,
  type Nanoseconds,
  orders,
  parseOrderId,
  type Stream,
  type Ticker,
  type Trade,
  ticker,
  trades,
  transfers,
} from '@dexwire/protocol';
import { BLOCK_MS, heightAt, nextAfter, timeOfBlock } from '../blockClock.ts';
import type { Clock } from '../clock.ts';
import { type Account, type Frame, frame, type Place, type Sink, type Source } from '../gateway/source.ts';
import { append, type Bar, barOf } from '../marketData/bar.ts';
import { Klines } from '../marketData/klines.ts';
import { miniOf, Tickers } from '../marketData/tickers.ts';
import { unitsText } from '../unitsText.ts';
import { hash } from './hash.ts';
import { type Fill, Market, unitsOf } from './market.ts';
import { openingOf } from './opening.ts';
import type { AccountRecording, MarketRecording, PersonalLine, Recordings } from './recordings.ts';

const SECOND_MS = 1_000;

/** After a longer pause of the process only so much of what was missed is made up for. */
const CATCH_UP_MS = 10_000;

/** Sequences of one block's orders: ten for each symbol, and ten for those of the personal frames. */
const SEQUENCES = 1_000;
const PERSONAL_SLOT = SEQUENCES - 10;

/** One symbol as it is played. */
interface Play {
  readonly recording: MarketRecording;
  readonly market: Market;
  klines: Klines;
  tickers: Tickers;
}

/** A block's place in time. */
interface Moment {
  readonly height: Height;
  readonly nanoseconds: Nanoseconds;
}

export class RecordingsPlayer implements Source {
  readonly symbols: readonly string[];
  readonly accounts: readonly Account[];
  readonly #recordings: Recordings;
  readonly #seed: number;
  readonly #plays: readonly Play[];
  #place: Place | undefined;
  /** Latest block. */
  #height: Height = 0;
  /** Latest block that a second has looked at: books are compared with that one. */
  #seen: Height = 0;
  #stop: (() => void) | undefined;

  constructor(recordings: Recordings, seed: number) {
    this.#recordings = recordings;
    this.#seed = seed;
    this.symbols = recordings.markets.map(({ symbol }) => symbol);
    this.accounts = recordings.accounts.map(({ name, address }) => ({ name, address }));
    this.#plays = recordings.markets.map((recording) => ({
      recording,
      market: new Market(recording, recordings.loopBlocks, seed),
      ...summariesOf(recording, 0, 0),
    }));
  }

  seek(place: Place): void {
    this.#place = place;
  }

  start(sink: Sink, clock: Clock): void {
    const place = this.#place;
    const begin = place === undefined ? clock.now() : 'time' in place ? place.time : timeOfBlock(place.height);
    const ahead = begin - clock.now();
    this.#height = this.#seen = heightAt(begin);
    for (const play of this.#plays) Object.assign(play, summariesOf(play.recording, this.#height, begin));

    let last = begin;
    let stopped = false;
    let timer: unknown;
    const step = (): void => {
      const now = clock.now() + ahead;
      last = Math.max(last, now - CATCH_UP_MS);
      while (!stopped) {
        const due = Math.min(nextAfter(last, BLOCK_MS), nextAfter(last, SECOND_MS));
        if (due > now) {
          timer = clock.setTimeout(step, due - now);
          return;
        }
        last = due;
        sink.send({ ...this.#turn(due, sink), time: due });
      }
    };
    step();
    this.#stop = () => {
      stopped = true;
      clock.clearTimeout(timer);
    };
  }

  stop(): void {
    this.#stop?.();
  }

  snapshot(stream: Stream, subject: string): Frame | undefined {
    const count = DEPTH_LEVELS.find((levels) => marketDepth(levels) === stream);
    const play = this.#plays.find(({ market }) => market.symbol === subject);
    return count && play && this.#depth(play.market, count);
  }

  #turn(time: Milliseconds, sink: Sink): { height: Height; frames: Frame[] } {
    const frames: Frame[] = [];
    // A second that ends with a block's beginning comes first: what the block brings belongs to the next one.
    if (time % SECOND_MS === 0) this.#second(time, sink, frames);
    if (time % BLOCK_MS === 0) this.#block(time, frames);
    return { height: this.#height, frames };
  }

  #block(time: Milliseconds, frames: Frame[]): void {
    const height = heightAt(time);
    this.#height = height;
    const nanoseconds = BigInt(time) * 1_000_000n + BigInt(hash(this.#seed, height, 0) % 1_000_000);
    const moment = { height, nanoseconds };
    let index = 0;
    this.#plays.forEach((play, slot) => {
      const events = this.#trades(play, slot, moment, index);
      index += events.length;
      if (events.length === 0) return;
      const bar = barOfAll(events);
      play.klines.add(bar, time);
      play.tickers.add(bar, time);
      frames.push(frame(trades, play.market.symbol, events));
    });
    const block = height % this.#recordings.loopBlocks;
    for (const account of this.#recordings.accounts) {
      for (const line of account.lines) if (line.block === block) frames.push(...personal(account, line, moment));
    }
    frames.push(frame(blockheight, '$all', { height }));
  }

  #trades({ recording, market }: Play, slot: number, { height, nanoseconds }: Moment, index: number): Trade[] {
    const { trade } = recording;
    if (trade !== undefined) {
      if (height % this.#recordings.loopBlocks !== trade.block) return [];
      const { event } = trade;
      return [
        {
          ...event,
          height,
          tradeId: formatTradeId({ height, index }),
          buyerOrderId: laterOrder(event.buyerOrderId, height, slot * 10),
          sellerOrderId: laterOrder(event.sellerOrderId, height, slot * 10),
          time: nanoseconds,
        },
      ];
    }
    const traders = this.accounts.length;
    const buyer = hash(this.#seed, height, slot + 1) % traders;
    const seller = (buyer + 1 + (hash(this.#seed, height, -slot - 1) % (traders - 1))) % traders;
    return market.fills(height).map((fill, place) => {
      const taken = height * SEQUENCES + slot * 10;
      const resting = taken + 1 + place;
      const order = (trader: number, isTaker: boolean): string =>
        formatOrderId(this.#address(trader), isTaker ? taken : resting);
      return {
        eventType: 'trade',
        height,
        symbol: market.symbol,
        tradeId: formatTradeId({ height, index: index + place }),
        price: unitsText(fill.price),
        quantity: unitsText(fill.quantity),
        buyerOrderId: order(buyer, fill.taker === 'buyer'),
        sellerOrderId: order(seller, fill.taker === 'seller'),
        time: nanoseconds,
        sellerAddress: this.#address(seller),
        buyerAddress: this.#address(buyer),
        tick: TICKS[fill.taker],
      };
    });
  }

  #address(place: number): string {
    return this.accounts[place]!.address;
  }

  #second(time: Milliseconds, sink: Sink, frames: Frame[]): void {
    const [from, to] = [this.#seen, this.#height];
    this.#seen = to;
    const closeTime = time - (time % BLOCK_MS);
    const all = sink.wants(allTickers, '$all') || sink.wants(allMiniTickers, '$all');
    const events: Ticker[] = [];
    for (const { market, klines, tickers } of this.#plays) {
      const { symbol } = market;
      if (all || sink.wants(ticker, symbol) || sink.wants(miniTicker, symbol)) {
        const [bid] = market.levels('bids', to, 1);
        const [ask] = market.levels('asks', to, 1);
        const event = tickers.ticker(time, closeTime, bid, ask);
        events.push(event);
        frames.push(frame(ticker, symbol, event), frame(miniTicker, symbol, miniOf(event)));
      }
      for (const interval of KLINE_INTERVALS) {
        const stream = kline(interval);
        if (sink.wants(stream, symbol)) frames.push(frame(stream, symbol, klines.update(interval, time)));
      }
      if (sink.wants(marketDiff, symbol)) {
        const bids = market.changes('bids', from, to);
        const asks = market.changes('asks', from, to);
        if (bids.length + asks.length > 0)
          frames.push(
            frame(marketDiff, symbol, { eventType: 'depthUpdate', eventTime: time / SECOND_MS, symbol, bids, asks }),
          );
      }
      for (const levels of DEPTH_LEVELS) {
        if (sink.wants(marketDepth(levels), symbol) && isChanged(market, levels, from, to))
          frames.push(this.#depth(market, levels));
      }
    }
    if (all) {
      frames.push(frame(allTickers, '$all', events), frame(allMiniTickers, '$all', events.map(miniOf)));
    }
  }

  #depth(market: Market, levels: DepthLevels): Frame {
    const { symbol } = market;
    return frame(marketDepth(levels), symbol, {
      lastUpdateId: this.#height,
      symbol,
      bids: market.levels('bids', this.#height, levels),
      asks: market.levels('asks', this.#height, levels),
    });
  }
}

const TICKS = { buyer: 'buyTaker', seller: 'sellTaker' } as const satisfies Record<Fill['taker'], Trade['tick']>;

const isChanged = (market: Market, count: number, from: Height, to: Height): boolean =>
  (['bids', 'asks'] as const).some((side) => {
    const before = market.levels(side, from, count);
    const after = market.levels(side, to, count);
    return (
      before.length !== after.length ||
      after.some(([price, quantity], place) => price !== before[place]?.[0] || quantity !== before[place]?.[1])
    );
  });

/** Of one block: one at least. */
const barOfAll = (events: readonly Trade[]): Bar => {
  const [first, ...others] = events.map(({ tradeId, price, quantity }) =>
    barOf({ tradeId, price: unitsOf(price), quantity: unitsOf(quantity) }),
  );
  for (const bar of others) append(first!, bar);
  return first!;
};

const summariesOf = (
  recording: MarketRecording,
  height: Height,
  time: Milliseconds,
): { klines: Klines; tickers: Tickers } => {
  const opening = openingOf(recording, height);
  return { klines: new Klines(opening.symbol, opening.last, time), tickers: new Tickers(opening, time) };
};

/** The same owner's order of a later block. */
const laterOrder = (id: string, height: Height, slot: number): string => {
  const { owner, sequence } = parseOrderId(id);
  return formatOrderId(owner, height * SEQUENCES + slot + (Number(sequence) % 10));
};

/** A recorded personal frame at a later moment, and the balances that go with it where none were recorded. */
const personal = (account: AccountRecording, { line }: PersonalLine, { height, nanoseconds }: Moment): Frame[] => {
  const { stream, subject, text } = line;
  if (stream === orders) {
    const reports = decode(orders, text).map((report) => ({
      ...report,
      height,
      orderId: laterOrder(report.orderId, height, PERSONAL_SLOT),
      time: nanoseconds,
      orderCreationTime: nanoseconds - (report.time - report.orderCreationTime),
    }));
    return [frame(orders, subject, reports)];
  }
  if (stream === accounts) return [frame(accounts, subject, { ...decode(accounts, text), height })];
  const transfer = decode(transfers, text);
  const txHash = createHash('sha256').update(`${transfer.txHash}-${height}`).digest('hex').toUpperCase();
  const frames = [frame(transfers, subject, { ...transfer, height, txHash })];
  if (account.derived.includes(accounts.topic)) frames.push(frame(accounts, subject, balancesOf(account, height)));
  return frames;
};

/** Derived: of each asset that the account sends or gets, as much as all its recorded transfers move. */
const balancesOf = ({ lines }: AccountRecording, height: Height): AccountUpdate => {
  const coins: Coin[] = lines
    .filter(({ line }) => line.stream === transfers)
    .flatMap(({ line }) => decode(transfers, line.text).to.flatMap((output) => output.coins));
  const free = new Map<string, bigint>();
  for (const { asset, amount } of coins) free.set(asset, (free.get(asset) ?? 0n) + unitsOf(amount));
  const balances: Balance[] = [...free.keys()]
    .sort()
    .map((asset) => ({ asset, free: unitsText(free.get(asset) ?? 0n), frozen: unitsText(0n), locked: unitsText(0n) }));
  return { eventType: 'outboundAccountInfo', height, balances };
};
