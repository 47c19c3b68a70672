import assert from 'node:assert/strict';
import { type DexError, type Handle, type Item, type Trade, trades } from 'dexwire';
import { afterEach, test } from 'vitest';
import { CLIENT, type FaultyMarket, OF_SYMBOL, SYMBOL, startFaultyMarket } from '../support/faultyMarket.ts';
import { expectNoUnhandledRejection } from '../support/rejections.ts';

let faulty: FaultyMarket;
afterEach(async () => {
  await faulty.close();
  assert.equal(faulty.market.clock.pending, 0);
  await expectNoUnhandledRejection();
});

test('who leaves and comes again in its handler, at each item, is asked for on each socket and gets each trade once', async () => {
  faulty = await startFaultyMarket();
  const { dex, market, pass, traded } = faulty;
  const seen: string[] = [];
  let handle: Handle;
  const come = (): void => {
    handle = dex.subscribe(trades, OF_SYMBOL, (item: Item<Trade>) => {
      if (item.kind === 'events') seen.push(...item.events.map(({ tradeId }) => tradeId));
      handle.close();
      come();
    });
  };
  come();
  await pass(10);
  assert.deepEqual(seen, traded);
  market.node.control.drop(CLIENT);
  await pass(2, 'quiet');
  await faulty.opened(2);
  await pass(2, 'quiet');
  await pass(10);
  assert.equal(traded.length, 20);
  assert.deepEqual(seen, traded);
  const [session] = market.node.control.sessions().filter(({ id }) => id > 2);
  assert.deepEqual(
    session?.subscriptions.filter((name) => name.endsWith('@trades')),
    [`${SYMBOL}@trades`],
  );
});

test('consumers that throw, reject and hang cost nobody else a trade, and are told of by name', async () => {
  const errors: DexError[] = [];
  faulty = await startFaultyMarket({ onError: (error) => errors.push(error) });
  const { dex, pass, got, traded } = faulty;
  let calls = 0;
  const bad: readonly (() => unknown)[] = [
    () => {
      throw new Error('of the program');
    },
    () => Promise.reject(new Error('of the program')),
    () => new Promise(() => {}),
  ];
  for (const consume of bad)
    dex.subscribe(trades, OF_SYMBOL, () => {
      calls += 1;
      return consume();
    });
  await pass(10);
  assert.equal(traded.length, 10);
  assert.deepEqual(got(), traded);
  // The one that hangs was called once.
  assert.equal(calls, 21);
  assert.deepEqual(
    errors.map(({ code }) => code),
    Array.from({ length: 20 }, () => 'CONSUMER_THREW'),
  );
});
