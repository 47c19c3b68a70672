import assert from 'node:assert/strict';
import { startNode } from '@dexwire/node';
import { blockheight, connect, type DexError, ticker, trades } from 'dexwire';
import { test } from 'vitest';

test('a symbol that is not listed ends the wait with the words of the gateway, and nothing else', async () => {
  const node = await startNode({ port: 0 });
  const dex = connect(node.ws);
  await dex.once(blockheight);
  await assert.rejects(dex.once(trades, { symbols: ['NO-SUCH_PAIR'] }), {
    code: 'COMMAND_REFUSED',
    message: /Invalid symbol\(s\)/,
  });
  assert.ok((await dex.once(blockheight)).height > 0);
  await dex.close();
  await node.close();
});

test('nobody at the address is told after the time for connecting, with the cause', async () => {
  const gone = await startNode({ port: 0 });
  await gone.close();
  const dex = connect(gone.ws, { connectTimeout: 50, backoff: { first: 5, factor: 1, most: 5 } });
  await assert.rejects(dex.once(blockheight), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'CONNECT_FAILED');
    assert.match(String((error.cause as Error).message), /ECONNREFUSED/);
    return true;
  });
  await dex.close();
});

test('one bad symbol among good ones, asked for in one breath, silences none of them', async () => {
  const node = await startNode({ port: 0 });
  const told: DexError[] = [];
  const dex = connect(node.ws, { onError: (error) => told.push(error), backoff: { first: 10, factor: 1, most: 10 } });
  const refused = assert.rejects(dex.once(ticker, { symbols: ['NO-SUCH_PAIR'] }), { code: 'COMMAND_REFUSED' });
  const all = await Promise.all(node.symbols.map((symbol) => dex.once(ticker, { symbols: [symbol] })));
  assert.deepEqual(
    all.map(({ symbol }) => symbol),
    node.symbols,
  );
  await refused;
  assert.deepEqual(told, []);
  await dex.close();
  await node.close();
});
