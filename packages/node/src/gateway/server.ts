/**
 * The gateway's sockets: HTTP, its upgrades and URLs, and the WebSocket of each session.
 * In: requests, messages, pongs. Out: a `Session` for each socket that is let in; its subscriptions go to the fan-out.
 *
 * `ws` does the handshake, reads, pings and closes. What the fan-out has framed is written to the socket itself: while a
 * socket has no compression `ws` writes each of its own frames at once and whole, so nothing can come between two parts
 * of one. Sockets with compression, where `ws` may be in the middle of a message, are written to through `ws` only.
 */
import { createServer, type IncomingMessage, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Stream } from '@dexwire/protocol';
import { type RawData, WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../clock.ts';
import { NodeError } from '../errors.ts';
import type { Batch, FanOut, Outlet } from './fanOut.ts';
import type { GatewayLimits } from './limits.ts';
import { type Link, Session, type SessionOptions, TICK_MS } from './session.ts';
import { frameText, type Source } from './source.ts';
import { readUrl } from './url.ts';
import { webSocketFrame } from './webSocketFrame.ts';

export interface GatewayOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly limits: GatewayLimits;
  readonly clock: Clock;
  readonly random: () => number;
  readonly source: Pick<Source, 'symbols' | 'snapshot'>;
  readonly fanOut: FanOut;
}

export interface Gateway {
  readonly port: number;
  /** Closes every session with 1001, waits for their answers no longer than `closeWithin`, and frees the port. */
  close(): Promise<void>;
}

/** Room for a URL of 1,024 stream names. */
const HEADER_BYTES = 131_072;

/** Requests are short; whoever takes longer to make one is let go. */
const REQUEST_MS = 10_000;

/** Smaller texts are not worth compressing. */
const COMPRESS_BYTES = 1_024;

const ABOUT = `This is a gateway to the streams of the Binance DEX, on this machine. It speaks WebSocket:

  /api/ws                          then send {"method":"subscribe","topic":"blockheight","symbols":["$all"]}
  /api/ws/<stream name>            such as $all@blockheight, <SYMBOL>@trades, <SYMBOL>@kline_1m, or an address
  /api/stream?streams=<a>/<b>      several stream names at once
`;

/** One socket and its session: what the session does to the socket, and where the fan-out writes. */
class SocketOutlet implements Link, Outlet {
  batch: Batch | undefined = undefined;
  readonly compressed: boolean;
  readonly session: Session;
  readonly #ws: WebSocket;
  readonly #socket: Duplex;
  readonly #gateway: GatewayOptions;

  constructor(ws: WebSocket, socket: Duplex, gateway: GatewayOptions, options: SessionOptions) {
    this.compressed = ws.extensions !== '';
    this.#ws = ws;
    this.#socket = socket;
    this.#gateway = gateway;
    this.session = new Session(this, this.compressed, options);
  }

  get unsentBytes(): number {
    return this.compressed ? this.#ws.bufferedAmount : this.#socket.writableLength;
  }

