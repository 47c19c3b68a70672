/** The README's first program: the trades of one symbol, exact, from a node in the same process. */
import { startNode } from '@dexwire/node';
import { connect, trades } from 'dexwire';

const node = await startNode({ port: 0 });
const dex = connect(node.ws);
for await (const item of dex.subscribe(trades, { symbols: ['BNB_BTCB-1DE'] })) {
  if (item.kind !== 'events') continue; // gap and gapClosed: what may have been missed
  for (const trade of item.events) console.log(trade.price, trade.quantity, trade.time); // text, text, bigint
  break;
}
await dex.close();
await node.close();
