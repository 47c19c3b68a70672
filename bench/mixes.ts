/**
 * What comes over a socket in the benches: some hundred different frames, again and again.
 * In: nothing. Out: for each mix its frames, the same in every process, and what a client wants to get them all.
 */
import { decode, encode, type Stream, streamForTopic } from '@dexwire/protocol';
import { framesOf, seeded } from './frames.ts';

/** How many different frames of each topic. */
const PARTS = {
  trades: { trades: 256 },
  tickers: { ticker: 512 },
  mixed: {
    trades: 128,
    marketDiff: 128,
    marketDepth: 32,
    ticker: 64,
    kline_1m: 32,
    miniTicker: 32,
    orders: 32,
    accounts: 32,
    blockheight: 32,
  },
} as const satisfies Record<string, Readonly<Record<string, number>>>;

export type MixName = keyof typeof PARTS;

export interface Wanted {
  readonly stream: Stream;
  readonly symbols: readonly string[];
}

export interface Mix {
  readonly texts: readonly string[];
  readonly wanted: readonly Wanted[];
}

/** Whose orders and accounts they are; one of the frames says so. */
export const ADDRESS = 'bnb1z35wusfv8twfele77vddclka9z84ugywug48gn';

const listOf = (data: unknown): { symbol: string }[] => (Array.isArray(data) ? data : [data as { symbol: string }]);

/** A frame of a symbol's stream is about one symbol. */
const ofOneSymbol = (stream: Stream, text: string): string => {
  const data: unknown = decode(stream, text);
  if (stream.scope !== 'symbol' || !Array.isArray(data)) return text;
  const [{ symbol } = { symbol: '' }] = listOf(data);
  return Buffer.from(
    encode(
      stream,
      listOf(data).map((event) => ({ ...event, symbol })),
    ),
  ).toString();
};

const mixOf = (name: MixName): Mix => {
  const random = seeded(7);
  const places: { readonly text: string; readonly place: number }[] = [];
  const wanted: Wanted[] = [];
  for (const [topic, count] of Object.entries(PARTS[name])) {
    const stream = streamForTopic(topic)!;
    const texts = framesOf(topic, count).map((text) => ofOneSymbol(stream, text));
    for (const text of texts) places.push({ text, place: random() });
    const symbols = stream.scope === 'symbol' ? texts.map((text) => listOf(decode(stream, text))[0]!.symbol) : [];
    wanted.push({ stream, symbols: [...new Set(symbols)] });
  }
  return { texts: places.sort((a, b) => a.place - b.place).map(({ text }) => text), wanted };
};

export const MIXES: Readonly<Record<MixName, Mix>> = {
  trades: mixOf('trades'),
  tickers: mixOf('tickers'),
  mixed: mixOf('mixed'),
};
