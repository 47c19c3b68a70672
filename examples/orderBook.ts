/** A book that is kept for you: each read says whether it can be relied on, and how deep. The node is one of its own. */
import { startNode } from '@dexwire/node';
import { connect, orderBook } from 'dexwire';

const node = await startNode({ port: 0 });
const dex = connect({ ws: node.ws, rest: node.rest });
const book = await orderBook(dex, 'BNB_BTCB-1DE');

const { state, certain, height, bids, asks } = book.depth(3);
console.log(state, 'at block', height, 'certain to', certain.bids, 'bids and', certain.asks, 'asks');
for (const [price, quantity] of bids) console.log('bid', price, quantity);
for (const [price, quantity] of asks) console.log('ask', price, quantity);

const { filled, cost, average, isCertain } = book.costToFill('buy', '5');
console.log(filled, 'would cost', cost, 'at', average, isCertain ? 'for certain' : 'as far as is known');
console.log('mid', book.mid().mid, 'imbalance', book.imbalance(10).imbalance);

let diffs = 0;
for await (const change of book.changes()) {
  if (change.kind === 'state') console.log(change.state, change.cause?.message ?? '');
  if (change.kind === 'levels' && ++diffs === 3) break;
}
console.log(book.status.state, 'after', diffs, 'diffs');
await book.close();
await dex.close();
await node.close();
