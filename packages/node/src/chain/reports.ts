/**
 * What a block says of its orders and trades, with all that surprises in it (matching rules §14.1 to §14.4).
 * In: the notes of a block that is over. Out: order updates, the open ones first, and trades.
 *
 * Reports are written into columns, a row for each order, update and trade: copies that stand on nothing that lives on. The
 * objects that publications read, and their texts, are made when somebody asks.
 */
import { type Nanoseconds, ORDER_STATUSES, type OrderStatus } from '@dexwire/protocol';
import type { Account } from '../entry/accounts.ts';
import { BUY, IOC } from '../entry/orderEntry.ts';
import { NONE, type Order } from '../matching/orderColumns.ts';
import { TICKS } from '../matching/trades.ts';
import type { BlockTrade, OrderUpdate } from './block.ts';
import { type Ledger, NATIVE } from './ledger.ts';
import type { OpenOrders } from './openOrders.ts';
import type { FailedOrder, Removal, RunningBlock } from './runningBlock.ts';
import type { Pair } from './state.ts';

const STATUS_CODES: ReadonlyMap<OrderStatus, number> = new Map(ORDER_STATUSES.map((status, code) => [status, code]));
const codeOf = (status: OrderStatus): number => STATUS_CODES.get(status)!;
const ACK = codeOf('Ack');
const PARTIAL_FILL = codeOf('PartialFill');
const FULLY_FILL = codeOf('FullyFill');
const FAILED_BLOCKING = codeOf('FailedBlocking');

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

/** Of an order: amounts; numbers; whose it is, where, and its owner's ledger with two bits below it. */
const [PRICE, QUANTITY, FILLED, CREATED, AMOUNTS] = [0, 1, 2, 3, 4];
const [NUMBER, SOURCE, NUMBERS] = [0, 1, 2];
const [OWNER, PAIR, LEDGER, FACTS] = [0, 1, 2, 3];
const [IS_BUY, IS_IOC, ORDER_BITS] = [1, 2, 2];
/**
 * Of an update: the row of its order or the place of the failed one, with its status below it and whether it tells the
 * owner's fee; its fill or its removal.
 */
const [SUBJECT, CAUSE, MARKS] = [0, 1, 2];
const [STATUS, TELLS, UPDATE_BITS] = [15, 16, 5];
/** Of a trade: amounts; the rows of its orders, and its tick with two bits below it. */
const [TRADE_PRICE, TRADE_QUANTITY, SELL_FEE, BUY_FEE, TRADE_AMOUNTS] = [0, 1, 2, 3, 4];
const [SELL, BUY_ROW, TICK, TRADE_MARKS] = [0, 1, 2, 3];
const [SELL_NATIVE, BUY_NATIVE, TRADE_BITS] = [1, 2, 2];

/** @returns Where the next update begins. */
const writeUpdate = (marks: Int32Array, at: number, subject: number, status: number, cause: number): number => {
  marks[at + SUBJECT] = (subject << UPDATE_BITS) | status;
  marks[at + CAUSE] = cause;
  return at + MARKS;
};

/** The orders that a block tells of, a row each, the new ones first. Used by one block at a time. */
class Rows {
  /** By order; `NONE` of one without a row. */
  #rows = new Int32Array(0);
  readonly orders: Order[] = [];

