// What a user's program does, with the packed packages, in whatever runtime runs it: it trades, over TLS.
// In: nothing. Out: one line of JSON, what became of an order and of its cancel.
import { startNode } from '@dexwire/node';
import { connect } from 'dexwire';
import { wallet } from 'dexwire/wallet';

const node = await startNode({ port: 0, blockTime: 50, traders: false, tls: 'self-made' });
const dex = connect(node.ws, { ca: node.ca });
const trader = wallet(dex, node.idleAccounts[0].privateKey);
try {
  const order = { symbol: 'BNB_BUSD-BD1', side: 'buy', price: '250.123456789', quantity: '2', round: true };
  const placed = await trader.placeOrder(order);
  const open = await trader.openOrders();
  const { orderId } = placed;
  const canceled = await trader.cancelOrder({ symbol: order.symbol, orderId });
  const statuses = [placed, canceled].flatMap(({ reports }) => reports.map(({ status }) => status));
  console.log(JSON.stringify({ statuses, isOpen: open.some((one) => one.orderId === orderId) }));
} finally {
  await trader.close();
  await dex.close();
  await node.close();
}
