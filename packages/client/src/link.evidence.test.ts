import { type Decimal, decode, type Height, marketDiff, ticker, trades } from '@dexwire/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { closed, memoryDex } from '../../../tests/support/memoryDex.ts';
import { expectNoUnhandledRejection } from '../../../tests/support/rejections.ts';
import { heightText, refusalText, SYMBOL, tickerText, tradesText } from '../../../tests/support/sampleFrames.ts';
import { block, pulses, range, take, told } from '../../../tests/support/toldItems.ts';
import { settled } from '../../../tests/support/virtualClock.ts';
import type { Item } from './item.ts';
import type { Mended, Missed, Repair } from './missed.ts';
import { Audits } from './repair/audits.ts';

afterEach(expectNoUnhandledRejection);

const OTHER = 'ws://other.test/api/ws';
const OF_SYMBOL = { symbols: [SYMBOL] };

/** A venue that knows trades of these blocks. */
const venue = (...heights: readonly number[]): Repair =>
  Object.assign(
    async ({ from, to }: Missed): Promise<Mended> => ({
      items: heights
        .filter((height) => height > from! && !(height > to!))
        .map((height) => ({
          kind: 'events',
          events: decode(trades, tradesText(height)),
          height: height as Height,
          repaired: true,
        })),
      lost: 'none',
    }),
    { audits: (...terms: ConstructorParameters<typeof Audits>) => new Audits(...terms) },
  );

describe('where pulses stay away, and all else comes', () => {
  test('nothing is taken for missing', async () => {
    const setting = memoryDex({ staleAfter: 5000 });
    const items = take(setting);
    await settled();
    setting.network.last.say(...pulses(1, 12));
    for (const height of range(13, 18)) {
      setting.network.last.say(tradesText(height));
      await setting.clock.pass(1000);
    }
    expect(told(items)).toEqual(range(13, 18));
  });

  test('a gap that waits for one ends all the same, and nothing newer waits any longer', async () => {
    const setting = memoryDex({ staleAfter: 5000, repair: venue(3) });
    const items = take(setting);
    await settled();
    setting.network.last.say(...pulses(1, 2), 'no JSON');
    for (const height of range(4, 9)) {
      setting.network.last.say(tradesText(height));
      await setting.clock.pass(1000);
    }
    expect(told(items)).toEqual(['badFrame 1-undefined', 'repaired 3', 'none 1-undefined', ...range(4, 9)]);
  });

  test('a socket that takes the place of another ends it too', async () => {
    const setting = memoryDex({ repair: venue(3) });
    const items = take(setting);
    await settled();
    setting.network.last.say(...pulses(1, 2), 'no JSON');
    setting.network.last.drop();
    await setting.clock.pass(1000);
    setting.network.last.say(heightText(4), ...block(5));
    await settled();
    expect(told(items)).toEqual(['badFrame 1-undefined', 'repaired 3', 'none 1-4', 5]);
  });
});

test('blocks that begin anew on the same socket end a gap that waits for a later one', async () => {
  const setting = memoryDex({ repair: venue() });
  const items = take(setting);
  await settled();
  setting.network.last.say(...pulses(98, 100), ...block(1), 'no JSON', ...block(2), ...block(3));
  await settled();
  expect(told(items).slice(-2)).toEqual([2, 3]);
});

test('a stream that is still silent keeps its gap over blocks that are left out', async () => {
  const setting = memoryDex({ repair: venue(), staleAfter: 5000 });
  const items = take(setting, ticker);
  await settled();
  const { network, clock } = setting;
  network.answersFences = true;
  network.last.say(...pulses(1, 11), tickerText());
  for (const height of range(12, 18)) {
    await clock.pass(1000);
    network.last.say(heightText(height));
  }
  network.last.say(heightText(25), heightText(26));
  await settled();
  expect(told(items)).toEqual([undefined, 'silence 10-undefined']);
  network.last.say(tickerText());
  await settled();
  expect(told(items).slice(2)).toEqual(['none 10-26', undefined]);
});

