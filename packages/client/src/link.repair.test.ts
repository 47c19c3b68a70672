import { type Decimal, decode, type Height, orders, ticker, trades } from '@dexwire/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { closed, type MemoryDex, memoryDex } from '../../../tests/support/memoryDex.ts';
import { expectNoUnhandledRejection } from '../../../tests/support/rejections.ts';
import {
  ADDRESS,
  heightText,
  ordersText,
  refusalText,
  SYMBOL,
  tickerText,
  tradesText,
} from '../../../tests/support/sampleFrames.ts';
import { settled } from '../../../tests/support/virtualClock.ts';
import type { Item } from './item.ts';
import type { Mended, Missed, Repair } from './missed.ts';
import { Audits } from './repair/audits.ts';
import { repairOverRest } from './repair/repairOverRest.ts';

afterEach(expectNoUnhandledRejection);

const OF_SYMBOL = { symbols: [SYMBOL] };

/** The trades of a block as a repair brings them. */
const traded = (height: number, symbol = SYMBOL): Mended['items'][number] => ({
  kind: 'events',
  events: decode(trades, tradesText(height, symbol)).map((trade, place) => ({
    ...trade,
    tradeId: `${height}-${place}`,
  })),
  height: height as Height,
  repaired: true,
});
/** The same by a socket. */
const tradedText = (height: number, symbol = SYMBOL): string => {
  let place = 0;
  return tradesText(height, symbol).replaceAll(/"t":"[^"]+"/g, () => `"t":"${height}-${place++}"`);
};

interface Asked {
  readonly missed: Missed;
  readonly signal: AbortSignal;
  answer(mended: Mended): void;
  fail(cause: Error): void;
}

/** A repair whose answers are the test's. */
const repairs = (): { readonly asked: Asked[]; readonly repair: Repair } => {
  const asked: Asked[] = [];
  const repair: Repair = (missed, { signal }) =>
    missed.stream === ticker
      ? undefined
      : new Promise((answer, fail) => {
          signal.addEventListener('abort', () => fail(signal.reason), { once: true });
          asked.push({ missed, signal, answer, fail });
        });
  const audits: Repair['audits'] = (...terms) => new Audits(...terms);
  return {
    asked,
    repair: Object.assign(repair, { audits }),
  };
};

const told = (items: readonly Item<unknown>[]): unknown[] =>
  items.map((item) => {
    if (item.kind === 'events') return item.repaired ? `repaired ${item.height}` : item.height;
    return item.kind === 'gap' ? item.cause : `closed ${item.repaired} ${item.lost}`;
  });
const take = ({ dex }: MemoryDex, more: object = {}): Item<unknown>[] => {
  const items: Item<unknown>[] = [];
  dex.subscribe(trades, { ...OF_SYMBOL, ...more }, (item) => items.push(item));
  return items;
};
const COUNT = traded(1).events.length;

const lost = async ({ network, clock }: MemoryDex, height: number): Promise<void> => {
  network.last.drop();
  await clock.pass(1000);
  network.last.say(heightText(height));
};

