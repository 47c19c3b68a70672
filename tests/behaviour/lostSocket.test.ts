import assert from 'node:assert/strict';
import type { Item } from 'dexwire';
import { afterEach, test } from 'vitest';
import { CLIENT, type FaultyMarket, startFaultyMarket } from '../support/faultyMarket.ts';
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

type Fault = (control: FaultyMarket['market']['node']['control']) => unknown;

const FAULTS: readonly (readonly [string, Fault])[] = [
  ['without a close frame', (control) => control.drop(CLIENT)],
  ['with a reset', (control) => control.reset(CLIENT)],
  ['with code 1000', (control) => control.drop(CLIENT, 1000)],
  ['with code 1001', (control) => control.drop(CLIENT, 1001)],
  ['with code 1008', (control) => control.drop(CLIENT, 1008)],
  ['with code 1013', (control) => control.drop(CLIENT, 1013)],
];

test.each(FAULTS)('a socket that the gateway ends %s is replaced, and each trade comes once', async (_, fault) => {
  faulty = await startFaultyMarket();
  const { market, pass, until, items } = faulty;
  await pass(3);
  fault(market.node.control);
  await until(() => kinds(items).includes('disconnect'));
  await pass(3);
  await faulty.opened(2);
  await pass(3);
  await faulty.caughtUp();
  assert.equal(faulty.traded.length, 9);
  assert.deepEqual(faulty.got(), faulty.traded);
  assert.deepEqual(kinds(items), ['disconnect', 'closed none']);
});

test('a gateway that restarts again and again costs a gap each time, and no trade', async () => {
  faulty = await startFaultyMarket();
  const { market, pass, until, items, statuses } = faulty;
  const opens = (): number => statuses.filter(({ name }) => name === 'open').length;
  for (let times = 1; times <= 3; times += 1) {
    await pass(3);
    await market.node.control.restart();
    await until(() => kinds(items).filter((kind) => kind === 'disconnect').length === times);
    while (opens() < times + 1) await pass(1, 'quiet');
    while (kinds(items).length < 2 * times) await pass(1, 'quiet');
  }
  await pass(3);
  assert.deepEqual(kinds(items), Array.from({ length: 3 }, () => ['disconnect', 'closed none']).flat());
  // The witness was cut as well, so it is the heights that tell: a trade in each busy block, none of them twice.
  const heights = items.flatMap((item) => (item.kind === 'events' ? [item.height!] : []));
  assert.equal(heights.length, 12);
  assert.deepEqual(
    heights,
    [...new Set(heights)].sort((one, other) => one - other),
  );
});
