import assert from 'node:assert/strict';
import { type BookDepth, type Decimal, encode, marketDepth, parseDecimal } from '@dexwire/protocol';
import { afterEach, beforeEach, test } from 'vitest';
import { Collected } from '../../../../tests/support/handFed.ts';
import { closed, type MemoryDex, memoryDex } from '../../../../tests/support/memoryDex.ts';
import { heightText } from '../../../../tests/support/sampleFrames.ts';
import { settled } from '../../../../tests/support/virtualClock.ts';
import { type TopOfBook, topOfBook } from './topOfBook.ts';

const SYMBOL = 'BNB_BTCB-1DE';

let memory: MemoryDex;
beforeEach(() => {
  memory = memoryDex();
});
afterEach(async () => {
  assert.equal(await closed(memory), 0);
});

const levelsOf = (prices: readonly string[]): [Decimal, Decimal][] =>
  prices.map((level) => level.split(' ').map((text) => parseDecimal(text)) as [Decimal, Decimal]);
const depth = (lastUpdateId: number, bids: readonly string[], asks: readonly string[]): string => {
  const frame: BookDepth = { symbol: SYMBOL, lastUpdateId, bids: levelsOf(bids), asks: levelsOf(asks) };
  return encode(marketDepth(), frame);
};

const told = ({ state, bid, ask, spread, mid, height }: TopOfBook): string =>
  `${state} ${bid} ${ask} ${spread} ${mid} ${height}`;

/** Under way, with a socket. */
const following = async (signal?: AbortSignal) => {
  const own = topOfBook(memory.dex, SYMBOL, signal && { signal });
  const all = new Collected(own);
  await settled();
  const say = async (...frames: string[]): Promise<void> => {
    memory.network.last.say(...frames);
    await settled();
  };
  return { own, all, say, tops: () => all.items.map(told) };
};

const FIRST = depth(5, ['1.00000000 2.00000000', '0.90000000 1.00000000'], ['1.00000001 3.00000000']);
const TOLD = '1.00000000,2.00000000 1.00000001,3.00000000 0.00000001 1.000000005';

test('a top comes first as it is, then at each change of price or quantity, with spread and middle exact', async () => {
  const { say, tops } = await following();
  assert.deepEqual(tops(), []);
  await say(FIRST);
  await say(depth(6, ['1.00000000 2.00000000'], ['1.00000001 3.00000000', '9.00000000 1.00000000']));
  await say(depth(7, ['1.00000000 2.50000000'], ['1.00000001 3.00000000']));
  assert.deepEqual(tops(), [
    `live ${TOLD} 5`,
    'live 1.00000000,2.50000000 1.00000001,3.00000000 0.00000001 1.000000005 7',
  ]);
});

test('an empty side has no level, and then there is neither spread nor middle', async () => {
  const { say, tops } = await following();
  await say(depth(5, [], ['2.00000000 1.00000000']));
  await say(depth(6, [], []));
  assert.deepEqual(tops(), [
    'live undefined 2.00000000,1.00000000 undefined undefined 5',
    'live undefined undefined undefined undefined 6',
  ]);
});

test('from a gap to the next frame it is stale, and that frame is told though it says the same', async () => {
  const { say, tops, all } = await following();
  await say(FIRST);
  memory.network.last.drop();
  await settled();
  await memory.clock.pass(5_000);
  await say(heightText(5));
  assert.deepEqual(tops(), [`live ${TOLD} 5`, `stale ${TOLD} 5`], 'asked again, and nothing has come yet');
  assert.equal(all.items[1]?.cause, 'disconnect');
  await say(FIRST);
  assert.deepEqual(tops().slice(2), [`live ${TOLD} 5`]);
  assert.equal(all.items[2]?.cause, undefined);
});

test('who reads slowly gets the latest top, never an old one', async () => {
  const iterator = topOfBook(memory.dex, SYMBOL)[Symbol.asyncIterator]();
  const first = iterator.next();
  await settled();
  memory.network.last.say(FIRST);
  assert.equal((await first).value?.height, 5);
  for (let height = 6; height < 2_000; height++)
    memory.network.last.say(depth(height, [`1.00000000 ${height}.00000000`], []));
  assert.equal((await iterator.next()).value?.height, 1_999);
  const waiting = iterator.next();
  await iterator.return?.();
  assert.deepEqual(await waiting, { done: true, value: undefined });
});

test('a frame that gave way behind a gap leaves no old top looking live', async () => {
  const iterator = topOfBook(memory.dex, SYMBOL)[Symbol.asyncIterator]();
  const first = iterator.next();
  await settled();
  memory.network.last.say(FIRST);
  await first;
  const second = iterator.next();
  memory.network.last.drop();
  assert.equal((await second).value?.state, 'stale');
  await memory.clock.pass(5_000);
  memory.network.last.say(heightText(5));
  for (const height of [6, 7, 8, 9]) memory.network.last.say(depth(height, [`1.00000000 ${height}.00000000`], []));
  const { value } = await iterator.next();
  assert.deepEqual([value?.state, value?.height], ['live', 9]);
  await iterator.return?.();
});

test('an abort rejects whoever waits; the end of the connection ends it', async () => {
  const own = new AbortController();
  const aborted = await following(own.signal);
  const ended = await following();
  const reason = new Error('enough');
  own.abort(reason);
  await settled();
  assert.deepEqual([aborted.all.isOver, aborted.all.error], [true, reason]);
  await memory.dex.close();
  await settled();
  assert.deepEqual([ended.all.isOver, ended.all.error], [true, undefined]);
});

test('what ends the subscription ends it in the same error', async () => {
  memory.network.answer = 'refuse';
  const { all } = await following();
  await memory.clock.pass(60_000);
  assert.equal((all.error as { code: string }).code, 'CONNECT_FAILED');
});
