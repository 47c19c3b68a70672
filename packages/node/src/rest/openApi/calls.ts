/**
 * What each path of REST is asked with, and what it answers.
 * In: nothing. Out: a call for each. Bounds and words come from the tables that the answers read parameters by; a test asks
 * each path for what lies just within and just outside of them, and compares the names with those that are read.
 */
import { KLINE_INTERVALS, ORDER_STATUSES } from '@dexwire/protocol';
import {
  ENDS,
  LONGEST_WINDOW_MS as LONGEST_SERVICE_WINDOW_MS,
  MOST_OFFSET,
  MOST_ROWS as MOST_SERVICE_ROWS,
} from '../blockService.ts';
import { SYNC } from '../broadcast.ts';
import { LEVELS, USUAL_KLINES, USUAL_LEVELS } from '../markets.ts';
import { MOST_ROWS, SIDE_CODES, TOTAL_CODES, USUAL_ROWS } from '../parameters.ts';
import type { ReadPath } from '../restApp.ts';
import { LONGEST_WINDOW_MS } from '../trades.ts';
import { DIRECTIONS, FORMATS, TYPES } from '../transactions.ts';
import { listOf, named, type Schema, text, whole, wordOf } from './schema.ts';

interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path';
  readonly description?: string;
  readonly required?: boolean;
  readonly schema: Schema;
  readonly style?: 'form';
  readonly explode?: boolean;
}

export interface Call {
  readonly tag: string;
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  /** What is posted, by its content type. */
  readonly body?: { readonly type: string; readonly schema: Schema };
  /** The body of a good reply, JSON unless it has another type. */
  readonly answer: Schema;
  readonly answerType?: string;
  /** Statuses besides 200, and what they mean. The body is a `Fault`. */
  readonly faults?: Readonly<Record<number, string>>;
}

const query = (name: string, schema: Schema, description = ''): Parameter => ({
  name,
  in: 'query',
  ...(description !== '' && { description }),
  schema,
});

const required = (parameter: Parameter): Parameter => ({ ...parameter, required: true });

const part = (name: string, schema: Schema): Parameter => ({ name, in: 'path', required: true, schema });

