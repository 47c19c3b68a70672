/**
 * The wire of the Binance DEX streaming API. The only door of this package.
 */
export { ADDRESS_BYTES, type AddressParts, decodeAddress, encodeAddress, isAddress } from './address.ts';
export { check } from './check.ts';
export {
  type Command,
  type CommandRefusal,
  formatCommand,
  formatRefusal,
  parseCommand,
  type RefusalText,
} from './command.ts';
export {
  addDecimal,
  compareDecimal,
  decimalFromNumber,
  decimalUnits,
  formatDecimal,
  isDecimal,
  multiplyDecimal,
  negateDecimal,
  parseDecimal,
  type Rounding,
  rescaleDecimal,
  subtractDecimal,
} from './decimal.ts';
export { type Drift, type DriftKind, findDrift } from './drift.ts';
export { DexError, FrameError, type FrameFault, ValueError, type ValueFault } from './errors.ts';
export { type Fee, formatFees, parseFees } from './fees.ts';
export type { OnUnknownKey } from './fields.ts';
export { decode, decodeFast, decodeTolerant, peekTopic, type Reply, readReply } from './frame.ts';
export { type JsonSchema, jsonSchema } from './jsonSchema.ts';
export { type KlineSpan, klineOpenBefore, klineSpan } from './klineSpan.ts';
export { formatOrderId, type OrderIdParts, ownerAddress, parseOrderId } from './orderId.ts';
export type { Level } from './schema.ts';
export type { AddressStream, DataOf, EventOf, GlobalStream, Known, Scope, Stream, SymbolStream } from './stream.ts';
export {
  type AddressName,
  type CheckedName,
  formatStreamName,
  type GlobalName,
  type GlobalTopics,
  type Named,
  parseStreamName,
  type StreamName,
  type SymbolName,
  type SymbolTopics,
} from './streamName.ts';
export { type AccountUpdate, accounts, type Balance } from './streams/accounts.ts';
export { allMiniTickers } from './streams/allMiniTickers.ts';
export { allTickers } from './streams/allTickers.ts';
export { type Blockheight, blockheight } from './streams/blockheight.ts';
export {
  KLINE_INTERVALS,
  type Kline,
  type KlineInterval,
  type KlineUpdate,
  kline,
  klineTime,
} from './streams/kline.ts';
export { type BookDepth, DEPTH_LEVELS, type DepthLevels, marketDepth } from './streams/marketDepth.ts';
export { type BookDiff, marketDiff } from './streams/marketDiff.ts';
export { type MiniTicker, miniTicker } from './streams/miniTicker.ts';
export {
  ORDER_STATUSES,
  type OrderReport,
  type OrderStatus,
  orders,
  type Side,
  type TimeInForce,
} from './streams/orders.ts';
export { type Ticker, ticker } from './streams/ticker.ts';
export { TICK_TYPES, type TickType, type Trade, trades } from './streams/trades.ts';
export { type Coin, type Transfer, type TransferOutput, transfers } from './streams/transfers.ts';
export { allTopics, streamForTopic } from './topics.ts';
export { formatTradeId, parseTradeId, type TradeIdParts } from './tradeId.ts';
export type { Decimal, Height, Milliseconds, Nanoseconds, Seconds } from './units.ts';
export { decodeData } from './wireData.ts';
export { encode, toJson, toWire } from './write.ts';
