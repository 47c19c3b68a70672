import assert from 'node:assert/strict';
import { type Item, ticker } from 'dexwire';
import { afterEach, test } from 'vitest';
import { CLIENT, type FaultyMarket, OF_SYMBOL, SYMBOL, startFaultyMarket } from '../support/faultyMarket.ts';
import { expectNoUnhandledRejection } from '../support/rejections.ts';

let faulty: FaultyMarket;
afterEach(async () => {
  await faulty.close();
  assert.equal(faulty.market.clock.pending, 0);
  await expectNoUnhandledRejection();
});

const kinds = (items: readonly Item<unknown>[]): string[] =>
  items.flatMap((item) => {
    if (item.kind === 'gap') return [item.cause];
    return item.kind === 'gapClosed' ? [`closed ${item.lost}`] : [];
  });

const news = (): unknown[] =>
  faulty.statuses.filter(({ name }) => name === 'stale' || name === 'live').map(({ name }) => name);

const isStale = (): boolean => news().length > 0;

test('a half-open link is found within six seconds without a ping, and replaced: nothing is lost, nothing comes twice', async () => {
  faulty = await startFaultyMarket();
  const { market, dex, pass } = faulty;
  await pass(5);
  assert.equal(market.node.control.halfOpen(CLIENT), 1);
  const since = market.clock.now();
  while (!isStale()) await pass(1);
  assert.ok(market.clock.now() - since <= 6000, `${market.clock.now() - since} ms`);
  await faulty.opened(2);
  await pass(20);
  await faulty.caughtUp();
  assert.ok(faulty.traded.length >= 25);
  assert.deepEqual(faulty.got(), faulty.traded);
  assert.deepEqual(kinds(faulty.items), ['silence', 'closed none']);
  assert.equal(dex.plan.length, 1);
  assert.deepEqual(
    dex.plan[0]!.paths.map(({ state, isServing }) => [state, isServing]),
    [['open', true]],
  );
});

test('a one-second stream that the gateway has forgotten, though it answers pings and sends all else, is asked for anew', async () => {
  faulty = await startFaultyMarket();
  const { market, dex, pass } = faulty;
  const quotes: Item<unknown>[] = [];
  dex.subscribe(ticker, OF_SYMBOL, (item) => {
    quotes.push(item);
  });
  await dex.ready();
  await pass(5, 'quiet');
  assert.equal(market.node.control.forget(CLIENT, 'ticker'), 1);
  const since = market.clock.now();
  while (!isStale()) await pass(1, 'quiet');
  assert.ok(market.clock.now() - since <= 7000, `${market.clock.now() - since} ms`);
  assert.deepEqual(kinds(quotes), ['silence']);
  await pass(5, 'quiet');
  assert.deepEqual(kinds(quotes), ['silence', 'closed none']);
  assert.deepEqual(quotes.at(-1)!.kind, 'events');
  assert.deepEqual(news(), ['stale', 'live']);
  const sessions = market.node.control.sessions();
  assert.deepEqual(
    sessions.map(({ id }) => id),
    [1, 2],
    'the socket is the same',
  );
  assert.ok(sessions[0]!.subscriptions.includes(`${SYMBOL}@ticker`));
});

test('trades that the gateway has forgotten, where quiet means nothing, are found by an audit and fetched', async () => {
  faulty = await startFaultyMarket({ auditEvery: 10_000 });
  const { market, pass } = faulty;
  await pass(5);
  assert.equal(market.node.control.forget(CLIENT, 'trades'), 1);
  const since = market.clock.now();
  while (kinds(faulty.items).length === 0) await pass(1);
  // An audit each ten seconds, three in which what was fetched might still come, and a second to look.
  assert.ok(market.clock.now() - since <= 15_000, `${market.clock.now() - since} ms`);
  await faulty.opened(2);
  await pass(20);
  await faulty.caughtUp();
  assert.deepEqual(faulty.got(), faulty.traded);
  assert.deepEqual(kinds(faulty.items), ['silence', 'closed none']);
});

test('a link that was half-open while the program slept is found within a second of its wake', async () => {
  faulty = await startFaultyMarket();
  const { market, dex, pass } = faulty;
  await pass(5);
  market.node.control.halfOpen(CLIENT);
  dex.wake();
  await pass(3);
  assert.deepEqual(news(), ['stale']);
  await faulty.opened(2);
  await pass(10);
  await faulty.caughtUp();
  assert.deepEqual(faulty.got(), faulty.traded);
});

test('a quiet market is no silence: an hour without a trade changes nothing', async () => {
  faulty = await startFaultyMarket({}, { blockTime: 4000 });
  await faulty.pass(900, 'quiet');
  assert.deepEqual(faulty.items, []);
  assert.deepEqual(news(), []);
  assert.deepEqual(
    faulty.market.node.control.sessions().map(({ id }) => id),
    [1, 2],
  );
});
