/**
 * A WebSocket client that knows nothing of the protocol: it keeps what it gets, to the letter.
 * In: a URL. Out: the texts that arrived, in order, and how the socket ended.
 */
import { once } from 'node:events';
import { type ClientOptions, WebSocket } from 'ws';

export interface Closing {
  readonly code: number;
  readonly reason: string;
}

export class RawClient {
  readonly ws: WebSocket;
  readonly texts: string[] = [];
  pings = 0;
  /** How it ended. It never rejects: a broken socket ends with code 1006. */
  readonly closing: Promise<Closing>;
  #onText: (() => void) | undefined;

  constructor(url: string, options: ClientOptions = {}) {
    this.ws = new WebSocket(url, { perMessageDeflate: false, ...options });
    this.ws.on('message', (data) => {
      this.texts.push(data.toString());
      this.#onText?.();
    });
    this.ws.on('ping', () => {
      this.pings += 1;
    });
    this.ws.on('error', () => {});
    this.closing = new Promise((resolve) => {
      this.ws.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  static async open(url: string, options?: ClientOptions): Promise<RawClient> {
    const client = new RawClient(url, options);
    await once(client.ws, 'open');
    return client;
  }

  /** Commands as objects, and messages that are none as they are. */
  send(...messages: readonly (object | string | Uint8Array)[]): void {
    for (const message of messages) {
      const isRaw = typeof message === 'string' || message instanceof Uint8Array;
      this.ws.send(isRaw ? message : JSON.stringify(message));
    }
  }

  /** Until the server has read all that was sent, and all that it wrote before has arrived: pongs keep their place. */
  async sync(): Promise<void> {
    this.ws.ping();
    await once(this.ws, 'pong');
  }

  /** Takes what has arrived, once the server has read all that was sent. */
  async take(): Promise<string[]> {
    await this.sync();
    return this.texts.splice(0);
  }

  /** Until so many texts are there. */
  async has(count: number): Promise<void> {
    while (this.texts.length < count) {
      await new Promise<void>((resolve) => {
        this.#onText = resolve;
      });
    }
  }

  async end(): Promise<void> {
    this.ws.terminate();
    await this.closing;
  }
}

/** The status with which a server refuses an upgrade. */
export const refusedUpgrade = async (url: string): Promise<number | undefined> => {
  const ws = new WebSocket(url);
  const [, response] = await once(ws, 'unexpected-response');
  ws.on('error', () => {});
  ws.terminate();
  return response.statusCode;
};
