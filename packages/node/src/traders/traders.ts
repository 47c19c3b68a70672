/**
 * The traders of a market: lets each act before a block is sealed, and counts what the market refused them.
 * In: traders, a seed, the running block. Out: transactions; refusals.
 *
 * An account that somebody else signs for is left alone for a while, so that his sequence is his and his sums come out.
 */
import type { Height } from '@dexwire/protocol';
import type { OpenOrder } from '../chain/openOrders.ts';
import type { State } from '../chain/state.ts';
import { Chance } from './chance.ts';
import { Desk, type OwnOrders } from './desk.ts';
import type { Trader, TraderMarket } from './trader.ts';

export interface Refusal {
  readonly count: number;
  /** Text of the latest. */
  readonly message: string;
}

/** For how many blocks an account is left alone after somebody else has signed for it: half a minute. */
export const IN_USE_BLOCKS = 75;

const NONE: OwnOrders = new Map();

export class Traders {
  readonly #seed: number;
  readonly #traders: readonly Trader[];
  readonly #shared: readonly string[];
  readonly #refusals = new Map<string, Refusal>();
  #height: Height | undefined;
  /** Sequences of the shared accounts after the traders' latest turn. */
  readonly #sequences = new Map<string, number>();
  /** Shared accounts that somebody else has signed for, and until when they are left alone. */
  readonly #inUse = new Map<string, Height>();

  /** @param shared - Addresses of accounts that others may sign for too. */
  constructor(seed: number, traders: readonly Trader[], shared: readonly string[] = []) {
    this.#seed = seed;
    this.#traders = traders;
    this.#shared = shared;
  }

  /** To be called once before each block is sealed. */
  onBlock(market: TraderMarket): void {
    this.#watch(market);
    const own = this.#ownOrders(market.state);
    const isInUse = (address: string): boolean => (this.#inUse.get(address) ?? 0) > market.height;
    for (const { name, source, act } of this.#traders) {
      const desk = new Desk(
        market,
        new Chance(this.#seed, name, market.height),
        source,
        own.get(source) ?? NONE,
        isInUse,
        ({ type }, { code, message }) => {
          const key = `${name} ${type} ${code}`;
          this.#refusals.set(key, { count: (this.#refusals.get(key)?.count ?? 0) + 1, message });
        },
      );
      act(desk);
    }
    for (const address of this.#shared) this.#sequences.set(address, sequenceOf(market.state, address));
  }

  /** By trader, message and code, such as `taker newOrder 393617`. A trader checks first, so there should be none. */
  get refusals(): ReadonlyMap<string, Refusal> {
    return this.#refusals;
  }

  /** Finds the shared accounts whose sequence has moved since the traders' latest turn. */
  #watch({ state, height }: TraderMarket): void {
    // The market was put back, or on: sequences of before say nothing.
    if (this.#height !== undefined && height !== this.#height + 1) {
      this.#sequences.clear();
      this.#inUse.clear();
    }
    this.#height = height;
    for (const [address, sequence] of this.#sequences) {
      if (sequenceOf(state, address) !== sequence) this.#inUse.set(address, height + IN_USE_BLOCKS);
    }
  }

  /** The traders' open orders, by source and address. */
  #ownOrders(state: State): ReadonlyMap<number, OwnOrders> {
    const own = new Map(this.#traders.map(({ source }) => [source, new Map<string, OpenOrder[]>()]));
    for (const order of state.openOrders.values()) {
      const ofSource = own.get(order.source);
      if (ofSource === undefined) continue;
      const ofAddress = ofSource.get(order.owner.address);
      if (ofAddress) ofAddress.push(order);
      else ofSource.set(order.owner.address, [order]);
    }
    return own;
  }
}

const sequenceOf = (state: State, address: string): number => state.accounts.get(address)?.sequence ?? 0;
