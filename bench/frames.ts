/**
 * The frames that benches read: of recorded shape, made from a seed, all different.
 * In: a topic and a count. Out: texts of frames, flat strings as a socket gives them.
 */
import { type Decimal, encode, type Level, streamForTopic } from '@dexwire/protocol';

/** A small generator of repeatable numbers (mulberry32). */
export const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};

const random = seeded(20190418);
const below = (limit: number): number => Math.floor(random() * limit);
const decimal = (whole: number): Decimal => `${below(whole)}.${String(below(100_000_000)).padStart(8, '0')}` as Decimal;
const small = (): Decimal => `0.${String(below(1_000_000)).padStart(8, '0')}` as Decimal;
const hex = (length: number): string => Array.from({ length }, () => below(16).toString(16).toUpperCase()).join('');
const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const address = (): string => `bnb1${Array.from({ length: 38 }, () => BECH32[below(32)]).join('')}`;
const SYMBOLS = Array.from(
  { length: 200 },
  (_, index) => `${['RAVEN', 'BTCB', '83SHUIHU', 'CBM'][index % 4]}-${hex(3)}_BNB`,
);
const symbol = (): string => SYMBOLS[below(SYMBOLS.length)]!;
const height = (): number => 47_000_000 + below(1_000_000);
const seconds = (): number => 1_561_939_000 + below(1_000_000);
const nanoseconds = (): bigint => 1_573_417_196_130_225_520n + BigInt(below(2 ** 31));
const levels = (count: number): Level[] => Array.from({ length: count }, () => [small(), decimal(1_000_000)]);

const trade = (at: number, index: number, time: bigint): unknown => ({
  eventType: 'trade',
  height: at,
  symbol: symbol(),
  tradeId: `${at}-${index}`,
  price: small(),
  quantity: decimal(100_000),
  buyerOrderId: `${hex(40)}-${below(100_000)}`,
  sellerOrderId: `${hex(40)}-${below(100_000)}`,
  time,
  sellerAddress: address(),
  buyerAddress: address(),
  tick: 'sellTaker',
});

const report = (at: number, time: bigint): unknown => ({
  eventType: 'executionReport',
  height: at,
  symbol: symbol(),
  side: random() < 0.5 ? 'buy' : 'sell',
  orderType: 'limit',
  timeInForce: 'GTE',
  quantity: decimal(1000),
  price: small(),
  executionType: 'NEW',
  status: random() < 0.5 ? 'Ack' : 'PartialFill',
  orderId: `${hex(40)}-${below(100_000)}`,
  lastExecutedQuantity: decimal(100),
  lastExecutedPrice: small(),
  cumulativeFilledQuantity: decimal(100),
  commission: 'BNB:0.00039999',
  time,
  tradeId: `${at}-${below(9)}`,
  orderCreationTime: time - 1_000_000_000n,
});

const ticker = (of: string): unknown => ({
  eventType: '24hrTicker',
  eventTime: seconds(),
  symbol: of,
  priceChange: '-0.00000073',
  priceChangePercent: '-0.00860000',
  weightedAveragePrice: small(),
  previousClosePrice: small(),
  lastPrice: small(),
  lastQuantity: decimal(10_000),
  bidPrice: small(),
  bidQuantity: decimal(1_000_000),
  askPrice: small(),
  askQuantity: decimal(1_000_000),
  openPrice: small(),
  highPrice: small(),
  lowPrice: small(),
  volume: decimal(30_000_000),
  quoteVolume: decimal(3000),
  openTime: 1_561_852_822_969 + below(1000),
  closeTime: 1_561_939_222_969 + below(1000),
  firstTradeId: `${height()}-0`,
  lastTradeId: `${height()}-0`,
  tradeCount: below(1000),
});

const miniTicker = (of: string): unknown => ({
  eventType: '24hrMiniTicker',
  eventTime: seconds(),
  symbol: of,
  lastPrice: small(),
  openPrice: small(),
  highPrice: small(),
  lowPrice: small(),
  volume: decimal(30_000_000),
  quoteVolume: decimal(3000),
});

const depth = (count: number) => (): unknown => ({
  lastUpdateId: height(),
  symbol: symbol(),
  bids: levels(count),
  asks: levels(count),
});

const DATA: Readonly<Record<string, () => unknown>> = {
  orders: () => {
    const at = height();
    const time = nanoseconds();
    return [report(at, time), report(at, time)];
  },
  accounts: () => ({
    eventType: 'outboundAccountInfo',
    height: height(),
    balances: ['BNB', 'BTCB-1DE', 'BUSD-BD1', 'RUNE-B1A'].map((asset) => ({
      asset,
      free: decimal(10_000),
      frozen: '0.00000000',
      locked: decimal(100),
    })),
  }),
  transfers: () => ({
    eventType: 'outboundTransferInfo',
    height: height(),
    txHash: hex(64),
    memo: 'STAKE:TUSDB-000',
    from: address(),
    to: [
      {
        address: address(),
        coins: [
          { asset: 'RUNE-A1F', amount: decimal(10) },
          { asset: 'TUSDB-000', amount: decimal(10) },
        ],
      },
    ],
  }),
  trades: () => {
    const at = height();
    const time = nanoseconds();
    return [trade(at, 0, time), trade(at, 1, time)];
  },
  marketDiff: () => ({
    eventType: 'depthUpdate',
    eventTime: seconds(),
    symbol: symbol(),
    bids: levels(3),
    asks: levels(2),
  }),
  marketDepth: depth(20),
  marketDepth1000: depth(1000),
  kline_1m: () => {
    const of = symbol();
    return {
      eventType: 'kline',
      eventTime: seconds(),
      symbol: of,
      kline: {
        symbol: of,
        openTime: 1_561_939_200_000 + below(1000),
        closeTime: 1_561_939_259_999 + below(1000),
        interval: '1m',
        firstTradeId: `${height()}-0`,
        lastTradeId: `${height()}-1`,
        open: small(),
        close: small(),
        high: small(),
        low: small(),
        volume: decimal(100_000),
        quoteVolume: decimal(1000),
        tradeCount: below(100),
        isClosed: random() < 0.1,
      },
    };
  },
  ticker: () => ticker(symbol()),
  allTickers: () => SYMBOLS.map(ticker),
  miniTicker: () => miniTicker(symbol()),
  allMiniTickers: () => SYMBOLS.map(miniTicker),
  blockheight: () => ({ height: height() }),
};

/** The twelve streams, each in its best-known topic. */
export const TOPICS = [
  'orders',
  'accounts',
  'transfers',
  'trades',
  'marketDiff',
  'marketDepth',
  'kline_1m',
  'ticker',
  'allTickers',
  'miniTicker',
  'allMiniTickers',
  'blockheight',
] as const;

/** `count` different frames of a topic. Each is a flat string of its own, as decoding bytes makes it. */
export const framesOf = (topic: string, count: number): string[] => {
  const make = DATA[topic];
  const stream = streamForTopic(topic);
  if (!make || !stream) throw new RangeError(`no frames are made for ${topic}`);
  return Array.from({ length: count }, () => Buffer.from(encode(stream, make())).toString());
};
