/** A market maker: quotes on both sides of the middle of the book, moved every few blocks, and prints what they fill. */
import { startNode } from '@dexwire/node';
import {
  addDecimal,
  blockheight,
  connect,
  type Decimal,
  marketDepth,
  multiplyDecimal,
  orders,
  parseDecimal,
} from 'dexwire';
import { WalletError, wallet } from 'dexwire/wallet';

const symbol = 'BNB_BUSD-BD1';
const times = (price: Decimal, factor: string) => multiplyDecimal(price, parseDecimal(factor));

const node = await startNode({ port: 0, blockTime: 100 }); // with its traders; dave is left to us
const dex = connect({ ws: node.ws, rest: node.rest });
const trader = wallet(dex, node.idleAccounts[0]?.privateKey ?? '');

const cancel = async (orderId: string): Promise<void> => {
  try {
    await trader.cancelOrder({ symbol, orderId });
  } catch (error) {
    // The chain's code for an order that is not there: it was filled meanwhile.
    if (!(error instanceof WalletError && error.chainCode === 393_621)) throw error;
  }
};
const cancelAll = async (): Promise<void> => {
  const open = await trader.openOrders({ symbol });
  await Promise.all(open.map(({ orderId }) => cancel(orderId)));
};
const quote = async (): Promise<void> => {
  const { bids, asks } = await dex.once(marketDepth(), { symbols: [symbol] });
  const [high, low] = [bids[0]?.[0], asks[0]?.[0]];
  if (!high || !low) return;
  const middle = times(addDecimal(high, low), '0.5');
  const [bid, ask] = await Promise.all([
    trader.placeOrder({ symbol, side: 'buy', price: times(middle, '0.9998'), quantity: '5', round: true }),
    trader.placeOrder({ symbol, side: 'sell', price: times(middle, '1.0002'), quantity: '5', round: true }),
  ]);
  console.log('block', bid.height, 'quotes', bid.reports[0]?.price, ask.reports[0]?.price);
};

dex.subscribe(orders, { address: await trader.address() }, (item) => {
  for (const { side, lastExecutedQuantity, lastExecutedPrice, tradeId } of item.kind === 'events' ? item.events : [])
    if (tradeId !== '') console.log('  filled', side, lastExecutedQuantity, 'at', lastExecutedPrice);
});
for (let round = 0; round < 5; round += 1) {
  await cancelAll();
  await quote();
  for (let block = 0; block < 5; block += 1) await dex.once(blockheight);
}
await cancelAll();
for (const { asset, free } of await trader.balances()) if (symbol.split('_').includes(asset)) console.log(asset, free);
await trader.close();
await dex.close();
await node.close();
