import { expectTypeOf, test } from 'vitest';
import {
  type AccountUpdate,
  type AllMiniTickersFrame,
  type AllTickersFrame,
  accounts,
  allTickers,
  BinanceChainSocket,
  type Blockheight,
  type BookChange,
  type BookDepth,
  type BookDiff,
  blockheight,
  connect,
  type Decimal,
  type Handle,
  type Height,
  type Item,
  KLine,
  type KlineFrame,
  type KlineUpdate,
  kline,
  type Level,
  type MiniTickerFrame,
  marketDepth,
  marketDiff,
  type Nanoseconds,
  type OrderBook,
  type OrderReport,
  orderBook,
  orders,
  type SocketHandle,
  type Subscription,
  subscribeName,
  type Ticker,
  type TickerFrame,
  type Trade,
  type TradesFrame,
  type Transfer,
  trades,
} from './index.ts';

const dex = connect('local');
const symbols = ['BNB_BTCB-1DE'];
const address = 'tbnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75jf06gw';

test('a subscription has the events of its stream', () => {
  expectTypeOf(dex.subscribe(trades, { symbols })).toEqualTypeOf<Subscription<Trade>>();
  expectTypeOf(dex.subscribe(kline('1m'), { symbols })).toEqualTypeOf<Subscription<KlineUpdate>>();
  expectTypeOf(dex.subscribe(marketDepth(100), { symbols })).toEqualTypeOf<Subscription<BookDepth>>();
  expectTypeOf(dex.subscribe(orders, { address })).toEqualTypeOf<Subscription<OrderReport>>();
  expectTypeOf(dex.subscribe(accounts, { address })).toEqualTypeOf<Subscription<AccountUpdate>>();
  expectTypeOf(dex.subscribe(allTickers)).toEqualTypeOf<Subscription<Ticker>>();
  expectTypeOf(dex.subscribe(blockheight, {})).toEqualTypeOf<Subscription<Blockheight>>();
});

test('changes of a book and pictures of it are of two types, neither of which passes for the other', () => {
  expectTypeOf(dex.subscribe(marketDiff, { symbols })).toEqualTypeOf<Subscription<BookDiff>>();
  expectTypeOf<BookDepth>().not.toExtend<BookDiff>();
  expectTypeOf<BookDiff>().not.toExtend<BookDepth>();
});

test('a callback is told what its item is, and the call gives a handle', () => {
  const handle = dex.subscribe(trades, { symbols }, (item) => {
    expectTypeOf(item).toEqualTypeOf<Item<Trade>>();
    if (item.kind === 'events') {
      expectTypeOf(item.events).toEqualTypeOf<readonly Trade[]>();
      expectTypeOf(item.events[0]!.price).toEqualTypeOf<Decimal>();
      expectTypeOf(item.events[0]!.time).toEqualTypeOf<Nanoseconds>();
    } else if (item.kind === 'gap')
      expectTypeOf(item.cause).toEqualTypeOf<'disconnect' | 'silence' | 'overflow' | 'badFrame' | 'skippedBlocks'>();
    else expectTypeOf(item.lost).toEqualTypeOf<'none' | 'unknown' | 'some'>();
  });
  expectTypeOf(handle).toEqualTypeOf<Handle>();
});

test('what does not go together does not compile', () => {
  // @ts-expect-error: a symbol is missing
  dex.subscribe(trades, {});
  // @ts-expect-error: and here
  dex.subscribe(trades);
  // @ts-expect-error: a market stream has no address
  dex.subscribe(trades, { address });
  // @ts-expect-error: a personal stream needs one
  dex.subscribe(orders, { symbols });
  // @ts-expect-error: a stream of everybody has no symbols
  dex.subscribe(blockheight, { symbols });
  // @ts-expect-error: there is no such policy
  dex.subscribe(blockheight, { queue: { policy: 'forget' } });
  // @ts-expect-error: there is no such way to ask
  connect('local', { ask: 'politely' });
});

test('once resolves to what a frame holds', () => {
  expectTypeOf(dex.once(trades, { symbols })).resolves.toEqualTypeOf<Trade[]>();
  expectTypeOf(dex.once(blockheight)).resolves.toEqualTypeOf<Blockheight>();
  expectTypeOf(dex.once(orders, { address })).resolves.toEqualTypeOf<OrderReport[]>();
});

