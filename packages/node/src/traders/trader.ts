/**
 * What a trader is, and what it sees of the market and may do there: what any account may, through the same entry.
 * In: nothing. Out: types.
 *
 * A trader remembers nothing from one block to the next. What it does follows from the state, the height and the seed, so
 * a market that was put back to an earlier state is traded in as it was then.
 */
import type { Height, Nanoseconds } from '@dexwire/protocol';
import type { Message } from '@dexwire/protocol/transactions';
import type { Result } from '../chain/result.ts';
import type { State } from '../chain/state.ts';
import type { Desk } from './desk.ts';

/** What goes with a message; by default no memo, and source 0. */
export interface Extras {
  readonly memo?: string;
  readonly source?: number;
}

/** The running block, for those who act in it before it is sealed. */
export interface TraderMarket {
  /** To read. Each transaction submitted has already changed it. */
  readonly state: State;
  /** Of the running block. */
  readonly height: Height;
  /** The block time that the running block is going to have. */
  readonly time: Nanoseconds;
  /**
   * Runs a transaction at once in the running block. The market gives it the signer's sequence and a hash, and the id of
   * a new order too if the message leaves it empty; a signature is not needed.
   */
  submit(message: Message, extras?: Extras): Result;
}

/** Traders, or a scenario: called once before each block is sealed. */
export interface Actor {
  onBlock(market: TraderMarket): void;
}

export interface Trader {
  /** Its chance is drawn from the seed and this name, so no two traders of a market share one. */
  readonly name: string;
  /** `source` of its transactions: by it a trader knows its own orders among those that share an account. */
  readonly source: number;
  /** Called once before each block is sealed. */
  act(desk: Desk): void;
}
