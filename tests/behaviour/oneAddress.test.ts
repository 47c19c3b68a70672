import assert from 'node:assert/strict';
import { startNode } from '@dexwire/node';
import { accounts, connect, orders } from 'dexwire';
import { test } from 'vitest';
import { RawClient } from '../support/rawClient.ts';

test('two addresses are served side by side, each on a socket of its own', async () => {
  const node = await startNode({ port: 0 });
  const dex = connect(node.ws);
  const [one, other] = node.accounts;
  assert.ok(one && other);
  const [balances, others] = await Promise.all([
    dex.once(accounts, { address: one.address }),
    dex.once(accounts, { address: other.address }),
  ]);
  assert.notDeepEqual(balances.balances, others.balances);
  await dex.close();
  await node.close();
});

test('on one socket a second address drops the first, as the venue does', async () => {
  const node = await startNode({ port: 0 });
  const [one, other] = node.accounts;
  assert.ok(one && other);
  const client = await RawClient.open(node.ws);
  client.send(`{"method":"subscribe","topic":"accounts","address":"${one.address}"}`);
  client.send(`{"method":"subscribe","topic":"accounts","address":"${other.address}"}`);
  const dex = connect(node.ws);
  const [mine, theirs] = await Promise.all([
    dex.once(accounts, { address: other.address }),
    dex.once(orders, { address: one.address }),
    client.has(2),
  ]);
  assert.ok(theirs.length > 0);
  for (const text of client.texts) assert.match(text, new RegExp(`"a":"${mine.balances[0]!.asset}"`));
  await dex.close();
  await node.close();
});