test('a stream name gives the same types, and a misspelled one does not compile', () => {
  expectTypeOf(subscribeName(dex, 'BNB_BTCB-1DE@kline_1h')).toEqualTypeOf<Subscription<KlineUpdate>>();
  expectTypeOf(subscribeName(dex, 'BNB_BTCB-1DE@trades')).toEqualTypeOf<Subscription<Trade>>();
  expectTypeOf(subscribeName(dex, '$all@allTickers')).toEqualTypeOf<Subscription<Ticker>>();
  const personal = subscribeName(dex, address);
  expectTypeOf(personal.orders).toEqualTypeOf<Subscription<OrderReport>>();
  expectTypeOf(personal.transfers).toEqualTypeOf<Subscription<Transfer>>();
  subscribeName(dex, 'BNB_BTCB-1DE@marketDepth', {}, (item) => {
    expectTypeOf(item).toEqualTypeOf<Item<BookDepth>>();
  });
  subscribeName(dex, address, {}, (item) => {
    expectTypeOf(item).toEqualTypeOf<Item<OrderReport | AccountUpdate | Transfer>>();
  });
  // @ts-expect-error: five minutes are `5m`
  subscribeName(dex, 'BNB_BTCB-1DE@kline_4m');
});

test('the face of the Python package: oneOff decides what a call gives', () => {
  const socket = new BinanceChainSocket();
  const tradingPair = 'BNB_BTCB-1DE';
  expectTypeOf(socket.fetchTradesUpdates({ tradingPair })).resolves.toEqualTypeOf<TradesFrame>();
  expectTypeOf(socket.fetchTradesUpdates({ tradingPair, oneOff: true })).resolves.toEqualTypeOf<TradesFrame>();
  expectTypeOf(socket.fetchTradesUpdates({ tradingPair, oneOff: false })).toEqualTypeOf<SocketHandle>();
  expectTypeOf(socket.fetchTickerStreams()).resolves.toEqualTypeOf<AllTickersFrame>();
  expectTypeOf(socket.fetchTickerStreams({ isFullData: false })).resolves.toEqualTypeOf<AllMiniTickersFrame>();
  expectTypeOf(socket.fetchTickerStreams({ tradingPair })).resolves.toEqualTypeOf<TickerFrame>();
  expectTypeOf(socket.fetchTickerStreams({ tradingPair, isFullData: false })).resolves.toEqualTypeOf<MiniTickerFrame>();
  expectTypeOf(socket.fetchKlineUpdates({ tradingPair, interval: KLine.interval5min })).resolves.toEqualTypeOf<
    KlineFrame<'5m'>
  >();
  socket.fetchTradesUpdates({
    tradingPair,
    oneOff: false,
    callback: (handle, frame) => {
      expectTypeOf(handle).toEqualTypeOf<SocketHandle>();
      expectTypeOf(frame.data[0]!.T).toEqualTypeOf<Nanoseconds>();
    },
  });
  socket.fetchAccountUpdates({
    userAddress: address,
    oneOff: false,
    callback: (_handle, frame) => {
      if (frame.stream === 'accounts') expectTypeOf(frame.data.B[0]!.a).toEqualTypeOf<string>();
    },
  });
});

test('a book says with every read what it is worth, and its figures are exact texts', async () => {
  const book = await orderBook(dex, 'BNB_BTCB-1DE', { levels: 500 });
  expectTypeOf(book).toEqualTypeOf<OrderBook>();
  const { state, certain, height, bid } = book.best();
  expectTypeOf(state).toEqualTypeOf<'verified' | 'stale' | 'rebuilding'>();
  expectTypeOf(certain.bids).toEqualTypeOf<number>();
  expectTypeOf(height).toEqualTypeOf<Height | undefined>();
  expectTypeOf(bid).toEqualTypeOf<Level | undefined>();
  expectTypeOf(book.mid().mid).toEqualTypeOf<Decimal | undefined>();
  expectTypeOf(book.costToFill('buy', '1.5').cost).toEqualTypeOf<Decimal>();
  for await (const change of book.changes()) {
    expectTypeOf(change).toEqualTypeOf<BookChange>();
    if (change.kind === 'levels') expectTypeOf(change.bids).toEqualTypeOf<readonly Level[]>();
  }
  // @ts-expect-error there is no such depth
  await orderBook(dex, 'BNB_BTCB-1DE', { levels: 50 });
  // @ts-expect-error a number is not exact
  book.costToFill('buy', 1.5);
});
