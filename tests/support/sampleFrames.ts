/**
 * Frames to send to a client: the recorded ones, about a symbol and a block of the test's choice.
 * In: symbol, height. Out: texts, and for each of the twelve streams one with its stream and its subject.
 */
import { readFileSync } from 'node:fs';
import {
  accounts,
  allMiniTickers,
  allTickers,
  blockheight,
  kline,
  marketDepth,
  marketDiff,
  miniTicker,
  orders,
  type Stream,
  ticker,
  trades,
  transfers,
} from 'dexwire';

export const SYMBOL = 'BNB_BTCB-1DE';
/** Of the recorded personal frames, and another one. */
export const ADDRESS = 'tbnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75jf06gw';
export const OTHER_ADDRESS = 'tbnb1agdww9jsr5wmpw0jjk3s3yweu43g9pnc4p5kg7';

/** The first recorded frame of a topic. */
const recorded = (topic: string): string => {
  const file = new URL(`../../packages/protocol/fixtures/${topic}.ndjson`, import.meta.url);
  return readFileSync(file, 'utf8').split('\n', 1)[0] ?? '';
};

const about = (topic: string, symbol: string): string =>
  recorded(topic).replace(/"(s|symbol)":"[^"]+"/g, (_, key) => `"${key}":"${symbol}"`);

const at = (text: string, height: number): string => text.replace(/"(E|lastUpdateId)":\d+/g, `"$1":${height}`);

export const tradesText = (height: number, symbol = SYMBOL): string => at(about('trades', symbol), height);
export const diffText = (symbol = SYMBOL): string => about('marketDiff', symbol);
export const depthText = (height: number, symbol = SYMBOL): string => at(about('marketDepth', symbol), height);
export const tickerText = (symbol = SYMBOL): string => about('ticker', symbol);
export const miniTickerText = (symbol = SYMBOL): string => about('miniTicker', symbol);
export const ordersText = (height: number): string => at(recorded('orders'), height);
export const accountsText = (height: number): string => at(recorded('accounts'), height);
export const transfersText = (height: number): string => at(recorded('transfers'), height);
export const heightText = (height: number): string => `{"stream":"blockheight","data":{"h":${height}}}`;
/** No kline was ever recorded: this one is made by the documentation. */
export const klineText = (interval: string, symbol = SYMBOL): string =>
  `{"stream":"kline_${interval}","data":{"e":"kline","E":1555425469,"s":"${symbol}","k":{"s":"${symbol}","t":1555425420000,` +
  `"T":1555425479999,"i":"${interval}","f":"100-0","L":"200-1","o":"0.00100000","c":"0.00200000","h":"0.00250000",` +
  `"l":"0.00150000","v":"1000.00000000","q":"1.00000000","n":100,"x":false}}}`;

export interface Sample {
  readonly stream: Stream;
  /** What `subscribe` is told besides the stream. */
  readonly wanted: { readonly symbols: readonly string[] } | { readonly address: string } | Record<string, never>;
  readonly name: string;
  readonly text: string;
}

const ofSymbol = (stream: Stream, text: string): Sample => ({
  stream,
  wanted: { symbols: [SYMBOL] },
  name: `${SYMBOL}@${stream.topic}`,
  text,
});
const ofAddress = (stream: Stream, text: string): Sample => ({
  stream,
  wanted: { address: ADDRESS },
  name: ADDRESS,
  text,
});
const ofAll = (stream: Stream, text: string): Sample => ({ stream, wanted: {}, name: `$all@${stream.topic}`, text });

/** One of each stream. */
export const SAMPLES: readonly Sample[] = [
  ofAddress(orders, ordersText(100)),
  ofAddress(accounts, accountsText(100)),
  ofAddress(transfers, transfersText(100)),
  ofSymbol(trades, tradesText(100)),
  ofSymbol(marketDiff, diffText()),
  ofSymbol(marketDepth(), depthText(100)),
  ofSymbol(kline('1m'), klineText('1m')),
  ofSymbol(ticker, tickerText()),
  ofAll(allTickers, recorded('allTickers')),
  ofSymbol(miniTicker, miniTickerText()),
  ofAll(allMiniTickers, recorded('allMiniTickers')),
  ofAll(blockheight, heightText(100)),
];

/** The refusal of a command as it was recorded. */
export const refusalText = (reason = 'Invalid symbol(s)', method = 'subscribe'): string =>
  `{"method":"${method}","error":{"error":"${reason}"}}`;
