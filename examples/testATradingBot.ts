/** A bot that trades, and its test: its wallet signs, posts and hears of its orders, and blocks come when the test says so. */
import assert from 'node:assert/strict';
import { startTestDex } from '@dexwire/node/testing';
import { connect, type Dex, multiplyDecimal, parseDecimal, trades } from 'dexwire';
import { type Wallet, type WalletError, wallet } from 'dexwire/wallet';

const symbol = 'ETH-1C9_BNB';
/** A bid that was filled cannot be canceled any more, by the chain's own code, and need not be. */
const unlessFilled = (error: WalletError): void => {
  if (error.chainCode !== 393_621) throw error;
};

/** The bot: keeps one bid, a hundredth below the latest trade. */
const startBot = (dex: Dex, trader: Wallet): void => {
  let orderId: string | undefined;
  dex.subscribe(trades, { symbols: [symbol] }, async (item) => {
    const last = item.kind === 'events' ? item.events.at(-1) : undefined;
    if (!last) return;
    const price = multiplyDecimal(last.price, parseDecimal('0.99'));
    const [, placed] = await Promise.all([
      orderId && trader.cancelOrder({ symbol, orderId }).catch(unlessFilled), // goes out first
      trader.placeOrder({ symbol, side: 'buy', price, quantity: '1', round: true }),
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
/** A seller meets a buyer, or the bot, at a price; a block later the bot has its bid. */
const trade = async (price: string, quantity: string, counterpart?: Wallet): Promise<void> => {
  const [{ reports }] = await Promise.all([
    seller.placeOrder({ symbol, side: 'sell', price, quantity }),
    counterpart?.placeOrder({ symbol, side: 'buy', price, quantity }),
    block(),
  ]);
  assert.equal(reports.at(-1)?.status, 'FullyFill');
  await block();
};
const bids = async (): Promise<string[]> => (await bot.openOrders({ symbol })).map(({ price }) => price);

startBot(dex, bot);
await Promise.all([bot, seller, buyer].map((trader) => trader.ready()));
await market.advance(); // by then the node has read what was asked for

await trade('6.6', '3', buyer);
assert.deepEqual(await bids(), ['6.53400000']);
await trade('6.7', '3', buyer);
assert.deepEqual(await bids(), ['6.63300000']); // the old bid is gone
await trade('6.633', '1'); // somebody sells to the bot: there is nothing left to cancel
assert.deepEqual(await bids(), ['6.56667000']);
console.log('the bid follows the trades, one at a time:', await bids());
await Promise.all([bot, seller, buyer].map((trader) => trader.close()));
