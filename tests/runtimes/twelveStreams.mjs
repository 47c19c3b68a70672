// What a user's program does, with the packed packages, in whatever runtime runs it: all twelve streams, once each.
// In: nothing. Out: one line of JSON, what came by topic; int64 as text with an `n` behind it.
import { startNode } from '@dexwire/node';
import * as dexwire from 'dexwire';

const { accounts, allMiniTickers, allTickers, blockheight, connect, kline, marketDepth, marketDiff } = dexwire;
const { miniTicker, orders, ticker, trades, transfers } = dexwire;

const node = await startNode({ port: 0 });
const dex = connect(node.ws);
try {
  const symbols = [node.symbols[0]];
  const { address } = node.accounts[0];
  const came = await Promise.all([
    ...[trades, marketDiff, marketDepth(), kline('1h'), ticker, miniTicker].map(async (stream) => [
      stream.topic,
      await dex.once(stream, { symbols }),
    ]),
    ...[orders, accounts, transfers].map(async (stream) => [stream.topic, await dex.once(stream, { address })]),
    ...[allTickers, allMiniTickers, blockheight].map(async (stream) => [stream.topic, await dex.once(stream)]),
  ]);
  const text = JSON.stringify(Object.fromEntries(came), (_key, value) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
  console.log(text);
} finally {
  await dex.close();
  await node.close();
}
