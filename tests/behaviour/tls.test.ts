import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { type DevKey, type NodeOptions, type Served, startNode, startRecordings } from '@dexwire/node';
import { blockheight, connect, type DexError, type DexOptions, type Item } from 'dexwire';
import { type Wallet, wallet } from 'dexwire/wallet';
import { afterEach, test, vi } from 'vitest';
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

const FLAGS = ['--no-warnings', '--unhandled-rejections=strict', '--input-type=module'];

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
  assert.equal(node.control.sessions().length, 0);
});

/** What cannot be trusted, whatever it is; the last one is cut off behind its first lines. */
const unusable = (ca: string): unknown[] => ['node.pem', '', [], [''], 5, [ca, 'node.pem'], ca.slice(0, 200)];

test('a ca that cannot be used ends the first dial and every request, and is never passed over', async () => {
  const node = await start();
  const [{ privateKey }] = node.idleAccounts as [DevKey];
  for (const ca of unusable(node.ca!)) {
    const dex = connect(node.ws, { ca: ca as string, connectTimeout: 3_600_000 });
    const isUnusable = { code: 'CA_UNUSABLE', message: /ca is not PEM: pass text with/ };
    await assert.rejects(dex.once(blockheight), ({ code, cause }) => {
      assert.equal(code, 'CONNECT_FAILED');
      assert.throws(() => {
        throw cause;
      }, isUnusable);
      return true;
    });
    await assert.rejects(wallet(dex, privateKey).balances(), ({ code, cause }) => {
      assert.equal(code, 'UNREACHABLE');
      assert.throws(() => {
        throw cause;
      }, isUnusable);
      return true;
    });
    await dex.close();
  }
  // Several in one text, with words around them, are what bundles look like.
  const { ca: other } = await makeCertificate([], Date.now());
  const dex = connect(node.ws, { ca: `# two\n${other}\n# and\n${node.ca}` });
  assert.ok((await dex.once(blockheight)).height > 0);
  await dex.close();
});

test('certificates are verified even if the environment says that they are not', async () => {
  const node = await start();
  const [{ privateKey }] = node.idleAccounts as [DevKey];
  const { ca: other } = await makeCertificate([], Date.now());
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  ends.push(() => vi.unstubAllEnvs());
  for (const options of [{}, { ca: other }]) {
    const dex = connect(node.ws, { ...options, connectTimeout: 3_600_000 });
    await assert.rejects(dex.once(blockheight), ({ cause }) => cause.code === 'CERTIFICATE_REFUSED');
    await assert.rejects(wallet(dex, privateKey).balances(), { code: 'UNREACHABLE', message: /certificate/ });
    await dex.close();
  }
  assert.equal(node.control.sessions().length, 0);
  const dex = connect(node.ws, { ca: node.ca });
  assert.ok((await dex.once(blockheight)).height > 0);
  assert.ok((await wallet(dex, privateKey).balances()).length > 0);
  await dex.close();
});

test('a reply of any status, or one that is cut off, is an error of the call and of nothing else', async () => {
  const { ca, ...certificate } = await makeCertificate([], Date.now());
  let status = 204;
  const server = createServer(certificate, (_, response) => {
    if (status > 0) response.writeHead(status).end();
    else response.writeHead(200, { 'content-length': '100' }).write('{', () => response.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const dex = connect(`wss://127.0.0.1:${(server.address() as AddressInfo).port}/api/ws`, { ca });
  ends.unshift(() => dex.close());
  const trader = wallet(dex, '11'.repeat(32));
  for (status of [204, 205, 304])
    await assert.rejects(trader.balances(), { code: 'UNREACHABLE', message: new RegExp(`status ${status}: $`) });
  for (status of [600, 0]) await assert.rejects(trader.balances(), { code: 'UNREACHABLE' });
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
  const child = spawn(process.execPath, [...FLAGS, '--eval', CLOSES], { stdio: ['ignore', 'pipe', 'pipe'] });
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
