/**
 * `npm start`: a gateway on this machine, and all twelve streams through the client, first once and then live.
 * In: nothing, or `--port N`. Out: a line for each event, until Ctrl-C.
 */
import { setMaxListeners } from 'node:events';
import { parseArgs } from 'node:util';
import { DEFAULT_PORT, type Node, NodeError, startNode } from '@dexwire/node';
import {
  accounts,
  allMiniTickers,
  allTickers,
  blockheight,
  connect,
  type Dex,
  type Item,
  kline,
  marketDepth,
  marketDiff,
  miniTicker,
  orders,
  ticker,
  trades,
  transfers,
} from 'dexwire';
import { type AnyEvent, eventLine } from './eventLine.ts';

const USAGE = `Usage: npm start [-- --port N]

  --port N   port on 127.0.0.1, 0 for any free one; ${DEFAULT_PORT} unless given, or a free one if that is taken
`;

/** The service's name, its one-off call and its subscription. */
interface Service {
  readonly name: string;
  once(signal: AbortSignal): Promise<readonly AnyEvent[]>;
  live(show: (item: Item<AnyEvent>) => void): void;
}

const listed = (data: AnyEvent | readonly AnyEvent[]): readonly AnyEvent[] =>
  Array.isArray(data) ? data : [data as AnyEvent];

const servicesOf = (dex: Dex, symbol: string, address: string): Service[] => {
  const symbols = [symbol];
  const ofSymbol = [trades, marketDiff, marketDepth(), kline('1m'), ticker, miniTicker];
  const ofAddress = [orders, accounts, transfers];
  const ofAll = [allTickers, allMiniTickers, blockheight];
  return [
    ...ofAddress.map((stream) => ({
      name: stream.topic,
      once: async (signal: AbortSignal) => listed(await dex.once(stream, { address, signal })),
      live: (show: (item: Item<AnyEvent>) => void) => void dex.subscribe(stream, { address }, show),
    })),
    ...ofSymbol.map((stream) => ({
      name: stream.topic,
      once: async (signal: AbortSignal) => listed(await dex.once(stream, { symbols, signal })),
      live: (show: (item: Item<AnyEvent>) => void) => void dex.subscribe(stream, { symbols }, show),
    })),
    ...ofAll.map((stream) => ({
      name: stream.topic,
      once: async (signal: AbortSignal) => listed(await dex.once(stream, { signal })),
      live: (show: (item: Item<AnyEvent>) => void) => void dex.subscribe(stream, {}, show),
    })),
  ];
};

const readPort = (): number => {
  try {
    const { port } = parseArgs({ options: { port: { type: 'string' } } }).values;
    if (port === undefined) return DEFAULT_PORT;
    if (/^\d{1,5}$/.test(port) && Number(port) <= 65_535) return Number(port);
    throw new RangeError(`--port is a whole number up to 65535, not ${port}`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
};

const openNode = async (port: number): Promise<Node> => {
  try {
    return await startNode({ port });
  } catch (error) {
    if (!(error instanceof NodeError) || error.code !== 'LISTEN_FAILED' || port === 0) throw error;
    const node = await startNode({ port: 0 });
    say(`Port ${port} is taken, so this gateway is at ${node.port}. Clients reach it with connect('${node.ws}').`);
    return node;
  }
};

const color = process.stdout.isTTY && !process.env.NO_COLOR;
const dim = (text: string): string => (color ? `\x1b[2m${text}\x1b[22m` : text);
const bold = (text: string): string => (color ? `\x1b[1m${text}\x1b[22m` : text);
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const NAME_WIDTH = 15;

/** On a terminal a line keeps to its width. */
const show = (name: string, text: string): void => {
  const room = process.stdout.isTTY ? Math.max(40, process.stdout.columns ?? 80) - NAME_WIDTH : Infinity;
  say(bold(name.padEnd(NAME_WIDTH)) + (text.length > room ? `${text.slice(0, room - 1)}…` : text));
};

const over = new AbortController();
// Twelve waits share this signal on purpose; Node.js 20 takes more than ten listeners for a leak and prints a warning.
setMaxListeners(0, over.signal);
const leave = (): void => over.abort();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, leave);
// Whoever read these lines went away: `npm start | head`.
process.stdout.on('error', leave);

const node = await openNode(readPort());
const dex = connect(node.ws);
const [symbol] = node.symbols;
const [account] = node.accounts;
if (symbol === undefined || account === undefined) throw new RangeError('the gateway lists no symbol or no account');

try {
  say(`The gateway plays recordings of the Binance DEX at ${node.ws}`);
  say(dim(`symbols   ${node.symbols.join(' ')}`));
  say(dim(`accounts  ${node.accounts.map(({ name, address }) => `${name} ${address}`).join(' ')}`));
  say(`\nEach of the twelve streams once, for ${symbol} and ${account.name}:\n`);
  const services = servicesOf(dex, symbol, account.address);
  await Promise.all(services.map(async ({ name, once }) => show(name, eventLine(await once(over.signal)))));

  say('\nAnd now live, until Ctrl-C:\n');
  for (const { name, live } of services) {
    live((item) => {
      if (item.kind === 'events') show(name, eventLine(item.events));
      else if (item.kind === 'gap') show(name, `gap ${item.id}: events may be missing, ${item.cause}`);
      else show(name, `gap ${item.id} closed, lost: ${item.lost}`);
    });
  }
  await new Promise<void>((resolve) => over.signal.addEventListener('abort', () => resolve(), { once: true }));
} catch (error) {
  if (!over.signal.aborted) throw error;
} finally {
  await dex.close();
  await node.close();
}
say(`\nClosed. ${dex.stats.frames} frames came, ${dex.stats.unreadable} of them unreadable.`);
