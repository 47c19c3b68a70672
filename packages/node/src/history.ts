/**
 * What has happened on the venue, as far back as its bounds reach: trades, reports about orders, transactions.
 * In: publications, one after the other. Out: what the REST readers ask for, newest first.
 *
 * Nothing is written as text here, and an index that nobody asks for is not built.
 */
import type { Height, Nanoseconds } from '@dexwire/protocol';
import { type Message, signerOf, type TransferSide } from '@dexwire/protocol/transactions';
import type { Block, BlockTrade, DeliveredTransaction, OrderUpdate } from './chain/block.ts';
import type { Publication } from './publications.ts';
import { type Kept, Recent, Ring } from './recent.ts';

export interface PastTrade {
  readonly trade: BlockTrade;
  readonly height: Height;
  /** Of its block. */
  readonly time: Nanoseconds;
}

export interface PastTransaction {
  readonly delivered: DeliveredTransaction;
  readonly height: Height;
  /** Of its block. */
  readonly time: Nanoseconds;
}

export interface HistoryLimits {
  /** Trades of one symbol. */
  readonly symbolTrades: Kept;
  /** Trades in which an address bought or sold. */
  readonly addressTrades: Kept;
  /** Trades whatever they are about; at least 1. */
  readonly allTrades: number;
  /** Reports about the orders of an address: one for each event, so several for an order. */
  readonly reports: Kept;
  /** Transactions that an address signed, or that sent something to it. */
  readonly addressTransactions: Kept;
  /** Transactions that can be found by their hash, at least 2; a transfer counts for each coin it moves. */
  readonly transactions: number;
}

/** Some 100 MB when all of it is full. */
const DEFAULT_HISTORY_LIMITS: HistoryLimits = {
  symbolTrades: { perSubject: 5_000, inAll: 50_000 },
  addressTrades: { perSubject: 1_000, inAll: 50_000 },
  allTrades: 20_000,
  reports: { perSubject: 2_000, inAll: 100_000 },
  addressTransactions: { perSubject: 1_000, inAll: 50_000 },
  transactions: 50_000,
};

/** What a message takes of the room for transactions. */
const weightOf = (message: Message): number =>
  message.type === 'send' ? Math.max(1, ...[message.inputs, message.outputs].map(coinsIn)) : 1;

const coinsIn = (sides: readonly TransferSide[]): number => sides.reduce((sum, { coins }) => sum + coins.length, 0);

/** Transactions by hash. Their index is made when one is asked for. */
class Generation {
  readonly items: PastTransaction[] = [];
  weight = 0;
  readonly #index = new Map<string, PastTransaction>();
  #indexed = 0;

  find(hash: string): PastTransaction | undefined {
    for (; this.#indexed < this.items.length; this.#indexed += 1) {
      const item = this.items[this.#indexed]!;
      this.#index.set(item.delivered.transaction.hash, item);
    }
    return this.#index.get(hash);
  }
}

export class History {
  readonly #limits: HistoryLimits;
  readonly #allTrades: Ring<PastTrade>;
  readonly #symbolTrades: Recent<PastTrade>;
  readonly #addressTrades: Recent<PastTrade>;
  readonly #reports: Recent<OrderUpdate>;
  readonly #addressTransactions: Recent<PastTransaction>;
  #young = new Generation();
  #old = new Generation();

  constructor(limits: Partial<HistoryLimits> = {}) {
    const all = { ...DEFAULT_HISTORY_LIMITS, ...limits };
    this.#limits = all;
    this.#allTrades = new Ring(all.allTrades);
    this.#symbolTrades = new Recent(all.symbolTrades);
    this.#addressTrades = new Recent(all.addressTrades);
    this.#reports = new Recent(all.reports);
    this.#addressTransactions = new Recent(all.addressTransactions);
  }

  add({ block }: Publication): void {
    this.#addTransactions(block);
    for (const update of block.updates) this.#reports.add(update.owner, update);
    const { height, time } = block;
    for (const trade of block.trades) {
      const past: PastTrade = { trade, height, time };
      this.#allTrades.add(past);
      this.#symbolTrades.add(trade.symbol, past);
      this.#addressTrades.add(trade.buyer, past);
      if (trade.seller !== trade.buyer) this.#addressTrades.add(trade.seller, past);
    }
  }

  /** The latest trades, of whatever symbol. */
  trades(): Iterable<PastTrade> {
    return this.#allTrades;
  }

  tradesOfSymbol(symbol: string): Iterable<PastTrade> {
    return this.#symbolTrades.of(symbol);
  }

  /** Trades in which the address bought, sold, or both. */
  tradesOfAddress(address: string): Iterable<PastTrade> {
    return this.#addressTrades.of(address);
  }

  /** Whether trades of the symbol are kept: a pair that went may have some. */
  hasTradesOf(symbol: string): boolean {
    return this.#symbolTrades.has(symbol);
  }

  /** Reports about the orders of an address, those of failed transactions among them. */
  reportsOf(address: string): Iterable<OrderUpdate> {
    return this.#reports.of(address);
  }

  /** @param hash - Upper case. */
  transaction(hash: string): PastTransaction | undefined {
    return this.#young.find(hash) ?? this.#old.find(hash);
  }

  /** Transactions that an address signed, or that sent something to it. */
  transactionsOf(address: string): Iterable<PastTransaction> {
    return this.#addressTransactions.of(address);
  }

  #addTransactions({ transactions, height, time }: Block): void {
    for (const delivered of transactions) {
      const past: PastTransaction = { delivered, height, time };
      this.#young.items.push(past);
      this.#young.weight += weightOf(delivered.transaction.message);
      if (this.#young.weight >= this.#limits.transactions / 2) {
        this.#old = this.#young;
        this.#young = new Generation();
      }
      const { message } = delivered.transaction;
      const signer = signerOf(message);
      if (signer !== undefined) this.#addressTransactions.add(signer, past);
      if (message.type !== 'send' || !delivered.result.ok) continue;
      const others = new Set([...message.inputs, ...message.outputs].map(({ address }) => address));
      for (const address of others) if (address !== signer) this.#addressTransactions.add(address, past);
    }
  }
}
