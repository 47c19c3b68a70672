import assert from 'node:assert/strict';
import { setImmediate as nextRound } from 'node:timers/promises';
import { parseGenesis } from '../../packages/node/src/chain/genesis.ts';
import type { HistoryLimits } from '../../packages/node/src/history.ts';
import { entryApp } from '../../packages/node/src/rest/entry.ts';
import { restApp } from '../../packages/node/src/rest/restApp.ts';
import type { RestView } from '../../packages/node/src/rest/restView.ts';
import { Venue } from '../../packages/node/src/venue.ts';
import { fuzz } from './fuzz.ts';
import { type RestRequest, RestRequests } from './restRequests.ts';
import { Steps } from './steps.ts';
import { fuzzGenesis } from './venueGenesis.ts';

const REQUESTS = 20_000;
/** Messages that are entered before the first request. */
const TRADED = 4_000;
/** Every so many requests the whole state is compared, and every so many a block comes. */
const HASH_EVERY = 25;
const BLOCK_EVERY = 100;

/** Small, so that all of it is full. */
const KEPT: HistoryLimits = {
  symbolTrades: { perSubject: 60, inAll: 600 },
  addressTrades: { perSubject: 60, inAll: 600 },
  allTrades: 300,
  reports: { perSubject: 150, inAll: 1_500 },
  addressTransactions: { perSubject: 150, inAll: 1_500 },
  transactions: 2_000,
};
/** What one request may walk through, at most: twice what is kept of a subject, or all trades. */
const MOST_KEPT = 300;

/** Rows of a reply: as many as were asked for, else as many as are usual. */
const USUAL_ROWS = { depth: 100, klines: 300, others: 500 };

/** What one request is answered with if it fails, besides what it said itself. */
const FAULT_CHARACTERS = 700;

const EXPECTED = [
  ...['rest 200', 'rest 204', 'rest 400', 'rest 403', 'rest 404', 'rest 405', 'rest 413'],
  ...['entry 200', 'entry 400', 'entry 403', 'entry 404', 'entry 405', 'entry 413', 'entry 415'],
];

const requestOf = ({ method, url, headers, body, isStreamed }: RestRequest): Request => {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  if (bytes === undefined || !isStreamed)
    return new Request(url, { method, headers, ...(bytes === undefined ? {} : { body: new Uint8Array(bytes) }) });
  const stream = new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += 65_536) controller.enqueue(bytes.slice(at, at + 65_536));
      controller.close();
    },
  });
  return new Request(url, { method, headers, body: stream, ...{ duplex: 'half' } });
};

/** The body of an error has exactly a code and a message, and where the message is the chain's for bytes a detail. */
const checkFault = (body: unknown, status: number, most: number): void => {
  assert.ok(typeof body === 'object' && body !== null);
  const isParse = Reflect.get(body, 'code') === 65_538;
  assert.deepEqual(Object.keys(body), isParse ? ['code', 'message', 'detail'] : ['code', 'message']);
  const code: unknown = Reflect.get(body, 'code');
  const message: unknown = Reflect.get(body, 'message');
  assert.ok(typeof code === 'number' && (code === status || (status === 400 && code >= 65_536)), `code ${code}`);
  assert.ok(typeof message === 'string' && message.length <= most, 'too long a message');
};

/** The list that a reply is, or has; undefined for a reply without one. */
const rowsOf = (body: unknown): readonly unknown[] | undefined => {
  if (Array.isArray(body)) return body;
  if (typeof body !== 'object' || body === null) return undefined;
  for (const name of ['trade', 'order', 'tx', 'txs', 'bids']) {
    const rows: unknown = Reflect.get(body, name);
    if (Array.isArray(rows)) return rows;
  }
  return undefined;
};

const checkRows = (venue: Venue, { url }: RestRequest, body: unknown): void => {
  const rows = rowsOf(body);
  if (rows === undefined) return;
  const { pathname, searchParams } = new URL(url);
  const [, topic = ''] = /\/([^/]+)(\/24hr|\/open|\/closed)?\/?$/.exec(pathname) ?? [];
  const asked = searchParams.get('limit') ?? '';
  const usual = topic === 'depth' ? USUAL_ROWS.depth : topic === 'klines' ? USUAL_ROWS.klines : USUAL_ROWS.others;
  const limit = topic === 'ticker' ? venue.symbols.length : asked === '' ? usual : Number(asked);
  if (!['fees', 'peers'].includes(topic)) assert.ok(rows.length <= limit, `${rows.length} rows, ${limit} are allowed`);
};

