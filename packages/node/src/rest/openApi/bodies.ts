/**
 * The bodies of replies and requests, each by its name.
 * In: the prefix of the network's addresses. Out: schemas, for the components of the document. Words and forms come from
 * the tables that the answers are made by.
 */
import { ORDER_STATUSES } from '@dexwire/protocol';
import { MAX_BATCH } from '../entry.ts';
import { LEVELS } from '../markets.ts';
import { ASSET, SYMBOL } from '../parameters.ts';
import { TICKS } from '../trades.ts';
import { HASH, TYPES } from '../transactions.ts';
import {
  flag,
  listOf,
  named,
  objectOf,
  oneOfNumbers,
  orNull,
  rowOf,
  type Schema,
  text,
  whole,
  wordOf,
} from './schema.ts';

const decimal = named('Decimal');
const address = named('Address');
const hash = named('Hash');
const asset = named('Asset');
const symbol = named('Symbol');
const orderId = named('OrderId');
const height = named('Height');
const milliseconds = whole('Milliseconds since 1970.');
const units = whole('Units of 1e-8.', { format: 'int64' });
/** An int64 as the chain's own encoder writes it. */
const int64Text = text('', { pattern: '^-?\\d+$' });
const code = whole('0 if accepted, else the chain’s code.');
const total = whole('How many match; -1 unless asked for.', { minimum: -1 });
const counted = whole('How many match.', { minimum: 0 });
const nobody = text('Empty if it goes to nobody.');

const token = {
  name: text(),
  symbol: asset,
  original_symbol: text(),
  total_supply: decimal,
  owner: address,
  mintable: flag(),
};

const typed = (type: string | readonly string[], members: Readonly<Record<string, Schema>>): Schema =>
  objectOf({ type: wordOf([type].flat()), value: objectOf(members) });

const coins = listOf(objectOf({ denom: text(), amount: int64Text }));
const sides = listOf(objectOf({ address, coins }));
const issued = { from: address, name: text(), symbol: text(), total_supply: int64Text, mintable: flag() };
const listed = { base_asset_symbol: text(), quote_asset_symbol: text(), init_price: int64Text };

/** A message as the chain's own encoder writes it. What it names may be written in any way, even where the chain took it. */
const CHAIN_MESSAGE: Schema = {
  oneOf: [
    typed('cosmos-sdk/Send', { inputs: sides, outputs: sides }),
    typed('dex/NewOrder', {
      sender: address,
      id: text(),
      symbol: text(),
      ordertype: whole(),
      side: whole(),
      price: int64Text,
      quantity: int64Text,
      timeinforce: whole(),
    }),
    typed('dex/CancelOrder', { sender: address, symbol: text(), refid: text() }),
    typed('tokens/IssueMsg', issued),
    typed(['tokens/IssueMiniMsg', 'tokens/IssueTinyMsg'], { ...issued, token_uri: text() }),
    typed(['tokens/MintMsg', 'tokens/BurnMsg', 'tokens/FreezeMsg', 'tokens/UnfreezeMsg'], {
      from: address,
      symbol: text(),
      amount: int64Text,
    }),
    typed('dex/ListMsg', { from: address, proposal_id: int64Text, ...listed }),
    typed('dex/ListMiniMsg', { from: address, ...listed }),
  ],
};

const coinsAsked = listOf(objectOf({ asset, amount: named('Amount') }), { minItems: 1 });
const sidesAsked = listOf(objectOf({ address, coins: coinsAsked }), { minItems: 1 });

/** What goes with a message of the entry. */
const WITH_ENTRY = {
  memo: text(),
  source: whole('', { minimum: 0 }),
  sequence: whole('The account’s next one unless given.', { minimum: 0 }),
};

const entered = (
  types: readonly string[],
  members: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>> = {},
): Schema => objectOf({ type: wordOf(types), ...members }, { ...optional, ...WITH_ENTRY });

const amount = named('Amount');
const issue = { from: address, name: text(), symbol: text(), totalSupply: amount, mintable: flag() };
const list = { from: address, baseAsset: asset, quoteAsset: asset, initPrice: amount };

/** A message as the entry takes it. */
const MESSAGE: Schema = {
  oneOf: [
    entered(
      ['newOrder'],
      { sender: address, symbol, side: wordOf(['buy', 'sell']), price: amount, quantity: amount },
      { timeInForce: wordOf(['GTE', 'IOC'], 'GTE unless given.'), id: orderId },
    ),
    entered(['cancelOrder'], { sender: address, symbol, refId: orderId }),
    entered(['send'], { from: address, to: sidesAsked }),
    entered(['send'], { inputs: sidesAsked, outputs: sidesAsked }),
    entered(['issue'], issue),
    entered(['issueMini', 'issueTiny'], { ...issue, tokenUri: text() }),
    entered(['mint', 'burn', 'freeze', 'unfreeze'], { from: address, symbol: asset, amount }),
    entered(['list'], { ...list, proposalId: whole('', { minimum: 0 }) }),
    entered(['listMini'], list),
  ],
};

