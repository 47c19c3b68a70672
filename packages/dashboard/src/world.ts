/**
 * What the page stands on: a node somewhere, or one in its own tab.
 * In: nothing. Out: the type of it, and the world of a page that a node has served.
 */
import type { DexOptions, Network } from 'dexwire';
import type { Fetch } from './rest.ts';

export interface World {
  readonly network: Network & { readonly rest: string };
  /** Where the doors beside REST are: `/control`. */
  readonly origin: string;
  readonly fetch: Fetch;
  /** Default: the browser's own sockets. */
  readonly openSocket?: DexOptions['openSocket'];
  /** What to say of it. */
  readonly name: string;
}

/** The node that has served this page. */
export const servedWorld = ({ protocol, host, origin }: Location): World => ({
  network: {
    ws: `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/api/ws`,
    rest: `${origin}/api/v1`,
    hint: 'start the node again: npm start',
  },
  origin,
  fetch: (url, init) => fetch(url, init),
  name: host,
});
