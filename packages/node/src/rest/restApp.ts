/**
 * The REST API: a fetch-style application without sockets, which a server or a browser tab asks.
 * In: a view of the venue, and what takes signed transactions. Out: an application whose every reply is JSON, open to pages
 * of any origin.
 * Source: spec §10, and the original's documentation of its paths.
 */
import { type Context, Hono } from 'hono';
import { cors } from 'hono/cors';
import { account, sequence } from './accounts.ts';
import type { Answer } from './answer.ts';
import { txs } from './blockService.ts';
import { type BroadcastOptions, mountBroadcast } from './broadcast.ts';
import { fees, miniTokens, nodeInfo, peers, time, tokens } from './chainInfo.ts';
import { faultReply, JSON_TYPE, type OnFault } from './faultReply.ts';
import { depth, klines, markets, tickers } from './markets.ts';
import { type Door, openApi } from './openApi/openApi.ts';
import { closedOrders, openOrders, order } from './orders.ts';
import { Parameters } from './parameters.ts';
import { RestError } from './restError.ts';
import type { BroadcastView, RestView } from './restView.ts';
import { trades } from './trades.ts';
import { transaction, transactions } from './transactions.ts';

const BASE = '/api/v1';

/** The venue's block service had a base of its own, on the same host (documented). */
export const BLOCK_SERVICE_BASE = '/bc/api/v1';

/** The first that fits counts. */
const ROUTES = [
  ['/time', time],
  ['/node-info', nodeInfo],
  ['/peers', peers],
  ['/fees', fees],
  ['/tokens', tokens],
  ['/mini/tokens', miniTokens],
  ['/markets', markets(false)],
  ['/mini/markets', markets(true)],
  ['/depth', depth],
  ['/klines', klines],
  ['/mini/klines', klines],
  ['/ticker/24hr', tickers(false)],
  ['/mini/ticker/24hr', tickers(true)],
  ['/trades', trades(false)],
  ['/mini/trades', trades(true)],
  ['/orders/open', openOrders],
  ['/orders/closed', closedOrders],
  ['/orders/:id', order],
  ['/account/:address', account],
  ['/account/:address/sequence', sequence],
  ['/transactions', transactions],
  ['/tx/:hash', transaction],
] as const satisfies readonly (readonly [path: string, answer: Answer])[];

export type ReadPath = (typeof ROUTES)[number][0];

export interface RestOptions extends BroadcastOptions {
  /** What else is open beside this application, for `/api/v1/openapi.json` to tell of. */
  readonly doors?: readonly Exclude<Door, 'broadcast'>[];
  readonly onFault?: OnFault;
}

const ask = (answer: Answer, view: RestView, c: Context): Response => {
  const { searchParams, origin } = new URL(c.req.url);
  const body = answer(view, {
    parameters: new Parameters(searchParams),
    part: (name) => c.req.param(name) ?? '',
    origin,
  });
  return c.body(typeof body === 'string' ? body : JSON.stringify(body), 200, JSON_TYPE);
};

/**
 * Reads are for everybody; what changes something has a path of its own. There is no other path than `/api/v1/...`
 * and `/bc/api/v1/txs`.
 *
 * @param trading - Opens `/api/v1/broadcast`.
 */
export const restApp = (view: RestView, trading?: BroadcastView, options: RestOptions = {}): Hono => {
  const app = new Hono({ strict: false }); // a slash at the end changes nothing
  app.use(
    cors({
      origin: '*',
      allowMethods: (_, c) => (c.req.path === `${BASE}/broadcast` ? ['POST'] : ['GET', 'HEAD']),
      allowHeaders: ['apikey', 'content-type'],
      maxAge: 86_400,
    }),
  );
  const only = (path: string, allow: string): void => {
    app.all(path, (c) => {
      c.header('allow', allow);
      throw new RestError(405, `${c.req.method} is not taken here, allowed are ${allow}`);
    });
  };
  const doors: readonly Door[] = [...(trading === undefined ? [] : ['broadcast' as const]), ...(options.doors ?? [])];
  const document = openApi({ base: BASE, blockService: BLOCK_SERVICE_BASE }, doors);
  const read = (path: string, answer: Answer): void => {
    app.get(path, (c) => ask(answer, view, c));
    only(path, 'GET, HEAD, OPTIONS');
  };
  for (const [path, answer] of ROUTES) read(BASE + path, answer);
  read(`${BASE}/openapi.json`, document);
  read(`${BLOCK_SERVICE_BASE}/txs`, txs);
  if (trading !== undefined) {
    mountBroadcast(app, `${BASE}/broadcast`, trading, options);
    only(`${BASE}/broadcast`, 'POST, OPTIONS');
  }
  app.notFound((c) =>
    faultReply(c, new RestError(404, 'no such path, allowed are those of docs/protocol.md §10, such as /api/v1/time')),
  );
  app.onError((error, c) => faultReply(c, error, options.onFault));
  return app;
};
