import {
  type BookError,
  blockheight,
  connect,
  type Decimal,
  type Derived,
  type DerivedKline,
  type GapCause,
  type Item,
  type KlineUpdate,
  klinesOf,
  type Level,
  merge,
  type OrderReport,
  orderBook,
  orders,
  type TopOfBook,
  type Trade,
  ticker,
  topOfBook,
  trades,
} from 'dexwire';
import { expectTypeOf, test } from 'vitest';

const dex = connect('local');
const symbols = ['BNB_BTCB-1DE'];
const address = 'tbnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75jf06gw';

test('klines of trades are items of kline updates, and go where those go', () => {
  const klines = klinesOf(dex.subscribe(trades, { symbols }), '1w', { time: dex.subscribe(ticker, { symbols }) });
  expectTypeOf(klines).toEqualTypeOf<Derived<Item<DerivedKline>>>();
  expectTypeOf(klines).toExtend<AsyncIterable<Item<KlineUpdate>>>();
  // @ts-expect-error: klines are made of trades
  klinesOf(dex.subscribe(ticker, { symbols }), '1m');
  // @ts-expect-error: there is no such interval
  klinesOf(dex.subscribe(trades, { symbols }), '4m');
  // @ts-expect-error: a block height tells no time
  klinesOf(dex.subscribe(trades, { symbols }), '1m', { time: dex.subscribe(blockheight) });
});

test('of merged streams the name tells what an item is', async () => {
  const own = dex.subscribe(orders, { address });
  const all = merge({
    trades: dex.subscribe(trades, { symbols }),
    own,
    klines: klinesOf(dex.subscribe(trades, { symbols }), '1m'),
  });
  for await (const { name, item } of all) {
    expectTypeOf(name).toEqualTypeOf<'trades' | 'own' | 'klines'>();
    if (name === 'trades') expectTypeOf(item).toEqualTypeOf<Item<Trade>>();
    else if (name === 'own') expectTypeOf(item).toEqualTypeOf<Item<OrderReport>>();
    else expectTypeOf(item).toEqualTypeOf<Item<DerivedKline>>();
    if (name === 'own' && item.kind === 'events') expectTypeOf(item.events[0]!.status).toExtend<string>();
  }
  // @ts-expect-error: heights are of blocks
  merge({ own }, { heights: dex.subscribe(ticker, { symbols }) });
  // @ts-expect-error: what is merged gives items
  merge({ top: topOfBook(dex, 'BNB_BTCB-1DE') });
});

test('a top has exact texts, from a connection and a symbol, or from a book', async () => {
  const tops = topOfBook(dex, 'BNB_BTCB-1DE');
  expectTypeOf(tops).toEqualTypeOf<Derived<TopOfBook>>();
  expectTypeOf(topOfBook(await orderBook(dex, 'BNB_BTCB-1DE'))).toEqualTypeOf<Derived<TopOfBook>>();
  for await (const { bid, mid, state, cause } of tops) {
    expectTypeOf(bid).toEqualTypeOf<Level | undefined>();
    expectTypeOf(mid).toEqualTypeOf<Decimal | undefined>();
    expectTypeOf(state).toEqualTypeOf<'live' | 'stale'>();
    expectTypeOf(cause).toEqualTypeOf<GapCause | BookError | undefined>();
  }
  // @ts-expect-error: of what symbol?
  topOfBook(dex);
});
