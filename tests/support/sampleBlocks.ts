/**
 * Blocks made by hand: what a test does not name is empty.
 * In: a few members. Out: whole blocks, updates, trades and pairs. Amounts are in units of 1e-8.
 */
import type { Block, BlockTrade, OrderUpdate } from '../../packages/node/src/chain/block.ts';
import type { Pair } from '../../packages/node/src/chain/state.ts';
import { OrderColumns } from '../../packages/node/src/matching/orderColumns.ts';
import { RestingOrders } from '../../packages/node/src/matching/restingOrders.ts';

export const ALICE = 'tbnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75jf06gw';
export const ALICE_HEX = '1D518A2563B0CB912AD70DEB7A18CD7ED2FBB7D4';

export const sampleBlock = (members: Partial<Block> = {}): Block => ({
  height: 100,
  time: 1_767_225_600_400_000_001n,
  isBreathe: false,
  transactions: [],
  updates: [],
  trades: [],
  touched: [],
  accountFees: new Map(),
  fee: { fee: '', receivers: [] },
  transfers: [],
  auctions: [],
  listed: [],
  delisted: [],
  ...members,
});

export const sampleUpdate = (members: Partial<OrderUpdate> = {}): OrderUpdate => ({
  symbol: 'TOK-1AB_BNB',
  status: 'Ack',
  orderId: `${ALICE_HEX}-1`,
  tradeId: '',
  owner: ALICE,
  side: 'buy',
  timeInForce: 'GTE',
  price: 5_000_000n,
  quantity: 100_000_000n,
  lastPrice: 0n,
  lastQuantity: 0n,
  cumulative: 0n,
  fee: '',
  singleFee: '',
  createdAt: 1_767_225_600_400_000_001n,
  time: 1_767_225_600_400_000_001n,
  txHash: 'AB'.repeat(32),
  ...members,
});

export const sampleTrade = (members: Partial<BlockTrade> = {}): BlockTrade => ({
  tradeId: '100-0',
  symbol: 'TOK-1AB_BNB',
  price: 5_000_000n,
  quantity: 100_000_000n,
  sellOrderId: `${ALICE_HEX}-2`,
  buyOrderId: `${ALICE_HEX}-1`,
  seller: ALICE,
  buyer: ALICE,
  sellFee: '',
  buyFee: '',
  sellSingleFee: '',
  buySingleFee: '',
  sellSource: 0,
  buySource: 0,
  tick: 'buyTaker',
  ...members,
});

export const samplePair = (symbol = 'TOK-1AB_BNB', members: Partial<Pair> = {}): Pair => {
  const [base = '', quote = ''] = symbol.split('_');
  return {
    symbol,
    base,
    quote,
    isMini: false,
    listPrice: 5_000_000n,
    tickSize: 10n,
    lotSize: 10_000_000n,
    orders: new RestingOrders(new OrderColumns()),
    reference: 5_000_000n,
    matchLotSize: 10_000_000n,
    lastMatchHeight: 0,
    round: [],
    history: [],
    ...members,
  };
};
