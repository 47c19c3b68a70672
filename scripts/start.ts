/**
 * `npm start`: a DEX on this machine with its traders, and all twelve streams through the client, first once and then live.
 * In: nothing, or the arguments of `npm run node`. Out: a line for each event, until Ctrl-C.
 */
import { X509Certificate } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { GenesisError, type Node, NodeError, ScenarioError, type Served } from '@dexwire/node';
import {
  accounts,
  allMiniTickers,
  allTickers,
  blockheight,
  ConnectionError,
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
import { type Arguments, PAGE_FOLDER, readArguments, startServed } from './nodeArguments.ts';

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

/** With the page beside it, if it has been built: the set-up sees to that. */
const withPage = (args: Arguments): Arguments =>
  existsSync(PAGE_FOLDER) ? { ...args, options: { dashboard: PAGE_FOLDER, ...args.options } } : args;

const openNode = async (args: Arguments): Promise<Served | Node> => {
  try {
    return await startServed(args);
  } catch (error) {
    if (!(error instanceof NodeError) || error.code !== 'LISTEN_FAILED' || args.port === 0) throw error;
    const node = await startServed({ ...args, port: 0 });
    say(`Port ${args.port} is taken, so this node is at ${node.port}. Clients reach it with connect('${node.ws}').`);
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

const args = readArguments('npm start [-- options]');
if (args.options.time === 'stepped') {
  process.stderr.write('npm start shows what happens by itself; step time with: npm run node -- --stepped --control\n');
  process.exit(2);
}
const node = await openNode(withPage(args)).catch((error: unknown) => {
  if (!(error instanceof NodeError || error instanceof GenesisError || error instanceof ScenarioError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
/** Whom the client trusts besides: a certificate that vouches for itself; others are known to this machine, or not. */
const trustedOf = ({ options: { tls } }: Arguments): string | undefined => {
  if (typeof tls !== 'object') return node.ca;
  const certificate = new X509Certificate(tls.cert);
  return certificate.checkIssued(certificate) ? tls.cert : undefined;
};
const ca = trustedOf(args);
const dex = connect(node.ws, ca === undefined ? {} : { ca });
const [symbol] = node.symbols;
const [account] = node.accounts;
if (symbol === undefined || account === undefined) {
  const lacking = symbol === undefined ? 'pair' : 'account whose name is that of its development key';
  process.stderr.write(
    `The genesis has no ${lacking}, so there is nothing to show. Run it with: npm run node -- --genesis FILE\n`,
  );
  process.exit(1);
}

/** Keys of accounts for development, which everybody knows. */
const showKeys = (title: string, keys: readonly { name: string; address: string; privateKey: string }[]): void => {
  if (keys.length === 0) return;
  say(dim(title));
  for (const { name, address, privateKey } of keys) say(dim(`  ${name.padEnd(8)}${address}  ${privateKey}`));
};

try {
  if ('idleAccounts' in node) {
    say(`A DEX of your own at ${node.ws}, REST at ${node.rest}`);
    if (existsSync(PAGE_FOLDER)) say(`To look at in a browser: ${new URL('/dashboard/', node.rest)}`);
    say(dim(`symbols   ${node.symbols.join(' ')}`));
    showKeys('accounts that the traders also act for, with their private keys', node.accounts);
    showKeys('accounts that are left to you', node.idleAccounts);
  } else {
    say(`The gateway plays recordings of the Binance DEX at ${node.ws}`);
    say(dim(`symbols   ${node.symbols.join(' ')}`));
    say(dim(`accounts  ${node.accounts.map(({ name, address }) => `${name} ${address}`).join(' ')}`));
  }
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
  if (error instanceof ConnectionError) {
    // Such as a certificate that this machine does not know, or that holds for another name.
    process.stderr.write(`${error.message}; or start it with NODE_EXTRA_CA_CERTS=FILE, or alone: npm run node\n`);
    process.exitCode = 1;
  } else if (!over.signal.aborted) throw error;
} finally {
  await dex.close();
  await node.close();
}
say(`\nClosed. ${dex.stats.frames} frames came, ${dex.stats.unreadable} of them unreadable.`);
