import assert from 'node:assert/strict';
import { startNode } from '@dexwire/node';
import { blockheight, connect, type Item, ticker } from 'dexwire';
import { test } from 'vitest';

test('a gateway that goes and comes back is seen as one gap, and every stream flows again', async () => {
  const first = await startNode({ port: 0 });
  const dex = connect(first.ws, { backoff: { first: 10, factor: 2, most: 50 } });
  const heights = dex.subscribe(blockheight);
  const tickers = dex.subscribe(ticker, { symbols: [first.symbols[0]!] });
  const next = async <Event>(subscription: AsyncIterator<Item<Event>, undefined>): Promise<Item<Event>> => {
    const { value } = await subscription.next();
    assert.ok(value);
    return value;
  };
  const [height, quote] = [heights[Symbol.asyncIterator](), tickers[Symbol.asyncIterator]()];
  assert.equal((await next(height)).kind, 'events');
  assert.equal((await next(quote)).kind, 'events');

  await first.close();
  let last = 0;
  let lost = await next(height);
  while (lost.kind === 'events') {
    last = lost.events.at(-1)!.height;
    lost = await next(height);
  }
  assert.ok(lost.kind === 'gap');
  assert.equal(lost.cause, 'disconnect');
  assert.deepEqual(lost.streams, ['$all@blockheight']);
  assert.ok(lost.from! >= last - 1);

  const second = await startNode({ port: first.port });
  const found = await next(height);
  assert.ok(found.kind === 'gapClosed');
  assert.deepEqual([found.id, found.lost, found.repaired], [lost.id, 'none', 0]);
  const after = await next(height);
  assert.ok(after.kind === 'events');
  assert.ok(after.events[0]!.height > last, 'heights go on rising across a restart');

  let item = await next(quote);
  const kinds = [item.kind];
  while (item.kind !== 'gapClosed') {
    item = await next(quote);
    kinds.push(item.kind);
  }
  assert.equal(kinds.filter((kind) => kind === 'gap').length, 1);
  assert.equal((await next(quote)).kind, 'events');
  await dex.close();
  await second.close();
});
