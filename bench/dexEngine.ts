/**
 * The node's chain as a bench drives it: a state with pairs and rich owners, and a flow as ready transactions.
 * In: steps of a flow. Out: a chain that has taken them in blocks of a given size.
 */

import { type Block, Chain, DEFAULT_FEES, type Genesis, stateOfGenesis } from '@dexwire/node/core';
import { encodeAddress, formatOrderId } from '@dexwire/protocol';
import type { Transaction } from '@dexwire/protocol/transactions';
import { OWNERS, type Step } from './orderFlow.ts';

const PREFIX = 'tbnb';

const addressAt = (place: number): string => {
  const bytes = new Uint8Array(20);
  new DataView(bytes.buffer).setUint32(16, place + 1);
  return encodeAddress(PREFIX, bytes);
};

const OWNER_ADDRESSES = Array.from({ length: OWNERS }, (_, place) => addressAt(place));
const PROPOSER = addressAt(OWNERS);
/** What the ids of each owner's orders begin with. */
const OWNER_IDS = OWNER_ADDRESSES.map((address) => formatOrderId(address, 0).slice(0, -1));
const HASH = '0'.repeat(64);

/**
 * An id as it comes from the wire, which is in one piece. A text that was put together stays in parts until somebody looks
 * into it, and the chain would pay for what no real sender leaves to it.
 */
const orderIdAt = (owner: number, sequence: number): string => JSON.parse(`"${OWNER_IDS[owner]!}${sequence + 1}"`);

/** Units: prices near 0.1 BNB, in steps of ten ticks, and lots of 0.01 coin. */
const TICK = 1_000n;
const LOT = 1_000_000n;

const baseAt = (pair: number): string =>
  `T${String(pair).padStart(2, '0')}-0A${(pair % 16).toString(16).toUpperCase()}`;
const SYMBOLS = Array.from({ length: 100 }, (_, pair) => `${baseAt(pair)}_BNB`);

const genesisOf = (pairs: number): Genesis => {
  const bases = Array.from({ length: pairs }, (_, pair) => baseAt(pair));
  const supply = (each: number): string => `${each * OWNERS}.00000000`;
  return {
    chainId: 'bench',
    prefix: PREFIX,
    initialHeight: 1,
    time: '2026-01-01T00:00:00Z',
    tokens: [
      {
        symbol: 'BNB',
        name: 'BNB',
        owner: PROPOSER,
        totalSupply: supply(100_000_000),
        mintable: false,
        kind: 'bep2',
        tokenUri: '',
      },
      ...bases.map((symbol) => ({
        symbol,
        name: symbol,
        owner: PROPOSER,
        totalSupply: supply(1_000_000_000),
        mintable: false,
        kind: 'bep2' as const,
        tokenUri: '',
      })),
    ],
    accounts: OWNER_ADDRESSES.map((address) => ({
      address,
      balances: Object.fromEntries([
        ['BNB', '100000000.00000000'],
        ...bases.map((base) => [base, '1000000000.00000000']),
      ]),
    })),
    pairs: bases.map((base) => ({ base, quote: 'BNB', listPrice: '0.10000000' })),
    fees: DEFAULT_FEES,
    upgrades: { lotSizeOptimization: true, priceBandExpiry: true },
    proposer: PROPOSER,
    validators: [PROPOSER],
  };
};

/** What a flow needs before it is timed. */
export interface Prepared {
  readonly genesis: Genesis;
  readonly blockSize: number;
  readonly steps: readonly Step[];
  /** Whom a step's transaction is from, and his sequence before it. */
  readonly owners: Uint8Array;
  readonly sequences: Uint32Array;
}

const BLOCK_NS = 400_000_000n;
const BEGINS = 1_767_225_600_000_000_000n; // 1 January 2026

export const freshChain = ({ genesis }: Pick<Prepared, 'genesis'>): Chain => new Chain(stateOfGenesis(genesis));

/** The transaction of a step. */
const transactionOf = ({ steps, owners, sequences }: Prepared, place: number): Transaction => {
  const step = steps[place]!;
  const sender = OWNER_ADDRESSES[owners[place]!]!;
  const sequence = sequences[place]!;
  const symbol = SYMBOLS[step.pair]!;
  return {
    message:
      step.kind === 'cancel'
        ? { type: 'cancelOrder', sender, symbol, refId: orderIdAt(owners[step.of]!, sequences[step.of]!) }
        : {
            type: 'newOrder',
            sender,
            id: orderIdAt(owners[place]!, sequence),
            symbol,
            orderType: 2,
            side: step.side === 'buy' ? 1 : 2,
            price: BigInt(step.price) * TICK,
            quantity: BigInt(step.quantity) * LOT,
            timeInForce: 1,
          },
    sequence,
    memo: '',
    source: 0,
    hash: HASH,
  };
};

/**
 * Runs steps in blocks. The transactions of a block are made just before it, as they come from the network, and outside the
 * time that counts.
 *
 * @param onBlock - Gets each sealed block, so that no engine may leave the work out.
 * @param from - First step to run; `to`: the one to stop at.
 * @returns Milliseconds that the chain took.
 */
export const drive = (
  chain: Chain,
  prepared: Prepared,
  onBlock: (block: Block) => void,
  from = 0,
  to = prepared.steps.length,
): number => {
  const { blockSize } = prepared;
  let spent = 0;
  let time = BEGINS;
  for (let first = from; first < to; first += blockSize) {
    const last = Math.min(first + blockSize, to);
    const transactions: Transaction[] = [];
    for (let place = first; place < last; place += 1) transactions.push(transactionOf(prepared, place));
    time += BLOCK_NS;
    const start = performance.now();
    for (const transaction of transactions) chain.deliver(transaction);
    onBlock(chain.seal(time));
    spent += performance.now() - start;
  }
  return spent;
};

/**
 * Which sequence the chain will ask of each step depends on which cancels come too late, and so on the blocks: the flow is
 * run once to find out.
 */
export const prepare = (steps: readonly Step[], pairs: number, blockSize: number): Prepared => {
  const { length } = steps;
  const genesis = genesisOf(pairs);
  const prepared = { genesis, blockSize, steps, owners: new Uint8Array(length), sequences: new Uint32Array(length) };
  const { owners, sequences } = prepared;
  const chain = freshChain(prepared);
  const accounts = OWNER_ADDRESSES.map((address) => chain.state.accounts.get(address)!);
  steps.forEach((step, place) => {
    const owner = step.kind === 'add' ? step.owner : owners[step.of]!;
    owners[place] = owner;
    sequences[place] = accounts[owner]!.sequence;
    chain.deliver(transactionOf(prepared, place));
    if ((place + 1) % blockSize === 0) chain.seal(BEGINS + BigInt(place));
  });
  return prepared;
};
