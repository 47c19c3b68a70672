/**
 * The tape: the latest trades of a symbol, newest first, with a line wherever some may be missing.
 * In: `/trades` at first, and once more as soon as the stream is known to come; `trades` by block, with what a repair has
 * brought. Out: a slice of lines, a bounded number of them.
 *
 * Queue: 500 frames wait, then the oldest is dropped, and the tape says so.
 */
import { type Decimal, type GapCause, type Lost, parseTradeId, type TickType, type Trade, trades } from 'dexwire';
import { millisecondsOf } from '../figures.ts';
import type { PastTrade } from '../rest.ts';
import { asker, type Room } from '../room.ts';
import type { Slice } from '../slice.ts';

/** Who took what the other had resting. */
type Taker = 'buy' | 'sell' | 'neither';

export interface TradeLine {
  readonly kind: 'trade';
  readonly key: string;
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly time: number;
  readonly taker: Taker;
  readonly isRepaired: boolean;
  readonly buyer: string;
  readonly seller: string;
}

export interface GapLine {
  readonly kind: 'gap';
  readonly key: string;
  readonly at: number;
  readonly cause: GapCause;
  readonly end: { readonly at: number; readonly repaired: number; readonly lost: Lost } | undefined;
}

export type TapeLine = TradeLine | GapLine;

/** Lines that are kept. */
const MOST = 50;

export const TAPE = 'tape';

const TAKERS: Readonly<Record<TickType, Taker>> = {
  unknown: 'neither',
  neutral: 'neither',
  buyTaker: 'buy',
  buySurplus: 'buy',
  sellTaker: 'sell',
  sellSurplus: 'sell',
};

const takerOf = (tick: string): Taker => (/^buy/i.test(tick) ? 'buy' : /^sell/i.test(tick) ? 'sell' : 'neither');

const lineOf = (trade: Trade, isRepaired: boolean): TradeLine => ({
  kind: 'trade',
  key: trade.tradeId,
  price: trade.price,
  quantity: trade.quantity,
  time: millisecondsOf(trade.time),
  taker: TAKERS[trade.tick ?? 'unknown'],
  isRepaired,
  buyer: trade.buyerAddress,
  seller: trade.sellerAddress,
});

const pastLineOf = ({ tradeId, price, quantity, time, tick, buyer, seller }: PastTrade): TradeLine => ({
  ...{ kind: 'trade', key: tradeId, price, quantity, time, taker: takerOf(tick), isRepaired: false, buyer, seller },
});

/** Whether a trade came after another one. */
const isLater = (one: TradeLine, other: TradeLine): boolean => {
  const [first, second] = [parseTradeId(one.key), parseTradeId(other.key)];
  return first.height === second.height ? first.index > second.index : first.height > second.height;
};

const isTrade = (line: TapeLine): line is TradeLine => line.kind === 'trade';

/** Lines, newest first. A line of a gap is changed in its place when it ends. */
export class Tape {
  #lines: TapeLine[] = [];
  /** What REST has told, and the stream may tell again. */
  #past = new Set<string>();

  get lines(): readonly TapeLine[] {
    return this.#lines;
  }

  add(list: readonly Trade[], isRepaired: boolean): void {
    // Of many at once only the latest can stand here anyway.
    const lines = list.slice(-MOST).map((trade) => lineOf(trade, isRepaired));
    this.#put(lines.filter(({ key }) => !this.#past.has(key)).reverse());
  }

  /** What REST knows. @param list - Newest first. */
  addPast(list: readonly PastTrade[]): void {
    const known = new Set(this.#lines.map(({ key }) => key));
    this.#put(list.filter(({ tradeId }) => !known.has(tradeId)).map(pastLineOf));
    this.#past = new Set(list.map(({ tradeId }) => tradeId));
  }

  /** Each in its place. @param more - Newest first. */
  #put(more: readonly TradeLine[]): void {
    const lines: TapeLine[] = [];
    let next = 0;
    this.#lines.forEach((line, place) => {
      // A gap lies on top of the trade before it.
      const before = isTrade(line) ? line : this.#lines.slice(place).find(isTrade);
      while (next < more.length && (!before || isLater(more[next]!, before))) lines.push(more[next++]!);
      lines.push(line);
    });
    this.#lines = [...lines, ...more.slice(next)].slice(0, MOST);
  }

  gap(id: number, at: number, cause: GapCause): void {
    const line: GapLine = { kind: 'gap', key: `gap ${id}`, at, cause, end: undefined };
    this.#lines = [line, ...this.#lines].slice(0, MOST);
  }

  gapClosed(id: number, end: NonNullable<GapLine['end']>): void {
    this.#lines = this.#lines.map((line) =>
      line.kind === 'gap' && line.key === `gap ${id}` ? { ...line, end } : line,
    );
  }
}

/** @returns What is called once everything that has been subscribed to is known to come. */
export const openTape = (room: Room, slice: Slice<Tape>, symbol: string, signal: AbortSignal): (() => void) => {
  const tape = new Tape();
  slice.set(tape);
  const note = room.health.follow(TAPE, 'trades', `${symbol}@trades`, signal);
  room.dex.subscribe(trades, { symbols: [symbol], signal, queue: { policy: 'dropOldest', limit: 500 } }, (item) => {
    note(item);
    if (item.kind === 'events') tape.add(item.events, item.repaired);
    else if (item.kind === 'gap') tape.gap(item.id, room.clock.now(), item.cause);
    else tape.gapClosed(item.id, { at: room.clock.now(), repaired: item.repaired, lost: item.lost });
    slice.changed();
  });
  const load = asker(
    room,
    signal,
    () => room.rest.trades({ symbol }, MOST, signal),
    (list) => {
      tape.addPast(list);
      slice.changed();
    },
  );
  load();
  return load;
};
