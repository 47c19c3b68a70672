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

/** Units: prices near 0.1 BNB, in steps of ten ticks, and lots of 0.01 coin. */
const TICK = 1_000n;
const LOT = 1_000_000n;

const baseAt = (pair: number): string =>
  `T${String(pair).padStart(2, '0')}-0A${(pair % 16).toString(16).toUpperCase()}`;
const symbolAt = (pair: number): string => `${baseAt(pair)}_BNB`;

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
  readonly transactions: readonly Transaction[];
}

const BLOCK_NS = 400_000_000n;
const BEGINS = 1_767_225_600_000_000_000n; // 1 January 2026

/**
 * Takes transactions in, a block for each `blockSize` of them.
 *
 * @param onBlock - Gets each sealed block, so that no engine may leave the work out.
 */
export const drive = (
  chain: Chain,
  transactions: Iterable<Transaction>,
  blockSize: number,
  onBlock: (block: Block) => void,
): void => {
  let inBlock = 0;
  let time = BEGINS;
  const seal = (): void => {
    time += BLOCK_NS;
    onBlock(chain.seal(time));
    inBlock = 0;
  };
  for (const transaction of transactions) {
    chain.deliver(transaction);
    inBlock += 1;
    if (inBlock === blockSize) seal();
  }
  if (inBlock > 0) seal();
};

export const freshChain = ({ genesis }: Pick<Prepared, 'genesis'>): Chain => new Chain(stateOfGenesis(genesis));

/**
 * The transactions of a flow, each with the sequence and the order id that the chain will ask for. That depends on which
 * cancels come too late, so the flow is run once.
 */
export const prepare = (steps: readonly Step[], pairs: number, blockSize: number): Prepared => {
  const genesis = genesisOf(pairs);
  const chain = freshChain({ genesis });
  const transactions: Transaction[] = [];
  const ids: string[] = [];
  const owners: number[] = [];
  function* made(): Generator<Transaction> {
    for (const [place, step] of steps.entries()) {
      const owner = step.kind === 'add' ? step.owner : owners[step.of]!;
      owners.push(owner);
      const sender = OWNER_ADDRESSES[owner]!;
      const { sequence } = chain.state.accounts.get(sender)!;
      const symbol = symbolAt(step.pair);
      const id = step.kind === 'add' ? formatOrderId(sender, sequence + 1) : '';
      ids.push(id);
      const transaction: Transaction = {
        message:
          step.kind === 'cancel'
            ? { type: 'cancelOrder', sender, symbol, refId: ids[step.of]! }
            : {
                type: 'newOrder',
                sender,
                id,
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
        hash: (place + 1).toString(16).toUpperCase().padStart(64, '0'),
      };
      transactions.push(transaction);
      yield transaction;
    }
  }
  drive(chain, made(), blockSize, () => {});
  return { genesis, blockSize, transactions };
};
