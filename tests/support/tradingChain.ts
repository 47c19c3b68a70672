/**
 * A chain with named accounts, for tests: orders and cancels as their transactions, with right ids and sequences.
 * In: pairs and balances. Out: transactions, delivered one after another; sealed blocks, one a second.
 */
import type { Block } from '../../packages/node/src/chain/block.ts';
import { Chain } from '../../packages/node/src/chain/chain.ts';
import type { Result } from '../../packages/node/src/chain/result.ts';
import type { State } from '../../packages/node/src/chain/state.ts';
import type { Account } from '../../packages/node/src/entry/accounts.ts';
import type { Message, NewOrder, Transaction } from '../../packages/protocol/src/transactions/index.ts';
import { type AmountsJson, addressOf, setBalances, stateOf } from '../cases/caseState.ts';

const SECOND_NS = 1_000_000_000n;

/** Noon of a day, so that a day's change is always told. */
const START_NS = 1_600_000_000n * SECOND_NS - (1_600_000_000n % 86_400n) * SECOND_NS + 43_200n * SECOND_NS;

export interface OrderTerms {
  readonly symbol?: string;
  readonly side: 'buy' | 'sell';
  readonly price: bigint;
  readonly quantity: bigint;
  readonly timeInForce?: 'GTE' | 'IOC';
}

export class TradingChain {
  readonly state: State;
  readonly chain: Chain;
  time = START_NS;
  #sent = 0;
  readonly #accounts = new Map<string, Account>();

  constructor(state: State = stateOf()) {
    this.state = state;
    state.height = Math.max(state.height, 1);
    this.chain = new Chain(state);
  }

  /** The account of a name, with these free amounts if it is new. */
  account(name: string, free: AmountsJson = {}): Account {
    const known = this.#accounts.get(name);
    if (known !== undefined) return known;
    const account = this.state.accounts.open(addressOf(this.#accounts.size + 1));
    this.#accounts.set(name, account);
    setBalances(account, free);
    return account;
  }

  /** The id of the account's next order. */
  nextId(account: Account): string {
    return `${account.hex}-${account.sequence + 1}`;
  }

  newOrder(account: Account, terms: OrderTerms): NewOrder {
    return {
      type: 'newOrder',
      sender: account.address,
      id: this.nextId(account),
      symbol: terms.symbol ?? [...this.state.pairs.keys()][0] ?? '',
      orderType: 2,
      side: terms.side === 'buy' ? 1 : 2,
      price: terms.price,
      quantity: terms.quantity,
      timeInForce: terms.timeInForce === 'IOC' ? 3 : 1,
    };
  }

  transaction(account: Account, message: Message): Transaction {
    this.#sent += 1;
    const hash = this.#sent.toString(16).toUpperCase().padStart(64, '0');
    return { message, sequence: account.sequence, memo: '', source: 0, hash };
  }

  send(account: Account, message: Message): Result {
    return this.chain.deliver(this.transaction(account, message));
  }

  place(account: Account, terms: OrderTerms): Result {
    return this.send(account, this.newOrder(account, terms));
  }

  cancel(account: Account, refId: string, symbol = [...this.state.pairs.keys()][0] ?? ''): Result {
    return this.send(account, { type: 'cancelOrder', sender: account.address, symbol, refId });
  }

  /** @param days - After the block before; 0: a second. */
  seal(days = 0): Block {
    this.time += days === 0 ? SECOND_NS : BigInt(days) * 86_400n * SECOND_NS;
    return this.chain.seal(this.time);
  }
}