test('what waits for a new socket is not found by a block behind a frame that could not be read', async () => {
  const setting = memoryDex({ repair: venue(12), auditEvery: 20_000 });
  const { network, clock } = setting;
  network.answersFences = true;
  const items = take(setting);
  await settled();
  const old = network.last;
  old.say(...pulses(1, 13));
  let height = 14;
  for (; network.dialled < 2; height++) {
    await clock.pass(1000);
    old.say(heightText(height));
  }
  old.say('no JSON', heightText(height), heightText(height + 1));
  await settled();
  expect(told(items)).toHaveLength(1);
  for (const socket of [network.last, old]) socket.say(heightText(height + 2));
  await settled();
  expect(told(items).at(-1)).toMatch(`-${height + 2}`);
});

test('heights that go up and down, as recordings have them, make nothing old on one socket', async () => {
  const setting = memoryDex();
  const items = take(setting);
  await settled();
  setting.network.last.say(tradesText(100), heightText(5), tradesText(3), tradesText(2), ...block(100), ...block(4));
  expect(told(items)).toEqual([100, 3, 2, 100, 4]);
});

describe('two sockets', () => {
  test('a frame that one could not read, and that was fetched, comes once though the other brings it later', async () => {
    const setting = memoryDex({ also: [OTHER], repair: venue(1, 2, 3, 4) });
    const items = take(setting);
    await settled();
    const [one, two] = setting.network.sockets;
    for (const height of [1, 2]) for (const socket of [one, two]) socket?.say(...block(height));
    one?.say('no JSON', heightText(3));
    await settled();
    two?.say(...block(3));
    for (const socket of [one, two]) socket?.say(...block(4));
    await settled();
    expect(told(items)).toEqual([1, 2, 'badFrame 1-undefined', 'repaired 3', 'none 1-3', 4]);
  });

  test('a block by the one says nothing of what the other has missed behind it', async () => {
    const setting = memoryDex({ also: [OTHER], repair: venue(1, 2, 3) });
    const items = take(setting);
    await settled();
    const [one, two] = setting.network.sockets;
    for (const socket of [one, two]) socket?.say(...block(1));
    one?.say(...block(2), 'no JSON');
    two?.say(...block(2));
    await settled();
    expect(told(items)).toEqual([1, 2, 'badFrame 1-undefined']);
    one?.say(heightText(3));
    two?.drop();
    one?.say(...block(4));
    await settled();
    expect(told(items)).toEqual([1, 2, 'badFrame 1-undefined', 'repaired 3', 'none 1-3', 4]);
  });

  test('blocks that the one leaves out and the other had brought are not missing', async () => {
    const setting = memoryDex({ also: [OTHER] });
    const items = take(setting);
    await settled();
    const [one, two] = setting.network.sockets;
    for (const socket of [one, two]) socket?.say(...block(1));
    for (const height of range(2, 40)) one?.say(...block(height));
    for (const height of range(2, 20)) two?.say(...block(height));
    one?.drop();
    two?.say(...block(21), ...block(25), ...pulses(26, 40), ...block(41));
    expect(told(items)).toEqual(range(1, 41));
  });

  test('where blocks begin anew on both, and the first to tell of it is lost, nothing comes twice', async () => {
    const setting = memoryDex({ also: [OTHER] });
    const { network, clock } = setting;
    const items = take(setting);
    await settled();
    for (const socket of network.live) socket.say(heightText(99), ...block(100));
    for (const socket of network.live) socket.drop();
    await clock.pass(1000);
    const [one, two] = network.live;
    one?.say(...block(1), ...block(2));
    one?.drop();
    two?.say(...block(1), ...block(2), ...block(3));
    expect(told(items).filter((each) => typeof each === 'number')).toEqual([100, 1, 2, 3]);
  });
});

