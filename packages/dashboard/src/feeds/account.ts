/**
 * The account of an address: balances, open orders, fills and transfers.
 * In: what REST tells of it at first, once more as soon as the streams are known to come, and after a gap that nothing could
 * mend; `orders`, `accounts` and `transfers`. Out: a slice.
 *
 * Reports that came while REST was asked are applied to its answer once more, which does no harm: the last word about an
 * order is the same, however often it is said.
 */
import {
  accounts,
  type Balance,
  blockheight,
  type Decimal,
  type OrderReport,
  orders,
  type Side,
  transfers,
} from 'dexwire';
import { millisecondsOf } from '../figures.ts';
import type { OpenOrder, PastTrade, PastTransfer } from '../rest.ts';
import { asker, type Room } from '../room.ts';
import type { Slice } from '../slice.ts';

export interface FillLine {
  readonly key: string;
  readonly symbol: string;
  readonly side: Side;
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly time: number;
  readonly isRepaired: boolean;
}

export interface TransferLine {
  readonly key: string;
  readonly direction: 'in' | 'out';
  readonly other: string;
  readonly asset: string;
  readonly amount: Decimal;
  readonly memo: string;
  readonly height: number;
}

/** Lines of a list that are kept. */
const MOST = 60;

export const ORDERS = 'orders';
export const BALANCES = 'balances';
export const TRANSFERS = 'transfers';

const OPEN: readonly string[] = ['Ack', 'PartialFill', 'FailedBlocking'];

export class Account {
  readonly address: string;
  /** `undefined` until it is known; `none`: the chain has no such account. */
  balances: readonly Balance[] | 'none' | undefined = undefined;
  fills: readonly FillLine[] = [];
  transfers: readonly TransferLine[] = [];
  isLoaded = false;
  #open = new Map<string, OpenOrder>();
  /** Since REST was asked; `undefined`: it has answered. */
  #early: OrderReport[] | undefined = [];
  /** The stream has told of balances since REST was asked. */
  #hasBalances = false;

  constructor(address: string) {
    this.address = address;
  }

  /** Newest first. */
  get openOrders(): OpenOrder[] {
    return [...this.#open.values()].sort((one, other) => other.time - one.time);
  }

  report(report: OrderReport, isRepaired: boolean): void {
    this.#early?.push(report);
    this.#apply(report);
    const { tradeId, symbol, side, time } = report;
    const key = `${tradeId} ${side}`;
    if (tradeId === '' || side === 'unknown' || this.fills.some((fill) => fill.key === key)) return;
    const fill: FillLine = {
      ...{ key, symbol, side, isRepaired, time: millisecondsOf(time) },
      ...{ price: report.lastExecutedPrice, quantity: report.lastExecutedQuantity },
    };
    this.#addFills([fill]);
  }

  /** What was fetched may be older than what has come. */
  #addFills(more: readonly FillLine[]): void {
    this.fills = [...more, ...this.fills].sort((one, other) => other.time - one.time).slice(0, MOST);
  }

  /** What the stream tells. */
  setBalances(balances: readonly Balance[]): void {
    this.balances = balances;
    this.#hasBalances = true;
  }

  /** REST is asked from now on. */
  isAsked(): void {
    this.#early ??= [];
    this.#hasBalances = false;
  }

