/**
 * The chain: runs transactions one after another, and ends the block with match, settlement, fees and daily work.
 * In: transactions; the time of a block when it is over. Out: what became of each, and the sealed block.
 */
import type { Nanoseconds } from '@dexwire/protocol';
import type { CancelOrder, Message, NewOrder, Transaction } from '@dexwire/protocol/transactions';
import type { Account } from '../entry/accounts.ts';
import { listEntry } from '../entry/listEntry.ts';
import { messageFormFault } from '../entry/messageForm.ts';
import { checkSigner } from '../entry/signer.ts';
import { tokenEntry } from '../entry/tokenEntry.ts';
import { transferEntry } from '../entry/transferEntry.ts';
import type { Block, BlockFee } from './block.ts';
import { rememberBreathe } from './expiry.ts';
import type { BlockFees } from './fees.ts';
import type { Context, Handled } from './handled.ts';
import { NATIVE } from './ledger.ts';
import { Reports } from './reports.ts';
import { type Accepted, OrderAccepted, type Result } from './result.ts';
import { FailedOrder } from './runningBlock.ts';
import { SealedBlock } from './sealedBlock.ts';
import { rememberPrices, updateSizes } from './sizes.ts';
import type { State } from './state.ts';
import { Trading } from './trading.ts';

const DAY_NS = 86_400_000_000_000n;
/** Every so many blocks prices join their history. */
const HISTORY_BLOCKS = 1_000;

/** UTC days since the epoch. */
const dayOf = (time: Nanoseconds): number => Number(time / DAY_NS);

const CANCELED: Accepted = { ok: true, code: 0, log: 'Msg 0: ' };

export class Chain {
  readonly #state: State;
  readonly #trading: Trading;

  constructor(state: State) {
    this.#state = state;
    this.#trading = new Trading(state);
  }

  /** Orders and cancels beneath transactions, their ids and sequences. */
  get trading(): Trading {
    return this.#trading;
  }

  get state(): State {
    return this.#state;
  }

  /**
   * Runs a transaction in the running block. A refused one changes nothing: no fee, no sequence. With a signature it comes
   * into no block, for in the original it was run and refused before one took it. Without, it is taken for the signer's own,
   * and comes into the block as one that failed there, if its form, its signer and his sequence were right.
   */
  deliver(transaction: Transaction): Result {
    const { message } = transaction;
    const formFault = messageFormFault(this.#state, message);
    if (formFault !== undefined) return formFault;
    const account = checkSigner(this.#state, transaction);
    if ('ok' in account) return account;
    const result = this.#run(account, message, transaction);
    if (result.ok) {
      account.sequence += 1;
      account.publicKey ??= transaction.signature?.publicKey;
    } else if (transaction.signature === undefined) this.#noteFailed(account, transaction);
    else return result;
    this.#trading.block.deliver(transaction, result);
    return result;
  }

  /**
   * Has a pair delisted in the next breathe block, or in the first one in which nothing stands against it (matching rules
   * §12.3).
   */
  delistNextDay(symbol: string): void {
    const due = this.#state.delistings ?? [];
    if (!due.includes(symbol)) this.#state.delistings = [...due, symbol];
  }

  /**
   * Ends the running block, and lets the next one begin.
   *
   * @param time - Block time, which never falls from block to block.
   */
  seal(time: Nanoseconds): Block {
    const state = this.#state;
    const trading = this.#trading;
    const { block } = trading;
    const { height, lastBlockTime } = state;
    const isBreathe = lastBlockTime !== undefined && dayOf(lastBlockTime) !== dayOf(time);
    const { createdAt } = state.openOrders;
    for (const opened of block.opened) if (typeof opened === 'number') createdAt[opened] = time;
    trading.match(isBreathe);
    if (isBreathe) this.#breathe(dayOf(time));
    if (height % HISTORY_BLOCKS === 0) rememberPrices(state.pairs.values());
    const fee = this.#giveFees();
    const reports = new Reports(block, state.openOrders, height, time);
    const sealed = new SealedBlock(block, reports, height, time, isBreathe, fee);
    trading.startBlock();
    state.height += 1;
    state.lastBlockTime = time;
    return sealed;
  }

  #run(account: Account, message: Message, transaction: Transaction): Result {
    switch (message.type) {
      case 'newOrder':
        return this.#enter(account, message, transaction);
      case 'cancelOrder':
        return this.#cancel(account, message);
      default: {
        const { hash: txHash, memo, sequence } = transaction;
        return this.#note(account, this.#handle(message, { account, txHash, memo, sequence }));
      }
    }
  }

  #enter(account: Account, message: NewOrder, { sequence, source, hash }: Transaction): Result {
    return this.#trading.enter(account, message, sequence, source, hash) ?? new OrderAccepted(message.id);
  }

  #cancel(account: Account, message: CancelOrder): Result {
    return this.#trading.cancel(account, message.symbol, message.refId) ?? CANCELED;
  }

  /** Notes a transaction that was refused after its signer was found right. */
  #noteFailed(account: Account, { message }: Transaction): void {
    const { block } = this.#trading;
    block.ledgerOf(account);
    if (message.type === 'newOrder' || message.type === 'cancelOrder')
      block.opened.push(new FailedOrder(message, account));
  }

  /** Messages that are no orders. */
  #handle(message: Exclude<Message, NewOrder | CancelOrder>, context: Context): Handled {
    switch (message.type) {
      case 'send':
        return transferEntry(this.#state, message, context);
      case 'list':
      case 'listMini':
        return listEntry(this.#state, message, context);
      default:
        return tokenEntry(this.#state, message, context);
    }
  }

  #note(account: Account, { result, fee, feeFor, touched, transfer, listed }: Handled): Result {
    const { block } = this.#trading;
    if (!result.ok) return result;
    block.ledgerOf(account);
    if (fee !== undefined && fee > 0n) {
      block.messageFees.add(NATIVE, fee);
      if (feeFor === 'all') block.messageFees.makeForAll();
    }
    for (const address of touched ?? []) {
      const other = this.#state.accounts.get(address);
      if (other !== undefined) block.ledgerOf(other);
    }
    if (transfer !== undefined) block.transfers.push(transfer);
    if (listed !== undefined) block.listed.push(listed);
    return result;
  }

  /** The work of a day's first block, in the chain's order (matching rules §3). */
  #breathe(day: number): void {
    const state = this.#state;
    const due = state.delistings ?? [];
    delete state.delistings;
    // A token's BNB pair goes last, so it may wait for others that go on the same day.
    const isWithNative = (symbol: string): boolean => symbol.split('_').includes(NATIVE);
    for (const symbol of [...due.filter((one) => !isWithNative(one)), ...due.filter(isWithNative)]) {
      const pair = state.pairs.get(symbol);
      if (pair !== undefined && this.#trading.delist(pair) !== undefined) this.delistNextDay(symbol);
    }
    updateSizes(state);
    this.#trading.expire(day);
    rememberBreathe(state, day, state.height);
  }

  #giveFees(): BlockFee {
    const { block } = this.#trading;
    const { accounts, proposer, validators } = this.#state;
    const fees: BlockFees = block.messageFees;
    for (const ledger of block.ledgers) fees.addLedger(ledger);
    if (fees.text === '') return { fee: '', receivers: [] };
    const receivers = fees.distribute(
      accounts.open(proposer),
      validators.map((validator) => accounts.open(validator)),
    );
    for (const receiver of receivers) block.ledgerOf(receiver);
    return { fee: fees.text, receivers: receivers.map(({ address }) => address) };
  }
}
