import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text as textOf } from 'node:stream/consumers';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { type DevKey, type NodeOptions, type Served, startNode, startRecordings } from '@dexwire/node';
import { blockheight, connect, type DexError, type DexOptions, type Item } from 'dexwire';
import { type Wallet, wallet } from 'dexwire/wallet';
import { afterEach, test } from 'vitest';
import { makeCertificate } from '../../packages/node/src/gateway/certificate.ts';
import { RawClient } from '../support/rawClient.ts';

/** Uses a node over TLS, and closes it while two sockets have not come far. */
const CLOSES = `
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { startNode } from ${JSON.stringify(import.meta.resolve('../../packages/node/dist/index.js'))};
import { blockheight, connect } from ${JSON.stringify(import.meta.resolve('../../packages/client/dist/index.js'))};
const node = await startNode({ port: 0, traders: false, blockTime: 20, tls: 'self-made' });
const dex = connect(node.ws, { ca: node.ca });
await dex.once(blockheight);
const sockets = [connectTcp(node.port, '127.0.0.1'), connectTcp(node.port, '127.0.0.1')];
await Promise.all(sockets.map((socket) => once(socket.on('error', () => {}).resume(), 'connect')));
sockets[1].write('\\x16\\x03\\x01');
await Promise.all([dex.close(), node.close()]);
console.log('closed');
`;

/** Ended behind each test, in this order. */
const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const start = async (options: NodeOptions = {}) => {
  const node = await startNode({ port: 0, traders: false, blockTime: 20, tls: 'self-made', ...options });
  ends.push(() => node.close());
  return node;
};

const get = async (url: string, ca: string | undefined): Promise<IncomingMessage> => {
  const [response] = await once(request(url, { ...(ca && { ca }), agent: false }).end(), 'response');
  return response;
};

/** A connection whose TLS handshake is done. */
const tlsTo = async ({ port, ca }: Served): Promise<TLSSocket> => {
  const socket = connectTls({ port, host: '127.0.0.1', ...(ca && { ca }) });
  await once(socket, 'secureConnect');
  ends.unshift(() => socket.destroy());
  return socket;
};

const raw = async (node: Served, url = `${node.ws}/$all@blockheight`): Promise<RawClient> => {
  const client = await RawClient.open(url, { ...(node.ca && { ca: node.ca }) });
  ends.unshift(() => client.end());
  return client;
};

test('a node with a certificate of its own speaks wss and https on one port to whoever trusts it, and says so', async () => {
  const node = await start();
  assert.deepEqual(
    [node.ws, node.stream, node.rest],
    [
      `wss://127.0.0.1:${node.port}/api/ws`,
      `wss://127.0.0.1:${node.port}/api/stream`,
      `https://127.0.0.1:${node.port}/api/v1`,
    ],
  );
  const dex = connect(node.ws, { ca: node.ca });
  assert.ok((await dex.once(blockheight)).height > 0);
  await dex.close();
  for (const host of ['127.0.0.1', 'localhost']) {
    const response = await get(`https://${host}:${node.port}/api/v1/peers`, node.ca);
    assert.equal(response.statusCode, 200);
    assert.match(await textOf(response), new RegExp(`"stream_addr":"wss://${host}:${node.port}"`));
  }
});

test('a certificate that was given is used as it is, and tells nobody whom to trust', async () => {
  const { ca, ...tls } = await makeCertificate([], Date.now());
  const node = await start({ tls });
  assert.equal(node.ca, undefined);
  const dex = connect(node.ws, { ca: [ca] });
  assert.ok((await dex.once(blockheight)).height > 0);
  await dex.close();
  assert.equal((await get(`${node.rest}/time`, ca)).statusCode, 200);
});

test('a self-made certificate holds for the names that the node was told', async () => {
  const node = await start({ hosts: ['dex.binance.org', '[fe80::1]'] });
  const socket = await tlsTo(node);
  assert.equal(
    socket.getPeerCertificate().subjectaltname,
    'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:dex.binance.org, IP Address:FE80:0:0:0:0:0:0:1',
  );
});