  #apply(report: OrderReport): void {
    const { orderId, symbol, side, price, quantity, status } = report;
    if (side === 'unknown') return; // a cancel that failed: the order is as it was
    if (!OPEN.includes(status)) this.#open.delete(orderId);
    else {
      this.#open.set(orderId, {
        ...{ orderId, symbol, side, price, quantity, status },
        filled: report.cumulativeFilledQuantity,
        time: millisecondsOf(report.orderCreationTime),
      });
    }
  }

  load(
    open: readonly OpenOrder[],
    trades: readonly PastTrade[],
    moved: readonly PastTransfer[],
    balances: readonly Balance[] | undefined,
  ): void {
    const { address } = this;
    this.#open = new Map(open.map((order) => [order.orderId, order]));
    for (const report of this.#early ?? []) this.#apply(report);
    this.#early = undefined;
    this.isLoaded = true;
    // Whatever the stream has told meanwhile is newer, for it came by itself.
    if (!this.#hasBalances) this.balances = balances ?? 'none';
    const known = new Set(this.fills.map(({ key }) => key));
    this.#addFills(trades.flatMap((trade) => fillsOf(trade, address)).filter(({ key }) => !known.has(key)));
    this.addTransfers(moved.map((transfer) => pastTransferOf(transfer, address)));
  }

  /** Newest first. */
  addTransfers(more: readonly TransferLine[]): void {
    const known = new Set(this.transfers.map(({ key }) => key));
    const all = [...more.filter(({ key }) => !known.has(key)), ...this.transfers];
    this.transfers = all.sort((one, other) => other.height - one.height).slice(0, MOST);
  }
}

/** Whoever trades with himself has two. */
const fillsOf = ({ tradeId, symbol, price, quantity, time, buyer, seller }: PastTrade, address: string): FillLine[] =>
  (['buy', 'sell'] as const)
    .filter((side) => (side === 'buy' ? buyer : seller) === address)
    .map((side) => ({ key: `${tradeId} ${side}`, symbol, side, price, quantity, time, isRepaired: false }));

const pastTransferOf = (
  { txHash, height, from, to, asset, amount, memo }: PastTransfer,
  address: string,
): TransferLine => {
  const isOut = from === address;
  return {
    ...{ key: `${txHash} ${to} ${asset}`, asset, amount, memo, height },
    direction: isOut ? 'out' : 'in',
    other: isOut ? to : from,
  };
};

export const openAccount = (
  room: Room,
  slice: Slice<Account | undefined>,
  address: string,
  signal: AbortSignal,
): void => {
  const account = new Account(address);
  slice.set(account);
  const { dex, health, rest } = room;
  const ask = asker(
    room,
    signal,
    () =>
      Promise.all([
        rest.openOrders(address, signal),
        rest.trades({ address }, MOST, signal),
        rest.transfers(address, MOST, signal),
        rest.balances(address, signal),
      ]),
    (answers) => {
      account.load(...answers);
      slice.changed();
    },
  );
  const load = (): void => {
    account.isAsked();
    ask();
  };
  const noteOrders = health.follow(ORDERS, 'orders', address, signal);
  dex.subscribe(orders, { address, signal, queue: { policy: 'dropOldest', limit: 500 } }, (item) => {
    noteOrders(item);
    if (item.kind === 'events') {
      for (const report of item.events) account.report(report, item.repaired);
      slice.changed();
    } else if (item.kind === 'gapClosed' && item.lost !== 'none') load();
  });
  const noteBalances = health.follow(BALANCES, 'balances', address, signal);
  dex.subscribe(accounts, { address, signal, queue: { policy: 'conflate', limit: 1 } }, (item) => {
    noteBalances(item);
    if (item.kind !== 'events') return;
    account.setBalances(item.events.at(-1)!.balances);
    slice.changed();
  });
  const noteTransfers = health.follow(TRANSFERS, 'transfers', address, signal);
  dex.subscribe(transfers, { address, signal, queue: { policy: 'dropOldest', limit: 200 } }, (item) => {
    noteTransfers(item);
    if (item.kind !== 'events') return;
    for (const { txHash, from, to, height, memo = '' } of item.events) {
      const lines = to
        .filter((output) => from === address || output.address === address)
        .flatMap((output) =>
          output.coins.map(({ asset, amount }) =>
            pastTransferOf({ txHash, height, from, to: output.address, asset, amount, memo }, address),
          ),
        );
      account.addTransfers(lines);
    }
    slice.changed();
  });
  load();
  // A socket is asked for blocks last: with its first one it brings all the rest too.
  const proof = new AbortController();
  dex.subscribe(blockheight, { signal: AbortSignal.any([signal, proof.signal]) }, () => {
    const link = dex.plan.find((one) => one.address === address);
    if (!link?.paths.some(({ height }) => height !== undefined)) return;
    proof.abort();
    load();
  });
};
