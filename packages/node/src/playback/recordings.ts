/**
 * The recordings in `recordings/`: frames as they were sent, and a manifest that says what each of them is about.
 * In: a folder. Out: its lines with stream and subject, and what they say about each symbol and address, decoded.
 */
import { readFileSync } from 'node:fs';
import {
  allMiniTickers,
  allTickers,
  type BookDepth,
  blockheight,
  type Decimal,
  decode,
  type MiniTicker,
  marketDepth,
  miniTicker,
  type Stream,
  streamForTopic,
  type Ticker,
  type Trade,
  ticker,
  trades,
} from '@dexwire/protocol';
import { NodeError } from '../errors.ts';
import type { Account } from '../gateway/source.ts';

/** One recorded frame. */
export interface Line {
  readonly stream: Stream;
  readonly subject: string;
  readonly text: string;
}

/** What is known of a symbol: a last price at least. */
export interface MarketRecording {
  readonly symbol: string;
  readonly last: { readonly price: Decimal; readonly quantity: Decimal | undefined; readonly id: string };
  readonly ticker: Ticker | undefined;
  readonly miniTicker: MiniTicker | undefined;
  readonly depth: BookDepth | undefined;
  /** The trade, and in which block of each round it happens. */
  readonly trade: { readonly event: Trade; readonly block: number } | undefined;
}

export interface PersonalLine {
  readonly line: Line;
  /** Block of the round. */
  readonly block: number;
}

export interface AccountRecording extends Account {
  readonly lines: readonly PersonalLine[];
  /** Topics for which this address has frames of our making only. */
  readonly derived: readonly string[];
}

export interface Recordings {
  /** Blocks after which all begins anew. */
  readonly loopBlocks: number;
  /** Each line once for each subject that it concerns, in the order of its file. */
  readonly lines: readonly Line[];
  readonly markets: readonly MarketRecording[];
  readonly accounts: readonly AccountRecording[];
}

/** `recordings/manifest.json`. Lines are counted from 1, blocks from 0. */
interface Manifest {
  readonly loopBlocks: number;
  readonly symbols: readonly {
    readonly symbol: string;
    /** A symbol whose recordings stand for this one's. */
    readonly like?: string;
    readonly recorded: Readonly<Record<string, readonly number[]>>;
    readonly tradeBlock?: number;
  }[];
  readonly accounts: readonly {
    readonly name: string;
    readonly address: string;
    readonly recorded: readonly { readonly topic: string; readonly line: number; readonly block: number }[];
    readonly derived: readonly string[];
  }[];
}

/** A mini ticker names no trade. */
const NO_ID = '0-0';

/** Where this package keeps them, seen from the sources as from the build. */
const FOLDER = new URL('../../recordings/', import.meta.url);

/** @throws NodeError `RECORDINGS_INVALID`. */
export const readRecordings = (folder: URL = FOLDER): Recordings => {
  try {
    return read(folder);
  } catch (cause) {
    throw new NodeError('RECORDINGS_INVALID', `cannot play what is in ${folder.pathname}: ${cause}`, { cause });
  }
};

const read = (folder: URL): Recordings => {
  const files = new Map<string, string[]>();
  const linesOf = (topic: string): string[] => {
    const lines =
      files.get(topic) ??
      readFileSync(new URL(`${topic}.ndjson`, folder), 'utf8')
        .trimEnd()
        .split('\n');
    files.set(topic, lines);
    return lines;
  };
  const line = (topic: string, subject: string, number: number): Line => {
    const stream = streamForTopic(topic);
    const text = linesOf(topic)[number - 1];
    if (stream === undefined || text === undefined) throw new Error(`there is no line ${number} of ${topic}`);
    return { stream, subject, text };
  };

  const manifest = JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8')) as Manifest;
  const lines: Line[] = [];
  for (const { topic } of [allTickers, allMiniTickers, blockheight]) {
    for (const place of linesOf(topic).keys()) lines.push(line(topic, '$all', place + 1));
  }

  const everyTicker = linesOf(allTickers.topic).flatMap((text) => decode(allTickers, text));
  const everyMiniTicker = linesOf(allMiniTickers.topic).flatMap((text) => decode(allMiniTickers, text));
  const markets = new Map<string, MarketRecording>();
  for (const { symbol, like, recorded, tradeBlock } of manifest.symbols) {
    const own = <Data>(stream: Stream<Data>): Data[] =>
      (recorded[stream.topic] ?? []).map((number) => decode(stream, line(stream.topic, symbol, number).text));
    for (const [topic, numbers] of Object.entries(recorded)) {
      if (streamForTopic(topic)?.scope !== 'symbol') continue;
      for (const number of numbers) lines.push(line(topic, symbol, number));
    }
    const [trade] = own(trades).flat();
    const full = own(ticker).at(-1) ?? everyTicker.find((event) => event.symbol === symbol);
    const mini = own(miniTicker).at(-1) ?? everyMiniTicker.find((event) => event.symbol === symbol);
    const price = full?.lastPrice ?? mini?.lastPrice ?? trade?.price;
    const model = like === undefined ? undefined : markets.get(like);
    if (model) markets.set(symbol, { ...model, symbol });
    else if (price === undefined) throw new Error(`nothing tells a price of ${symbol}`);
    else
      markets.set(symbol, {
        symbol,
        last: {
          price,
          quantity: full?.lastQuantity ?? trade?.quantity,
          id: full?.lastTradeId ?? trade?.tradeId ?? NO_ID,
        },
        ticker: full,
        miniTicker: mini,
        depth: own(marketDepth()).at(-1),
        trade: trade && { event: trade, block: tradeBlock ?? 0 },
      });
  }

  const accounts = manifest.accounts.map(({ name, address, recorded, derived }): AccountRecording => {
    const personal = recorded.map(({ topic, line: number, block }) => ({ line: line(topic, address, number), block }));
    lines.push(...personal.map((one) => one.line));
    return { name, address, lines: personal, derived };
  });

  return { loopBlocks: manifest.loopBlocks, lines, markets: [...markets.values()], accounts };
};