describe('what was missed', () => {
  test('is asked for once it is known from where to where, and comes before everything newer', async () => {
    const { asked, repair } = repairs();
    const setting = memoryDex({ repair });
    const { network } = setting;
    const items = take(setting);
    await settled();
    network.last.say(heightText(4), tradedText(5));
    await lost(setting, 9);
    network.last.say(tradedText(10));
    expect(told(items)).toEqual([5, 'disconnect']);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.missed).toEqual({
      stream: trades,
      subject: SYMBOL,
      from: 4,
      to: 9,
      ago: expect.any(Number),
      waited: 0,
    });
    // The block that was seen last is among it, for it may have been cut.
    asked[0]?.answer({ items: [traded(5), traded(7), traded(9)], lost: 'none' });
    await settled();
    expect(told(items)).toEqual([5, 'disconnect', 'repaired 7', 'repaired 9', `closed ${2 * COUNT} none`, 10]);
    expect(items.at(-2)).toMatchObject({ from: 4, to: 9 });
    expect(await closed(setting)).toBe(0);
  });

  test('and has come by the new socket as well comes once, in its place', async () => {
    const { asked, repair } = repairs();
    const setting = memoryDex({ repair });
    const { network, clock } = setting;
    const items = take(setting);
    await settled();
    network.last.say(heightText(4));
    network.last.drop();
    await clock.pass(1000);
    network.last.say(tradedText(8), heightText(8), tradedText(9));
    asked[0]?.answer({ items: [traded(6), traded(8)], lost: 'none' });
    await settled();
    expect(told(items)).toEqual(['disconnect', 'repaired 6', 8, `closed ${COUNT} none`, 9]);
  });

  test('is asked for anew, as a whole, when the socket is lost again meanwhile', async () => {
    const { asked, repair } = repairs();
    const setting = memoryDex({ repair });
    const { network } = setting;
    const items = take(setting);
    await settled();
    network.last.say(heightText(5));
    await lost(setting, 9);
    network.last.say(tradedText(11));
    await lost(setting, 15);
    expect(asked.map(({ missed: { from, to }, signal }) => [from, to, signal.aborted])).toEqual([
      [4, 9, true],
      [4, 15, false],
    ]);
    asked[0]?.answer({ items: [traded(7)], lost: 'none' });
    await settled();
    expect(told(items)).toEqual(['disconnect']);
    network.last.say(tradedText(16));
    asked[1]?.answer({ items: [traded(7), traded(11), traded(13)], lost: 'none' });
    await settled();
    expect(told(items)).toEqual(['disconnect', 'repaired 7', 11, 'repaired 13', `closed ${2 * COUNT} none`, 16]);
  });

  test('comes around what a socket brought between two losses, each in its place', async () => {
    const { asked, repair } = repairs();
    const setting = memoryDex({ repair });
    const items = take(setting);
    await settled();
    setting.network.last.say(heightText(4));
    await lost(setting, 9);
    setting.network.last.say(tradedText(10));
    await lost(setting, 13);
    setting.network.last.say(tradedText(14));
    asked[1]?.answer({ items: [traded(6), traded(12)], lost: 'none' });
    await settled();
    const closing = `closed ${2 * COUNT} none`;
    expect(told(items)).toEqual(['disconnect', 'repaired 6', 10, 'repaired 12', closing, 14]);
  });

  test('is still missing when the socket falls silent meanwhile, and speaks again', async () => {
    const { asked, repair } = repairs();
    const setting = memoryDex({ repair, staleAfter: 5000 });
    const { network, clock } = setting;
    const items = take(setting);
    await settled();
    network.last.say(heightText(4));
    await lost(setting, 9);
    const { last } = network;
    network.answer = 'hang';
    await clock.pass(6000);
    last.say(heightText(20));
    expect(told(items)).toEqual(['disconnect']);
    expect(asked.map(({ missed: { from, to } }) => [from, to])).toEqual([
      [3, 9],
      [3, 9],
    ]);
    asked[1]?.answer({ items: [traded(7)], lost: 'none' });
    await settled();
    expect(told(items)).toEqual(['disconnect', 'repaired 7', `closed ${COUNT} none`]);
    expect(await closed(setting)).toBe(0);
  });

  test('of one symbol goes on being fetched when another one is lost as well: in a wider gap', async () => {
    const { asked, repair } = repairs();
    const other = 'B_X';
    const setting = memoryDex({ repair, streamsPerSocket: { commands: 2, combined: 2 } });
    const items: Item<unknown>[] = [];
    setting.dex.subscribe(trades, { symbols: [SYMBOL, other] }, (item) => items.push(item));
    await settled();
    const [one, two] = setting.network.sockets;
    one?.say(heightText(4));
    two?.say(heightText(6));
    one?.drop();
    await setting.clock.pass(1000);
    setting.network.last.say(heightText(9), tradedText(10));
    two?.drop();
    await setting.clock.pass(1000);
    setting.network.last.say(heightText(12));
    asked[0]?.answer({ items: [traded(8)], lost: 'none' });
    asked[1]?.answer({ items: [traded(11, other)], lost: 'none' });
    await settled();
    const closing = `closed ${2 * COUNT} none`;
    const wider = ['disconnect', 'repaired 8', 10, 'repaired 11', closing];
    expect(told(items)).toEqual(['disconnect', 'closed 0 unknown', ...wider]);
    expect(items[2]).toMatchObject({ from: 3, streams: [`${SYMBOL}@trades`, `${other}@trades`] });
    expect(await closed(setting)).toBe(0);
  });

  test('before somebody subscribed is not told to him, though it is fetched for another', async () => {
    const { asked, repair } = repairs();
    const setting = memoryDex({ repair, auditEvery: 10_000 });
    const first = take(setting);
    await settled();
    setting.network.last.say(heightText(5));
    for (let height = 6; height <= 12; height++) {
      setting.network.last.say(heightText(height));
      await setting.clock.pass(1000);
    }
    const later = take(setting);
    for (let height = 13; height <= 24; height++) {
      for (const socket of setting.network.live) socket.say(heightText(height));
      await setting.clock.pass(1000);
      asked[0]?.answer({ items: [traded(9)], lost: 'none' });
    }
    asked[1]?.answer({ items: [traded(9), traded(14)], lost: 'none' });
    await settled();
    expect(told(first)).toEqual(['silence', 'repaired 9', 'repaired 14', `closed ${2 * COUNT} none`]);
    expect(told(later)).toEqual(['silence', 'repaired 14', `closed ${COUNT} none`]);
    expect([first[0], later[0]]).toMatchObject([{ from: 5 }, { from: 12 }]);
  });

  test('and had come to somebody who subscribed meanwhile does not come to him again', async () => {
    const { asked, repair } = repairs();
    const setting = memoryDex({ repair });
    const first = take(setting);
    await settled();
    setting.network.last.say(heightText(5));
    await lost(setting, 8);
    const later = take(setting);
    setting.network.last.say(tradedText(9), heightText(9));
    await lost(setting, 12);
    expect(asked.map(({ missed: { from, to } }) => [from, to])).toEqual([
      [4, 8],
      [4, 12],
    ]);
    asked[1]?.answer({ items: [traded(7), traded(9), traded(11)], lost: 'none' });
    await settled();
    expect(told(first)).toEqual(['disconnect', 'repaired 7', 9, 'repaired 11', `closed ${2 * COUNT} none`]);
    expect(told(later)).toEqual([9, 'disconnect', 'repaired 11', `closed ${COUNT} none`]);
  });

  test('in a frame that could not be read waits for the next block, though its socket falls silent and speaks', async () => {
    const { asked, repair } = repairs();
    const setting = memoryDex({ repair, staleAfter: 5000 });
    const { network, clock } = setting;
    const items = take(setting);
    await settled();
    const { last } = network;
    last.say(heightText(5), tradedText(6).replace('"e":"trade"', '"e":5'));
    network.answer = 'hang';
    await clock.pass(6000);
    last.say(tradedText(7));
    expect(asked).toEqual([]);
    last.say(heightText(7));
    expect(asked[0]?.missed).toMatchObject({ from: 4, to: 7 });
    asked[0]?.answer({ items: [traded(6), traded(7)], lost: 'none' });
    await settled();
    expect(told(items)).toEqual(['badFrame', 'repaired 6', 7, `closed ${COUNT} none`]);
  });

  test('leaves the order within a block to the socket, which brings all of it', async () => {
    const { asked, repair } = repairs();
    const setting = memoryDex({ repair });
    const items: Item<{ tradeId: string }>[] = [];
    setting.dex.subscribe(trades, OF_SYMBOL, (item) => items.push(item));
    await settled();
    setting.network.last.say(heightText(4));
    setting.network.last.drop();
    await setting.clock.pass(1000);
    const first = tradedText(9).replaceAll('9-0', '9-first');
    setting.network.last.say(first, tradedText(9), heightText(9));
    asked[0]?.answer({ items: [traded(7), traded(9)], lost: 'unknown' });
    await settled();
    const ids = items.flatMap((item) => (item.kind === 'events' ? item.events.map(({ tradeId }) => tradeId) : []));
    expect(ids).toEqual(['7-0', '9-first', '9-0']);
  });

  test('of several symbols is one gap, closed when all of it is known, in the order of blocks', async () => {
    const { asked, repair } = repairs();
    const setting = memoryDex({ repair });
    const items = take(setting, { symbols: ['A_X', 'B_X'] });
    await settled();
    setting.network.last.say(heightText(5));
    await lost(setting, 9);
    asked[0]?.answer({ items: [traded(6, 'A_X'), traded(9, 'A_X')], lost: 'none' });
    await settled();
    expect(told(items)).toEqual(['disconnect']);
    asked[1]?.answer({ items: [traded(7, 'B_X')], lost: 'some' });
    await settled();
    expect(told(items)).toEqual(['disconnect', 'repaired 6', 'repaired 7', 'repaired 9', `closed ${3 * COUNT} some`]);
  });

  test('is fetched once for all who want it, and for nobody else', async () => {
    const { asked, repair } = repairs();
    const setting = memoryDex({ repair });
    const [one, two] = [take(setting), take(setting)];
    const third = take(setting, { gaps: 'report' });
    await settled();
    setting.network.last.say(heightText(5));
    await lost(setting, 9);
    expect(told(third)).toEqual(['disconnect', 'closed 0 unknown']);
    asked[0]?.answer({ items: [traded(7)], lost: 'none' });
    await settled();
    expect(asked).toHaveLength(1);
    for (const items of [one, two]) expect(told(items)).toEqual(['disconnect', 'repaired 7', `closed ${COUNT} none`]);
  });

  test('of a stream that newer events replace is not fetched', async () => {
    const { asked, repair } = repairs();
    const setting = memoryDex({ repair });
    const items: Item<unknown>[] = [];
    setting.dex.subscribe(ticker, OF_SYMBOL, (item) => items.push(item));
    await settled();
    setting.network.last.say(heightText(5));
    await lost(setting, 9);
    setting.network.last.say(tickerText());
    expect(asked).toEqual([]);
    expect(told(items)).toEqual(['disconnect', 'closed 0 none', undefined]);
  });

  test('is not waited for by who leaves, and the request ends', async () => {
    const { asked, repair } = repairs();
    const setting = memoryDex({ repair });
    const handle = setting.dex.subscribe(trades, OF_SYMBOL, () => {});
    setting.dex.subscribe(ticker, OF_SYMBOL, () => {});
    await settled();
    setting.network.last.say(heightText(5));
    await lost(setting, 9);
    handle.close();
    await settled();
    expect(asked[0]?.signal.aborted).toBe(true);
    expect(await closed(setting)).toBe(0);
  });

  test('that a repair cannot bring, as one that throws, is unknown, and told once', async () => {
    const { asked, repair } = repairs();
    const setting = memoryDex({ repair });
    const items = take(setting);
    await settled();
    setting.network.last.say(heightText(5));
    await lost(setting, 9);
    asked[0]?.fail(new Error('a bug'));
    await settled();
    expect(told(items)).toEqual(['disconnect', 'closed 0 unknown']);
    expect(setting.errors).toMatchObject([{ code: 'CONSUMER_THREW', cause: { message: 'a bug' } }]);
  });

  test('in a frame that could not be read is fetched as well, at the next block', async () => {
    const { asked, repair } = repairs();
    const setting = memoryDex({ repair });
    const { network } = setting;
    const items = take(setting);
    await settled();
    network.last.say(heightText(5), tradedText(6).replace('"e":"trade"', '"e":5'), tradedText(7), heightText(7));
    expect(asked[0]?.missed).toMatchObject({ from: 4, to: 7 });
    asked[0]?.answer({ items: [traded(6), traded(7)], lost: 'none' });
    await settled();
    expect(told(items)).toEqual(['badFrame', 'repaired 6', 7, `closed ${COUNT} none`]);
    expect(setting.errors).toMatchObject([{ code: 'FRAME_BAD_FIELD' }]);
  });

  test('waits for a slow consumer, more of it than its queue is long', async () => {
    const { asked, repair } = repairs();
    const setting = memoryDex({ repair });
    const subscription = setting.dex.subscribe(trades, { ...OF_SYMBOL, queue: { limit: 2 } });
    await settled();
    setting.network.last.say(heightText(5));
    await lost(setting, 9);
    asked[0]?.answer({ items: [6, 7, 8, 9].map((height) => traded(height)), lost: 'none' });
    await settled();
    const items: Item<unknown>[] = [];
    for await (const item of subscription) {
      items.push(item);
      if (item.kind === 'gapClosed') break;
    }
    expect(told(items)).toEqual([
      'disconnect',
      'repaired 6',
      'repaired 7',
      'repaired 8',
      'repaired 9',
      `closed ${4 * COUNT} none`,
    ]);
  });

  test('of orders comes as what they are now, unless that is known', async () => {
    const { asked, repair } = repairs();
    const setting = memoryDex({ repair });
    const { network } = setting;
    const items: Item<unknown>[] = [];
    setting.dex.subscribe(orders, { address: ADDRESS }, (item) => items.push(item));
    await settled();
    network.last.say(ordersText(5), heightText(6));
    await lost(setting, 9);
    const known = decode(orders, ordersText(5));
    const changed = { ...known[0]!, status: 'FullyFill' as const, cumulativeFilledQuantity: '9.00000000' as Decimal };
    asked[0]?.answer({
      items: [{ kind: 'events', events: [...known, changed], height: 9 as Height, repaired: true, current: true }],
      lost: 'none',
    });
    await settled();
    expect(items.slice(2)).toEqual([
      { kind: 'events', events: [changed], height: 9, repaired: true, current: true },
      { kind: 'gapClosed', id: 1, from: 5, to: 9, repaired: 1, lost: 'none' },
    ]);
  });
});