/** Sums over the whole state, which hardly anything that changes it leaves as they are. */
const sumsOf = ({ state }: Venue): string => {
  let sequences = 0;
  let free = 0n;
  let locked = 0n;
  let frozen = 0n;
  for (const account of state.accounts) {
    sequences += account.sequence;
    for (const balance of account.balances.values()) {
      free += balance.free;
      locked += balance.locked;
      frozen += balance.frozen;
    }
  }
  const { height, accounts, tokens, pairs, openOrders } = state;
  return [height, accounts.size, tokens.size, pairs.size, openOrders.size, sequences, free, locked, frozen].join();
};

/** Ids and hashes of what an entry says was accepted. */
const acceptedOf = (body: unknown): readonly (readonly [hash: string, data: string | undefined])[] =>
  (Array.isArray(body) ? body : [body]).flatMap((one: unknown) => {
    if (typeof one !== 'object' || one === null || Reflect.get(one, 'ok') !== true) return [];
    const data: unknown = Reflect.get(one, 'data');
    return [[String(Reflect.get(one, 'hash')), typeof data === 'string' ? data : undefined] as const];
  });

fuzz(
  `${REQUESTS} requests are answered with JSON and a status that was meant, within bounds, and only accepted messages change the state`,
  import.meta.url,
  async ({ chance, next }) => {
    const venue = new Venue({ genesis: parseGenesis(fuzzGenesis(1)), history: KEPT });
    const { state } = venue;
    const view: RestView = {
      ...{ state, market: venue.market, history: venue.history, version: '0.0.0', now: () => venue.now() },
      get latest() {
        return venue.latest;
      },
    };
    const apps = {
      rest: restApp(view, venue),
      entry: entryApp({ state, submit: (message, given) => venue.enter(message, given) }),
    };
    const requests = new RestRequests(chance, venue);
    requests.trade(TRADED);
    const steps = new Steps();
    for (const table of [state.accounts, state.tokens, state.pairs, state.openOrders, venue.history])
      steps.watch(table);
    let hash = venue.stateHash();
    const seen = new Set<string>();
    for (let asked = 1; asked <= REQUESTS; asked += 1) {
      const request = requests.next();
      next(request);
      const mayChange = request.app === 'entry' && request.isGood;
      if (mayChange) assert.equal(venue.stateHash(), hash, 'one of the requests before has changed the state');
      const before = request.app === 'entry' ? sumsOf(venue) : '';
      const rest = 100 + 2 * (MOST_KEPT + state.openOrders.size + state.tokens.size + state.pairs.size);
      steps.take();
      const response = await apps[request.app].fetch(requestOf(request));
      const text = await response.text();
      const taken = steps.take();
      const { status } = response;
      seen.add(`${request.app} ${status}`);
      assert.ok(request.statuses.includes(status), `${status}: ${text.slice(0, 500)}`);
      const most = request.app === 'rest' ? rest : 200 + 2 * (request.body?.length ?? 0) + 6 * state.tokens.size;
      assert.ok(taken <= most, `${taken} steps, ${most} are allowed`);
      if (status === 204 || request.method === 'HEAD') assert.equal(text, '');
      else {
        assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
        const body: unknown = JSON.parse(text);
        const said = request.app === 'entry' ? (request.body?.length ?? 0) + 40 * state.tokens.size : 0;
        if (status !== 200) checkFault(body, status, FAULT_CHARACTERS + said);
        else if (request.app === 'rest') checkRows(venue, request, body);
        const accepted = request.app === 'entry' ? acceptedOf(body) : [];
        for (const entered of accepted) requests.noteAccepted(...entered);
        if (accepted.length > 0) hash = venue.stateHash();
        else if (request.app === 'entry') assert.equal(sumsOf(venue), before, 'what was refused has changed something');
      }
      if (asked % HASH_EVERY === 0)
        assert.equal(venue.stateHash(), hash, 'one of the requests before has changed the state');
      if (asked % BLOCK_EVERY === 0) {
        venue.advance();
        hash = venue.stateHash();
        await nextRound();
      }
    }
    for (const expected of EXPECTED) assert.ok(seen.has(expected), `never: ${expected}`);
  },
);
