/** A bot and its test: a DEX of the test's own, in which blocks come when the test says so, and nothing waits for a clock. */
import { startTestDex } from '@dexwire/node/testing';
import { parseMessage } from '@dexwire/protocol/transactions';
import { compareDecimal, connect, type Decimal, type Dex, orders, parseDecimal, trades } from 'dexwire';

const SYMBOL = 'ETH-1C9_BNB';

/** The bot: when somebody sells below a limit, it bids for as much at that price. */
const startBot = (dex: Dex, limit: Decimal, bid: (price: Decimal, quantity: Decimal) => void): void => {
  dex.subscribe(trades, { symbols: [SYMBOL] }, (item) => {
    if (item.kind !== 'events') return;
    for (const { price, quantity } of item.events) if (compareDecimal(price, limit) < 0) bid(price, quantity);
  });
};

await using market = await startTestDex(connect);
const { node, dex } = market;
const [seller, buyer] = node.accounts;
const [owner] = node.idleAccounts;
if (!seller || !buyer || !owner) throw new Error('the default genesis has these accounts');

/** Without a signature: in its own process a node takes a message from whoever holds it. */
const order = (sender: string, side: 'buy' | 'sell', price: string, quantity: string): void => {
  const message = { type: 'newOrder', sender, symbol: SYMBOL, side, price, quantity };
  const result = node.submit(parseMessage(message));
  if (!result.ok) throw new Error(result.message);
};

startBot(dex, parseDecimal('6.5'), (price, quantity) => order(owner.address, 'buy', price, quantity));
const reports = dex.subscribe(orders, { address: owner.address });
await dex.ready();
await market.advance(); // by then the node has read what was asked for

order(seller.address, 'sell', '6.4', '3');
order(buyer.address, 'buy', '6.4', '3');
await market.advance(); // the two meet, and the bot hears of it
await market.advance(); // its bid is in a block

for await (const item of reports) {
  if (item.kind !== 'events') continue;
  for (const { side, quantity, price, status } of item.events) console.log(side, quantity, 'at', price, status);
  break;
}