const fixedFee = objectOf({
  fee: units,
  msg_type: text(),
  fee_for: oneOfNumbers([1, 2, 3], '1: the proposer gets it, 2: all validators, 3: it is free.'),
});

const accepted = { hash, ok: { const: true }, code: { const: 0 }, log: text() };
const data = text('What the chain tells besides, such as the id of an order.');

export const bodiesOf = (prefix: string): Readonly<Record<string, Schema>> => ({
  Fault: objectOf(
    {
      code: whole('The chain’s code for what it refused, otherwise the status.'),
      message: text('What is wrong, and what is allowed.'),
    },
    { detail: text('Where the chain’s text leaves open what is wrong.') },
  ),
  Decimal: text('A decimal with eight places, exact.', { pattern: '^-?\\d+\\.\\d{8}$' }),
  Amount: text('A decimal in whole coins, with up to eight places.', { pattern: '^\\d+(\\.\\d{1,8})?$' }),
  Address: text('Bech32.', { pattern: `^${prefix}1[02-9ac-hj-np-z]{38}$` }),
  Hash: text('SHA-256.', { pattern: HASH.source }),
  Asset: text('', { pattern: ASSET.source, examples: ['BNB'] }),
  Symbol: text('A pair: base and quote asset. Lower case is taken too.', {
    pattern: SYMBOL.source,
    examples: ['BNB_BTCB-1DE'],
  }),
  OrderId: text('Of the owner, and the sequence of the account behind the order.', {
    pattern: '^[\\dA-Fa-f]{40}-\\d+$',
  }),
  Height: whole('Of a block.', { minimum: 0 }),
  Fee: text('Such as `BNB:0.00039999`; several parts are joined by `;`. Empty: none.'),
  Time: objectOf({ block_time: named('DateTime'), ap_time: named('DateTime') }),
  DateTime: text('RFC 3339, UTC.', { format: 'date-time' }),
  NodeInfo: objectOf({
    node_info: objectOf({
      protocol_version: objectOf({ p2p: whole(), block: whole(), app: whole() }),
      id: text(),
      listen_addr: text(),
      network: text('The id of the chain, as signatures have it.'),
      version: text(),
      channels: text(),
      moniker: text(),
      other: objectOf({
        amino_version: text(),
        p2p_version: text(),
        consensus_version: text(),
        rpc_version: text(),
        tx_index: text(),
        rpc_address: text(),
      }),
    }),
    sync_info: objectOf({
      latest_block_hash: hash,
      latest_app_hash: hash,
      latest_block_height: height,
      latest_block_time: named('DateTime'),
      catching_up: flag(),
    }),
    validator_info: objectOf({
      address: text('Hex.'),
      pub_key: listOf(whole('', { minimum: 0, maximum: 255 })),
      voting_power: whole(),
    }),
  }),
  Peer: objectOf({
    accelerated: flag(),
    access_addr: text('', { format: 'uri' }),
    capabilities: listOf(text()),
    id: text(),
    listen_addr: text('', { format: 'uri' }),
    moniker: text(),
    network: text(),
    stream_addr: text('', { format: 'uri' }),
    version: text(),
  }),
  FeeRule: {
    oneOf: [
      fixedFee,
      objectOf({ multi_transfer_fee: units, lower_limit_as_multi: whole(), fixed_fee_params: fixedFee }),
      objectOf({
        dex_fee_fields: listOf(
          objectOf({ fee_name: text(), fee_value: whole('Units of 1e-8 BNB; rates: millionths.') }),
        ),
      }),
    ],
  },
  Token: objectOf(token),
  MiniToken: objectOf({ ...token, token_type: oneOfNumbers([1, 2], '1 mini, 2 tiny.'), token_uri: text() }),
  Market: objectOf({
    base_asset_symbol: asset,
    quote_asset_symbol: asset,
    list_price: decimal,
    tick_size: decimal,
    lot_size: decimal,
  }),
  Depth: objectOf({
    height,
    bids: listOf(named('Level'), { maxItems: Math.max(...LEVELS) }),
    asks: listOf(named('Level'), { maxItems: Math.max(...LEVELS) }),
    pending_match: flag('Orders among the levels have not been matched yet.'),
  }),
  Level: { ...rowOf([decimal, decimal]), description: 'Price and quantity.' },
  Kline: {
    ...rowOf([milliseconds, decimal, decimal, decimal, decimal, decimal, milliseconds, decimal, whole()]),
    description: 'Open time; open, high, low, close; volume; close time; quote volume; trades.',
  },
  Ticker: objectOf({
    symbol,
    askPrice: decimal,
    askQuantity: decimal,
    bidPrice: decimal,
    bidQuantity: decimal,
    closeTime: milliseconds,
    count: whole('Trades.', { minimum: 0 }),
    firstId: text('Of a trade.'),
    highPrice: decimal,
    lastId: text('Of a trade.'),
    lastPrice: decimal,
    lastQuantity: decimal,
    lowPrice: decimal,
    openPrice: decimal,
    openTime: milliseconds,
    prevClosePrice: decimal,
    priceChange: decimal,
    priceChangePercent: decimal,
    quoteVolume: decimal,
    volume: decimal,
    weightedAvgPrice: decimal,
  }),
  Trade: objectOf({
    baseAsset: asset,
    blockHeight: height,
    buyFee: named('Fee'),
    buyerId: address,
    buyerOrderId: orderId,
    buySingleFee: named('Fee'),
    buyerSource: whole(),
    price: decimal,
    quantity: decimal,
    quoteAsset: asset,
    sellFee: named('Fee'),
    sellerId: address,
    sellerOrderId: orderId,
    sellSingleFee: named('Fee'),
    sellerSource: whole(),
    symbol,
    tickType: wordOf(Object.values(TICKS)),
    time: milliseconds,
    timeNs: text('Nanoseconds since 1970.', { pattern: '^\\d+$' }),
    tradeId: text('', { pattern: '^\\d+-\\d+$' }),
  }),
  Trades: objectOf({ total, trade: listOf(named('Trade')) }),
  Order: objectOf({
    orderId,
    symbol,
    owner: address,
    price: decimal,
    quantity: decimal,
    cumulateQuantity: decimal,
    fee: named('Fee'),
    orderCreateTime: named('DateTime'),
    transactionTime: named('DateTime'),
    status: named('OrderStatus'),
    timeInForce: oneOfNumbers([1, 3], '1: GTE, 3: IOC.'),
    side: oneOfNumbers([1, 2], '1 buy, 2 sell.'),
    type: oneOfNumbers([2], '2 limit.'),
    tradeId: text('Of the last fill.'),
    lastExecutedPrice: decimal,
    lastExecutedQuantity: decimal,
    transactionHash: hash,
  }),
  OrderStatus: wordOf(ORDER_STATUSES),
  Orders: objectOf({ total, order: listOf(named('Order')) }),
  Account: objectOf({
    address,
    public_key: orNull(listOf(whole('', { minimum: 0, maximum: 255 }))),
    account_number: whole('', { minimum: 0 }),
    sequence: whole('That of the next transaction.', { minimum: 0 }),
    flags: whole(),
    balances: listOf(objectOf({ symbol: asset, free: decimal, locked: decimal, frozen: decimal })),
  }),
  Sequence: objectOf({ sequence: whole('That of the next transaction.', { minimum: 0 }) }),
  TransactionType: wordOf(TYPES),
  TransactionRow: objectOf({
    txHash: hash,
    blockHeight: height,
    txType: named('TransactionType'),
    timeStamp: named('DateTime'),
    fromAddr: text(),
    toAddr: nobody,
    value: decimal,
    txAsset: text('An asset; of orders and listings a pair.'),
    txFee: decimal,
    txAge: whole('Seconds.', { minimum: 0 }),
    orderId: orNull(text()),
    code,
    data: orNull(data),
    confirmBlocks: whole('', { minimum: 0 }),
    memo: text(),
    source: whole(),
    sequence: whole(),
  }),
  Transactions: objectOf({ total: counted, tx: listOf(named('TransactionRow')) }),
  Transaction: objectOf(
    { hash, log: text(), data, code, height: int64Text, ok: flag() },
    {
      tx: objectOf({
        type: { const: 'auth/StdTx' },
        value: objectOf({
          data: { type: 'null' },
          memo: text(),
          msg: listOf(CHAIN_MESSAGE),
          signatures: listOf(
            objectOf({
              account_number: int64Text,
              pub_key: orNull(objectOf({ type: text(), value: text('Base64.') })),
              sequence: int64Text,
              signature: orNull(text('Base64.')),
            }),
          ),
          source: int64Text,
        }),
      }),
    },
  ),
  BlockServiceRows: objectOf({
    total: counted,
    txs: listOf(
      objectOf({
        hash,
        blockHeight: height,
        blockTime: milliseconds,
        type: named('TransactionType'),
        code,
        source: whole(),
        sequence: whole(),
        memo: text(),
        log: text(),
        data,
        asset: text('An asset; of orders and listings a pair.'),
        fromAddr: text(),
        toAddr: nobody,
        fee: units,
        amount: units,
      }),
    ),
  }),
  Broadcast: listOf(objectOf(accepted, { data }), { minItems: 1, maxItems: 1 }),
  Message: MESSAGE,
  Messages: { anyOf: [named('Message'), listOf(named('Message'), { minItems: 1, maxItems: MAX_BATCH })] },
  Accepted: objectOf({ ...accepted, height }, { data }),
  Refused: objectOf({ ok: { const: false }, code: whole('The chain’s code.'), message: text() }),
  Entered: {
    anyOf: [named('Accepted'), listOf({ oneOf: [named('Accepted'), named('Refused')] })],
    description: 'Of a list of messages a list, in which those that were refused have `ok` false.',
  },
  FaucetRequest: objectOf({ address }, { coins: coinsAsked }),
  FaucetReply: listOf(named('Accepted'), { minItems: 1, maxItems: 1 }),
  Health: objectOf({ ok: flag('Blocks come.'), height, time: milliseconds }),
});
