/**
 * The columns of each stream: what of an event is worth a look, nothing rounded.
 * In: a stream, an event of it. Out: cells, each a text and perhaps a colour.
 */
import {
  type AccountUpdate,
  type BookDepth,
  type BookDiff,
  type Decimal,
  type KlineUpdate,
  type Level,
  multiplyDecimal,
  type Nanoseconds,
  type OrderReport,
  type Stream,
  type Ticker,
  type Trade,
  type Transfer,
} from '@dexwire/protocol';
import type { Cell, Color, Column } from '../terminal/table.ts';

/** Zeros behind the point that say nothing, left out: 12.50000000 is 12.5. */
export const short = (decimal: string): string => (decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal);

const ofDay = (milliseconds: number, digits: number): string =>
  new Date(milliseconds).toISOString().slice(11, 19 + (digits && digits + 1));
const ofSecond = (seconds: number): string => ofDay(seconds * 1000, 0);
const ofNanosecond = (time: Nanoseconds): string => ofDay(Number(time / 1_000_000n), 3);

const isZero = (decimal: string): boolean => !/[1-9]/.test(decimal);
const signed = (decimal: string, text = short(decimal)): Cell =>
  isZero(decimal) ? text : decimal.startsWith('-') ? [text, 'red'] : [`+${text}`, 'green'];

const best = (levels: readonly Level[]): readonly [price: string, quantity: string] => {
  const [level] = levels;
  return level ? [short(level[0]), short(level[1])] : ['-', '-'];
};

const changes = (levels: readonly Level[]): string =>
  levels.map(([price, quantity]) => `${short(price)} ${isZero(quantity) ? 'gone' : short(quantity)}`).join(', ');

/** A fraction as a percentage, by moving its point: -0.0086 is -0.86%. */
const percent = (fraction: Decimal): Cell => signed(fraction, `${short(multiplyDecimal(fraction, '100' as Decimal))}%`);

const STATUS: Readonly<Record<string, Color>> = {
  Ack: 'cyan',
  PartialFill: 'green',
  FullyFill: 'green',
  Canceled: 'yellow',
  Expired: 'yellow',
};

const side = (word: string): Cell => (word === 'buy' ? [word, 'green'] : word === 'sell' ? [word, 'red'] : word);
const tick = (word: Trade['tick']): Cell =>
  word === undefined ? '-' : [word, word.startsWith('buy') ? 'green' : word.startsWith('sell') ? 'red' : undefined];

const left = (head: string, width = head.length): Column => ({ head, width });
const right = (head: string, width = head.length): Column => ({ head, width, isRight: true });

export interface Layout<Event> {
  readonly columns: readonly Column[];
  cells(event: Event): readonly Cell[];
}

const TRADES: Layout<Trade> = {
  columns: [
    left('TIME', 12),
    left('SYMBOL', 12),
    left('TICK', 11),
    right('PRICE', 10),
    right('QUANTITY', 10),
    left('TRADE'),
  ],
  cells: ({ time, symbol, tick: word, price, quantity, tradeId }) => [
    [ofNanosecond(time), 'dim'],
    symbol,
    tick(word),
    short(price),
    short(quantity),
    [tradeId, 'dim'],
  ],
};

const ORDERS: Layout<OrderReport> = {
  columns: [
    left('TIME', 12),
    left('SYMBOL', 12),
    left('SIDE'),
    left('STATUS', 11),
    right('PRICE', 10),
    right('QUANTITY', 10),
    right('FILLED', 10),
    left('ORDER'),
  ],
  cells: ({ time, symbol, side: word, status, price, quantity, cumulativeFilledQuantity, orderId }) => [
    [ofNanosecond(time), 'dim'],
    symbol,
    side(word),
    [status, STATUS[status] ?? 'red'],
    short(price),
    short(quantity),
    short(cumulativeFilledQuantity),
    [orderId, 'dim'],
  ],
};

const ACCOUNTS: Layout<AccountUpdate> = {
  columns: [left('BLOCK', 10), left('BALANCES')],
  cells: ({ height, balances }) => [
    [String(height), 'dim'],
    balances
      .map(({ asset, free, locked, frozen }) => {
        const held = [
          ...(isZero(locked) ? [] : [`${short(locked)} in orders`]),
          ...(isZero(frozen) ? [] : [`${short(frozen)} frozen`]),
        ];
        return `${asset} ${short(free)}${held.length ? ` (${held.join(', ')})` : ''}`;
      })
      .join(', '),
  ],
};

const TRANSFERS: Layout<Transfer> = {
  columns: [left('BLOCK', 10), left('FROM', 43), left('SENT'), left('MEMO')],
  cells: ({ height, from, to, memo = '' }) => [
    [String(height), 'dim'],
    from,
    to
      .map(
        ({ address, coins }) =>
          `${coins.map(({ asset, amount }) => `${short(amount)} ${asset}`).join(' and ')} to ${address}`,
      )
      .join(', '),
    memo,
  ],
};

