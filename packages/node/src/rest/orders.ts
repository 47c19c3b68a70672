/**
 * Orders over REST: those that are open, those that ended, and one by its id. The newest first.
 * In: the view's state for what is open, its history for the rest. Out: bodies in the documented shape (spec §10).
 */
import {
  type Nanoseconds,
  ORDER_STATUSES,
  type OrderStatus,
  ownerAddress,
  type Side,
  type TimeInForce,
} from '@dexwire/protocol';
import type { OrderUpdate } from '../chain/block.ts';
import { millisecondsOf } from '../chain/blockTime.ts';
import type { OpenOrder } from '../chain/openOrders.ts';
import { feeText } from '../feeText.ts';
import type { History } from '../history.ts';
import { unitsText } from '../unitsText.ts';
import { type Answer, dateTime, pageOf } from './answer.ts';
import { checkOrderId, USUAL_ROWS } from './parameters.ts';
import { quoted, RestError } from './restError.ts';
import type { RestView } from './restView.ts';
import { LONGEST_WINDOW_MS } from './trades.ts';

/** An order as it is told. */
interface Told {
  readonly orderId: string;
  readonly symbol: string;
  readonly owner: string;
  readonly status: OrderStatus;
  readonly side: Side;
  readonly timeInForce: TimeInForce;
  readonly price: bigint;
  readonly quantity: bigint;
  readonly cumulative: bigint;
  readonly fee: string;
  readonly createdAt: Nanoseconds;
  readonly time: Nanoseconds;
  readonly txHash: string;
  readonly lastFill: OrderUpdate | undefined;
}

const told = (order: Told): object => ({
  orderId: order.orderId,
  symbol: order.symbol,
  owner: order.owner,
  price: unitsText(order.price),
  quantity: unitsText(order.quantity),
  cumulateQuantity: unitsText(order.cumulative),
  fee: feeText(order.fee),
  orderCreateTime: dateTime(millisecondsOf(order.createdAt), 3),
  transactionTime: dateTime(millisecondsOf(order.time), 3),
  status: order.status,
  timeInForce: order.timeInForce === 'GTE' ? 1 : 3,
  side: order.side === 'buy' ? 1 : 2,
  type: 2,
  tradeId: order.lastFill?.tradeId ?? '',
  lastExecutedPrice: unitsText(order.lastFill?.lastPrice ?? 0n),
  lastExecutedQuantity: unitsText(order.lastFill?.lastQuantity ?? 0n),
  transactionHash: order.txHash,
});

/** The last report about an order, and the last one of a fill; either may lie further back than what is kept. */
interface Reported {
  last: OrderUpdate;
  lastFill: OrderUpdate | undefined;
}

/**
 * What the history knows of the orders of an address, by id, newest first. A failed order is known by its failure only if
 * there is no order of that id: a second order with the id of the first fails, and says nothing about the first.
 */
const reportsOf = (history: History, owner: string): Map<string, Reported> => {
  const reported = new Map<string, Reported>();
  for (const report of history.reportsOf(owner)) {
    const known = reported.get(report.orderId);
    const lastFill = report.tradeId === '' ? undefined : report;
    if (report.side === 'unknown') continue; // a cancel that failed: nothing happened to the order
    if (known === undefined) reported.set(report.orderId, { last: report, lastFill });
    else {
      if (known.last.status === 'FailedBlocking') known.last = report;
      known.lastFill ??= lastFill;
    }
  }
  return reported;
};

const OPEN: readonly OrderStatus[] = ['Ack', 'PartialFill'];