  /** For so many orders. */
  begin(room: number): void {
    this.end();
    if (room > this.#rows.length) this.#rows = new Int32Array(2 * room).fill(NONE);
  }

  end(): void {
    for (const order of this.orders) this.#rows[order] = NONE;
    this.orders.length = 0;
  }

  of(order: Order): number {
    let row = this.#rows[order]!;
    if (row === NONE) {
      row = this.orders.length;
      this.#rows[order] = row;
      this.orders.push(order);
    }
    return row;
  }
}

const scratch = new Rows();

export class Reports {
  /** For accounts and pairs by their numbers, which stay theirs. */
  readonly #openOrders: OpenOrders;
  readonly #height: number;
  readonly #time: Nanoseconds;
  readonly #ledgers: readonly Ledger[];
  readonly #failed: FailedOrder[] = [];
  readonly #removals: readonly Removal[];
  /** By order. */
  readonly #amounts: BigInt64Array;
  readonly #numbers: Float64Array;
  readonly #facts: Int32Array;
  readonly #txHashes: string[] = [];
  /** Ids that are not of the chain's form. */
  readonly #labels = new Map<number, string>();
  /** By update. */
  readonly #marks: Int32Array;
  readonly #updateCount: number;
  /** By trade. */
  readonly #tradeAmounts: BigInt64Array;
  readonly #tradeMarks: Int32Array;
  readonly #tradeCount: number;
  /** By order, as far as they were asked for. */
  readonly #ids: (string | undefined)[] = [];
  #updates: OrderUpdate[] | undefined = undefined;
  #trades: BlockTrade[] | undefined = undefined;

  /** @param block - All in it is charged. */
  constructor(block: RunningBlock, openOrders: OpenOrders, height: number, time: Nanoseconds) {
    this.#openOrders = openOrders;
    this.#height = height;
    this.#time = time;
    this.#ledgers = block.ledgers;
    const { columns, trades } = block.fills;
    const { length } = trades;
    const { opened, canceled, failed, iocPartlyFilled, iocUnfilled, expired } = block;
    this.#removals = [...canceled, ...failed, ...iocPartlyFilled, ...iocUnfilled, ...expired];
    this.#tradeCount = length;
    this.#updateCount = opened.length + 2 * length + this.#removals.length;
    const marks = new Int32Array(this.#updateCount * MARKS);
    let at = 0;
    const rows = scratch;
    rows.begin(openOrders.price.length);
    for (const one of opened) {
      if (typeof one === 'number') at = writeUpdate(marks, at, rows.of(one), ACK, 0);
      else {
        at = writeUpdate(marks, at, this.#failed.length, FAILED_BLOCKING, 0);
        this.#failed.push(one);
      }
    }

    const tradeMarks = new Int32Array(length * TRADE_MARKS);
    const tradeAmounts = new BigInt64Array(length * TRADE_AMOUNTS);
    const { sell, buy, price, quantity, tick } = trades;
    const { fees, inNative } = columns;
    const { filled, quantity: whole } = openOrders;
    /** Fills of complete orders, which are told last. */
    let complete = 0;
    for (let place = 0; place < length; place += 1) {
      const mark = place * TRADE_MARKS;
      const seller = sell[place]!;
      const buyer = buy[place]!;
      const sellRow = rows.of(seller);
      const buyRow = rows.of(buyer);
      tradeMarks[mark + SELL] = sellRow;
      tradeMarks[mark + BUY_ROW] = buyRow;
      const natives = inNative[2 * place]! * SELL_NATIVE + inNative[2 * place + 1]! * BUY_NATIVE;
      tradeMarks[mark + TICK] = (tick[place]! << TRADE_BITS) | natives;
      const amount = place * TRADE_AMOUNTS;
      tradeAmounts[amount + TRADE_PRICE] = price[place]!;
      tradeAmounts[amount + TRADE_QUANTITY] = quantity[place]!;
      tradeAmounts[amount + SELL_FEE] = fees[2 * place]!;
      tradeAmounts[amount + BUY_FEE] = fees[2 * place + 1]!;
      if (openOrders.isComplete(buyer)) complete += 1;
      else at = writeUpdate(marks, at, buyRow, PARTIAL_FILL, 2 * place + 1);
      if (openOrders.isComplete(seller)) complete += 1;
      else at = writeUpdate(marks, at, sellRow, PARTIAL_FILL, 2 * place);
    }
    this.#removals.forEach(({ order, status }, cause) => {
      // Of an owner's removals only the first tells the block fee.
      const ledger = openOrders.ownerOf(order).ledger!;
      at = writeUpdate(marks, at, rows.of(order), codeOf(status) | (ledger.hasTold ? 0 : TELLS), cause);
      ledger.hasTold = true;
    });
    for (let place = 0; place < length && complete > 0; place += 1) {
      const mark = place * TRADE_MARKS;
      if (openOrders.isComplete(buy[place]!)) {
        at = writeUpdate(marks, at, tradeMarks[mark + BUY_ROW]!, FULLY_FILL, 2 * place + 1);
        complete -= 1;
      }
      if (openOrders.isComplete(sell[place]!)) {
        at = writeUpdate(marks, at, tradeMarks[mark + SELL]!, FULLY_FILL, 2 * place);
        complete -= 1;
      }
    }
    this.#marks = marks;
    this.#tradeMarks = tradeMarks;
    this.#tradeAmounts = tradeAmounts;

    const { orders } = rows;
    const amounts = new BigInt64Array(orders.length * AMOUNTS);
    const numbers = new Float64Array(orders.length * NUMBERS);
    const facts = new Int32Array(orders.length * FACTS);
    const { number, source, ownerNumber, pairNumber, isBuy, isIoc, txHash, price: limit, createdAt } = openOrders;
    for (let row = 0; row < orders.length; row += 1) {
      const order = orders[row]!;
      const amount = row * AMOUNTS;
      amounts[amount + PRICE] = limit[order]!;
      amounts[amount + QUANTITY] = whole[order]!;
      amounts[amount + FILLED] = filled[order]!;
      amounts[amount + CREATED] = createdAt[order]!;
      numbers[row * NUMBERS + NUMBER] = number[order]!;
      numbers[row * NUMBERS + SOURCE] = source[order]!;
      const fact = row * FACTS;
      const ledger = openOrders.ownerOf(order).ledger?.place ?? NONE;
      facts[fact + OWNER] = ownerNumber[order]!;
      facts[fact + PAIR] = pairNumber[order]!;
      facts[fact + LEDGER] = (ledger << ORDER_BITS) | (isBuy[order]! * IS_BUY) | (isIoc[order]! * IS_IOC);
      this.#txHashes.push(txHash[order]!);
      const label = number[order]! < 0 ? openOrders.labelOf(order) : undefined;
      if (label !== undefined) this.#labels.set(row, label);
    }
    this.#amounts = amounts;
    this.#numbers = numbers;
    this.#facts = facts;
    rows.end();
  }

