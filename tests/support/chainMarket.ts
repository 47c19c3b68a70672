/**
 * A market that is a chain and nothing else: no sockets, no clock, blocks when asked for. For tests and simulations.
 * In: a genesis; who acts in each block; messages. Out: sealed blocks, one block time apart.
 */

import type { Block } from '../../packages/node/src/chain/block.ts';
import { Chain } from '../../packages/node/src/chain/chain.ts';
import { type Genesis, stateOfGenesis, timeOfGenesis } from '../../packages/node/src/chain/genesis.ts';
import type { Result } from '../../packages/node/src/chain/result.ts';
import type { State } from '../../packages/node/src/chain/state.ts';
import type { Actor, Extras, TraderMarket } from '../../packages/node/src/traders/trader.ts';
import type { Height, Nanoseconds } from '../../packages/protocol/src/index.ts';
import { type Message, signerOf, unsignedHash, withOrderId } from '../../packages/protocol/src/transactions/index.ts';

const BLOCK_NS = 400_000_000n;

export class ChainMarket implements TraderMarket {
  readonly #chain: Chain;
  readonly #actors: readonly Actor[];
  readonly #firstHeight: Height;
  readonly #start: Nanoseconds;

  /** @throws GenesisError `GENESIS_INVALID`. */
  constructor(genesis: Genesis, ...actors: readonly Actor[]) {
    this.#chain = new Chain(stateOfGenesis(genesis));
    this.#actors = actors;
    this.#firstHeight = this.height;
    this.#start = timeOfGenesis(genesis);
  }

  get state(): State {
    return this.#chain.state;
  }

  get height(): Height {
    return this.state.height;
  }

  /** The first block is one block time after the genesis. */
  get time(): Nanoseconds {
    return this.#start + BLOCK_NS * BigInt(this.height - this.#firstHeight + 1);
  }

  submit(message: Message, { memo = '', source = 0 }: Extras = {}): Result {
    const sequence = this.state.accounts.get(signerOf(message) ?? '')?.sequence ?? 0;
    const complete = withOrderId(message, sequence);
    const hash = unsignedHash(complete, { sequence, memo, source, chainId: this.state.chainId });
    return this.#chain.deliver({ message: complete, sequence, memo, source, hash });
  }

  /** Lets everybody act, and ends the block. */
  seal(): Block {
    for (const actor of this.#actors) actor.onBlock(this);
    return this.#chain.seal(this.time);
  }
}
