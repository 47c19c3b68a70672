import assert from 'node:assert/strict';
import { startNode } from '@dexwire/node';
import { accounts, connect } from 'dexwire';
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
  const node = await startNode({ port: 0, time: 'stepped' });
  const [busy] = node.accounts;
  const [idle] = node.idleAccounts;
  assert.ok(busy && idle);
  const subscribe = (client: RawClient, address: string): void =>
    client.send({ method: 'subscribe', topic: 'accounts', address });
  const [first, second] = [await RawClient.open(node.ws), await RawClient.open(node.ws)];
  subscribe(first, busy.address);
  subscribe(second, busy.address);
  await node.advance(20);
  assert.ok((await first.take()).length > 0);
  assert.ok((await second.take()).length > 0);
  subscribe(second, idle.address);
  await second.sync();
  await node.advance(20);
  assert.ok((await first.take()).length > 0);
  assert.deepEqual(await second.take(), []);
  await Promise.all([first.end(), second.end()]);
  await node.close();
});
