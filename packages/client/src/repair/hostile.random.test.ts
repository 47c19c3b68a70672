import { accounts, kline, orders, type Stream, trades, transfers } from '@dexwire/protocol';
import { expect, test } from 'vitest';
import { FakeRest, json } from '../../../../tests/support/fakeRest.ts';
import { seededRandom } from '../../../../tests/support/random.ts';
import { expectNoUnhandledRejection } from '../../../../tests/support/rejections.ts';
import { repairOverRest } from './repairOverRest.ts';

const STREAMS: readonly [Stream, subject: string][] = [
  [trades, 'BNB_BTCB-1DE'],
  [kline('1m'), 'BNB_BTCB-1DE'],
  [orders, 'tbnb1me'],
  [transfers, 'tbnb1me'],
  [accounts, 'tbnb1me'],
];
const NAMES = ['total', 'trade', 'order', 'tx', 'balances', '0', 'symbol', 'tradeId', 'blockHeight', 'hash'];
const LEAVES = [null, true, -1, 0, 1e300, 2 ** 53, '', '1', '1.5', 'NaN', '99-0', '2021-03-01T00:00:00Z'];

/** Some JSON. */
const junk = (random: () => number, depth = 0): unknown => {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const size = Math.floor(random() * 4);
  if (depth < 3 && random() < 0.4) return Array.from({ length: size }, () => junk(random, depth + 1));
  if (depth < 3 && random() < 0.7)
    return Object.fromEntries(Array.from({ length: size }, () => [pick(NAMES), junk(random, depth + 1)]));
  return pick(LEAVES);
};

test('whatever is answered, a repair ends in time, breaks nothing, and brings nothing that is not an event', async () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const random = seededRandom(seed);
    const rest = new FakeRest();
    const { fetch } = rest;
    const answer = (url: string): Promise<Response> | Response => {
      if (url.includes('node-info') && random() < 0.8) return fetch(url);
      const luck = random();
      if (luck < 0.1) return json({}, 200 + Math.floor(random() * 400) * (luck < 0.05 ? 1 : 0));
      if (luck < 0.15) throw new TypeError('fetch failed');
      return json(junk(random));
    };
    const repair = repairOverRest({ fetch: async (url) => answer(url), within: 5000 });
    const all = STREAMS.map(
      ([stream, subject]) => repair({ stream, subject, from: 90, to: 99, ago: 4000, waited: 0 }, rest.tools())!,
    );
    const began = rest.clock.now();
    const found = await rest.after(Promise.all(all));
    expect(rest.clock.now() - began, `seed ${seed}`).toBeLessThanOrEqual(5100);
    for (const { items, lost } of found) {
      expect(['none', 'some', 'unknown'], `seed ${seed}`).toContain(lost);
      for (const { kind, repaired, events } of items) {
        expect([kind, repaired], `seed ${seed}`).toEqual(['events', true]);
        for (const event of events) expect(event, `seed ${seed}`).toHaveProperty('eventType');
      }
    }
    expect(rest.clock.pending, `seed ${seed}`).toBe(0);
  }
  await expectNoUnhandledRejection();
});
