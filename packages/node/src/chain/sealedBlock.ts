/**
 * A block that is over, as the rest of the node reads it.
 * In: the notes of the block, all charged; its reports. Out: `Block`, whose lists of transactions, updates, trades and fees
 * are made when somebody asks.
 *
 * A class and no literal with accessors: with those, dead blocks kept later ones from the scavenger (measured; presumably by
 * way of their hidden classes), so that it copied what all blocks since the latest full collection had held.
 */
import type { Height, Nanoseconds } from '@dexwire/protocol';
import type { Block, BlockFee, BlockTrade, BlockTransfer, DeliveredTransaction, OrderUpdate } from './block.ts';
import type { Reports } from './reports.ts';
import type { RunningBlock } from './runningBlock.ts';

export class SealedBlock implements Block {
  readonly height: Height;
  readonly time: Nanoseconds;
  readonly isBreathe: boolean;
  readonly touched: readonly string[];
  readonly fee: BlockFee;
  readonly transfers: readonly BlockTransfer[];
  readonly auctions: Block['auctions'];
  readonly listed: readonly string[];
  readonly delisted: readonly string[];
  readonly #notes: RunningBlock;
  readonly #reports: Reports;

  constructor(
    notes: RunningBlock,
    reports: Reports,
    height: Height,
    time: Nanoseconds,
    isBreathe: boolean,
    fee: BlockFee,
  ) {
    this.height = height;
    this.time = time;
    this.isBreathe = isBreathe;
    this.touched = notes.ledgers.map(({ account }) => account.address);
    this.fee = fee;
    this.transfers = notes.transfers;
    this.auctions = notes.auctions;
    this.listed = notes.listed;
    this.delisted = notes.delisted;
    this.#notes = notes;
    this.#reports = reports;
  }

  get transactions(): readonly DeliveredTransaction[] {
    return this.#notes.transactions;
  }

  get updates(): readonly OrderUpdate[] {
    return this.#reports.updates;
  }

  get trades(): readonly BlockTrade[] {
    return this.#reports.trades;
  }

  get accountFees(): ReadonlyMap<string, string> {
    return this.#notes.accountFees;
  }
}
