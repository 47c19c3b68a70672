/**
 * A process that writes ready-made WebSocket frames as fast as they are read.
 * In: which mix, how many frames. Out: its port; to whoever connects and says anything, that many frames, no more.
 */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { answer } from './child.ts';
import { MIXES, type MixName } from './mixes.ts';
import { serverFrame } from './serverFrame.ts';

export type BlasterQuestion =
  | { readonly kind: 'listen' }
  | { readonly kind: 'load'; readonly mix: MixName; readonly count: number };

const ACCEPT_KEY = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const CLOSE = 8;

const loadOf = (mix: MixName) => {
  const frames = MIXES[mix].texts.map(serverFrame);
  return { frames, lap: Buffer.concat(frames) };
};
const loads: Partial<Record<MixName, ReturnType<typeof loadOf>>> = {};
let load = { frames: [] as Buffer[], lap: Buffer.alloc(0) };
let count = 0;

const blast = (socket: Duplex): void => {
  let left = count;
  const write = (): void => {
    while (left > 0) {
      const { frames, lap } = load;
      const isWhole = left >= frames.length;
      const chunk = isWhole ? lap : Buffer.concat(frames.slice(0, left));
      left -= isWhole ? frames.length : left;
      if (!socket.write(chunk)) {
        socket.once('drain', write);
        return;
      }
    }
  };
  write();
};

const server = createServer();
server.on('upgrade', (request, socket) => {
  const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${ACCEPT_KEY}`).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  socket.on('error', () => {});
  socket.once('data', () => blast(socket));
  socket.on('data', (chunk) => {
    if ((chunk[0]! & 15) === CLOSE) socket.end();
  });
});

answer((question: BlasterQuestion) => {
  if (question.kind === 'listen') {
    return new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
  }
  loads[question.mix] ??= loadOf(question.mix);
  load = loads[question.mix]!;
  count = question.count;
  return undefined;
});
