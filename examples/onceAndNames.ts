/** One-off calls, and streams asked for by name: the same types either way, checked when compiled. */
import { startNode } from '@dexwire/node';
import { blockheight, connect, subscribeName } from 'dexwire';

const node = await startNode({ port: 0 });
const dex = connect(node.ws);

const { height } = await dex.once(blockheight);
console.log('block', height);

for await (const item of subscribeName(dex, 'BNB_BTCB-1DE@kline_1h')) {
  if (item.kind !== 'events') continue;
  for (const { kline } of item.events) console.log(kline.interval, kline.open, kline.close);
  break;
}
await dex.close();
await node.close();