describe('a gap', () => {
  test('ends a subscription that does not want to go on without what was missed', async () => {
    const setting = memoryDex();
    const subscription = setting.dex.subscribe(trades, { ...OF_SYMBOL, gaps: 'fail' });
    await settled();
    setting.network.last.say(tradedText(5));
    setting.network.last.drop();
    const items: Item<unknown>[] = [];
    const reading = (async () => {
      for await (const item of subscription) items.push(item);
    })();
    await expect(reading).rejects.toMatchObject({ name: 'GapError', code: 'GAP' });
    expect(told(items)).toEqual([5]);
  });
});

describe('an audit', () => {
  const running = async (): Promise<MemoryDex & ReturnType<typeof repairs> & { readonly items: Item<unknown>[] }> => {
    const made = repairs();
    const setting = memoryDex({ repair: made.repair, auditEvery: 10_000 });
    const items = take(setting);
    await settled();
    setting.network.last.say(heightText(5));
    return { ...setting, ...made, items };
  };
  /** A block each second. */
  const live = async ({ network, clock }: MemoryDex, from: number, to: number): Promise<void> => {
    for (let height = from; height <= to; height++) {
      for (const socket of network.live) socket.say(heightText(height));
      await clock.pass(1000);
    }
  };

  test('that finds what came is content, and the next one begins where it ended', async () => {
    const setting = await running();
    setting.network.last.say(tradedText(6));
    await live(setting, 7, 18);
    expect(setting.asked[0]?.missed).toMatchObject({ from: 5, to: 15 });
    setting.asked[0]?.answer({ items: [traded(6)], lost: 'none' });
    await live(setting, 19, 30);
    expect(told(setting.items)).toEqual([6]);
    expect(setting.asked[1]?.missed).toMatchObject({ from: 15 });
    expect(setting.network.dialled).toBe(1);
    expect(await closed(setting)).toBe(0);
  });

  test('that finds what never came tells of a gap, renews the socket, and has it fetched', async () => {
    const setting = await running();
    const { asked, items, network } = setting;
    await live(setting, 6, 17);
    asked[0]?.answer({ items: [traded(9)], lost: 'none' });
    await live(setting, 18, 22);
    expect(told(items)).toEqual(['silence']);
    expect(network.dialled).toBe(2);
    await live(setting, 23, 25);
    expect(asked[1]?.missed).toMatchObject({ from: 5 });
    network.last.say(tradedText(26));
    asked[1]?.answer({ items: [traded(9), traded(20)], lost: 'none' });
    await settled();
    expect(told(items)).toEqual(['silence', 'repaired 9', 'repaired 20', `closed ${2 * COUNT} none`, 26]);
    expect(await closed(setting)).toBe(0);
  });

  test('that is ahead of the socket waits for it', async () => {
    const setting = await running();
    await live(setting, 6, 17);
    setting.asked[0]?.answer({ items: [traded(9)], lost: 'none' });
    await settled();
    setting.network.last.say(tradedText(9));
    await live(setting, 18, 24);
    expect(told(setting.items)).toEqual([9]);
    expect(setting.network.dialled).toBe(1);
  });

  test('that gets no answer finds nothing, and asks for the same again', async () => {
    const setting = await running();
    await live(setting, 6, 17);
    setting.asked[0]?.answer({ items: [], lost: 'unknown' });
    await live(setting, 18, 40);
    expect(setting.asked[1]?.missed).toMatchObject({ from: 5 });
    expect(told(setting.items)).toEqual([]);
  });

  test('still compares what came before a gap, by itself, and first of all', async () => {
    const setting = await running();
    const { asked, items, network } = setting;
    await live(setting, 6, 8);
    await lost(setting, 11);
    asked[0]?.answer({ items: [], lost: 'unknown' });
    await live(setting, 12, 22);
    expect(asked[1]?.missed).toMatchObject({ from: 5, to: 7 });
    asked[1]?.answer({ items: [traded(6)], lost: 'none' });
    await live(setting, 23, 28);
    expect(told(items)).toEqual(['disconnect', 'closed 0 unknown', 'silence']);
    expect(network.dialled).toBe(3);
    expect(asked[2]?.missed).toMatchObject({ from: 5 });
    asked[2]?.answer({ items: [traded(6)], lost: 'none' });
    await settled();
    expect(told(items).slice(3)).toEqual(['repaired 6', `closed ${COUNT} none`]);
  });

  test('of such blocks is given up after some attempts, and that of later ones goes on', async () => {
    const setting = await running();
    const { asked } = setting;
    await live(setting, 6, 8);
    await lost(setting, 11);
    for (let height = 12; height < 112; height += 5) {
      asked.at(-1)?.answer({ items: [], lost: 'unknown' });
      await live(setting, height, height + 4);
    }
    const before = asked.slice(1).filter(({ missed: { to } }) => to === 7);
    expect(before).toHaveLength(5);
    expect(asked.at(-1)?.missed).toMatchObject({ from: 11 });
  });

  test('of orders takes down at first what they are, for their states do not say in which block they came about', async () => {
    const { asked, repair } = repairs();
    const setting = memoryDex({ repair, auditEvery: 10_000 });
    const items: Item<unknown>[] = [];
    setting.dex.subscribe(orders, { address: ADDRESS }, (item) => items.push(item));
    await settled();
    setting.network.last.say(heightText(5));
    const [report] = decode(orders, ordersText(5));
    const state = (orderId: string): Mended['items'][number] => ({
      kind: 'events',
      events: [{ ...report!, orderId }],
      height: 9 as Height,
      repaired: true,
      current: true,
    });
    await live(setting, 6, 8);
    expect(asked).toHaveLength(1);
    asked[0]?.answer({ items: [state('OLD-1')], lost: 'none' });
    await live(setting, 9, 19);
    asked[1]?.answer({ items: [state('OLD-1')], lost: 'none' });
    await live(setting, 20, 30);
    expect(told(items)).toEqual([]);
    asked[2]?.answer({ items: [state('OLD-1'), state('NEW-1')], lost: 'none' });
    await live(setting, 31, 36);
    expect(told(items)).toEqual(['silence']);
  });

  test('of what was asked for late begins with the first block behind the fence', async () => {
    const { asked, repair } = repairs();
    const setting = memoryDex({ repair, auditEvery: 10_000 });
    const { dex, network } = setting;
    await dex.ready();
    network.last.say(heightText(5));
    take(setting);
    await settled();
    expect(network.last.sent.at(-1)).toEqual({ method: 'fence' });
    network.last.say(heightText(6), refusalText('Invalid method', 'fence'), heightText(7));
    await live(setting, 8, 20);
    expect(asked[0]?.missed).toMatchObject({ from: 7 });
  });
});

