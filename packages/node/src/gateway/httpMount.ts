/**
 * HTTP behind the gateway's port: everything that is no WebSocket goes to one `fetch` function, within limits.
 * In: requests of Node.js's server. Out: a `Request` for each that keeps the limits, its body whole; answers.
 *
 * A body is read before anybody is asked, so that a slow sender costs a socket and no more, and is let go by the server's
 * own timeout (408). Nothing here stops a node from closing: what is not answered in time is cut.
 */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Milliseconds } from '@dexwire/protocol';
import { getRequestListener, RequestError } from '@hono/node-server';
import type { Clock } from '../clock.ts';
import type { GatewayCounts } from './counts.ts';
import type { GatewayLimits } from './limits.ts';
import type { Remotes } from './remotes.ts';

/** Who asks; handlers of hono find it in `context.env`. */
export interface Remote {
  /** IP address of the client. */
  readonly remote: string;
}

/** Answers a request, such as `app.fetch` of hono. */
export type Fetch = (request: Request, env: Remote) => Response | Promise<Response>;

export interface HttpMountOptions {
  readonly clock: Clock;
  readonly limits: Pick<GatewayLimits, 'bodyBytes' | 'concurrentRequests' | 'requestWithin'>;
  readonly remotes: Remotes;
  readonly counts: GatewayCounts;
  readonly fetch: Fetch;
  /** Stands for the host in a request that names none. */
  readonly host: string;
  /** What `fetch` threw; the client gets a 500. */
  readonly onError: (error: unknown) => void;
}

/** A request that is being served. */
interface Exchange {
  readonly request: IncomingMessage;
  /** Its body is there and `fetch` has been asked. */
  isAsked: boolean;
  /** Since when bytes of the answer wait for the client to read them. */
  unreadSince: Milliseconds | undefined;
}

/** The body and its error in one shape with that of the REST interface: `{"code":413,"message":"..."}`. */
const errorBody = (status: number, message = STATUS_CODES[status] ?? ''): string =>
  JSON.stringify({ code: status, message });

/** Of a body that is refused so much is read and thrown away. */
const LINGER_BYTES = 16_777_216;

/** A page of any origin may read why it got nothing. There is nothing else in these answers. */
const ERROR_HEADERS = { 'Content-Type': 'application/json; charset=utf-8', 'Access-Control-Allow-Origin': '*' };

/** Answers without asking anybody, all but the end. */
const writeAnswer = (response: ServerResponse, status: number, message?: string): void => {
  const body = errorBody(status, message);
  response.writeHead(status, {
    ...ERROR_HEADERS,
    'Content-Length': Buffer.byteLength(body),
    ...((status === 429 || status === 503) && { 'Retry-After': '1' }),
  });
  response.write(body);
};

const answer = (response: ServerResponse, status: number): void => {
  writeAnswer(response, status);
  response.end();
};

/** @returns `undefined` if there is more of it than `most`, or if it broke off. */
const readBody = (request: IncomingMessage, most: number): Promise<Buffer | 'too large' | undefined> =>
  new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= most) chunks.push(chunk);
      else {
        // The rest is read and thrown away, so that the client gets to read the answer.
        chunks = [];
        resolve('too large');
      }
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', () => resolve(undefined));
    request.once('close', () => resolve(undefined));
  });

type FetchCallback = Parameters<typeof getRequestListener>[0];

export class HttpMount {
  readonly #options: HttpMountOptions;
  readonly #exchanges = new Map<ServerResponse, Exchange>();
  readonly #listener: ReturnType<typeof getRequestListener>;
  #onIdle: (() => void) | undefined;

  constructor(options: HttpMountOptions) {
    this.#options = options;
    const fetch: FetchCallback = (request, { incoming }) =>
      options.fetch(request, { remote: incoming.socket.remoteAddress ?? '' });
    this.#listener = getRequestListener(fetch, {
      hostname: options.host,
      // The process that embeds a node keeps its own `Request` and `Response`.
      overrideGlobalObjects: false,
      errorHandler: (error) => {
        const status = error instanceof RequestError ? 400 : 500;
        if (status === 500) options.onError(error);
        return new Response(errorBody(status), { status, headers: ERROR_HEADERS });
      },
    });
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const { counts, limits, remotes } = this.#options;
    response.once('close', () => {
      if (response.headersSent) counts.request(request.url ?? '', response.statusCode);
      this.#exchanges.delete(response);
      if (!this.#isAnswering()) this.#onIdle?.();
    });
    if (!remotes.asks(request.socket.remoteAddress ?? '')) answer(response, 429);
    else if (this.#exchanges.size >= limits.concurrentRequests) answer(response, 503);
    else {
      const exchange: Exchange = { request, isAsked: false, unreadSince: undefined };
      this.#exchanges.set(response, exchange);
      const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
      if (Number(length ?? 0) > limits.bodyBytes) this.#refuseBody(exchange.request, response);
      else if (length === undefined && encoding === undefined) this.#ask(exchange, response);
      else void this.#readAndAsk(exchange, response);
    }
  }

  /** Lets go of clients that do not read their answer: to be called every second or so. */
  tick(): void {
    const now = this.#options.clock.now();
    for (const [response, exchange] of this.#exchanges) {
      if (response.writableLength === 0) exchange.unreadSince = undefined;
      else exchange.unreadSince ??= now;
      const { unreadSince } = exchange;
      if (unreadSince !== undefined && now - unreadSince >= this.#options.limits.requestWithin) response.destroy();
    }
  }

  /** When the last request that is being answered has been, or has gone. Their sockets are not used again. */
  async finished(): Promise<void> {
    for (const [response, { isAsked }] of this.#exchanges) if (isAsked) response.shouldKeepAlive = false;
    if (this.#isAnswering()) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
  }

  #isAnswering(): boolean {
    for (const { isAsked } of this.#exchanges.values()) if (isAsked) return true;
    return false;
  }

  async #readAndAsk(exchange: Exchange, response: ServerResponse): Promise<void> {
    const body = await readBody(exchange.request, this.#options.limits.bodyBytes);
    if (body === 'too large') this.#refuseBody(exchange.request, response);
    else if (body !== undefined && !response.destroyed) {
      // What `getRequestListener` takes for a body that somebody has read already.
      Object.assign(exchange.request, { rawBody: body });
      this.#ask(exchange, response);
    }
  }

  #ask(exchange: Exchange, response: ServerResponse): void {
    exchange.isAsked = true;
    // It answers whatever goes wrong, by the error handler above.
    void this.#listener(exchange.request, response);
  }

  /** Most clients send all of a body before they read, so the answer ends when they have, or have gone too far. */
  #refuseBody(request: IncomingMessage, response: ServerResponse): void {
    const { bodyBytes } = this.#options.limits;
    let left = LINGER_BYTES;
    writeAnswer(response, 413, `Content Too Large; a body has at most ${bodyBytes} bytes`);
    request.on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) response.destroy();
    });
    request.once('end', () => response.end());
  }
}
