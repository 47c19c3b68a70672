/**
 * A small venue for tests of REST: a real chain with three accounts, two pairs and a mini pair, and no clock of its own.
 * In: messages, and the times of blocks. Out: a view to build applications on.
 */

import type { Block } from '../../packages/node/src/chain/block.ts';
import { Chain } from '../../packages/node/src/chain/chain.ts';
import { OpenOrders } from '../../packages/node/src/chain/openOrders.ts';
import type { FeeTable, Pair, State, Token } from '../../packages/node/src/chain/state.ts';
import { Accounts } from '../../packages/node/src/entry/accounts.ts';
import { readTransaction } from '../../packages/node/src/entry/signedEntry.ts';
import { History, type HistoryLimits } from '../../packages/node/src/history.ts';
import { MarketData } from '../../packages/node/src/marketData/marketData.ts';
import { RestingOrders } from '../../packages/node/src/matching/restingOrders.ts';
import { publish } from '../../packages/node/src/publications.ts';
import type {
  BroadcastView,
  EntryView,
  LatestBlock,
  RestView,
  Submitted,
} from '../../packages/node/src/rest/restView.ts';
import type { Milliseconds } from '../../packages/protocol/src/index.ts';
import { encodeAddress } from '../../packages/protocol/src/index.ts';
import {
  type Message,
  transactionHash,
  unsignedHash,
  withOrderId,
} from '../../packages/protocol/src/transactions/index.ts';

/** 2021-03-01T00:00:00Z. */
const RESTVENUE_START: Milliseconds = 1_614_556_800_000;

const addressOf = (fill: number): string => encodeAddress('tbnb', new Uint8Array(20).fill(fill));

export const ALICE = addressOf(1);
export const BOB = addressOf(2);
export const CAROL = addressOf(3);
/** Never received anything. */
export const NOBODY = addressOf(9);
const VALIDATOR = addressOf(7);

const FEES: FeeTable = {
  feeRateNative: 400n,
  feeRate: 1_000n,
  cancelFeeNative: 10_000n,
  cancelFee: 50_000n,
  expireFeeNative: 10_000n,
  expireFee: 50_000n,
  iocExpireFeeNative: 5_000n,
  iocExpireFee: 25_000n,
  send: 7_500n,
  multiSend: 6_000n,
  issue: 1_000_000_000n,
  issueMini: 60_000_000n,
  issueTiny: 40_000_000n,
  mint: 200_000n,
  burn: 200_000n,
  freeze: 100_000n,
  list: 20_000_000_000n,
  listMini: 100_000_000n,
};

const token = (symbol: string, kind: Token['kind']): Token => ({
  name: `${symbol} token`,
  symbol,
  originalSymbol: symbol.split('-')[0]!,
  totalSupply: 10n ** 16n,
  owner: ALICE,
  mintable: false,
  kind,
  tokenUri: kind === 'bep2' ? '' : 'http://127.0.0.1/token',
});

const pair = (openOrders: OpenOrders, base: string, quote: string, isMini: boolean): Pair => ({
  symbol: `${base}_${quote}`,
  base,
  quote,
  isMini,
  listPrice: 5_000_000n,
  tickSize: 10n,
  lotSize: 10_000_000n,
  orders: new RestingOrders(openOrders),
  reference: 5_000_000n,
  matchLotSize: 10_000_000n,
  lastMatchHeight: 0,
  round: [],
  history: [],
});

