/**
 * The gateway's port: HTTP, its upgrades and URLs, and the WebSocket of each session.
 * In: requests, messages, pongs. Out: a `SocketOutlet` for each socket that is let in; requests that are no WebSocket's
 * go to the HTTP mount. `ws` does the handshake, reads, pings and closes.
 */
import { createServer, type IncomingMessage, type ServerOptions, type ServerResponse, STATUS_CODES } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate as nextRound } from 'node:timers/promises';
import type { Milliseconds } from '@dexwire/protocol';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../clock.ts';
import { NodeError } from '../errors.ts';
import { type Certificate, checkCertificate } from './certificate.ts';
import { GatewayCounts } from './counts.ts';
import type { FanOut } from './fanOut.ts';
import type { Admission, FaultyGateway } from './faults.ts';
import { type Fetch, HttpMount } from './httpMount.ts';
import type { GatewayLimits } from './limits.ts';
import { Listing } from './listing.ts';
import { type OutletOptions, SocketOutlet } from './outlet.ts';
import { Remotes } from './remotes.ts';
import { TICK_MS } from './session.ts';
import type { Source } from './source.ts';
import { TcpSockets } from './tcpSockets.ts';
import { readUrl } from './url.ts';

export interface GatewayOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** With it the port speaks `wss://` and `https://`, and nothing else. */
  readonly tls?: Certificate;
  readonly limits: GatewayLimits;
  readonly clock: Clock;
  readonly random: () => number;
  /** Its symbols may change while it runs: who wants one that is gone is soon dropped from it without a word. */
  readonly source: Pick<Source, 'symbols' | 'snapshot'>;
  readonly fanOut: FanOut;
  /** Answers what is no WebSocket's, but `/`, which tells what this is. Without it: 404. */
  readonly fetch?: Fetch;
  readonly counts?: GatewayCounts;
  /** What went wrong inside and has no caller to be told: `fetch` threw, or the system let nobody in. */
  readonly onError?: (error: unknown) => void;
}

export interface Gateway extends FaultyGateway {
  readonly port: number;
  /**
   * Closes every session with 1001, waits for their answers, and for requests that are being answered, no longer than
   * `closeWithin`, and frees the port.
   */
  close(): Promise<void>;
}

/** How often the server looks for requests that take too long, at most. */
const REQUEST_CHECK_MS = 5_000;

/** Smaller texts are not worth compressing. */
const COMPRESS_BYTES = 1_024;

const ABOUT = `This is a gateway to the streams of the Binance DEX, on this machine. It speaks WebSocket:

  /api/ws                          then send {"method":"subscribe","topic":"blockheight","symbols":["$all"]}
  /api/ws/<stream name>            such as $all@blockheight, <SYMBOL>@trades, <SYMBOL>@kline_1m, or an address
  /api/stream?streams=<a>/<b>      several stream names at once

A market of its own answers REST too, under /api/v1: /time, /markets, /depth?symbol=<SYMBOL> and so on,
all of it described in /api/v1/openapi.json.
How it fares is told under /healthz and /metrics.
`;

