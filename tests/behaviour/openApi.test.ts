import assert from 'node:assert/strict';
import { startNode } from '@dexwire/node';
import { test } from 'vitest';
import { DescribedReplies, type OpenApiDocument } from '../support/describedReplies.ts';

test('a running node answers every path of its document as described, with the figures of a market under way', async () => {
  const node = await startNode({ port: 0, time: 'stepped', warmUp: 60, entry: true });
  const { origin } = new URL(node.rest);
  const document = (await (await fetch(`${node.rest}/openapi.json`)).json()) as OpenApiDocument;
  assert.deepEqual(document.servers, [{ url: origin }]);
  const replies = new DescribedReplies(document);
  const [idle] = node.idleAccounts;
  const [symbol] = node.symbols;
  const address = node.accounts[0]!.address;
  const [latest] = node.state.openOrders.of(node.state.accounts.get(address)!);
  const parameters: Readonly<Record<string, string>> = {
    symbol: symbol!,
    address,
    interval: '1m',
    startTime: String(node.control.now() - 600_000),
    endTime: String(node.control.now()),
    total: '1',
  };
  const part: Readonly<Record<string, string>> = { id: latest!.id, address, hash: latest!.txHash };
  for (const [path, { get }] of Object.entries(document.paths)) {
    if (get === undefined) continue;
    const place = path.replace(/\{(\w+)\}/g, (_, name) => part[name]!);
    const names = (get.parameters ?? [])
      .map(({ name }) => name)
      .filter((name) => name in parameters && !path.includes('{'));
    const query = new URLSearchParams(names.map((name) => [name, parameters[name]!]));
    await replies.check('get', path, await fetch(`${origin}${place}?${query}`));
    assert.ok(replies.met.has(`get ${path} 200`), path);
  }
  const post = async (path: string, body: object): Promise<void> => {
    const init = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    await replies.check('post', path, await fetch(`${origin}${path}`, init));
    assert.ok(replies.met.has(`post ${path} 200`), path);
  };
  await post('/faucet', { address: idle!.address });
  await post('/entry/transactions', {
    type: 'send',
    from: idle!.address,
    to: [{ address, coins: [{ asset: 'BNB', amount: '1.5' }] }],
  });
  await node.close();
});

test('doors that are shut are not in the document', async () => {
  const node = await startNode({ port: 0, time: 'stepped', traders: false, faucet: false });
  const { paths } = (await (await fetch(`${node.rest}/openapi.json`)).json()) as OpenApiDocument;
  for (const path of ['/entry/transactions', '/faucet']) {
    assert.ok(!(path in paths));
    assert.equal((await fetch(new URL(path, node.rest), { method: 'POST' })).status, 404);
  }
  await node.close();
});
