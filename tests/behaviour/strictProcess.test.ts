import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text as textOf } from 'node:stream/consumers';
import { test } from 'vitest';

/**
 * A program that handles no error but those it is told of through `onError`, on a gateway that does its worst: what no promise
 * of the program carries must not end its process.
 */
const CARELESS = `
import { startNode } from ${JSON.stringify(import.meta.resolve('../../packages/node/dist/index.js'))};
import { blockheight, connect, orderBook, orders, repairOverRest, ticker, trades } from ${JSON.stringify(import.meta.resolve('../../packages/client/dist/index.js'))};
const codes = new Set();
const node = await startNode({ port: 0, traders: 2, blockTime: 20 });
const [symbol] = node.symbols;
const dex = connect(node.ws, {
  backoff: { first: 1, factor: 1, most: 1 },
  repair: repairOverRest(),
  onError: ({ code }) => codes.add(code),
});
let closed = 0;
let onClosed = () => {};
dex.subscribe(blockheight, {}, ({ kind }) => {
  if (kind === 'gapClosed') {
    closed += 1;
    onClosed();
  }
});
dex.subscribe(ticker, { symbols: [symbol] }, () => { throw new Error('of the program'); });
dex.subscribe(trades, { symbols: [symbol] }, () => Promise.reject(new Error('of the program')));
dex.subscribe(orders, { address: node.accounts[0].address }, () => new Promise(() => {}));
for await (const { kind } of dex.subscribe(trades, { symbols: [symbol] })) if (kind === 'events') break;
const book = await orderBook(dex, symbol);
for (const fault of [
  () => node.control.drop(),
  () => node.control.reset(),
  () => node.control.drop({}, 1000),
  () => node.control.restart(),
]) {
  const before = closed;
  const back = new Promise((resolve) => { onClosed = () => closed > before && resolve(); });
  await fault();
  await back;
}
await dex.once(ticker, { symbols: [symbol] });
node.control.admit({ mode: 'reset' });
node.control.reset();
const end = new AbortController();
const given = dex.once(blockheight, { signal: end.signal }).catch(({ name }) => codes.add(name));
end.abort();
await given;
book.close();
await Promise.all([dex.close(), dex.close(), node.close()]);
const late = connect(node.ws, { connectTimeout: 50, onError: ({ code }) => codes.add(code) });
late.subscribe(blockheight, {}, () => {});
await late.ready().catch(({ code }) => codes.add('ready: ' + code));
await late.close();
console.log([...codes].sort().join());
`;

test('a program that handles nothing outlives every fault of the network, and ends by itself', async () => {
  const flags = ['--no-warnings', '--unhandled-rejections=strict', '--input-type=module', '--eval', CARELESS];
  const child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors, [code]] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    once(child, 'close'),
  ]);
  assert.deepEqual([output, errors, code], ['AbortError,CONNECT_FAILED,CONSUMER_THREW,ready: CONNECT_FAILED\n', '', 0]);
});