test('a link that is lost again and again, and a venue that answers nothing, keep newer events no longer than a repair may take', async () => {
  const setting = memoryDex({ repair: repairOverRest({ fetch: () => Promise.reject(new TypeError('fetch failed')) }) });
  const { network, clock } = setting;
  const items = take(setting);
  await settled();
  let height = 0;
  let longest = 0;
  let heldSince: number | undefined;
  for (let times = 0; times < 30; times++) {
    for (let second = 0; second < 19; second++) {
      await clock.pass(1000);
      height++;
      const before = items.length;
      network.last.say(heightText(height), tradedText(height));
      if (items.length > before) heldSince = undefined;
      else heldSince ??= clock.now();
      longest = Math.max(longest, clock.now() - (heldSince ?? clock.now()));
    }
    network.last.drop();
    await clock.pass(1000);
  }
  expect(longest).toBeLessThanOrEqual(31_000);
  expect(await closed(setting)).toBe(0);
});

test('a repair that throws at once is reported, and what is lost is unknown', async () => {
  const setting = memoryDex({
    repair: () => {
      throw new Error('a bug');
    },
  });
  const items = take(setting);
  await settled();
  setting.network.last.say(heightText(4), tradedText(4));
  await lost(setting, 9);
  await settled();
  expect(told(items)).toEqual([4, 'disconnect', 'closed 0 unknown']);
  expect(setting.errors).toMatchObject([{ code: 'CONSUMER_THREW', cause: { message: 'a bug' } }]);
  expect(await closed(setting)).toBe(0);
});
