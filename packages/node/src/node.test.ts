import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { afterEach, test } from 'vitest';
import { RawClient } from '../../../tests/support/rawClient.ts';
import { hexOf, Signer } from '../../../tests/support/signer.ts';
import { type DevKey, devKeys } from './chain/devKeys.ts';
import { type Node, type NodeOptions, startNode } from './node.ts';
import { VERSION } from './version.ts';
import { VirtualClock } from './virtualClock.ts';

const NOON = Date.UTC(2026, 0, 1, 12);
const open: Node[] = [];

const start = async (options: NodeOptions = {}): Promise<Node> => {
  const node = await startNode({ port: 0, ...options });
  open.push(node);
  return node;
};

afterEach(async () => {
  await Promise.all(open.splice(0).map((node) => node.close()));
});

const get = async (url: string): Promise<{ status: number; body: Record<string, unknown> }> => {
  const answer = await fetch(url);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

const baseOf = (node: Node): string => new URL(node.rest).origin;

test('the market is under way when a node lets clients in, and goes on by the clock', async () => {
  const clock = new VirtualClock(NOON);
  const node = await start({ clock });
  const { height } = node.state;
  const [symbol] = node.symbols;
  const { body } = await get(`${node.rest}/depth?symbol=${symbol}`);
  assert.equal(body.height, height - 1);
  assert.ok((body.bids as unknown[]).length > 10);
  const client = await RawClient.open(`${node.ws}/$all@blockheight`);
  clock.advance(800);
  await client.has(2);
  assert.deepEqual(
    client.texts,
    [0, 1].map((more) => `{"stream":"blockheight","data":{"h":${height + more}}}`),
  );
  await client.end();
});

test('a node that starts a second later is above the height of the first', async () => {
  const first = await start({ clock: new VirtualClock(NOON) });
  const second = await start({ clock: new VirtualClock(NOON + 1_000) });
  assert.ok(second.state.height > first.state.height);
});

test('stepped time stands still, begins where it is told to, and moves by blocks or to a time', async () => {
  const node = await start({ time: 'stepped', from: NOON, traders: false });
  assert.deepEqual([node.state.height, node.control.now()], [1, NOON]);
  await node.advance(3);
  assert.deepEqual([node.state.height, node.control.now()], [4, NOON + 1_200]);
  await node.at(NOON + 86_400_000);
  assert.equal(node.state.breatheHeights.size, 1, 'the next day began');
  await assert.rejects(node.at(NOON), { code: 'TIME_FALLS' });
});

test('time that goes by itself is not stepped, until it is paused', async () => {
  const clock = new VirtualClock(NOON);
  const node = await start({ clock, traders: false });
  await assert.rejects(node.advance(), { code: 'TIME_RUNS' });
  await assert.rejects(node.control.advance(), { code: 'CONTROL_TIME_NOT_STEPPED' });
  node.control.pause();
  const { height } = node.state;
  clock.advance(4_000);
  assert.equal(node.state.height, height);
  await node.control.advance(2);
  assert.equal(node.state.height, height + 2);
  node.control.run();
  clock.advance(4_000);
  assert.ok(node.state.height >= height + 10);
});

test('what acts for anybody is shut unless it is asked for', async () => {
  const shut = await start({ time: 'stepped' });
  const opened = await start({ time: 'stepped', entry: true, control: true });
  for (const path of ['/entry/transactions', '/control/sessions']) {
    assert.equal((await get(baseOf(shut) + path)).status, 404, path);
    assert.notEqual((await get(baseOf(opened) + path)).status, 404, path);
  }
  assert.deepEqual((await get(`${baseOf(opened)}/control/sessions`)).body, { sessions: [] });
});

test('accounts for development come with their keys: those the traders act for, and those left alone', async () => {
  const node = await start({ time: 'stepped' });
  const known = devKeys();
  for (const account of [...node.accounts, ...node.idleAccounts]) {
    assert.deepEqual(
      account,
      known.find(({ name }) => name === account.name),
    );
    assert.ok(node.state.accounts.get(account.address));
  }
  await node.advance(100);
  for (const { address } of node.accounts) assert.notEqual(node.state.accounts.get(address)?.sequence, 0);
  for (const { address } of node.idleAccounts) assert.equal(node.state.accounts.get(address)?.sequence, 0);
});

test('a scenario is played from the first block on, and tells what did not go as expected', async () => {
  const from = '@alice';
  const to = [{ address: '@bob', coins: [{ asset: 'BNB', amount: '1' }] }];
  const lines = [
    { at: 1, message: { type: 'send', from, to } },
    { at: 1, message: { type: 'burn', from, symbol: 'NONE-000', amount: '1' }, expect: { code: 0 } },
  ];
  const scenario = lines.map((line) => JSON.stringify(line)).join('\n');
  const node = await start({ time: 'stepped', traders: false, scenario });
  await node.advance(2);
  assert.equal(node.scenario?.outcomes.length, 2);
  assert.deepEqual(
    node.scenario?.mismatches.map(({ line }) => line),
    [2],
  );
});

test('options that cannot be are refused with their name, and nothing is left open', async () => {
  for (const options of [{ blockTime: 0 }, { blockTime: 1.5 }, { seed: -1 }, { warmUp: Number.NaN }])
    await assert.rejects(startNode({ port: 0, ...options }), {
      code: 'OPTIONS_INVALID',
      message: new RegExp(Object.keys(options)[0]!),
    });
  await assert.rejects(startNode({ port: 0, genesis: {} }), { code: 'GENESIS_INVALID' });
  await assert.rejects(startNode({ port: 0, scenario: 'x' }), { code: 'SCENARIO_INVALID' });
});

test('a node tells the version of its package', async () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  assert.equal(VERSION, manifest.version);
  const node = await start({ time: 'stepped' });
  const { body } = await get(`${node.rest}/node-info`);
  assert.match(JSON.stringify(body), new RegExp(`"version":"${VERSION}"`));
});

test('a body whose length is not told beforehand is taken at each door', async () => {
  const node = await start({ time: 'stepped', traders: false, entry: true });
  const [dave] = node.idleAccounts as [DevKey];
  const account = node.state.accounts.get(dave.address)!;
  const signer = new Signer('dave', node.state.chainId);
  const inputs = [{ address: dave.address, coins: [{ asset: 'BNB', amount: 1n }] }];
  const bytes = signer.bytes({ type: 'send', inputs, outputs: inputs }, { accountNumber: account.number });
  const post = async (path: string, type: string, body: string): Promise<number | undefined> => {
    const request = http.request(`${baseOf(node)}${path}`, { method: 'POST', headers: { 'content-type': type } });
    request.write(body.slice(0, 10));
    request.end(body.slice(10));
    const [response] = await once(request, 'response');
    response.resume();
    return response.statusCode;
  };
  const cancel = { type: 'cancelOrder', sender: dave.address, symbol: 'BNB_BTCB-1DE', refId: `${account.hex}-9` };
  assert.equal(await post('/api/v1/broadcast', 'text/plain', hexOf(bytes)), 200);
  assert.equal(await post('/faucet', 'application/json', JSON.stringify({ address: dave.address })), 200);
  assert.equal(await post('/entry/transactions', 'application/json', JSON.stringify(cancel)), 400, 'no such order');
});

test('a host that is none is refused at the start', async () => {
  for (const host of ['dex:80', '', 'http://dex'])
    await assert.rejects(startNode({ port: 0, hosts: ['dex', host] }), { name: 'NodeError', code: 'OPTIONS_INVALID' });
});
