/**
 * `dexwire node --show`, which is what `npm start` runs: all twelve streams of a node through the client, first once and then live.
 * In: what to serve. Out: a line for each frame, until it is told to end.
 */
import { X509Certificate } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { DEFAULT_PORT, type Node, type Served } from '@dexwire/node';
import {
  accounts,
  allMiniTickers,
  allTickers,
  blockheight,
  ConnectionError,
  connect,
  type Dex,
  kline,
  marketDepth,
  marketDiff,
  miniTicker,
  orders,
  type Stream,
  type Subscription,
  ticker,
  trades,
  transfers,
} from 'dexwire';
import type { NodeVerbOptions } from '../commands/node.ts';
import { CliError } from '../errors.ts';
import { paintFor } from '../terminal/paint.ts';
import { roomOf } from '../terminal/table.ts';
import { columnsShow, type Show } from '../watch/show.ts';
import type { World } from '../world.ts';
import type { Arguments } from './arguments.ts';
import { nodeLog } from './log.ts';
import { greeting } from './serve.ts';
import { startServed } from './startServed.ts';

const STREAMS: readonly Stream[] = [
  ...[orders, accounts, transfers],
  ...[trades, marketDiff, marketDepth(), kline('1m'), ticker, miniTicker],
  ...[allTickers, allMiniTickers, blockheight],
];

/** A node at its port or, if that is taken, at a free one. */
const open = async (world: World, args: Arguments, ties: Parameters<typeof startServed>[1]): Promise<Served | Node> => {
  try {
    return await startServed(args, ties);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'LISTEN_FAILED' || args.port === 0) throw error;
    const node = await startServed({ ...args, port: 0 }, ties);
    world.stdout.write(
      `Port ${args.port ?? DEFAULT_PORT} is taken, so this node is at ${node.port}. Clients reach it with connect('${node.ws}').\n`,
    );
    return node;
  }
};

/** Whom the client trusts besides: a certificate that vouches for itself; others are known to this machine, or not. */
const trustedOf = ({ options: { tls } }: Arguments, node: Served): string | undefined => {
  if (typeof tls !== 'object') return node.ca;
  const certificate = new X509Certificate(tls.cert);
  return certificate.checkIssued(certificate) ? tls.cert : undefined;
};

const isList = (data: unknown): data is readonly object[] => Array.isArray(data);

interface Pictured {
  readonly show: Show;
  readonly dim: (text: string) => string;
  readonly say: (text: string) => void;
}

/** A frame by its first event and how many more it has: a list of all tickers would fill the terminal each second. */
const frame = ({ show, dim, say }: Pictured, stream: Stream, subject: string, events: readonly object[]): void => {
  const [first] = events;
  if (!first) return;
  const lines = show.event(stream, subject, first, { repaired: false });
  const more = events.length > 1 ? dim(` and ${events.length - 1} more`) : '';
  for (const [place, { text }] of lines.entries()) say(place === lines.length - 1 ? text + more : text);
};

const live = async (pictured: Pictured, dex: Dex, stream: Stream, wanted: Wanted): Promise<void> => {
  const subscribe = dex.subscribe as (stream: Stream, wanted: object) => Subscription<object>;
  for await (const item of subscribe(stream, wanted)) {
    if (item.kind === 'events') frame(pictured, stream, subjectOf(stream, wanted), item.events);
    else for (const { text } of pictured.show.gap(item)) pictured.say(text);
  }
};

interface Wanted {
  readonly symbols: readonly [string];
  readonly address: string;
  readonly signal: AbortSignal;
}

const subjectOf = ({ scope }: Stream, { symbols: [symbol], address }: Wanted): string =>
  scope === 'symbol' ? symbol : scope === 'address' ? address : '$all';

const once = async (pictured: Pictured, dex: Dex, stream: Stream, wanted: Wanted): Promise<void> => {
  const ask = dex.once as (stream: Stream, wanted: object) => Promise<object>;
  const data = await ask(stream, wanted);
  frame(pictured, stream, subjectOf(stream, wanted), isList(data) ? data : [data]);
};

/** @throws NodeError, GenesisError, ScenarioError; ConnectionError; CliError `FAILED`. */
export const show = async (world: World, args: Arguments, options: NodeVerbOptions): Promise<void> => {
  const log = nodeLog(world, options);
  const node = await open(world, args, log.ties);
  log.began(node);
  const paint = paintFor(world);
  const { signal } = world;
  setMaxListeners(0, signal); // twelve waits share it on purpose
  const room = roomOf(world.stdout);
  const pictured: Pictured = {
    show: columnsShow({
      fields: undefined,
      paint,
      room: () => room() - ' and 99 more'.length,
      hasHeads: world.stdout.isTTY === true,
      hasTopics: true,
    }),
    dim: paint.dim,
    say: (text) => void (signal.aborted || world.stdout.write(`${text}\n`)),
  };
  const ca = trustedOf(args, node);
  const dex = connect(node.ws, { clock: world.clock, ...(ca !== undefined && { ca }) });
  try {
    const [symbol] = node.symbols;
    const [account] = node.accounts;
    if (symbol === undefined || account === undefined) {
      const lacking = symbol === undefined ? 'pair' : 'account whose name is that of its development key';
      throw new CliError('FAILED', `the genesis has no ${lacking}, so there is nothing to show; leave --show away`);
    }
    for (const line of greeting(world, node)) pictured.say(line);
    pictured.say(`\nEach of the twelve streams once, for ${symbol} and ${account.name}:\n`);
    const wanted: Wanted = { symbols: [symbol], address: account.address, signal };
    await Promise.all(STREAMS.map((stream) => once(pictured, dex, stream, wanted)));
    pictured.say('\nAnd now live, until Ctrl-C:\n');
    await Promise.all(STREAMS.map((stream) => live(pictured, dex, stream, wanted)));
  } catch (error) {
    if (error instanceof ConnectionError)
      // Such as a certificate that this machine does not know, or that holds for another name.
      throw new CliError('FAILED', `${error.message}; or start it with NODE_EXTRA_CA_CERTS=FILE, or without --show`);
    if (!signal.aborted) throw error;
  } finally {
    await dex.close();
    await node.close();
  }
  world.stdout.write(`\nClosed. ${dex.stats.frames} frames came, ${dex.stats.unreadable} of them unreadable.\n`);
};