  /** All updates, in the order of publication. Amounts filled and the status of a fill are those of the end of the block. */
  get updates(): readonly OrderUpdate[] {
    if (this.#updates === undefined) {
      this.#updates = [];
      for (let place = 0; place < this.#updateCount; place += 1) this.#updates.push(this.#updateAt(place));
    }
    return this.#updates;
  }

  /** Trades in the order in which they were made, which is by symbol. */
  get trades(): readonly BlockTrade[] {
    if (this.#trades === undefined) {
      this.#trades = [];
      for (let place = 0; place < this.#tradeCount; place += 1) this.#trades.push(this.#tradeAt(place));
    }
    return this.#trades;
  }

  #updateAt(place: number): OrderUpdate {
    const mark = place * MARKS;
    const marks = this.#marks;
    const row = marks[mark + SUBJECT]! >> UPDATE_BITS;
    const code = marks[mark + SUBJECT]! & STATUS;
    const tells = (marks[mark + SUBJECT]! & TELLS) !== 0;
    const time = this.#time;
    if (code === FAILED_BLOCKING) return failed(this.#failed[row]!, time);
    const cause = marks[mark + CAUSE]!;
    const isFill = code === PARTIAL_FILL || code === FULLY_FILL;
    const trade = isFill ? this.trades[cause >> 1]! : undefined;
    const removal = isFill || code === ACK ? undefined : this.#removals[cause]!;
    const amounts = this.#amounts;
    const amount = row * AMOUNTS;
    const facts = this.#facts[row * FACTS + LEDGER]!;
    return {
      symbol: this.#pairOf(row).symbol,
      status: ORDER_STATUSES[code]!,
      orderId: this.#idOf(row),
      tradeId: trade?.tradeId ?? '',
      owner: this.#ownerOf(row).address,
      side: (facts & IS_BUY) !== 0 ? 'buy' : 'sell',
      timeInForce: (facts & IS_IOC) !== 0 ? 'IOC' : 'GTE',
      price: amounts[amount + PRICE]!,
      quantity: amounts[amount + QUANTITY]!,
      lastPrice: trade?.price ?? 0n,
      lastQuantity: trade?.quantity ?? 0n,
      cumulative: amounts[amount + FILLED]!,
      fee: isFill || tells ? this.#feeOf(row) : '',
      singleFee:
        trade === undefined ? (removal?.feeText ?? '') : cause % 2 === 0 ? trade.sellSingleFee : trade.buySingleFee,
      createdAt: amounts[amount + CREATED]!,
      time,
      txHash: this.#txHashes[row]!,
    };
  }

  #tradeAt(place: number): BlockTrade {
    const mark = place * TRADE_MARKS;
    const marks = this.#tradeMarks;
    const amount = place * TRADE_AMOUNTS;
    const amounts = this.#tradeAmounts;
    const [sell, buy] = [marks[mark + SELL]!, marks[mark + BUY_ROW]!];
    const { symbol, base, quote } = this.#pairOf(sell);
    const ticks = marks[mark + TICK]!;
    const [sellNative, buyNative] = [(ticks & SELL_NATIVE) !== 0, (ticks & BUY_NATIVE) !== 0];
    const sellSingleFee = `${sellNative ? NATIVE : quote}:${amounts[amount + SELL_FEE]}`;
    // To write a number costs as much as all else of a trade.
    const isEven = sellNative && buyNative && amounts[amount + SELL_FEE] === amounts[amount + BUY_FEE];
    return {
      tradeId: `${this.#height}-${place}`,
      symbol,
      price: amounts[amount + TRADE_PRICE]!,
      quantity: amounts[amount + TRADE_QUANTITY]!,
      sellOrderId: this.#idOf(sell),
      buyOrderId: this.#idOf(buy),
      seller: this.#ownerOf(sell).address,
      buyer: this.#ownerOf(buy).address,
      sellFee: this.#feeOf(sell),
      buyFee: this.#feeOf(buy),
      sellSingleFee,
      buySingleFee: isEven ? sellSingleFee : `${buyNative ? NATIVE : base}:${amounts[amount + BUY_FEE]}`,
      sellSource: this.#numbers[sell * NUMBERS + SOURCE]!,
      buySource: this.#numbers[buy * NUMBERS + SOURCE]!,
      tick: TICKS[ticks >> TRADE_BITS]!,
    };
  }

  #ownerOf(row: number): Account {
    return this.#openOrders.accountAt(this.#facts[row * FACTS + OWNER]!);
  }

  #pairOf(row: number): Pair {
    return this.#openOrders.pairAt(this.#facts[row * FACTS + PAIR]!);
  }

  /** The block fee of an order's owner. */
  #feeOf(row: number): string {
    return this.#ledgers[this.#facts[row * FACTS + LEDGER]! >> ORDER_BITS]?.text ?? '';
  }

  #idOf(row: number): string {
    const ids = this.#ids;
    while (ids.length <= row) ids.push(undefined);
    const known = ids[row];
    if (known !== undefined) return known;
    const number = this.#numbers[row * NUMBERS + NUMBER]!;
    const id = number < 0 ? (this.#labels.get(row) ?? '') : `${this.#ownerOf(row).hex}-${number}`;
    ids[row] = id;
    return id;
  }
}
