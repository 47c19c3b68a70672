/**
 * The REST API, read only: a fetch-style application without sockets, which a server or a browser tab asks.
 * In: a view of the venue. Out: an application whose every reply is JSON, open to pages of any origin.
 * Source: spec §10, and the original's documentation of its paths.
 */
import { type Context, Hono } from 'hono';
import { cors } from 'hono/cors';
import { account, sequence } from './accounts.ts';
import type { Answer } from './answer.ts';
import { fees, miniTokens, nodeInfo, peers, time, tokens } from './chainInfo.ts';
import { faultReply, JSON_TYPE } from './faultReply.ts';
import { depth, klines, markets, tickers } from './markets.ts';
import { closedOrders, openOrders, order } from './orders.ts';
import { Parameters } from './parameters.ts';
import { RestError } from './restError.ts';
import type { RestView } from './restView.ts';
import { trades } from './trades.ts';
import { transaction, transactions } from './transactions.ts';

const BASE = '/api/v1';

/** The first that fits counts. */
const ROUTES: readonly (readonly [path: string, answer: Answer])[] = [
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
];

const ask = (answer: Answer, view: RestView, c: Context): Response => {
  const { searchParams, origin } = new URL(c.req.url);
  const body = answer(view, {
    parameters: new Parameters(searchParams),
    part: (name) => c.req.param(name) ?? '',
    origin,
  });
  return c.body(typeof body === 'string' ? body : JSON.stringify(body), 200, JSON_TYPE);
};

/** Takes no other method than GET and HEAD, and no other path than `/api/v1/...`. */
export const restApp = (view: RestView): Hono => {
  const app = new Hono({ strict: false }); // a slash at the end changes nothing
  app.use(
    cors({ origin: '*', allowMethods: ['GET', 'HEAD'], allowHeaders: ['apikey', 'content-type'], maxAge: 86_400 }),
  );
  for (const [path, answer] of ROUTES) {
    app.get(BASE + path, (c) => ask(answer, view, c));
    app.all(BASE + path, (c) => {
      c.header('allow', 'GET, HEAD, OPTIONS');
      throw new RestError(405, `${c.req.method} is not taken here, allowed are GET, HEAD and OPTIONS`);
    });
  }
  app.notFound((c) =>
    faultReply(c, new RestError(404, 'no such path, allowed are those of docs/protocol.md §10, such as /api/v1/time')),
  );
  app.onError((error, c) => faultReply(c, error));
  return app;
};
