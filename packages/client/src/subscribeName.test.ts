import { decode, trades } from '@dexwire/protocol';
import { afterEach, expect, test } from 'vitest';
import { memoryDex } from '../../../tests/support/memoryDex.ts';
import { expectNoUnhandledRejection } from '../../../tests/support/rejections.ts';
import {
  ADDRESS,
  accountsText,
  heightText,
  ordersText,
  SAMPLES,
  SYMBOL,
  tradesText,
  transfersText,
} from '../../../tests/support/sampleFrames.ts';
import { settled } from '../../../tests/support/virtualClock.ts';
import { subscribeName } from './subscribeName.ts';

afterEach(expectNoUnhandledRejection);

test.each(SAMPLES.filter(({ name }) => name.includes('@')).map((sample) => [sample.name, sample] as const))(
  '%s subscribes to the stream it names',
  async (_name, { name, stream, text }) => {
    const { dex, network } = memoryDex({ ask: 'name' });
    const items: unknown[] = [];
    subscribeName<string>(dex, name, {}, (item) => items.push(item));
    await settled();
    expect(network.last.url).toBe(`ws://node.test/api/ws/${name}`);
    network.last.say(text);
    const data = decode(stream, text);
    expect(items).toMatchObject([{ kind: 'events', events: Array.isArray(data) ? data : [data] }]);
  },
);

test('an address gives its three personal streams, on one socket', async () => {
  const { dex, network } = memoryDex();
  const { orders, accounts, transfers } = subscribeName(dex, ADDRESS);
  await Promise.all([orders, accounts, transfers].map((subscription) => subscription.ready()));
  expect(network.dialled).toBe(1);
  network.last.say(ordersText(1), accountsText(2), transfersText(3));
  for (const [subscription, height] of [
    [orders, 1],
    [accounts, 2],
    [transfers, 3],
  ] as const) {
    expect(await subscription[Symbol.asyncIterator]().next()).toMatchObject({ value: { kind: 'events', height } });
  }
});

test('the callback of an address is told of all three', async () => {
  const { dex, network } = memoryDex();
  const heights: unknown[] = [];
  const handles = subscribeName(dex, ADDRESS, {}, (item) => {
    if (item.kind === 'events') heights.push(item.height);
  });
  await settled();
  network.last.say(ordersText(1), accountsText(2));
  handles.accounts.close();
  network.last.say(accountsText(3), transfersText(4));
  expect(heights).toEqual([1, 2, 4]);
});

test('a name in lower case is the same stream, and options are passed on', async () => {
  const { dex, network } = memoryDex();
  const controller = new AbortController();
  const name = `${SYMBOL.toLowerCase()}@trades` as const;
  const subscription = subscribeName<string>(dex, name, { queue: { limit: 1 }, signal: controller.signal });
  const other = dex.subscribe(trades, { symbols: [SYMBOL] });
  await other.ready();
  expect(network.last.sent).toHaveLength(2);
  network.last.say(tradesText(1), tradesText(2));
  if (!('stats' in subscription)) throw new Error('one subscription is expected');
  expect(subscription.stats).toMatchObject({ waiting: 1, dropped: 1 });
  controller.abort();
  expect(subscription.stats.waiting).toBe(0);
  network.last.say(heightText(1));
});

test('a name that is none throws, and dials nothing', async () => {
  const { dex, network } = memoryDex();
  expect(() => subscribeName<string>(dex, 'BNB_BTCB-1DE@kline_4m')).toThrow(
    expect.objectContaining({ code: 'STREAM_NAME_INVALID' }),
  );
  await settled();
  expect(network.dialled).toBe(0);
});