const MILLISECONDS = whole('Milliseconds since 1970.', { minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

const window = (start: string, end: string, longest?: number): Parameter[] => {
  const bound = longest === undefined ? '' : `, at most ${longest / 86_400_000} days later`;
  return [query(start, MILLISECONDS, 'Included.'), query(end, MILLISECONDS, `Included${bound}.`)];
};

const limit = (usual: number, most: number): Parameter =>
  query('limit', whole('', { minimum: 1, maximum: most, default: usual }));

const offset = (most: number): Parameter => query('offset', whole('', { minimum: 0, maximum: most, default: 0 }));

const PAGE = [limit(USUAL_ROWS, MOST_ROWS), offset(Number.MAX_SAFE_INTEGER)];

const symbol = query('symbol', named('Symbol'));
const address = query('address', named('Address'));
const interval = query('interval', wordOf(KLINE_INTERVALS));
const side = query('side', wordOf(SIDE_CODES), '1 buy, 2 sell.');
const total = query('total', wordOf(TOTAL_CODES), '1: count all that match.');
const height = (name: string): Parameter => query(name, whole('', { minimum: 0, maximum: Number.MAX_SAFE_INTEGER }));

const BAD = { 400: 'A parameter cannot be read, or names nothing.' };
const UNKNOWN = { ...BAD, 404: 'It is not known, or no longer.' };

const chain = (summary: string, answer: Schema, parameters: readonly Parameter[] = []): Call => ({
  tag: 'chain',
  summary,
  answer,
  ...(parameters.length > 0 && { parameters, faults: BAD }),
});

const market = (summary: string, answer: Schema, parameters: readonly Parameter[]): Call => ({
  tag: 'market',
  summary,
  answer,
  parameters,
  faults: BAD,
});

const klines = (summary: string): Call =>
  market(summary, listOf(named('Kline')), [
    required(symbol),
    required(interval),
    limit(USUAL_KLINES, MOST_ROWS),
    ...window('startTime', 'endTime'),
  ]);

const trades = (summary: string): Call =>
  market(summary, named('Trades'), [
    symbol,
    address,
    side,
    query('buyerOrderId', named('OrderId')),
    query('sellerOrderId', named('OrderId')),
    query('quoteAsset', named('Asset')),
    height('height'),
    ...window('start', 'end', LONGEST_WINDOW_MS),
    ...PAGE,
    total,
  ]);

const ofAccounts = (
  summary: string,
  answer: Schema,
  parameters: readonly Parameter[],
  faults: Call['faults'] = BAD,
): Call => ({
  tag: 'accounts',
  summary,
  answer,
  parameters,
  ...(faults && { faults }),
});

export const READS: Readonly<Record<ReadPath, Call>> = {
  '/time': chain('Time of the latest block, and of the node', named('Time')),
  '/node-info': chain('The node and its latest block', named('NodeInfo')),
  '/peers': chain('The gateway that was asked', listOf(named('Peer'))),
  '/fees': chain('What the chain charges', listOf(named('FeeRule'))),
  '/tokens': chain('Tokens, by symbol', listOf(named('Token')), PAGE),
  '/mini/tokens': chain('Mini tokens, by symbol', listOf(named('MiniToken')), PAGE),
  '/markets': market('Pairs, by symbol', listOf(named('Market')), PAGE),
  '/mini/markets': market('Pairs of mini tokens, by symbol', listOf(named('Market')), PAGE),
  '/depth': market('Price levels of a pair, the best first', named('Depth'), [
    required(symbol),
    query('limit', whole('', { enum: LEVELS, default: USUAL_LEVELS })),
  ]),
  '/klines': klines('Candles of a pair, the oldest first'),
  '/mini/klines': klines('The same of a pair of mini tokens'),
  '/ticker/24hr': market('24 hours of each pair, or of one', listOf(named('Ticker')), [symbol]),
  '/mini/ticker/24hr': market('The same of pairs of mini tokens', listOf(named('Ticker')), [symbol]),
  '/trades': trades('Trades, the newest first'),
  '/mini/trades': trades('Trades of mini tokens, the newest first'),
  '/orders/open': ofAccounts('Open orders of an address, the newest first', named('Orders'), [
    required(address),
    symbol,
    ...PAGE,
    total,
  ]),
  '/orders/closed': ofAccounts('Orders of an address that ended, the newest first', named('Orders'), [
    required(address),
    symbol,
    side,
    {
      ...query('status', listOf(wordOf(ORDER_STATUSES)), 'Joined by commas, or given several times.'),
      style: 'form',
      explode: false,
    },
    ...window('start', 'end', LONGEST_WINDOW_MS),
    ...PAGE,
    total,
  ]),
  '/orders/:id': ofAccounts('An order', named('Order'), [part('id', named('OrderId'))], UNKNOWN),
  '/account/:address': ofAccounts(
    'An account and its balances',
    named('Account'),
    [part('address', named('Address'))],
    UNKNOWN,
  ),
  '/account/:address/sequence': ofAccounts(
    'The sequence of an account’s next transaction',
    named('Sequence'),
    [part('address', named('Address'))],
    UNKNOWN,
  ),
  '/transactions': ofAccounts('What an address signed or received, the newest first', named('Transactions'), [
    required(address),
    query('side', wordOf(DIRECTIONS)),
    query('txAsset', named('Asset')),
    query('txType', wordOf(TYPES)),
    height('blockHeight'),
    ...window('startTime', 'endTime', LONGEST_WINDOW_MS),
    ...PAGE,
  ]),
  '/tx/:hash': ofAccounts(
    'A transaction in a block',
    named('Transaction'),
    [part('hash', named('Hash')), query('format', wordOf(FORMATS), 'Brings `tx` too.')],
    UNKNOWN,
  ),
};

export const BLOCK_SERVICE: Call = ofAccounts('The same as the block service told it', named('BlockServiceRows'), [
  required(address),
  ...window('startTime', 'endTime', LONGEST_SERVICE_WINDOW_MS).map(required),
  query('addressType', wordOf(ENDS)),
  query('asset', named('Asset')),
  query('type', wordOf(TYPES)),
  limit(MOST_SERVICE_ROWS, MOST_SERVICE_ROWS),
  offset(MOST_OFFSET),
]);

export const DOCUMENT: Call = { tag: 'node', summary: 'This document', answer: { type: 'object' } };

const POSTED = {
  400: 'It cannot be read, or the chain refuses it.',
  403: 'The caller is not let in.',
  413: 'It is too large.',
};

export const BROADCAST: Call = {
  tag: 'trading',
  summary: 'Sends a signed transaction',
  parameters: [query('sync', wordOf(Object.keys(SYNC)), 'Wait for its block.')],
  body: { type: 'text/plain', schema: text('Its bytes in hex.', { pattern: '^(?:[\\dA-Fa-f]{2})+$' }) },
  answer: named('Broadcast'),
  faults: { ...POSTED, 401: 'The signature is not that of the signer.' },
};

const JSON_ONLY = { ...POSTED, 415: 'It is not sent as application/json.' };

export const ENTRY: Call = {
  tag: 'development',
  summary: 'Messages without a signature, from programs on this machine',
  body: { type: 'application/json', schema: named('Messages') },
  answer: named('Entered'),
  faults: JSON_ONLY,
};

export const FAUCET: Call = {
  tag: 'development',
  summary: 'Coins for an address, 100 BNB unless others are asked for',
  body: { type: 'application/json', schema: named('FaucetRequest') },
  answer: named('FaucetReply'),
  faults: { ...JSON_ONLY, 404: 'Genesis names no account to give from.' },
};

export const HEALTH: Call = {
  tag: 'node',
  summary: 'Whether blocks come',
  answer: named('Health'),
};

export const METRICS: Call = {
  tag: 'node',
  summary: 'Figures for Prometheus',
  answer: text(),
  answerType: 'text/plain',
};
