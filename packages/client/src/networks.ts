/**
 * Where the networks are.
 * In: the name of a network, or its URLs. Out: its URLs, and what to do when nobody answers there.
 */
import { ConnectionError } from './errors.ts';

/** A network that has no name here. */
export interface Network {
  /** Such as `ws://127.0.0.1:27100/api/ws`; a query, such as an API key, is kept. */
  readonly ws: string;
  /** Such as `http://127.0.0.1:27100/api/v1`. */
  readonly rest?: string;
  /** What to do when it cannot be reached: stands in the error. */
  readonly hint?: string;
}

const ended = (host: string): Network => ({
  ws: `wss://${host}/api/ws`,
  hint: 'the public service has ended; give the URL of a gateway, or run your own: local',
});

const NETWORKS = {
  local: { ws: 'ws://127.0.0.1:27100/api/ws', hint: 'start the node with `npm start`' },
  mainnet: ended('dex.binance.org'),
  testnet: ended('testnet-dex.binance.org'),
} as const satisfies Record<string, Network>;

/** A network by its name, by its WebSocket URL, or by all that is to be known of it. */
export type Target = keyof typeof NETWORKS | (string & {}) | Network;

const isName = (text: string): text is keyof typeof NETWORKS => Object.hasOwn(NETWORKS, text);

/** @throws ConnectionError for what no socket can be dialled by. */
export const networkOf = (target: Target): Network => {
  const network = typeof target !== 'string' ? target : isName(target) ? NETWORKS[target] : { ws: target };
  const { ws } = network;
  if (!/^wss?:\/\/[^\s#]+$/i.test(ws) || !URL.canParse(ws)) {
    throw new ConnectionError('CONNECT_FAILED', `${ws}: pass local, mainnet, testnet, or a ws:// or wss:// URL`);
  }
  return network;
};
