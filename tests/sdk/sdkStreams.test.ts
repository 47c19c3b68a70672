/** What the official SDK does is seen on each of the twelve streams, by our client beside it. */
import assert from 'node:assert/strict';
import {
  type AccountUpdate,
  accounts,
  allMiniTickers,
  allTickers,
  type Blockheight,
  type BookDepth,
  type BookDiff,
  blockheight,
  type Item,
  type KlineUpdate,
  kline,
  type MiniTicker,
  marketDepth,
  marketDiff,
  miniTicker,
  type OrderReport,
  orders,
  type Ticker,
  type Trade,
  type Transfer,
  ticker,
  trades,
  transfers,
} from 'dexwire';
import { afterAll, beforeAll, test } from 'vitest';
import type { Outcome } from './officialSdk.ts';
import { type Session, startSession } from './session.ts';

const PAIR = 'ETH-1C9_BNB';

let session: Session;
let sold: Outcome;
let bought: Outcome;
let sent: Outcome;

/** What a subscription brings, as it comes. */
class Seen<Event> {
  readonly events: Event[] = [];
  readonly keep = (item: Item<Event>): void => {
    if (item.kind === 'events') this.events.push(...item.events);
  };
  get last(): Event {
    const last = this.events.at(-1);
    assert.ok(last, 'nothing came');
    return last;
  }
}

const seen = {
  orders: new Seen<OrderReport>(),
  accounts: new Seen<AccountUpdate>(),
  transfers: new Seen<Transfer>(),
  trades: new Seen<Trade>(),
  marketDiff: new Seen<BookDiff>(),
  marketDepth: new Seen<BookDepth>(),
  kline: new Seen<KlineUpdate>(),
  ticker: new Seen<Ticker>(),
  miniTicker: new Seen<MiniTicker>(),
  allTickers: new Seen<Ticker>(),
  allMiniTickers: new Seen<MiniTicker>(),
  blockheight: new Seen<Blockheight>(),
};

beforeAll(async () => {
  session = await startSession();
  const { market, dave, daves, erin, erins, accepted } = session;
  const { dex } = market;
  const ofPair = { symbols: [PAIR] };
  const ofDave = { address: daves };
  dex.subscribe(orders, ofDave, seen.orders.keep);
  dex.subscribe(accounts, ofDave, seen.accounts.keep);
  dex.subscribe(transfers, ofDave, seen.transfers.keep);
  dex.subscribe(trades, ofPair, seen.trades.keep);
  dex.subscribe(marketDiff, ofPair, seen.marketDiff.keep);
  dex.subscribe(marketDepth(), ofPair, seen.marketDepth.keep);
  dex.subscribe(kline('1m'), ofPair, seen.kline.keep);
  dex.subscribe(ticker, ofPair, seen.ticker.keep);
  dex.subscribe(miniTicker, ofPair, seen.miniTicker.keep);
  dex.subscribe(allTickers, {}, seen.allTickers.keep);
  dex.subscribe(allMiniTickers, {}, seen.allMiniTickers.keep);
  dex.subscribe(blockheight, {}, seen.blockheight.keep);
  await dex.ready();
  await market.advance();
  // Dave offers three, of which Erin takes two; then he sends her something.
  sold = await accepted(dave.placeOrder(daves, PAIR, 2, 6.5, 3));
  bought = await accepted(erin.placeOrder(erins, PAIR, 1, 6.5, 2));
  sent = await accepted(dave.transfer(daves, erins, 1.5, 'BUSD-BD1', 'thank you'));
  await market.advance(3); // past a whole second, in which the tickers are told
});
afterAll(() => session.market.close());

const idOf = ({ data }: Outcome): string => JSON.parse(data ?? '').order_id;

test('orders tells an order of the SDK by its id, accepted and then partly filled', () => {
  assert.deepEqual(
    seen.orders.events.map(({ orderId, side, price, status, cumulativeFilledQuantity: filled }) => [
      ...[orderId, side, price, status, filled],
    ]),
    [
      [idOf(sold), 'sell', '6.50000000', 'Ack', '0.00000000'],
      [idOf(sold), 'sell', '6.50000000', 'PartialFill', '2.00000000'],
    ],
  );
});

test('accounts tells what the account has after its trade and its transfer', () => {
  const balanceOf = (wanted: string) => {
    const balance = seen.accounts.last.balances.find(({ asset }) => asset === wanted);
    return [balance?.free, balance?.locked];
  };
  assert.deepEqual(balanceOf('BUSD-BD1'), ['2999998.50000000', '0.00000000']);
  assert.deepEqual(balanceOf('ETH-1C9'), ['1497.00000000', '1.00000000']);
});

test('transfers tells the transfer by the hash that the SDK got, with its memo', () => {
  const { txHash, from, to, memo } = seen.transfers.last;
  assert.deepEqual([txHash, from, memo], [sent.hash, session.daves, 'thank you']);
  assert.deepEqual(to, [{ address: session.erins, coins: [{ asset: 'BUSD-BD1', amount: '1.50000000' }] }]);
});

test('trades tells the trade, and whose orders met', () => {
  const [trade, ...others] = seen.trades.events;
  assert.deepEqual(others, []);
  assert.deepEqual(
    [trade?.price, trade?.quantity, trade?.sellerOrderId, trade?.buyerOrderId, trade?.sellerAddress],
    ['6.50000000', '2.00000000', idOf(sold), idOf(bought), session.daves],
  );
});

test('marketDiff tells the level that the order made, and what the trade has left of it', () => {
  assert.deepEqual(seen.marketDiff.last.asks, [['6.50000000', '1.00000000']]);
});

test('marketDepth shows the book with the rest of the order', () => {
  const { bids, asks } = seen.marketDepth.last;
  assert.deepEqual([bids, asks], [[], [['6.50000000', '1.00000000']]]);
});

test('kline has the trade in its candle', () => {
  const { close, volume, tradeCount } = seen.kline.last.kline;
  assert.deepEqual([close, volume, tradeCount], ['6.50000000', '2.00000000', 1]);
});

test.each(['ticker', 'allTickers'] as const)('%s tells price, quantity and offer of the pair', (name) => {
  const found = seen[name].events.findLast(({ symbol }) => symbol === PAIR);
  assert.deepEqual(
    [found?.lastPrice, found?.lastQuantity, found?.askPrice, found?.askQuantity, found?.tradeCount],
    ['6.50000000', '2.00000000', '6.50000000', '1.00000000', 1],
  );
});

test.each(['miniTicker', 'allMiniTickers'] as const)('%s tells price and volume of the pair', (name) => {
  const found = seen[name].events.findLast(({ symbol }) => symbol === PAIR);
  assert.deepEqual([found?.lastPrice, found?.volume, found?.quoteVolume], ['6.50000000', '2.00000000', '13.00000000']);
});

test('blockheight tells the block in which the SDK finds its transaction', async () => {
  const reply = await session.dave.getTx(sent.hash);
  assert.ok('result' in reply);
  const heights = seen.blockheight.events.map(({ height }) => height);
  assert.ok(heights.includes(Number(reply.result.height)), `${reply.result.height} among ${heights}`);
});
