/** A bot that trades, and its test: its wallet signs, posts and hears of its orders, and blocks come when the test says so. */
import assert from 'node:assert/strict';
import { startTestDex } from '@dexwire/node/testing';
import { connect, type Dex, multiplyDecimal, parseDecimal, trades } from 'dexwire';
import { type Wallet, wallet } from 'dexwire/wallet';

const symbol = 'ETH-1C9_BNB';

/** The bot: keeps one bid, a hundredth below the latest trade. */
const startBot = (dex: Dex, trader: Wallet): void => {
  let orderId: string | undefined;
  dex.subscribe(trades, { symbols: [symbol] }, async (item) => {
    const last = item.kind === 'events' ? item.events.at(-1) : undefined;
    if (!last) return;
    const price = multiplyDecimal(last.price, parseDecimal('0.99'));
    const [placed] = await Promise.all([
      trader.placeOrder({ symbol, side: 'buy', price, quantity: '1', round: true }),
      orderId && trader.cancelOrder({ symbol, orderId }),
    ]);
    orderId = placed.orderId;
  });
};

await using market = await startTestDex(connect);
const { node, dex } = market;
const [bot, seller, buyer] = [...node.idleAccounts, ...node.accounts].map(({ privateKey }) => wallet(dex, privateKey));
if (!bot || !seller || !buyer) throw new Error('the default genesis has these accounts');

/** A block, with all that was called for. */
const block = async (): Promise<void> => {
  await Promise.all([bot, seller, buyer].map((trader) => trader.sent()));
  await market.advance();
};
/** Two people meet at a price; a block later the bot has its bid. */
const trade = async (price: string): Promise<void> => {
  const both = [
    seller.placeOrder({ symbol, side: 'sell', price, quantity: '3' }),
    buyer.placeOrder({ symbol, side: 'buy', price, quantity: '3' }),
  ];
  await block();
  const [sold] = await Promise.all(both);
  assert.deepEqual(
    sold?.reports.map(({ status }) => status),
    ['Ack', 'FullyFill'],
  );
  await block();
};
const bids = async (): Promise<string[]> => (await bot.openOrders({ symbol })).map(({ price }) => price);

startBot(dex, bot);
await Promise.all([bot, seller, buyer].map((trader) => trader.ready()));
await market.advance(); // by then the node has read what was asked for

await trade('6.6');
assert.deepEqual(await bids(), ['6.53400000']);
await trade('6.7');
assert.deepEqual(await bids(), ['6.63300000']); // the old bid is gone
console.log('the bid follows the trades, one at a time:', await bids());
await Promise.all([bot, seller, buyer].map((trader) => trader.close()));
