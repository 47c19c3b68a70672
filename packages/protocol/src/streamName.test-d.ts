import { expectTypeOf, test } from 'vitest';
import type { DataOf, EventOf, GlobalStream, SymbolStream } from './stream.ts';
import {
  type AddressName,
  type CheckedName,
  type GlobalName,
  type Named,
  parseStreamName,
  type SymbolName,
} from './streamName.ts';
import type { Blockheight } from './streams/blockheight.ts';
import type { KlineInterval, KlineUpdate } from './streams/kline.ts';
import type { BookDepth, DepthLevels } from './streams/marketDepth.ts';
import type { OrderReport } from './streams/orders.ts';
import type { Ticker } from './streams/ticker.ts';
import type { Trade } from './streams/trades.ts';

test('a literal name of klines is the kline stream of its interval', () => {
  const { stream, subject } = parseStreamName('BNB_BTCB-1DE@kline_1h');
  expectTypeOf(stream).toExtend<SymbolStream<KlineUpdate>>();
  expectTypeOf(stream.topic).toEqualTypeOf<'kline_1h'>();
  expectTypeOf<DataOf<typeof stream>>().toEqualTypeOf<KlineUpdate>();
  expectTypeOf(subject).toEqualTypeOf<string>();
});

test('an interval or a depth that does not exist fails to compile', () => {
  // @ts-expect-error: five minutes are `5m`
  parseStreamName('BNB_BTCB-1DE@kline_4m');
  // @ts-expect-error: a kline needs its interval
  parseStreamName('BNB_BTCB-1DE@kline');
  // @ts-expect-error: the depths are 20 (without a number), 100, 500 and 1000
  parseStreamName('BNB_BTCB-1DE@marketDepth50');
  // @ts-expect-error: no such topic
  parseStreamName('BNB_BTCB-1DE@trade');
  // @ts-expect-error: no topic and no address
  parseStreamName('BNB_BTCB-1DE');
  // @ts-expect-error: a topic for everybody has no symbol
  parseStreamName('BNB_BTCB-1DE@allTickers');
  // @ts-expect-error: personal topics are named by their address alone
  parseStreamName('bnb_btcb-1de@orders');
});

test('every interval and every depth has its own name', () => {
  expectTypeOf<Named<`BNB_BTCB-1DE@kline_${KlineInterval}`>>().toExtend<SymbolName<`kline_${KlineInterval}`>>();
  expectTypeOf<Named<`A_B@marketDepth${Exclude<DepthLevels, 20>}`>['stream']>().toExtend<SymbolStream<BookDepth>>();
  expectTypeOf<EventOf<Named<'A_B@marketDepth'>['stream']>>().toEqualTypeOf<BookDepth>();
});

test('list streams give their elements as events', () => {
  const { stream } = parseStreamName('BNB_BTCB-1DE@trades');
  expectTypeOf<EventOf<typeof stream>>().toEqualTypeOf<Trade>();
});

test('a name of everybody is a global stream', () => {
  const tickers = parseStreamName('$all@allTickers');
  expectTypeOf(tickers.stream).toExtend<GlobalStream<Ticker[]>>();
  expectTypeOf(tickers.subject).toEqualTypeOf<'$all'>();
  expectTypeOf<DataOf<Named<'$all@blockheight'>['stream']>>().toEqualTypeOf<Blockheight>();
  expectTypeOf<Named<'$all@allMiniTickers'>>().toEqualTypeOf<GlobalName<'allMiniTickers'>>();
});

test('an address of either network names the three personal streams', () => {
  const { streams, address } = parseStreamName('tbnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75jf06gw');
  expectTypeOf<EventOf<(typeof streams)[0]>>().toEqualTypeOf<OrderReport>();
  expectTypeOf(address).toEqualTypeOf<string>();
  expectTypeOf<Named<`bnb1${string}`>>().toEqualTypeOf<AddressName>();
});

test('a name put together from a symbol keeps its topic', () => {
  const symbol: string = 'BNB_BTCB-1DE';
  const { stream } = parseStreamName(`${symbol}@kline_1M`);
  expectTypeOf(stream.topic).toEqualTypeOf<'kline_1M'>();
});

test('one of two literals is one of their streams', () => {
  const pick = (): 'A_B@trades' | '$all@blockheight' => 'A_B@trades';
  expectTypeOf(parseStreamName(pick())).toEqualTypeOf<SymbolName<'trades'> | GlobalName<'blockheight'>>();
});

test('a plain string compiles and may name anything', () => {
  const name: string = '$all@blockheight';
  const named = parseStreamName(name);
  expectTypeOf(named).toEqualTypeOf<SymbolName | GlobalName | AddressName>();
  if ('streams' in named) expectTypeOf(named).toEqualTypeOf<AddressName>();
  else if (named.stream.scope === 'all') expectTypeOf(named.stream.data).not.toBeAny();
});

test('a function that passes a name on keeps the same promises', () => {
  const subscribeName = <const Name extends string>(name: CheckedName<Name>): Named<Name> =>
    parseStreamName<Name>(name);
  expectTypeOf(subscribeName('A_B@ticker')).toEqualTypeOf<SymbolName<'ticker'>>();
  // @ts-expect-error: no such interval
  subscribeName('A_B@kline_4m');
});
