import { type Decimal, decode, type Height, marketDepth, ticker, trades } from '@dexwire/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { closed, type MemoryDex, memoryDex } from '../../../tests/support/memoryDex.ts';
import { expectNoUnhandledRejection } from '../../../tests/support/rejections.ts';
import { depthText, heightText, SYMBOL, tickerText, tradesText } from '../../../tests/support/sampleFrames.ts';
import { block, pulses, take, told } from '../../../tests/support/toldItems.ts';
import { settled } from '../../../tests/support/virtualClock.ts';
import type { Item } from './item.ts';
import type { Mended, Missed } from './missed.ts';

afterEach(expectNoUnhandledRejection);

const OTHER = 'ws://other.test/api/ws';
/** So many blocks in a row, and a socket is known to bring each. */
const KNOWN = 11;

/** A client with two sockets, each of which is known to bring each block. */
const twins = async (): Promise<MemoryDex & { readonly items: Item<unknown>[] }> => {
  const setting = memoryDex({ also: [OTHER] });
  const items = take(setting);
  await settled();
  for (const text of pulses(1, KNOWN)) for (const socket of setting.network.sockets) socket.say(text);
  return { ...setting, items };
};

describe('blocks that a socket leaves out', () => {
  test('are a gap that comes before the frame that shows it, and ends with the block of that', async () => {
    const setting = memoryDex();
    const items = take(setting);
    const depths = take(setting, marketDepth());
    const tickers = take(setting, ticker);
    await settled();
    const { last } = setting.network;
    last.say(
      ...pulses(1, KNOWN),
      ...block(12),
      tickerText(),
      tradesText(15),
      depthText(15),
      heightText(15),
      ...block(16),
    );
    expect(told(items)).toEqual([12, 'skippedBlocks 11-undefined', 'unknown 11-15', 15, 16]);
    expect(told(depths)).toEqual(['skippedBlocks 11-undefined', 'none 11-15', 15]);
    expect(told(tickers)).toEqual([undefined, 'skippedBlocks 11-undefined', 'none 11-15']);
    expect(items[1]).toMatchObject({ streams: [`${SYMBOL}@trades`] });
    expect(await closed(setting)).toBe(0);
  });

  test('are seen at the pulse where no other frame comes', async () => {
    const setting = memoryDex();
    const items = take(setting);
    await settled();
    setting.network.last.say(...pulses(1, KNOWN), heightText(13), ...block(14));
    expect(told(items)).toEqual(['skippedBlocks 10-undefined', 'unknown 10-13', 14]);
  });

  test('are fetched, and come before the frame that shows them', async () => {
    const asked: Missed[] = [];
    const fetched = (height: number): Mended['items'][number] => ({
      kind: 'events',
      events: decode(trades, tradesText(height)).map((trade) => ({ ...trade, price: '1.00000000' as Decimal })),
      height: height as Height,
      repaired: true,
    });
    const repair = async (missed: Missed): Promise<Mended> => {
      asked.push(missed);
      return { items: [fetched(13), fetched(14)], lost: 'none' };
    };
    const setting = memoryDex({ repair });
    const items = take(setting);
    const reported = take(setting, trades, { gaps: 'report' });
    await settled();
    const { last } = setting.network;
    last.say(...pulses(1, KNOWN), ...block(12), tradesText(15));
    await settled();
    expect(asked).toEqual([]);
    last.say(heightText(15), ...block(16));
    await settled();
    expect(asked).toMatchObject([{ from: 11, to: 15 }]);
    const whole = [12, 'skippedBlocks 11-undefined', 'repaired 13', 'repaired 14', 15, 'none 11-15', 16];
    expect(told(items)).toEqual(whole);
    expect(told(reported)).toEqual([12, 'skippedBlocks 11-undefined', 'unknown 11-15', 15, 16]);
  });

  test('end a subscription that does not want to go on without them', async () => {
    const setting = memoryDex();
    const ends: unknown[] = [];
    take(setting, trades, { gaps: 'fail', onEnd: (error: unknown) => ends.push(error) });
    await settled();
    setting.network.last.say(...pulses(1, KNOWN), tradesText(14));
    expect(ends).toMatchObject([{ code: 'GAP', message: expect.stringContaining('skippedBlocks') }]);
  });

  test('tell nothing where blocks are left out by nature, or begin anew', async () => {
    const setting = memoryDex();
    const items = take(setting);
    await settled();
    const { last } = setting.network;
    last.say(...pulses(1, KNOWN - 1), ...block(20), ...pulses(21, 29), heightText(31), ...pulses(1, 5), ...block(9));
    expect(told(items)).toEqual([20, 9]);
  });

  test('tell nothing of a socket that has just been opened, nor of one that was asked for no pulse', async () => {
    const setting = memoryDex({ pulse: false });
    const items = take(setting);
    await settled();
    setting.network.last.say(...pulses(1, KNOWN), ...block(20));
    expect(told(items)).toEqual([20]);

    const other = memoryDex();
    const lost = take(other);
    await settled();
    other.network.last.say(...pulses(1, KNOWN));
    other.network.last.drop();
    await other.clock.pass(1000);
    other.network.last.say(heightText(15), ...block(18));
    expect(told(lost)).toEqual(['disconnect 10-undefined', 'unknown 10-15', 18]);
  });

  test('are brought by a twin of the socket that leaves them out, which joins it anew', async () => {
    const { network, dex, items } = await twins();
    const [one, two] = network.sockets;
    one?.say(...block(15));
    expect(dex.plan[0]?.paths.map(({ isServing }) => isServing)).toEqual([false, true]);
    two?.say(...block(12), ...block(13), ...block(14), ...block(15));
    expect(dex.plan[0]?.paths.map(({ isServing }) => isServing)).toEqual([true, true]);
    one?.say(...block(16));
    two?.say(...block(16));
    expect(told(items)).toEqual([12, 13, 14, 15, 16]);
  });

  test('are a gap where its twin is lost before it has brought them', async () => {
    const { network, items } = await twins();
    const [one, two] = network.sockets;
    one?.say(...block(15));
    two?.say(...block(12));
    two?.drop();
    one?.say(...block(16));
    expect(told(items)).toEqual([12, 'disconnect 11-undefined', 'unknown 11-15', 15, 16]);
  });

  test('are a gap that reaches as far as either twin where both leave some out', async () => {
    const setting = memoryDex({ also: [OTHER], repair: async () => ({ items: [], lost: 'none' }) });
    const items = take(setting);
    await settled();
    const [one, two] = setting.network.sockets;
    for (const text of pulses(1, KNOWN)) for (const socket of [one, two]) socket?.say(text);
    one?.say(heightText(15), ...block(16));
    two?.say(...block(17));
    await settled();
    expect(told(items)).toEqual(['skippedBlocks 10-undefined', 'none 10-17', 17]);
  });

  test('are told of a socket that waited with them to take the place of another one', async () => {
    const setting = memoryDex();
    const items = take(setting);
    await settled();
    const { network, dex } = setting;
    const old = network.last;
    old.say(...block(1));
    const renewed = dex.renew();
    await settled();
    network.last.say(...pulses(3, 2 + KNOWN), ...block(17), ...block(18));
    expect(told(items)).toEqual([1]);
    old.say(...block(2), ...block(3));
    await renewed;
    expect(told(items)).toEqual([1, 2, 3, 'skippedBlocks 12-undefined', 'unknown 12-17', 17, 18]);
  });
});
