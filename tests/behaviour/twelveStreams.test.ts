import assert from 'node:assert/strict';
import { type Node, startNode } from '@dexwire/node';
import {
  type Ask,
  accounts,
  allMiniTickers,
  allTickers,
  blockheight,
  connect,
  type DexError,
  kline,
  marketDepth,
  marketDiff,
  miniTicker,
  orders,
  ticker,
  trades,
  transfers,
} from 'dexwire';
import { afterAll, beforeAll, test } from 'vitest';

let node: Node;
beforeAll(async () => {
  node = await startNode({ port: 0 });
});
afterAll(() => node.close());

test.concurrent.each<Ask>(['commands', 'name', 'combined'])(
  'all twelve streams arrive, asked for by %s',
  async (ask) => {
    const errors: DexError[] = [];
    const dex = connect(node.ws, { ask, onError: (error) => errors.push(error) });
    try {
      const symbols = [node.symbols[0]!];
      const { address } = node.accounts[0]!;
      const came = await Promise.all([
        ...[trades, marketDiff, marketDepth(), kline('1d'), ticker, miniTicker].map((stream) =>
          dex.once(stream, { symbols }),
        ),
        ...[orders, accounts, transfers].map((stream) => dex.once(stream, { address })),
        ...[allTickers, allMiniTickers, blockheight].map((stream) => dex.once(stream)),
      ]);
      assert.equal(came.length, 12);
      for (const data of came) assert.notEqual(data, undefined);
      assert.equal(dex.stats.unreadable, 0);
      assert.deepEqual(errors, []);
    } finally {
      await dex.close();
    }
  },
);

test.concurrent('every symbol that the gateway lists has all market streams', async () => {
  const dex = connect(node.ws);
  try {
    await Promise.all(
      node.symbols.flatMap((symbol) =>
        [trades, marketDiff, marketDepth(), marketDepth(100), marketDepth(500), kline('1M'), ticker, miniTicker].map(
          (stream) => dex.once(stream, { symbols: [symbol] }),
        ),
      ),
    );
  } finally {
    await dex.close();
  }
});

test.concurrent('1,000 levels come over a connection with compression, which the client opens for them', async () => {
  const dex = connect(node.ws);
  try {
    const { bids, asks } = await dex.once(marketDepth(1000), { symbols: [node.symbols[0]!] });
    assert.ok(bids.length + asks.length > 0);
  } finally {
    await dex.close();
  }
});
