import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket as TcpSocket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { expectNoUnhandledRejection } from '../../../tests/support/rejections.ts';
import { SYMBOL, tradesText } from '../../../tests/support/sampleFrames.ts';
import { connect, trades } from './index.ts';
import { openSocket } from './socket.node.ts';
import type { Socket } from './socket.ts';

let server: WebSocketServer;
let url: string;
const sockets: Socket[] = [];

beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: true });
  await once(server, 'listening');
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/api/ws`;
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  for (const client of server.clients) client.terminate();
  server.close();
  await once(server, 'close');
  await expectNoUnhandledRejection();
});

/** What a socket tells, in order. */
interface Told {
  readonly socket: Socket;
  readonly texts: string[];
  readonly errors: unknown[];
  readonly opened: Promise<void>;
  readonly closed: Promise<{ code: number; reason: string }>;
}

const dial = (to = url, compress = false): Told => {
  const socket = openSocket(to, compress);
  sockets.push(socket);
  const told = { socket, texts: [] as string[], errors: [] as unknown[] };
  const opened = new Promise<void>((resolve) => {
    socket.onOpen = resolve;
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.onClose = (code, reason) => resolve({ code, reason });
  });
  socket.onText = (text) => told.texts.push(text);
  socket.onError = (error) => told.errors.push(error);
  return { ...told, opened, closed };
};

/** The far end of the next socket, and the line under it. */
const acceptedWithLine = async (): Promise<{ far: WebSocket; line: TcpSocket }> => {
  const [far, { socket: line }] = (await once(server, 'connection')) as [WebSocket, IncomingMessage];
  return { far, line };
};
const accepted = async (): Promise<WebSocket> => (await acceptedWithLine()).far;

test('texts go both ways, unicode included', async () => {
  const told = dial();
  const far = await accepted();
  await told.opened;
  told.socket.send('{"method":"keepAlive"}');
  const [heard, isBinary] = (await once(far, 'message')) as [Buffer, boolean];
  expect([heard.toString(), isBinary]).toEqual(['{"method":"keepAlive"}', false]);
  far.send('{"memo":"grüße, 你好 😀"}');
  far.close(1000, 'done');
  expect(await told.closed).toEqual({ code: 1000, reason: 'done' });
  expect(told.texts).toEqual(['{"memo":"grüße, 你好 😀"}']);
});

test('several texts in one packet arrive in one turn', async () => {
  const told = dial();
  const { far, line } = await acceptedWithLine();
  await told.opened;
  const turns: number[] = [];
  let turn = 0;
  told.socket.onText = () => {
    turns.push(turn);
    queueMicrotask(() => {});
    setImmediate(() => turn++);
  };
  line.cork();
  for (let count = 0; count < 5; count++) far.send(`${count}`);
  line.uncork();
  far.close();
  await told.closed;
  expect(new Set(turns).size).toBe(1);
});

test('a ping is answered with its own payload', async () => {
  const told = dial();
  const far = await accepted();
  await told.opened;
  far.ping('payload');
  const [payload] = (await once(far, 'pong')) as [Buffer];
  expect(payload.toString()).toBe('payload');
});

test('a close in order is answered, and told with its code', async () => {
  const told = dial();
  const far = await accepted();
  await told.opened;
  const closing = once(far, 'close');
  told.socket.close();
  expect((await closing)[0]).toBe(1000);
  expect((await told.closed).code).toBe(1000);
});

test('a socket that is broken off is told as 1006', async () => {
  const told = dial();
  const far = await accepted();
  await told.opened;
  far.terminate();
  expect((await told.closed).code).toBe(1006);
});

test('a frame that is cut by the end of the line is no text', async () => {
  const told = dial();
  const { line } = await acceptedWithLine();
  await told.opened;
  // Head of a frame of 100 bytes, and ten of them.
  line.write(Buffer.concat([Buffer.from([0x81, 100]), Buffer.alloc(10, 0x61)]));
  line.end();
  expect((await told.closed).code).toBe(1006);
  expect(told.texts).toEqual([]);
});

test('a frame beyond all measure closes the socket, not the program', async () => {
  const told = dial();
  const far = await accepted();
  await told.opened;
  far.send('x'.repeat(17 * 1024 * 1024));
  expect((await told.closed).code).toBe(1006);
  expect(told.errors).toMatchObject([{ message: 'Max payload size exceeded' }]);
});

test('bytes that are no text are no frame, but the end of the socket', async () => {
  const told = dial();
  const { far, line } = await acceptedWithLine();
  await told.opened;
  line.write(Buffer.from([0x81, 2, 0xc3, 0x28]));
  far.close();
  expect((await told.closed).code).toBe(1006);
  expect(told.texts).toEqual([]);
  expect(told.errors).toMatchObject([{ code: 'WS_ERR_INVALID_UTF8' }]);
});

test('compression is asked for only where it is wanted', async () => {
  const plain = dial();
  const first = await accepted();
  const packed = dial(url, true);
  const second = await accepted();
  await Promise.all([plain.opened, packed.opened]);
  expect([first.extensions, second.extensions]).toEqual(['', 'permessage-deflate']);
});

describe('what cannot be opened', () => {
  const listening = async (far: Server): Promise<string> => {
    far.listen(0, '127.0.0.1');
    await once(far, 'listening');
    return `ws://127.0.0.1:${(far.address() as AddressInfo).port}/api/ws`;
  };

  test('refused: the cause, then the close, and no crash', async () => {
    const far = createServer();
    const nowhere = await listening(far);
    far.close();
    const told = dial(nowhere);
    expect((await told.closed).code).toBe(1006);
    expect(told.errors).toMatchObject([{ code: 'ECONNREFUSED' }]);
  });

  test('answered without an upgrade: the status is in the cause', async () => {
    const far = createHttpServer((_request, response) => response.writeHead(404).end());
    const told = dial(await listening(far));
    await told.closed;
    expect(String(told.errors[0])).toContain('404');
    far.close();
  });

  test('a handshake that hangs can be dropped', async () => {
    const held: TcpSocket[] = [];
    const far = createServer((tcp) => held.push(tcp));
    const told = dial(await listening(far));
    await once(far, 'connection');
    told.socket.terminate();
    expect((await told.closed).code).toBe(1006);
    for (const tcp of held) tcp.destroy();
    far.close();
  });
});

test('the whole line over a real socket: subscribe, lose it, come back, close', async () => {
  const dex = connect(url, { backoff: { first: 1, factor: 1, most: 1 }, pulse: false });
  const commands: string[] = [];
  server.on('connection', (far) => {
    far.on('message', (text) => {
      commands.push(text.toString());
      far.send(tradesText(commands.length));
      if (commands.length === 1) far.close(1000, 'expired');
    });
  });
  const kinds: string[] = [];
  for await (const item of dex.subscribe(trades, { symbols: [SYMBOL] })) {
    kinds.push(item.kind === 'events' ? `${item.height}` : item.kind);
    if (kinds.length === 4) break;
  }
  expect(kinds).toEqual(['1', 'gap', 'gapClosed', '2']);
  await dex.close();
  expect(commands.slice(0, 2)).toEqual(
    Array.from({ length: 2 }, () => `{"method":"subscribe","topic":"trades","symbols":["${SYMBOL}"]}`),
  );
});

test('nothing keeps a socket open that was closed', async () => {
  const dex = connect(url);
  await dex.ready();
  expect(server.clients.size).toBe(1);
  const [far] = server.clients;
  const gone = once(far as WebSocket, 'close');
  await dex.close();
  expect((await gone)[0]).toBe(1000);
});
