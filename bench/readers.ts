/**
 * A process with thousands of sockets that read and forget: the other end of the fan-out bench.
 * In: where to connect, with which paths; how many bytes will come. Out: word when they have, and their digests.
 */
import { createHash, type Hash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { answer } from './child.ts';

export type ReadersQuestion =
  /** One socket for each path. */
  | { readonly kind: 'connect'; readonly port: number; readonly paths: readonly string[] }
  /** Asked before the bytes are sent: what comes from here on is counted, and digested socket by socket if wished. */
  | { readonly kind: 'expect'; readonly bytes: number; readonly digest: boolean }
  /** Answers when all the expected bytes have come: the digests, first socket to last. */
  | { readonly kind: 'await' };

/** So many handshakes at a time: a server's backlog holds them. */
const AT_ONCE = 100;
const END_OF_HEAD = '\r\n\r\n';

const sockets: Socket[] = [];
const hashes: Hash[] = [];
/** All sockets read into it; nothing of it is kept. */
const buffer = Buffer.alloc(65_536);
let missing = 0;
let isDigesting = false;
let wake = (): void => {};

const open = (port: number, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const place = sockets.length;
    let head: string | undefined = '';
    const socket = connect({
      port,
      host: '127.0.0.1',
      onread: {
        buffer,
        callback: (count) => {
          if (head !== undefined) {
            head += buffer.toString('latin1', 0, count);
            if (!head.includes(END_OF_HEAD)) return true;
            if (!head.startsWith('HTTP/1.1 101') || !head.endsWith(END_OF_HEAD)) reject(new Error(`answered: ${head}`));
            head = undefined;
            resolve();
            return true;
          }
          missing -= count;
          if (isDigesting) hashes[place]?.update(buffer.subarray(0, count));
          if (missing <= 0) wake();
          return true;
        },
      },
    });
    sockets.push(socket);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed by the server')));
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
  });

const serve = async (question: ReadersQuestion): Promise<unknown> => {
  switch (question.kind) {
    case 'connect': {
      const { port, paths } = question;
      for (let from = 0; from < paths.length; from += AT_ONCE) {
        await Promise.all(paths.slice(from, from + AT_ONCE).map((path) => open(port, path)));
      }
      return undefined;
    }
    case 'expect': {
      missing = question.bytes;
      isDigesting = question.digest;
      hashes.length = 0;
      if (isDigesting) for (const _ of sockets) hashes.push(createHash('sha1'));
      return undefined;
    }
    case 'await': {
      if (missing > 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (missing < 0) throw new Error(`${-missing} bytes too many`);
      return hashes.splice(0).map((hash) => hash.digest('hex'));
    }
  }
};

answer(serve);