const refuse = (socket: Socket, status: number): void => {
  const text = `${STATUS_CODES[status]}\n`;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain\r\n` +
      `Content-Length: ${text.length}\r\n\r\n${text}`,
  );
  socket.once('finish', () => socket.destroy());
};

const tell = (response: ServerResponse, status: number, text = `${STATUS_CODES[status]}\n`): void => {
  const upgrade = status === 426 ? { Upgrade: 'websocket' } : {};
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...upgrade });
  response.end(text);
};

/**
 * Opens the port and lets sessions in.
 *
 * @throws NodeError `LISTEN_FAILED`, `TLS_INVALID`.
 */
export const openGateway = async (gateway: GatewayOptions): Promise<Gateway> => {
  const { clock, limits, source, host, tls, fetch, counts = new GatewayCounts(), onError = () => {} } = gateway;
  if (tls) checkCertificate(tls);
  const outlets = new Map<WebSocket, SocketOutlet>();
  /** Handshakes that hang or wait on purpose, and how to forget about them. */
  const waiting = new Map<Socket, () => void>();
  const remotes = new Remotes(limits, clock);
  const listing = new Listing(source);
  const mount = fetch && new HttpMount({ clock, limits, remotes, counts, fetch, host, onError });
  const reset = (socket: Socket): void => {
    (tcpSockets ? tcpSockets.under(socket) : socket)?.resetAndDestroy();
  };
  const outletOptions: OutletOptions = {
    ...{ clock, limits, source, counts, reset },
    fanOut: gateway.fanOut,
    random: gateway.random,
    isListed: (symbol) => listing.has(symbol),
  };
  let ids = 0;
  let admission: Admission = { mode: 'open' };
  let closed: Promise<void> | undefined;
  let restarted: Promise<void> | undefined;
  /** Ends the time that a restart takes. */
  let wake: (() => void) | undefined;
  /** Who waits for the last session to be gone. */
  const onLastGone: (() => void)[] = [];

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
  const onFault = function (this: WebSocket): void {
    outlets.get(this)?.session.close(1002, 'protocol fault');
  };
  const onClose = function (this: WebSocket): void {
    outlets.get(this)?.session.ended();
    outlets.delete(this);
    counts.sessions = outlets.size;
    if (outlets.size === 0) for (const resolve of onLastGone.splice(0)) resolve();
  };

  const admit = (ws: WebSocket, socket: Socket, names: readonly string[]): void => {
    ids += 1;
    const outlet = new SocketOutlet(ids, ws, socket, outletOptions);
    outlets.set(ws, outlet);
    counts.sessions = outlets.size;
    ws.on('message', onMessage).on('ping', onPing).on('pong', onPong).on('error', onFault).on('close', onClose);
    outlet.session.open(names);
  };

  /** Keeps a handshake without an answer, for so long or for good. */
  const hold = (socket: Socket, ms?: Milliseconds, then?: () => void): void => {
    const forget = (): void => {
      waiting.delete(socket);
      clock.clearTimeout(timer);
      socket.off('close', forget);
    };
    const timer =
      ms === undefined
        ? undefined
        : clock.setTimeout(() => {
            forget();
            then?.();
          }, ms);
    waiting.set(socket, forget);
    socket.once('close', forget);
    // Nothing is answered later, so what comes may be thrown away, to hear when the client leaves.
    if (ms === undefined) socket.once('end', () => socket.destroy()).resume();
  };

  const serverOptions: ServerOptions = {
    maxHeaderSize: limits.headerBytes,
    requestTimeout: limits.requestWithin,
    headersTimeout: limits.requestWithin,
    connectionsCheckingInterval: Math.min(limits.requestWithin / 2, REQUEST_CHECK_MS),
    // Clients that would rather speak HTTP/2 ask for that, and are content with HTTP/1.1.
    shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
  };
  const server = tls
    ? createTlsServer({ ...serverOptions, key: tls.key, cert: tls.cert, handshakeTimeout: limits.requestWithin })
    : createServer(serverOptions);
  const tcpSockets = tls && new TcpSockets(server);
  server.on('request', (request, response) => {
    if (request.url === '/') tell(response, 200, ABOUT);
    else if (readUrl(request.url ?? '')) tell(response, 426);
    else if (mount) mount.handle(request, response);
    else tell(response, 404);
  });

  server.on('upgrade', (request: IncomingMessage, _: unknown, head: Buffer) => {
    const { socket } = request;
    // Until `ws` takes the socket over it is ours, and a reset in between concerns nobody.
    const ignore = (): void => {};
    socket.on('error', ignore);
    const names = readUrl(request.url ?? '');
    const remote = socket.remoteAddress ?? '';
    const shake = (): void => {
      webSockets.handleUpgrade(request, socket, head, (ws) => {
        socket.off('error', ignore);
        admit(ws, socket, names ?? []);
      });
    };
    if (closed || restarted || outlets.size + waiting.size >= limits.sessions) refuse(socket, 503);
    else if (names === undefined) refuse(socket, 404);
    else if (!remotes.asks(remote)) refuse(socket, 429);
    else if (admission.mode === 'refuse') refuse(socket, admission.status ?? 503);
    else if (admission.mode === 'reset') reset(socket);
    else {
      if (remotes.isCounted(remote)) {
        if (!remotes.enter(remote)) {
          refuse(socket, 429);
          return;
        }
        socket.once('close', () => remotes.leave(remote));
      }
      if (admission.mode === 'open') shake();
      else if (admission.mode === 'hang') hold(socket);
      else hold(socket, admission.ms, shake);
    }
  });

  let ticking: unknown;
  const tick = (): void => {
    for (const symbol of listing.takeDelisted())
      for (const { session } of outlets.values()) session.forget(undefined, symbol);
    for (const { session, unsentBytes } of outlets.values()) if (!session.isOverdrawn(unsentBytes)) session.tick();
    mount?.tick();
    ticking = clock.setTimeout(tick, TICK_MS);
  };

  const listen = (port: number): Promise<void> =>
    new Promise<void>((resolve, reject) => {
      const fail = (cause: unknown): void => {
        const hint = 'pass another port, or 0 for a free one';
        reject(new NodeError('LISTEN_FAILED', `cannot listen on ${host}:${port}; ${hint}`, { cause }));
      };
      server.once('error', fail);
      server.listen(port, host, () => {
        server.off('error', fail);
        resolve();
      });
    });

  await listen(gateway.port);
  // Such as having no file descriptor left for one more socket: that concerns the one who wanted in, and nobody else.
  server.on('error', (error) => {
    if (server.listening) onError(error);
  });
  const { port } = server.address() as AddressInfo;
  ticking = clock.setTimeout(tick, TICK_MS);

  /** Shuts the port, and waits for HTTP requests that are being answered, no longer than `closeWithin`. */
  const shut = async (sessionsGone: Promise<void>): Promise<void> => {
    const freed = new Promise((resolve) => server.close(resolve));
    for (const [socket, forget] of [...waiting]) {
      forget();
      socket.destroy();
    }
    tcpSockets?.destroyUnanswered();
    const answered = mount?.finished();
    let timer: unknown;
    const late = new Promise<void>((resolve) => {
      timer = clock.setTimeout(resolve, limits.closeWithin);
    });
    await Promise.all([sessionsGone, Promise.race([answered, late])]);
    clock.clearTimeout(timer);
    server.closeAllConnections();
    await freed;
  };

  const lastGone = (): Promise<void> =>
    new Promise<void>((resolve) => {
      if (outlets.size === 0) resolve();
      else onLastGone.push(resolve);
    });

  const restart = async (after: Milliseconds): Promise<void> => {
    let timer: unknown;
    const waited = new Promise<void>((resolve) => {
      wake = resolve;
      if (after > 0) timer = clock.setTimeout(resolve, after);
      else resolve();
    });
    const gone = lastGone();
    for (const outlet of [...outlets.values()]) outlet.cut();
    await Promise.all([shut(gone), waited]);
    clock.clearTimeout(timer);
    if (!closed) await listen(port);
  };

  const close = async (): Promise<void> => {
    clock.clearTimeout(ticking);
    wake?.();
    const gone = lastGone();
    for (const outlet of [...outlets.values()]) {
      // Nobody can say goodbye to those; the others cut their own sockets after `closeWithin`.
      if (outlet.isHalfOpen) outlet.cut();
      else outlet.session.close(1001, 'going away');
    }
    // Whoever asked for the restart is told how it ends.
    if (restarted) await restarted.catch(() => {});
    await shut(gone);
  };

  return {
    port,
    sessions: () => outlets.values(),
    written: async () => {
      await nextRound();
      for (const outlet of outlets.values()) while (outlet.isCompressing) await nextRound();
    },
    setAdmission: (next) => {
      admission = next;
    },
    restart: (after) => {
      if (closed) return closed;
      restarted ??= restart(after).finally(() => {
        restarted = undefined;
      });
      return restarted;
    },
    close: () => (closed ??= close()),
  };
};
