/**
 * Stream names, as they stand in a URL: `<symbol>@<topic>`, `$all@<topic>`, or an address for its three personal streams.
 * In: a name, whose type is looked at too; or a stream and its subject. Out: stream and subject; or the name.
 * Reading names needs all twelve streams, so a program that calls `parseStreamName` bundles them all.
 */
import { ValueError } from './errors.ts';
import type { GlobalStream, Stream, SymbolStream } from './stream.ts';
import { accounts } from './streams/accounts.ts';
import type { Blockheight } from './streams/blockheight.ts';
import type { KlineInterval, KlineUpdate } from './streams/kline.ts';
import type { BookDepth } from './streams/marketDepth.ts';
import type { BookDiff } from './streams/marketDiff.ts';
import type { MiniTicker } from './streams/miniTicker.ts';
import { orders } from './streams/orders.ts';
import type { Ticker } from './streams/ticker.ts';
import type { Trade } from './streams/trades.ts';
import { transfers } from './streams/transfers.ts';
import { streamForTopic } from './topics.ts';

/** The topics that need a symbol, each with what a frame of it decodes to. */
export interface SymbolTopics
  extends Record<`kline_${KlineInterval}`, KlineUpdate>,
    Record<`marketDepth${'' | 100 | 500 | 1000}`, BookDepth> {
  trades: Trade[];
  marketDiff: BookDiff;
  ticker: Ticker;
  miniTicker: MiniTicker;
}

/** The topics of `$all`, each with what a frame of it decodes to. */
export interface GlobalTopics {
  allTickers: Ticker[];
  allMiniTickers: MiniTicker[];
  blockheight: Blockheight;
}

/** What `<symbol>@<topic>` names. */
export interface SymbolName<Topic extends keyof SymbolTopics = keyof SymbolTopics> {
  readonly stream: SymbolStream<SymbolTopics[Topic]> & { readonly topic: Topic };
  /** The symbol, upper case. */
  readonly subject: string;
}

/** What `$all@<topic>` names. */
export interface GlobalName<Topic extends keyof GlobalTopics = keyof GlobalTopics> {
  readonly stream: GlobalStream<GlobalTopics[Topic]> & { readonly topic: Topic };
  readonly subject: '$all';
}

/** What an address names. */
export interface AddressName {
  readonly streams: readonly [typeof orders, typeof accounts, typeof transfers];
  /** Lower case. Its checksum is not looked at here; `isAddress` does. */
  readonly address: string;
}

type Names = { [Topic in keyof SymbolTopics]: SymbolName<Topic> } & {
  [Topic in keyof GlobalTopics]: GlobalName<Topic>;
};
type Address = `bnb1${string}` | `tbnb1${string}`;

/** A text that may be a stream name, as far as types can tell: its topic exists and suits what stands before the `@`. */
export type StreamName = `${string}@${keyof SymbolTopics}` | `$all@${keyof GlobalTopics}` | Address;

/** A name as an argument: itself if it is a plain `string` or may be a stream name; a misspelled one fails to compile. */
export type CheckedName<Name extends string> = string extends Name ? Name : Name extends StreamName ? Name : StreamName;

/** What a name names: known from a literal, any of the three for a plain `string`. */
export type Named<Name extends string = string> = Name extends `${string}@${infer Topic extends keyof Names}`
  ? Names[Topic]
  : Name extends Address
    ? AddressName
    : SymbolName | GlobalName | AddressName;

const SYMBOL = /^[a-z\d][\w.-]*$/i;
// Without its checksum, which would bring the bech32 library along: 32 letters of five bits and six of the sum.
const ADDRESS = /^t?bnb1[02-9ac-hj-np-z]{38}$/i;

/**
 * What a stream name names. Symbols in lower case are read as upper case (assumed: the documentation has them so, and
 * no recording does); topics are taken to the letter, since `kline_1m` and `kline_1M` differ.
 *
 * @param name - Decoded: `$all`, not `%24all`.
 * @throws ValueError `STREAM_NAME_INVALID`.
 */
export function parseStreamName<const Name extends string>(name: CheckedName<Name>): Named<Name>;
export function parseStreamName(name: string): Named {
  const at = name.lastIndexOf('@');
  const subject = name.slice(0, Math.max(at, 0));
  const stream = at < 0 ? undefined : streamForTopic(name.slice(at + 1));
  if (stream?.scope === 'symbol' && SYMBOL.test(subject))
    return { stream: stream as SymbolName['stream'], subject: subject.toUpperCase() };
  if (stream?.scope === 'all' && subject === '$all') return { stream: stream as GlobalName['stream'], subject };
  const address = name.toLowerCase();
  if (ADDRESS.test(name) && (name === address || name === name.toUpperCase()))
    return { streams: [orders, accounts, transfers], address };
  throw new ValueError('STREAM_NAME_INVALID', name, '<SYMBOL>@<topic>, $all@<topic> or an address');
}

/**
 * The name of a stream about a subject. Nothing is checked: what a server does not know it refuses.
 *
 * @param subject - A symbol or an address; a stream for everybody needs none.
 */
export const formatStreamName = ({ scope, topic }: Stream, subject = '$all'): string =>
  scope === 'address' ? subject : `${subject}@${topic}`;