const startState = (): State => {
  const accounts = new Accounts('tbnb');
  for (const address of [ALICE, BOB, CAROL]) {
    for (const asset of ['BNB', 'TOK-1AB', 'OLD-2CD', 'XYZ-12AM'])
      accounts.open(address).balance(asset).free = 1_000_000_000_000n;
  }
  accounts.open(VALIDATOR);
  const tokens = [token('TOK-1AB', 'bep2'), token('BNB', 'bep2'), token('XYZ-12AM', 'mini'), token('OLD-2CD', 'bep2')];
  const openOrders = new OpenOrders();
  const pairs = [
    pair(openOrders, 'TOK-1AB', 'BNB', false),
    pair(openOrders, 'XYZ-12AM', 'BNB', true),
    pair(openOrders, 'OLD-2CD', 'BNB', false),
  ];
  return {
    chainId: 'Dexwire-Test',
    height: 100,
    accounts,
    tokens: new Map(tokens.map((each) => [each.symbol, each])),
    pairs: new Map(pairs.map((each) => [each.symbol, each])),
    openOrders,
    fees: FEES,
    upgrades: { lotSizeOptimization: true, priceBandExpiry: true },
    busd: undefined,
    breatheHeights: new Map(),
    proposer: VALIDATOR,
    validators: [VALIDATOR],
  };
};

export const order = (
  sender: string,
  side: 'buy' | 'sell',
  price: bigint,
  quantity: bigint,
  { symbol = 'TOK-1AB_BNB', timeInForce = 1 }: { symbol?: string; timeInForce?: 1 | 3 } = {},
): Message => ({
  type: 'newOrder',
  sender,
  id: '',
  symbol,
  orderType: 2,
  side: side === 'buy' ? 1 : 2,
  price,
  quantity,
  timeInForce,
});

/** Alice sends two assets to Bob and one of them to Carol. */
export const MULTI_SEND: Message = {
  type: 'send',
  inputs: [
    {
      address: ALICE,
      coins: [
        { asset: 'BNB', amount: 3n },
        { asset: 'TOK-1AB', amount: 4n },
      ],
    },
  ],
  outputs: [
    {
      address: BOB,
      coins: [
        { asset: 'BNB', amount: 1n },
        { asset: 'TOK-1AB', amount: 4n },
      ],
    },
    { address: CAROL, coins: [{ asset: 'BNB', amount: 2n }] },
  ],
};

export class RestVenue implements RestView, EntryView, BroadcastView {
  readonly state = startState();
  readonly market = new MarketData(this.state, RESTVENUE_START);
  readonly history: History;
  readonly version = '0.1.0';
  latest: LatestBlock = {
    height: 99,
    time: BigInt(RESTVENUE_START) * 1_000_000n,
    hash: 'A'.repeat(64),
    appHash: 'B'.repeat(64),
  };
  readonly #chain = new Chain(this.state);
  #now: Milliseconds = RESTVENUE_START;
  readonly #waiting: (() => void)[] = [];

  constructor(limits: Partial<HistoryLimits> = {}) {
    this.history = new History(limits);
  }

  now(): Milliseconds {
    return this.#now;
  }

  submit(
    message: Message,
    transaction: { readonly memo: string; readonly source: number; readonly sequence: number },
  ): Submitted {
    const { height, chainId } = this.state;
    const hash = unsignedHash(message, { ...transaction, chainId });
    return { result: this.#chain.deliver({ message, ...transaction, hash }), hash, height };
  }

  broadcast(bytes: Uint8Array): Submitted {
    const { height } = this.state;
    const hash = transactionHash(bytes);
    const transaction = readTransaction(this.state, bytes, hash);
    return { result: 'ok' in transaction ? transaction : this.#chain.deliver(transaction), hash, height };
  }

  /** When the test seals it. */
  sealed(height: number): Promise<void> {
    if (height < this.state.height) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Signs with the account's next sequence. */
  send(message: Message, memo = '', source = 0): Submitted {
    const signer = 'sender' in message ? message.sender : 'from' in message ? message.from : message.inputs[0]!.address;
    const sequence = this.state.accounts.get(signer)?.sequence ?? 0;
    return this.submit(withOrderId(message, sequence), { memo, source, sequence });
  }

  /** Seals the running block, `ms` after the one before. */
  seal(ms: Milliseconds = 400): Block {
    this.#now += ms;
    const time = BigInt(this.#now) * 1_000_000n + 843n;
    const block = this.#chain.seal(time);
    const publication = publish(block, this.state);
    this.history.add(publication);
    this.market.add(publication);
    this.latest = { ...this.latest, height: block.height, time };
    for (const resolve of this.#waiting.splice(0)) resolve();
    return block;
  }
}