test('recordings are played over TLS too', async () => {
  const node = await startRecordings({ port: 0, tls: 'self-made' });
  ends.push(() => node.close());
  const client = await raw(node);
  await client.has(1);
  assert.match(client.texts[0] ?? '', /^\{"stream":"blockheight"/);
});

test('without its certificate the first dial rejects at once, says to pass ca, and nothing is let through', async () => {
  const node = await start();
  const refused = async (options: object): Promise<DexError & { cause?: { code?: string } }> => {
    const dex = connect(node.ws, options);
    const error = await dex.once(blockheight).then(
      () => assert.fail('it was let in'),
      (found) => found,
    );
    await dex.close();
    return error;
  };
  const { ca: other } = await makeCertificate([], Date.now());
  // Were it to try again, this time would have to go by.
  for (const options of [{ connectTimeout: 3_600_000 }, { ca: other, connectTimeout: 3_600_000 }]) {
    const error = await refused(options);
    assert.equal(error.code, 'CONNECT_FAILED');
    assert.equal(error.cause?.code, 'CERTIFICATE_REFUSED');
    assert.match(error.message, /pass the certificate to trust as \{ ca \}/);
  }
  const error = await refused({ ca: 'node.pem', connectTimeout: 3_600_000 });
  assert.equal(error.cause?.code, 'CA_UNUSABLE');
  assert.equal(node.control.sessions().length, 0);
});

test('a certificate for another name is refused though its authority is trusted', async () => {
  // 127.0.0.2 is this machine too, but no name in the certificate.
  const node = await start({ host: '0.0.0.0', hosts: [] });
  const dex = connect(`wss://127.0.0.2:${node.port}/api/ws`, { ca: node.ca });
  await assert.rejects(dex.once(blockheight), { code: 'CONNECT_FAILED', message: /altnames/ });
  await dex.close();
});

test('a client goes on over TLS behind a drop, a close, a reset and a restart, and tells of each as a gap', async () => {
  const node = await start();
  const told: Item<unknown>[] = [];
  const dex = connect(node.ws, { ca: node.ca, backoff: { first: 5, factor: 1, most: 5 } });
  ends.unshift(() => dex.close());
  let onItem = (): void => {};
  dex.subscribe(blockheight, {}, (item) => {
    told.push(item);
    onItem();
  });
  const until = async (isThere: () => boolean): Promise<void> => {
    while (!isThere()) {
      await new Promise<void>((resolve) => {
        onItem = resolve;
      });
    }
  };
  const gaps = (): number => told.filter(({ kind }) => kind === 'gapClosed').length;
  const flows = (): boolean => told.at(-1)?.kind === 'events';
  await until(flows);
  const breaks: (() => unknown)[] = [
    () => node.control.drop(),
    () => node.control.drop({}, 1012),
    () => node.control.reset(),
    () => node.control.restart(0),
  ];
  for (const [place, breakIt] of breaks.entries()) {
    await breakIt();
    await until(() => gaps() === place + 1 && flows());
  }
});

test('a process ends by itself once node and client are closed, whatever was connected half way', async () => {
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '--eval', CLOSES], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors, [code]] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    once(child, 'close'),
  ]);
  assert.deepEqual([output, errors, code], ['closed\n', '', 0]);
});

test('a wallet trusts whom its connection trusts, and nobody without it', async () => {
  const node = await start();
  const [{ privateKey, address }] = node.idleAccounts as [DevKey];
  const walletWith = (options: DexOptions): Wallet => {
    const dex = connect(node.ws, options);
    ends.unshift(() => dex.close());
    return wallet(dex, privateKey);
  };
  const trusting = walletWith({ ca: node.ca });
  assert.equal(await trusting.address(), address);
  const { txHash } = await trusting.placeOrder({
    symbol: node.symbols[0]!,
    side: 'buy',
    price: '0.01',
    quantity: '10',
    round: true,
  });
  assert.match(txHash, /^[\dA-F]{64}$/);
  await assert.rejects(walletWith({}).address(), { name: 'WalletError', code: 'UNREACHABLE' });
});
