/** Programs that were written for the DEX work on: its own SDK trades on our node, and our streams beside it tell what came of it. */
import { startNode } from '@dexwire/node';
import { connect, orders, trades } from 'dexwire';
// A program of yours has it from '@binance-chain/javascript-sdk'; here it is installed apart, for its dependencies are old.
import { BncClient } from '../tests/sdk/officialSdk.ts';

const SYMBOL = 'ETH-1C9_BNB';

const node = await startNode({ port: 0, traders: false });
const [dave, erin] = node.idleAccounts;
if (!dave || !erin) throw new Error('the default genesis has idle accounts');

const signIn = async (privateKey: string) => {
  const sdk = new BncClient(new URL(node.rest).origin);
  sdk.chooseNetwork('testnet');
  await sdk.initChain();
  return sdk.setPrivateKey(privateKey);
};

const dex = connect(node.ws);
const traded = dex.once(trades, { symbols: [SYMBOL] });
dex.subscribe(orders, { address: dave.address }, (item) => {
  if (item.kind !== 'events') return;
  for (const { side, quantity, price, status } of item.events)
    console.log('dave:', side, quantity, 'at', price, status);
});
await dex.ready();

const [sell, buy] = [2, 1] as const;
const { result } = await (await signIn(dave.privateKey)).placeOrder(dave.address, SYMBOL, sell, 6.5, 3);
console.log('in a block:', result[0].hash);
await (await signIn(erin.privateKey)).placeOrder(erin.address, SYMBOL, buy, 6.6, 1);
for (const { quantity, price } of await traded) console.log('traded:', quantity, 'at', price);

await dex.close();
await node.close();
