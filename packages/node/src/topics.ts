/**
 * Topics: a publication cut into the frames of the streams that a block feeds.
 * In: a publication, and who wants what. Out: frames, in the order of publication (matching rules §14): orders, trades,
 * accounts, books if they go out by the block, transfers, blockheight.
 */
import {
  type AccountUpdate,
  accounts,
  type BookDiff,
  blockheight,
  type Level,
  marketDiff,
  type OrderReport,
  orders,
  type Seconds,
  type Stream,
  type Trade,
  type Transfer,
  trades,
  transfers,
} from '@dexwire/protocol';
import type { Block, BlockTrade, BlockTransfer, OrderUpdate } from './chain/block.ts';
import { feeText } from './feeText.ts';
import { type Frame, frame } from './gateway/source.ts';
import type { Publication, PublishedAccount } from './publications.ts';
import { unitsText } from './unitsText.ts';

/** Whether anybody would get such a frame. */
export type Wants = (stream: Stream, subject: string) => boolean;

/** When changes of a book are sent: merged to one frame a second at most, or one for each block that has any. */
export type DiffCadence = 'second' | 'block';

const NANOSECONDS_PER_SECOND = 1_000_000_000n;

/** @param wants - By default everything is wanted. */
export const topics = (
  { block, accounts: published, books }: Publication,
  wants: Wants = () => true,
  diffs: DiffCadence = 'second',
): Frame[] => {
  const frames: Frame[] = [];
  for (const [owner, updates] of wanted(block.updates, orders, ownerOf, wants)) {
    const { height } = block;
    frames.push(frame(orders, owner, reportsOf(updates, height)));
  }
  for (const [symbol, some] of wanted(block.trades, trades, symbolOf, wants)) {
    const events = some.map((trade) => tradeOf(trade, block));
    frames.push(frame(trades, symbol, events));
  }
  for (const account of published) {
    const { address } = account;
    if (wants(accounts, address)) frames.push(frame(accounts, address, accountUpdateOf(account, block.height)));
  }
  if (diffs === 'block') {
    const eventTime = Number(block.time / NANOSECONDS_PER_SECOND);
    for (const { symbol, buys, sells } of books)
      if (wants(marketDiff, symbol)) frames.push(frame(marketDiff, symbol, bookDiff(symbol, eventTime, buys, sells)));
  }
  for (const transfer of block.transfers) frames.push(...transferFrames(transfer, block.height, wants));
  if (wants(blockheight, '$all')) frames.push(frame(blockheight, '$all', { height: block.height }));
  return frames;
};

/** Only price and quantity go out. */
type AnyLevel = readonly [price: bigint, quantity: bigint, ...rest: bigint[]];

/** @param buys - With new quantities, as `sells`; each price once. */
export const bookDiff = (
  symbol: string,
  eventTime: Seconds,
  buys: Iterable<AnyLevel>,
  sells: Iterable<AnyLevel>,
): BookDiff => ({ eventType: 'depthUpdate', eventTime, symbol, bids: levelsText(buys), asks: levelsText(sells) });

export const levelsText = (levels: Iterable<AnyLevel>): Level[] =>
  Array.from(levels, ([price, quantity]): Level => [unitsText(price), unitsText(quantity)]);

const ownerOf = ({ owner }: OrderUpdate): string => owner;
const symbolOf = ({ symbol }: BlockTrade): string => symbol;

/** What concerns each subject that somebody wants the stream for, in the order in which the subjects come first. */
const wanted = <Item>(
  items: readonly Item[],
  stream: Stream,
  subjectOf: (item: Item) => string,
  wants: Wants,
): Map<string, Item[]> => {
  const found = new Map<string, Item[]>();
  const unwanted = new Set<string>();
  for (const item of items) {
    const subject = subjectOf(item);
    const some = found.get(subject);
    if (some !== undefined) some.push(item);
    else if (!unwanted.has(subject)) {
      if (wants(stream, subject)) found.set(subject, [item]);
      else unwanted.add(subject);
    }
  }
  return found;
};

/** Of one owner. */
const reportsOf = (updates: readonly OrderUpdate[], height: Block['height']): OrderReport[] => {
  // An owner's reports say the same fee again and again.
  let fee = '';
  let commission = '';
  return updates.map((update): OrderReport => {
    if (update.fee !== fee) {
      fee = update.fee;
      commission = feeText(fee);
    }
    return {
      eventType: 'executionReport',
      height,
      symbol: update.symbol,
      side: update.side,
      orderType: update.side === 'unknown' ? 'unknown' : 'limit',
      timeInForce: update.timeInForce,
      quantity: unitsText(update.quantity),
      price: unitsText(update.price),
      executionType: 'NEW',
      status: update.status,
      orderId: update.orderId,
      lastExecutedQuantity: unitsText(update.lastQuantity),
      lastExecutedPrice: unitsText(update.lastPrice),
      cumulativeFilledQuantity: unitsText(update.cumulative),
      commission,
      time: update.time,
      tradeId: update.tradeId,
      orderCreationTime: update.createdAt,
    };
  });
};

const tradeOf = (trade: BlockTrade, { height, time }: Block): Trade => ({
  eventType: 'trade',
  height,
  symbol: trade.symbol,
  tradeId: trade.tradeId,
  price: unitsText(trade.price),
  quantity: unitsText(trade.quantity),
  buyerOrderId: trade.buyOrderId,
  sellerOrderId: trade.sellOrderId,
  time,
  sellerAddress: trade.seller,
  buyerAddress: trade.buyer,
  tick: trade.tick,
});

const accountUpdateOf = ({ balances }: PublishedAccount, height: Block['height']): AccountUpdate => ({
  eventType: 'outboundAccountInfo',
  height,
  balances: balances.map(({ asset, free, frozen, locked }) => ({
    asset,
    free: unitsText(free),
    frozen: unitsText(frozen),
    locked: unitsText(locked),
  })),
});

/** The transaction's frame for its sender and each receiver; an address that is both gets it once. */
const transferFrames = (transfer: BlockTransfer, height: Block['height'], wants: Wants): Frame[] => {
  const { from, to, txHash, memo } = transfer;
  const subjects = [...new Set([from, ...to.map(({ address }) => address)])];
  const wanting = subjects.filter((address) => wants(transfers, address));
  if (wanting.length === 0) return [];
  const event: Transfer = {
    eventType: 'outboundTransferInfo',
    height,
    txHash,
    memo,
    from,
    to: to.map(({ address, coins }) => ({
      address,
      coins: coins.map(({ asset, amount }) => ({ asset, amount: unitsText(amount) })),
    })),
  };
  return wanting.map((address) => frame(transfers, address, event));
};