  write(frames: readonly Uint8Array[]): void {
    if (!this.#isReady()) return;
    if (frames.length === 1) {
      this.#socket.write(frames[0]);
      return;
    }
    this.#socket.cork();
    for (const frame of frames) this.#socket.write(frame);
    this.#socket.uncork();
  }

  sendText(text: string): void {
    if (!this.compressed) this.write([webSocketFrame(text)]);
    else if (this.#isReady()) this.#ws.send(text);
  }

  ping(): void {
    if (this.#isReady()) this.#ws.ping();
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, reason);
    const { clock, limits } = this.#gateway;
    // Whoever does not read will not read the close either.
    const cut = clock.setTimeout(() => this.#ws.terminate(), limits.closeWithin);
    this.#ws.once('close', () => clock.clearTimeout(cut));
  }

  subscribe(stream: Stream, subject: string): void {
    const { fanOut, source } = this.#gateway;
    fanOut.add(stream, subject, this);
    const frame = source.snapshot(stream, subject);
    if (frame !== undefined) this.sendText(frameText(frame));
  }

  unsubscribe(stream: Stream, subject: string): void {
    this.#gateway.fanOut.remove(stream, subject, this);
  }

  #isReady(): boolean {
    if (this.#ws.readyState !== WebSocket.OPEN) return false;
    const { unsentBytes } = this;
    return unsentBytes === 0 || !this.session.isOverdrawn(unsentBytes);
  }
}

const refuse = (socket: Duplex, status: number): void => {
  const text = `${STATUS_CODES[status]}\n`;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain\r\n` +
      `Content-Length: ${text.length}\r\n\r\n${text}`,
  );
  socket.once('finish', () => socket.destroy());
};

const isLoopback = (remote: string): boolean => /^(::ffff:)?127\.|^::1$/.test(remote);

/**
 * Opens the port and lets sessions in.
 *
 * @throws NodeError `LISTEN_FAILED`.
 */
export const openGateway = async (gateway: GatewayOptions): Promise<Gateway> => {
  const { clock, limits, source } = gateway;
  const symbols = new Set(source.symbols);
  const outlets = new Map<WebSocket, SocketOutlet>();
  const perRemote = new Map<string, number>();
  let closed: Promise<void> | undefined;
  let onLastGone: (() => void) | undefined;
  const sessionOptions = { clock, limits, random: gateway.random, isListed: (symbol: string) => symbols.has(symbol) };

  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: limits.messageBytes,
    // Nothing is kept between two messages: a session that compresses costs no memory while it waits.
    perMessageDeflate: {
      threshold: COMPRESS_BYTES,
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
    },
  });

  // One function for all sockets: with thousands of them, closures would outweigh the sessions.
  const onMessage = function (this: WebSocket, data: RawData, isBinary: boolean): void {
    outlets.get(this)?.session.receive(isBinary && data instanceof Uint8Array ? data : data.toString());
  };
  const onPing = function (this: WebSocket): void {
    const outlet = outlets.get(this);
    outlet?.session.pinged();
    outlet?.session.isOverdrawn(outlet.unsentBytes);
  };
  const onPong = function (this: WebSocket): void {
    outlets.get(this)?.session.ponged();
  };
  // A fault of this client alone: `ws` has closed with the code of it (1002, 1007, 1009), or the socket is broken.
  const onError = function (this: WebSocket): void {
    outlets.get(this)?.session.close(1002, 'protocol fault');
  };
  const onClose = function (this: WebSocket): void {
    outlets.get(this)?.session.ended();
    outlets.delete(this);
    if (outlets.size === 0) onLastGone?.();
  };

  const admit = (ws: WebSocket, socket: Duplex, names: readonly string[]): void => {
    const outlet = new SocketOutlet(ws, socket, gateway, sessionOptions);
    outlets.set(ws, outlet);
    ws.on('message', onMessage).on('ping', onPing).on('pong', onPong).on('error', onError).on('close', onClose);
    outlet.session.open(names);
  };

  const server = createServer({
    maxHeaderSize: HEADER_BYTES,
    requestTimeout: REQUEST_MS,
    connectionsCheckingInterval: REQUEST_MS / 2,
  });
  server.on('request', (request, response) => {
    const isRoot = request.url === '/';
    const status = isRoot ? 200 : readUrl(request.url ?? '') ? 426 : 404;
    response.writeHead(status, {
      'Content-Type': 'text/plain; charset=utf-8',
      ...(status === 426 && { Upgrade: 'websocket' }),
    });
    response.end(isRoot ? ABOUT : `${STATUS_CODES[status]}\n`);
  });

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Until `ws` takes the socket over it is ours, and a reset in between concerns nobody.
    const ignore = (): void => {};
    socket.on('error', ignore);
    const names = readUrl(request.url ?? '');
    const remote = request.socket.remoteAddress ?? '';
    const counted = limits.countLoopback || !isLoopback(remote);
    const count = perRemote.get(remote) ?? 0;
    if (closed) refuse(socket, 503);
    else if (names === undefined) refuse(socket, 404);
    else if (counted && count >= limits.sessionsPerRemote) refuse(socket, 429);
    else {
      webSockets.handleUpgrade(request, socket, head, (ws) => {
        socket.off('error', ignore);
        if (counted) {
          perRemote.set(remote, count + 1);
          ws.once('close', () => {
            const left = (perRemote.get(remote) ?? 1) - 1;
            if (left > 0) perRemote.set(remote, left);
            else perRemote.delete(remote);
          });
        }
        admit(ws, socket, names);
      });
    }
  });

  let ticking: unknown;
  const tick = (): void => {
    for (const { session, unsentBytes } of outlets.values()) if (!session.isOverdrawn(unsentBytes)) session.tick();
    ticking = clock.setTimeout(tick, TICK_MS);
  };

  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const hint = 'pass another port, or 0 for a free one';
      reject(new NodeError('LISTEN_FAILED', `cannot listen on ${gateway.host}:${gateway.port}; ${hint}`, { cause }));
    });
    server.listen(gateway.port, gateway.host, resolve);
  });
  ticking = clock.setTimeout(tick, TICK_MS);

  const close = async (): Promise<void> => {
    clock.clearTimeout(ticking);
    const freed = new Promise((resolve) => server.close(resolve));
    const left = new Promise<void>((resolve) => {
      onLastGone = resolve;
      if (outlets.size === 0) resolve();
    });
    // Each cuts its own socket after `closeWithin`.
    for (const { session } of [...outlets.values()]) session.close(1001, 'going away');
    await left;
    server.closeAllConnections();
    await freed;
  };

  return {
    port: (server.address() as AddressInfo).port,
    close: () => (closed ??= close()),
  };
};
