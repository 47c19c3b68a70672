/**
 * The client of the Binance DEX streaming API. The only door of this package.
 */
export {
  type AccountUpdate,
  type AddressStream,
  accounts,
  addDecimal,
  allMiniTickers,
  allTickers,
  type Balance,
  type Blockheight,
  type BookDepth,
  type BookDiff,
  blockheight,
  type Coin,
  compareDecimal,
  type DataOf,
  DEPTH_LEVELS,
  type Decimal,
  type DepthLevels,
  DexError,
  decimalFromNumber,
  decimalUnits,
  type EventOf,
  type Fee,
  FrameError,
  type FrameFault,
  formatDecimal,
  type GlobalStream,
  type Height,
  isAddress,
  isDecimal,
  KLINE_INTERVALS,
  type Kline,
  type KlineInterval,
  type KlineUpdate,
  kline,
  klineTime,
  type Level,
  type Milliseconds,
  type MiniTicker,
  marketDepth,
  marketDiff,
  miniTicker,
  multiplyDecimal,
  type Nanoseconds,
  negateDecimal,
  ORDER_STATUSES,
  type OrderReport,
  type OrderStatus,
  orders,
  ownerAddress,
  parseDecimal,
  parseFees,
  parseOrderId,
  parseTradeId,
  type Rounding,
  rescaleDecimal,
  type Scope,
  type Seconds,
  type Side,
  type Stream,
  type StreamName,
  type SymbolStream,
  subtractDecimal,
  TICK_TYPES,
  type Ticker,
  type TickType,
  type TimeInForce,
  type Trade,
  type Transfer,
  type TransferOutput,
  ticker,
  toJson,
  trades,
  transfers,
  ValueError,
  type ValueFault,
} from '@dexwire/protocol';
export { openSocket } from '#socket';
export {
  BinanceChainSocket,
  type BinanceChainSocketOptions,
  type FrameCallback,
  type LongLived,
  type OneOff,
  type PersonalFrame,
  type SocketHandle,
} from './binanceChainSocket.ts';
export { type Clock, systemClock, type Timer } from './clock.ts';
export {
  connect,
  type Dex,
  type DexStats,
  type OfAddress,
  type OfSymbols,
  type SubscribeOptions,
} from './connection.ts';
export type { ConnectionState, Timings } from './connectionState.ts';
export { DerivedError, type DerivedFault } from './derived/errors.ts';
export type { DerivedKline } from './derived/klineSeries.ts';
export { type KlinesOptions, klinesOf } from './derived/klinesOf.ts';
export { type Merged, type MergeOptions, type MergeSources, merge } from './derived/merge.ts';
export type { Derived, DerivedOptions } from './derived/pulled.ts';
export { type TopOfBook, type TopOfBookOptions, topOfBook } from './derived/topOfBook.ts';
export {
  ClosedError,
  CommandError,
  ConnectionError,
  type ConnectionFault,
  ConsumerError,
  GapError,
  QueueError,
} from './errors.ts';
export type { QueueOptions, QueuePolicy } from './eventQueue.ts';
export type { Events, Gap, GapCause, GapClosed, Item, Lost } from './item.ts';
export { KLine } from './kLine.ts';
export type { Counter, Log, LogLevel, LogLine, Measure, Metrics, Tags } from './metrics.ts';
export type { Mended, Missed, Repair, RepairTools } from './missed.ts';
export type { Network, Target } from './networks.ts';
export {
  type LagHistogram,
  type LagNews,
  type LagOptions,
  lagHistogram,
  type TopicLag,
} from './observe/lagHistogram.ts';
export { type Pseudonym, redactAddresses } from './observe/redactAddresses.ts';
export { teeMetrics } from './observe/teeMetrics.ts';
export type { DexOptions } from './options.ts';
export type { BookChange, BookState } from './orderBook/changes.ts';
export type { CumulativeLevel, Fill, Imbalance } from './orderBook/depthBook.ts';
export { BookError, type BookFault } from './orderBook/errors.ts';
export type { BookLevels } from './orderBook/feed.ts';
export {
  type BestLevels,
  type BookStats,
  type BookStatus,
  type CumulativeRead,
  type DepthLevelsRead,
  type OrderBook,
  type OrderBookOptions,
  orderBook,
} from './orderBook/orderBook.ts';
export type { Ask } from './path.ts';
export { type RepairOptions, repairOverRest } from './repair/repairOverRest.ts';
export type { Socket, SocketFactory } from './socket.ts';
export type { LinkPlan, PathPlan, PathStatus, Status, StreamStatus } from './status.ts';
export { type PersonalSubscriptions, subscribeName } from './subscribeName.ts';
export type { Callback, GapPolicy, Handle, Subscription, SubscriptionStats } from './subscription.ts';
export {
  type CheckLevel,
  type CheckOptions,
  type CheckStats,
  checkFrames,
  type DriftEntry,
  type FoundType,
  type ReportingCheck,
} from './validation/checkFrames.ts';
export type { FrameCheck } from './validation/frameCheck.ts';
export { type SchemaIssue, type SchemaResult, type StreamSchema, standardSchema } from './validation/standardSchema.ts';
export type { Wakes } from './wake.ts';
export type {
  AccountsFrame,
  AllMiniTickersFrame,
  AllTickersFrame,
  BlockheightFrame,
  Frame,
  KlineFrame,
  MarketDepthFrame,
  MarketDiffFrame,
  MiniTickerFrame,
  OrdersFrame,
  TickerFrame,
  TradesFrame,
  TransfersFrame,
  WireAccount,
  WireDepth,
  WireDiff,
  WireKline,
  WireMiniTicker,
  WireOrder,
  WireTicker,
  WireTrade,
  WireTransfer,
} from './wireFrames.ts';
