/**
 * `dexwire node`: serves until it is told to end.
 * In: what to serve. Out: the URLs, for people or as one line of JSON, once clients may come.
 */
import type { DevKey, Node, Served } from '@dexwire/node';
import type { NodeVerbOptions } from '../commands/node.ts';
import { paintFor } from '../terminal/paint.ts';
import type { World } from '../world.ts';
import type { Arguments } from './arguments.ts';
import { nodeLog } from './log.ts';
import { startServed } from './startServed.ts';

/** One line for programs. Names and their order stay. */
const readyLine = (node: Served | Node): string => {
  const { ws, stream, rest, symbols, accounts } = node;
  const idle = 'idleAccounts' in node ? { idleAccounts: node.idleAccounts } : {};
  const ca = node.ca === undefined ? {} : { ca: node.ca };
  return JSON.stringify({ ws, stream, rest, symbols, accounts, ...idle, ...ca });
};

/** Keys of accounts for development, which everybody knows. */
const keyLines = (title: string, keys: readonly DevKey[]): string[] =>
  keys.length === 0
    ? []
    : [title, ...keys.map(({ name, address, privateKey }) => `  ${name.padEnd(8)}${address}  ${privateKey}`)];

/** What people want to know of what is served: where it is, and with what keys they can trade there. */
export const greeting = (world: World, node: Served | Node): string[] => {
  const { dim, bold } = paintFor(world);
  if (!('idleAccounts' in node)) {
    return [
      `The gateway plays recordings of the Binance DEX at ${bold(node.ws)}`,
      dim(`symbols   ${node.symbols.join(' ')}`),
      dim(`accounts  ${node.accounts.map(({ name, address }) => `${name} ${address}`).join(' ')}`),
    ];
  }
  return [
    `A DEX of your own at ${bold(node.ws)}, REST at ${node.rest}`,
    ...(node.dashboard === undefined ? [] : [`To look at in a browser: ${node.dashboard}`]),
    dim(`symbols   ${node.symbols.join(' ')}`),
    ...keyLines('accounts that the traders also act for, with their private keys', node.accounts).map(dim),
    ...keyLines('accounts that are left to you', node.idleAccounts).map(dim),
  ];
};

const ending = ({ signal }: World): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** @throws NodeError, GenesisError, ScenarioError. */
export const serve = async (world: World, args: Arguments, options: NodeVerbOptions): Promise<void> => {
  const log = nodeLog(world, options);
  const node = await startServed(args, log.ties);
  log.began(node);
  try {
    const lines = options.json ? [readyLine(node)] : [...greeting(world, node), '', ...hints(node)];
    world.stdout.write(`${lines.join('\n')}\n`);
    await ending(world);
  } finally {
    await node.close();
  }
};

/** What to type next. */
const hints = ({ ws, symbols: [symbol = 'BNB_BTCB-1DE'], ca }: Served): string[] => {
  const network = ws.startsWith('ws://127.0.0.1:27100/') ? '' : ` --network ${ws}`;
  return [
    `In another terminal: dexwire watch trades ${symbol}${network}`,
    ...(ca === undefined ? [] : ['Clients have to trust its certificate: start it with --json to be told the ca.']),
    'Ctrl-C ends it.',
  ];
};