/** An order in the state. Of a block that is not sealed it has the time of the one before. */
const openOrder = (order: OpenOrder, reported: Reported | undefined, { latest }: RestView): Told => {
  const report = reported !== undefined && OPEN.includes(reported.last.status) ? reported.last : undefined;
  const createdAt = order.createdAt === 0n ? latest.time : order.createdAt;
  return {
    orderId: order.id,
    symbol: order.pair.symbol,
    owner: order.owner.address,
    status: order.filled === 0n ? 'Ack' : 'PartialFill',
    side: order.side,
    timeInForce: order.timeInForce,
    price: order.price,
    quantity: order.quantity,
    cumulative: order.filled,
    fee: report?.fee ?? '',
    createdAt,
    time: report?.time ?? createdAt,
    txHash: order.txHash,
    lastFill: reported?.lastFill,
  };
};

/** An order of the history alone; `undefined` for what only the state can tell of. */
const endedOrder = ({ last, lastFill }: Reported): Told | undefined => {
  const { side, timeInForce } = last;
  if (side === 'unknown' || timeInForce === 'unknown' || OPEN.includes(last.status)) return undefined;
  return {
    orderId: last.orderId,
    symbol: last.symbol,
    owner: last.owner,
    status: last.status,
    side,
    timeInForce,
    price: last.price,
    quantity: last.quantity,
    cumulative: last.cumulative,
    fee: last.fee,
    createdAt: last.createdAt,
    time: last.time,
    txHash: last.txHash,
    lastFill,
  };
};

/** All open orders of an address, newest first, those of the running block among them. */
const openOrdersOf = ({ state }: RestView, owner: string): Iterable<OpenOrder> => {
  const account = state.accounts.get(owner);
  return account === undefined ? [] : [...state.openOrders.of(account)].reverse();
};

const EXAMPLE = 'the address of the owner';

export const openOrders: Answer = (view, { parameters }) => {
  const { state, history } = view;
  const owner = parameters.required('address', parameters.address('address', state.accounts.prefix), EXAMPLE);
  const symbol = parameters.symbol('symbol');
  const page = parameters.page(USUAL_ROWS);
  const counted = parameters.total();
  const { total, items } = pageOf(
    openOrdersOf(view, owner),
    (order) => symbol === undefined || order.pair.symbol === symbol,
    page,
    counted,
  );
  const reported = reportsOf(history, owner);
  return { total, order: items.map((order) => told(openOrder(order, reported.get(order.id), view))) };
};

const STATUSES = ORDER_STATUSES;

/** The window is of transaction times. No window is assumed: all that is kept is told. */
export const closedOrders: Answer = ({ state, history }, { parameters }) => {
  const owner = parameters.required('address', parameters.address('address', state.accounts.prefix), EXAMPLE);
  const symbol = parameters.symbol('symbol');
  const side = parameters.side();
  const statuses = parameters.someOf('status', STATUSES);
  const { start = 0, end = Number.MAX_SAFE_INTEGER } = parameters.window('start', 'end', LONGEST_WINDOW_MS);
  const page = parameters.page(USUAL_ROWS);
  const counted = parameters.total();
  const ended = [...reportsOf(history, owner).values()].flatMap((reported) =>
    state.openOrders.has(reported.last.orderId) ? [] : (endedOrder(reported) ?? []),
  );
  const { total, items } = pageOf(
    ended,
    (order) => {
      const time = millisecondsOf(order.time);
      return (
        (symbol === undefined || order.symbol === symbol) &&
        (side === undefined || order.side === side) &&
        (statuses.length === 0 || statuses.includes(order.status)) &&
        time >= start &&
        time <= end
      );
    },
    page,
    counted,
  );
  return { total, order: items.map(told) };
};

export const order: Answer = (view, request) => {
  const { state, history } = view;
  const id = checkOrderId('order id', request.part('id'));
  const open = state.openOrders.get(id);
  const reported = reportsOf(history, ownerAddress(id, state.accounts.prefix)).get(id);
  const found = open === undefined ? reported && endedOrder(reported) : openOrder(open, reported, view);
  if (found === undefined) throw new RestError(404, `order ${quoted(id)} is not known, or ended too long ago`);
  return told(found);
};
