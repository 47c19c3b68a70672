/**
 * What a block says of its orders and trades, with all that surprises in it (matching rules §14.1 to §14.4).
 * In: the notes of a block that is over. Out: order updates, the open ones first, and trades.
 */
import type { Nanoseconds, OrderStatus } from '@dexwire/protocol';
import type { Account } from '../entry/accounts.ts';
import { BUY, IOC } from '../entry/orderEntry.ts';
import type { BlockTrade, OrderUpdate } from './block.ts';
import { FailedOrder, type Fills, type OrderTrade, type Removal, type RunningBlock } from './runningBlock.ts';
import type { OpenOrder } from './state.ts';

/** The account's block fee. */
const feeOf = ({ ledger }: Account): string => ledger?.text ?? '';

/** An update that no trade made. */
const untraded = (
  order: OpenOrder,
  status: OrderStatus,
  fee: string,
  singleFee: string,
  time: Nanoseconds,
): OrderUpdate => ({
  symbol: order.pair.symbol,
  status,
  orderId: order.id,
  tradeId: '',
  owner: order.owner.address,
  side: order.side,
  timeInForce: order.timeInForce,
  price: order.price,
  quantity: order.quantity,
  lastPrice: 0n,
  lastQuantity: 0n,
  cumulative: order.filled,
  fee,
  singleFee,
  createdAt: order.createdAt,
  time,
  txHash: order.txHash,
});

/** Says only what the message says. */
const failed = ({ message, owner }: FailedOrder, time: Nanoseconds): OrderUpdate => {
  const isOrder = message.type === 'newOrder';
  return {
    symbol: message.symbol,
    status: 'FailedBlocking',
    orderId: isOrder ? message.id : message.refId,
    tradeId: '',
    owner: owner.address,
    side: isOrder ? (message.side === BUY ? 'buy' : 'sell') : 'unknown',
    timeInForce: isOrder ? (message.timeInForce === IOC ? 'IOC' : 'GTE') : 'unknown',
    price: isOrder ? message.price : 0n,
    quantity: isOrder ? message.quantity : 0n,
    lastPrice: 0n,
    lastQuantity: 0n,
    cumulative: 0n,
    fee: '',
    singleFee: '',
    createdAt: 0n,
    time,
    txHash: '',
  };
};

/** Of an owner's removals only the first tells the block fee. */
const removed = (removal: Removal, time: Nanoseconds): OrderUpdate => {
  const { order, status } = removal;
  const { ledger } = order.owner;
  let blockFee = '';
  if (ledger !== undefined && !ledger.hasTold) {
    ledger.hasTold = true;
    blockFee = ledger.text;
  }
  return untraded(order, status, blockFee, removal.feeText, time);
};

const filled = (
  order: OpenOrder,
  status: OrderStatus,
  { price, quantity }: OrderTrade,
  tradeId: string,
  singleFee: string,
  time: Nanoseconds,
): OrderUpdate => ({
  symbol: order.pair.symbol,
  status,
  orderId: order.id,
  tradeId,
  owner: order.owner.address,
  side: order.side,
  timeInForce: order.timeInForce,
  price: order.price,
  quantity: order.quantity,
  lastPrice: price,
  lastQuantity: quantity,
  cumulative: order.filled,
  fee: feeOf(order.owner),
  singleFee,
  createdAt: order.createdAt,
  time,
  txHash: order.txHash,
});

/** Trades in the order in which they were made, which is by symbol. */
export const tradesOf = (fills: Fills, height: number): BlockTrade[] => {
  const { trades } = fills;
  const told: BlockTrade[] = [];
  for (let place = 0; place < trades.length; place += 1) {
    const { sell, buy, price, quantity, tick } = trades[place]!;
    const sellSingleFee = fills.feeText(2 * place);
    told.push({
      tradeId: `${height}-${place}`,
      symbol: sell.pair.symbol,
      price,
      quantity,
      sellOrderId: sell.id,
      buyOrderId: buy.id,
      seller: sell.owner.address,
      buyer: buy.owner.address,
      sellFee: feeOf(sell.owner),
      buyFee: feeOf(buy.owner),
      sellSingleFee,
      // To write a number costs as much as all else of a trade.
      buySingleFee: fills.isEvenlyCharged(place) ? sellSingleFee : fills.feeText(2 * place + 1),
      sellSource: sell.source,
      buySource: buy.source,
      tick,
    });
  }
  return told;
};

/**
 * All updates, in the order of publication. Amounts filled and the status of a fill are those of the end of the block.
 *
 * @param told - The block's trades, for their ids.
 */
export const updatesOf = (block: RunningBlock, told: readonly BlockTrade[], time: Nanoseconds): OrderUpdate[] => {
  const updates: OrderUpdate[] = [];
  for (const opened of block.opened) {
    if (opened instanceof FailedOrder) updates.push(failed(opened, time));
    else updates.push(untraded(opened, 'Ack', '', '', time));
  }
  const { trades } = block.fills;
  for (let place = 0; place < trades.length; place += 1) {
    const trade = trades[place]!;
    const { buy, sell } = trade;
    const { tradeId, buySingleFee, sellSingleFee } = told[place]!;
    if (buy.filled !== buy.quantity) updates.push(filled(buy, 'PartialFill', trade, tradeId, buySingleFee, time));
    if (sell.filled !== sell.quantity) {
      updates.push(filled(sell, 'PartialFill', trade, tradeId, sellSingleFee, time));
    }
  }
  for (const removal of block.canceled) updates.push(removed(removal, time));
  for (const removal of block.failed) updates.push(removed(removal, time));
  for (const removal of block.iocPartlyFilled) updates.push(removed(removal, time));
  for (const removal of block.iocUnfilled) updates.push(removed(removal, time));
  for (const removal of block.expired) updates.push(removed(removal, time));
  for (let place = 0; place < trades.length; place += 1) {
    const trade = trades[place]!;
    const { buy, sell } = trade;
    const { tradeId, buySingleFee, sellSingleFee } = told[place]!;
    if (buy.filled === buy.quantity) updates.push(filled(buy, 'FullyFill', trade, tradeId, buySingleFee, time));
    if (sell.filled === sell.quantity) updates.push(filled(sell, 'FullyFill', trade, tradeId, sellSingleFee, time));
  }
  return updates;
};
