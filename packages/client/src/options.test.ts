import { trades } from '@dexwire/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { closed, memoryDex } from '../../../tests/support/memoryDex.ts';
import { expectNoUnhandledRejection } from '../../../tests/support/rejections.ts';
import { heightText, SYMBOL, tradesText } from '../../../tests/support/sampleFrames.ts';
import { settled } from '../../../tests/support/virtualClock.ts';
import { type DexOptions, settingsOf } from './options.ts';

afterEach(expectNoUnhandledRejection);

const OF_SYMBOL = { symbols: [SYMBOL] };
const fail = (): never => {
  throw new Error('a bug');
};

describe('an option that cannot be is told by its name, with what it may be', () => {
  const BAD: readonly (readonly [string, object])[] = [
    ['staleAfter', { staleAfter: Number.NaN }],
    ['renewEvery', { renewEvery: -1 }],
    ['connectTimeout', { connectTimeout: '5s' }],
    ['commands.burst', { commands: { perSecond: 5 } }],
    ['backoff.most', { backoff: { first: 1, factor: 2, most: Number.NaN } }],
    ['streamsPerSocket.combined', { streamsPerSocket: { commands: 10, combined: null } }],
    ['ask: commands, name, combined', { ask: 'politely' }],
  ];
  test.each(BAD)('%s', (name, options) => {
    expect(() => memoryDex(options as DexOptions)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(name) }),
    );
  });

  const BAD_QUEUES: readonly (readonly [string, object])[] = [
    ['queue.limit', { limit: Number.NaN }],
    ['queue.limit', { limit: -1 }],
    ['queue.policy: dropOldest', { policy: 'dropAll' }],
  ];
  test.each(BAD_QUEUES)('%s', async (name, queue) => {
    const setting = memoryDex();
    expect(() => setting.dex.subscribe(trades, { ...OF_SYMBOL, queue: queue as object })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(name) }),
    );
    await settled();
    expect(setting.network.dialled).toBe(0);
    expect(await closed(setting)).toBe(0);
  });
});

test('what is not given, or given as undefined, has its default, and forever is a number', () => {
  const { staleAfter, connectTimeout, ask } = settingsOf({ staleAfter: Infinity, ask: undefined as never }, fail);
  expect([staleAfter, connectTimeout, ask]).toEqual([Infinity, 10_000, 'commands']);
});

test('a log and metrics that throw are reported, and harm nobody', async () => {
  const setting = memoryDex({ log: fail, metrics: { count: fail, measure: fail } });
  const { dex, network, clock, errors } = setting;
  const items: unknown[] = [];
  dex.subscribe(trades, OF_SYMBOL, (item) => items.push(item.kind === 'events' ? item.height : item.kind));
  await settled();
  network.last.say(heightText(1), tradesText(2), heightText(2));
  network.last.drop();
  await clock.pass(1000);
  network.last.say(heightText(3), tradesText(4), 'no JSON');
  expect(items).toEqual([2, 'gap', 'gapClosed', 4, 'gap', 'gapClosed']);
  expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['CONSUMER_THREW', 'FRAME_NOT_JSON']));
  expect(await closed(setting)).toBe(0);
});
