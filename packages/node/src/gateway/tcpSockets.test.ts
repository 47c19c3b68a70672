import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:tls';
import { test } from 'vitest';
import { makeCertificate } from './certificate.ts';
import { TcpSockets } from './tcpSockets.ts';

test('the socket under one of TLS is known while it lasts, no longer', async () => {
  const { key, cert, ca } = await makeCertificate([], Date.now());
  const server = createServer({ key, cert }).listen(0, '127.0.0.1');
  const sockets = new TcpSockets(server);
  await once(server, 'listening');
  const client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', ca });
  const [secure] = (await once(server, 'secureConnection')) as [Socket];
  const { remoteAddress, remotePort } = secure;
  const under = sockets.under(secure);
  assert.deepEqual([under?.remoteAddress, under?.remotePort], [remoteAddress, remotePort]);
  assert.notEqual(under, secure);
  const gone = once(under!, 'close');
  client.destroy();
  secure.destroy();
  await gone;
  // As it was asked for while it was there.
  assert.equal(sockets.under({ remoteAddress, remotePort } as Socket), undefined);
  server.close();
  await once(server, 'close');
});