const DIFFS: Layout<BookDiff> = {
  columns: [left('TIME', 8), left('SYMBOL', 12), left('BIDS'), left('ASKS')],
  cells: ({ eventTime, symbol, bids, asks }) => [
    [ofSecond(eventTime), 'dim'],
    symbol,
    [changes(bids) || '-', 'green'],
    [changes(asks) || '-', 'red'],
  ],
};

const DEPTHS: Layout<BookDepth> = {
  columns: [
    left('BLOCK', 10),
    left('SYMBOL', 12),
    right('BID', 10),
    right('QUANTITY', 10),
    right('ASK', 10),
    right('QUANTITY', 10),
    right('LEVELS', 7),
  ],
  cells: ({ lastUpdateId, symbol, bids, asks }) => {
    const [bid, bidQuantity] = best(bids);
    const [ask, askQuantity] = best(asks);
    return [
      [String(lastUpdateId), 'dim'],
      symbol,
      [bid, 'green'],
      bidQuantity,
      [ask, 'red'],
      askQuantity,
      [`${bids.length}+${asks.length}`, 'dim'],
    ];
  },
};

const KLINES: Layout<KlineUpdate> = {
  columns: [
    left('FROM', 16),
    left('SYMBOL', 12),
    left('OF', 3),
    right('OPEN', 10),
    right('HIGH', 10),
    right('LOW', 10),
    right('CLOSE', 10),
    right('VOLUME', 10),
    right('TRADES'),
    left('STATE', 6),
  ],
  cells: ({ symbol, kline: { openTime, interval, open, high, low, close, volume, tradeCount, isClosed } }) => [
    [new Date(openTime).toISOString().slice(0, 16).replace('T', ' '), 'dim'],
    symbol,
    interval,
    ...[open, high, low, close, volume].map(short),
    String(tradeCount),
    isClosed ? ['closed', 'yellow'] : ['open', 'dim'],
  ],
};

const TICKERS: Layout<Ticker> = {
  columns: [
    left('TIME', 8),
    left('SYMBOL', 12),
    right('LAST', 10),
    right('CHANGE', 9),
    right('%', 7),
    right('BID', 10),
    right('ASK', 10),
    right('HIGH', 10),
    right('LOW', 10),
    right('VOLUME', 10),
    right('TRADES'),
  ],
  cells: ({ eventTime, symbol, priceChange, priceChangePercent, tradeCount, ...event }) => [
    [ofSecond(eventTime), 'dim'],
    symbol,
    short(event.lastPrice),
    signed(priceChange),
    percent(priceChangePercent),
    ...[event.bidPrice, event.askPrice, event.highPrice, event.lowPrice, event.volume].map(short),
    String(tradeCount),
  ],
};

const MINI_TICKERS: Layout<
  Pick<Ticker, 'eventTime' | 'symbol' | 'lastPrice' | 'openPrice' | 'highPrice' | 'lowPrice' | 'volume'>
> = {
  columns: [
    left('TIME', 8),
    left('SYMBOL', 12),
    right('LAST', 10),
    right('OPEN', 10),
    right('HIGH', 10),
    right('LOW', 10),
    right('VOLUME', 10),
  ],
  cells: ({ eventTime, symbol, lastPrice, openPrice, highPrice, lowPrice, volume }) => [
    [ofSecond(eventTime), 'dim'],
    symbol,
    ...[lastPrice, openPrice, highPrice, lowPrice, volume].map(short),
  ],
};

const HEIGHTS: Layout<{ readonly height: number }> = {
  columns: [left('BLOCK', 10)],
  cells: ({ height }) => [String(height)],
};

/** By the word that a topic begins with: `kline_1m` and `marketDepth100` are of their families. */
const LAYOUTS: readonly (readonly [topic: RegExp, layout: Layout<never>])[] = [
  [/^trades$/, TRADES],
  [/^orders$/, ORDERS],
  [/^accounts$/, ACCOUNTS],
  [/^transfers$/, TRANSFERS],
  [/^marketDiff$/, DIFFS],
  [/^marketDepth\d*$/, DEPTHS],
  [/^kline_/, KLINES],
  [/^(ticker|allTickers)$/, TICKERS],
  [/^(miniTicker|allMiniTickers)$/, MINI_TICKERS],
  [/^blockheight$/, HEIGHTS],
];

export const layoutOf = ({ topic }: Stream): Layout<unknown> =>
  (LAYOUTS.find(([pattern]) => pattern.test(topic))?.[1] ?? HEIGHTS) as Layout<unknown>;