describe('without a pulse', () => {
  test('a socket takes the place of another one as soon as both have brought the same, without a gap', async () => {
    const setting = memoryDex({ pulse: false });
    const { dex, network, clock } = setting;
    network.answersFences = true;
    const items = take(setting);
    await settled();
    const old = network.last;
    old.say(tradesText(1));
    const renewed = dex.renew();
    await settled();
    await clock.pass(1000);
    const next = network.last;
    expect(next.sent.at(-1)).toEqual({ method: 'fence' });
    old.say(tradesText(2), tradesText(3));
    next.say(tradesText(3), tradesText(4));
    await clock.pass(1000);
    await renewed;
    expect(network.live).toEqual([next]);
    next.say(tradesText(5));
    expect(told(items)).toEqual([1, 2, 3, 4, 5]);
    expect(await closed(setting)).toBe(0);
  });

  test('where they have not, what lies between is a gap', async () => {
    const setting = memoryDex({ ask: 'name' });
    const { dex, network, clock } = setting;
    const items = take(setting);
    await settled();
    network.last.say(tradesText(1));
    const renewed = dex.renew();
    await settled();
    const next = network.last;
    next.say(tradesText(4));
    await clock.pass(5000);
    await renewed;
    next.say(tradesText(5));
    expect(told(items)).toEqual([1, 'silence undefined-undefined', 'unknown undefined-undefined', 4, 5]);
  });

  test('one that waits and is silent gives way to yet another', async () => {
    const setting = memoryDex({ pulse: false, also: [OTHER], staleAfter: 3000 });
    const { dex, network, clock } = setting;
    network.answersFences = true;
    take(setting);
    await settled();
    const [one] = network.sockets;
    for (const height of range(1, 30)) {
      one?.say(tradesText(height));
      if (network.last !== one && network.dialled > 2) network.last.say(tradesText(height));
      await clock.pass(1000);
    }
    expect(network.dialled).toBeGreaterThan(2);
    expect(dex.plan[0]?.paths.map(({ isServing }) => isServing)).toEqual([true, true]);
  });
});

describe('a consumer', () => {
  test('that was closed in the turn of a gap is not told of it', async () => {
    const setting = memoryDex();
    const seen: string[] = [];
    const handles = ['first', 'second'].map((name) =>
      setting.dex.subscribe(trades, OF_SYMBOL, ({ kind }) => {
        seen.push(`${name} ${kind}`);
        for (const handle of handles) handle.close();
      }),
    );
    await settled();
    setting.network.last.drop();
    expect(seen).toEqual(['first gap']);
  });

  test('whose subscription ends with an error gets what was held back before that', async () => {
    const setting = memoryDex();
    const items: Item<{ price: Decimal }>[] = [];
    const ends: unknown[] = [];
    const symbols = [SYMBOL, 'AAA-111_BNB'];
    setting.dex.subscribe(trades, { symbols, onEnd: (error) => ends.push(error?.code) }, (item) => items.push(item));
    await settled();
    const { network, clock } = setting;
    network.last.say(...block(1));
    network.last.drop();
    await clock.pass(1000);
    const { last } = network;
    last.say(tradesText(3));
    for (let refusals = 0; refusals < 2; refusals++) {
      last.say(refusalText());
      await settled();
      last.say(refusalText('Invalid method', 'fence'));
      await settled();
    }
    expect(ends).toEqual(['COMMAND_REFUSED']);
    expect(told(items)).toEqual([1, 'disconnect 0-undefined', 3, 'unknown 0-undefined']);
  });

  test('that hangs while it is drained is let go of by the close', async () => {
    const setting = memoryDex();
    setting.dex.subscribe(trades, OF_SYMBOL, () => new Promise(() => {}));
    await settled();
    setting.network.last.say(tradesText(1));
    const draining = setting.dex.drain();
    await settled();
    expect(await closed(setting)).toBe(0);
    await draining;
  });
});

test('who closes the connection in the log of a dial opens no socket', async () => {
  const setting = memoryDex({
    log: ({ event }) => {
      if (event === 'dialing') void setting.dex.close();
    },
  });
  take(setting, marketDiff);
  await settled();
  expect(setting.network.dialled).toBe(0);
  expect(await closed(setting)).toBe(0);
});

test('a log and an end that promise and reject are reported', async () => {
  const reject = async (): Promise<never> => {
    throw new Error('a bug');
  };
  const setting = memoryDex({ log: (line) => (line.event === 'dialing' ? reject() : undefined) });
  setting.dex.subscribe(trades, { ...OF_SYMBOL, onEnd: reject }, () => {}).close();
  take(setting);
  await settled();
  expect(setting.errors.map(({ code }) => code)).toEqual(['CONSUMER_THREW', 'CONSUMER_THREW']);
  await closed(setting);
});
