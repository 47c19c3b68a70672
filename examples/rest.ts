/** Nothing but HTTP, as a program in any language has it: an order goes in as JSON, and REST tells what became of it. */
import { startNode } from '@dexwire/node';

const node = await startNode({ port: 0, entry: true });
const [dave] = node.idleAccounts;
if (!dave) throw new Error('the default genesis has idle accounts');

const answer = await fetch(new URL('/entry/transactions', node.rest), {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  // A third under its price nobody sells, so the order waits.
  body: JSON.stringify({
    type: 'newOrder',
    sender: dave.address,
    symbol: 'BNB_BUSD-BD1',
    side: 'buy',
    price: '200',
    quantity: '1.5',
  }),
});
console.log(answer.status, await answer.json());

const get = async (path: string) => (await fetch(`${node.rest}${path}`)).json();
for (const { orderId, quantity, price, status } of (await get(`/orders/open?address=${dave.address}`)).order)
  console.log(orderId, quantity, 'at', price, status);
for (const { symbol, free, locked } of (await get(`/account/${dave.address}`)).balances)
  if (symbol === 'BUSD-BD1') console.log(symbol, free, 'free,', locked, 'locked');
await node.close();
