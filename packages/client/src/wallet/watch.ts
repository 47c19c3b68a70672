/**
 * The personal streams of one address, shared by all calls of a wallet.
 * In: subscriptions to `orders` and `transfers`. Out: to whoever waits under an order's id or a transaction's hash, what the
 * streams tell of it, or that something may have been missed.
 */
import { type OrderReport, orders, type Transfer, transfers } from '@dexwire/protocol';
import type { Dex } from '../connection.ts';
import type { Item } from '../item.ts';
import type { Subscription } from '../subscription.ts';
import { WalletError } from './errors.ts';

/** All that one block tells of one order, or one transfer. */
export type News =
  | { readonly kind: 'reports'; readonly reports: readonly OrderReport[] }
  | { readonly kind: 'transfer'; readonly transfer: Transfer };

export interface Waiter {
  take(news: News): void;
  /** Something may have been missed. */
  missed(): void;
}

interface Subscribed {
  readonly orders: Subscription<OrderReport>;
  readonly transfers: Subscription<Transfer>;
}

const closeBoth = ({ orders, transfers }: Subscribed): void => {
  orders.close();
  transfers.close();
};

/** A subscription that is over before it begins, and dials nothing. */
const NONE = { address: '-', signal: AbortSignal.abort() };

export class Watch {
  readonly #dex: Dex;
  /** By order id or transaction hash. */
  readonly #waiters = new Map<string, Set<Waiter>>();
  #subscribed: Subscribed | undefined;

  constructor(dex: Dex) {
    this.#dex = dex;
  }

  /** Whether the connection is closed. */
  get isOver(): boolean {
    try {
      this.#dex.subscribe(orders, NONE);
      return false;
    } catch {
      return true;
    }
  }

  /**
   * Resolves when the gateway has been asked for both streams.
   *
   * @throws WalletError `UNREACHABLE`, `CLOSED`; the signal's reason.
   */
  async ready(address: string, signal: AbortSignal): Promise<void> {
    try {
      const { orders, transfers } = this.#begin(address);
      await Promise.all([orders.ready(signal), transfers.ready(signal)]);
    } catch (cause) {
      signal.throwIfAborted();
      if (this.isOver) throw new WalletError('CLOSED', 'the connection is closed', { cause });
      throw new WalletError('UNREACHABLE', cause instanceof Error ? cause.message : 'no streams', { cause });
    }
  }

  add(key: string, waiter: Waiter): void {
    const waiters = this.#waiters.get(key);
    if (waiters) waiters.add(waiter);
    else this.#waiters.set(key, new Set([waiter]));
  }

  remove(key: string, waiter: Waiter): void {
    const waiters = this.#waiters.get(key);
    waiters?.delete(waiter);
    if (!waiters?.size) this.#waiters.delete(key);
  }

  close(): void {
    const subscribed = this.#subscribed;
    this.#subscribed = undefined;
    if (subscribed) closeBoth(subscribed);
  }

  #begin(address: string): Subscribed {
    if (this.#subscribed) return this.#subscribed;
    // What was missed is asked for here, of one order or transaction at a time.
    const wanted = { address, gaps: 'report' } as const;
    const subscribed = {
      orders: this.#dex.subscribe(orders, wanted),
      transfers: this.#dex.subscribe(transfers, wanted),
    };
    this.#subscribed = subscribed;
    void this.#iterate(subscribed, subscribed.orders, (reports) => this.#reports(reports));
    void this.#iterate(subscribed, subscribed.transfers, (events) => {
      for (const transfer of events) this.#give(transfer.txHash, { kind: 'transfer', transfer });
    });
    return subscribed;
  }

  /** Until the subscription ends. The next call subscribes anew then; until it does, REST tells those who wait. */
  async #iterate<Event>(
    subscribed: Subscribed,
    items: AsyncIterable<Item<Event>>,
    give: (events: readonly Event[]) => void,
  ): Promise<void> {
    try {
      for await (const item of items) {
        if (item.kind === 'events') give(item.events);
        else for (const waiter of this.#all()) waiter.missed();
      }
    } catch {
      // What ended it is told to the next call, which subscribes anew.
    }
    if (this.#subscribed !== subscribed) return;
    this.#subscribed = undefined;
    closeBoth(subscribed);
    for (const waiter of this.#all()) waiter.missed();
  }

  /** All reports of a block come in one frame (recorded). */
  #reports(reports: readonly OrderReport[]): void {
    const byId = new Map<string, OrderReport[]>();
    for (const report of reports) {
      if (!this.#waiters.has(report.orderId)) continue;
      const known = byId.get(report.orderId);
      if (known) known.push(report);
      else byId.set(report.orderId, [report]);
    }
    for (const [id, ofOrder] of byId) this.#give(id, { kind: 'reports', reports: ofOrder });
  }

  #give(key: string, news: News): void {
    for (const waiter of [...(this.#waiters.get(key) ?? [])]) waiter.take(news);
  }

  #all(): Waiter[] {
    return [...this.#waiters.values()].flatMap((waiters) => [...waiters]);
  }
}
