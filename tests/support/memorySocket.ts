/**
 * A network in memory: sockets that go nowhere, the far end of each held by the test.
 * In: how the far end answers. Out: a `SocketFactory` for the client, every socket it made, and all that it sent.
 */
import type { Socket, SocketFactory } from 'dexwire';
import { refusalText } from './sampleFrames.ts';

/** `accept`: opens; `refuse`: an error and a close; `hang`: nothing, ever; `throw`: the URL is none. */
export type Answer = 'accept' | 'refuse' | 'hang' | 'throw';

export class MemorySocket implements Socket {
  onOpen?: () => void;
  onText?: (text: string) => void;
  onError?: (cause: unknown) => void;
  onClose?: (code: number, reason: string) => void;
  readonly url: string;
  readonly compress: boolean;
  /** What the client sent, parsed. */
  readonly sent: unknown[] = [];
  state: 'dialing' | 'open' | 'closing' | 'gone' = 'dialing';
  isPaused = false;
  /** What came while it was paused. */
  readonly #unread: string[] = [];
  readonly #network: MemoryNetwork;
  readonly pause?: () => void;
  readonly resume?: () => void;

  constructor(network: MemoryNetwork, url: string, compress: boolean) {
    this.#network = network;
    this.url = url;
    this.compress = compress;
    if (!network.canPause) return;
    this.pause = () => {
      this.isPaused = true;
    };
    this.resume = () => {
      this.isPaused = false;
      while (!this.isPaused && this.#unread.length) this.onText?.(this.#unread.shift() ?? '');
    };
  }

  send(text: string): void {
    if (this.state !== 'open') throw new Error(`sent to a socket that is ${this.state}: ${text}`);
    const command = JSON.parse(text) as { readonly method?: string };
    this.sent.push(command);
    if (this.#network.answersFences && command.method === 'fence')
      queueMicrotask(() => this.say(refusalText('Invalid method', 'fence')));
  }

  close(): void {
    this.state = 'closing';
    if (this.#network.answersClose) queueMicrotask(() => this.drop(1000, ''));
  }

  terminate(): void {
    this.state = 'gone';
  }

  /** The far end accepts. */
  open(): void {
    if (this.state !== 'dialing') return;
    this.state = 'open';
    this.onOpen?.();
  }

  /** The far end speaks. Also when the socket is gone: a late text. */
  say(...texts: string[]): void {
    for (const text of texts) {
      if (this.isPaused) this.#unread.push(text);
      else this.onText?.(text);
    }
  }

  /** The far end, or the net, ends it. */
  drop(code = 1006, reason = '', cause?: Error): void {
    if (this.state === 'gone') return;
    this.state = 'gone';
    if (cause) this.onError?.(cause);
    this.onClose?.(code, reason);
  }
}

export class MemoryNetwork {
  /** How dials are answered, from now on. */
  answer: Answer = 'accept';
  /** Whether the far end answers a close. */
  answersClose = true;
  /** Whether the far end answers by itself, as a gateway does, the command that tells how far it has read. */
  answersFences = false;
  /** Whether sockets can be told to wait, as those of browsers cannot. */
  canPause = true;
  readonly sockets: MemorySocket[] = [];
  /** Sockets that were ever dialled; `keep` bounds how many stay in `sockets`. */
  dialled = 0;
  readonly #keep: number;

  /** @param keep - Old sockets beyond this number are forgotten, so that a long run measures the client alone. */
  constructor(keep = Number.POSITIVE_INFINITY) {
    this.#keep = keep;
  }

  readonly openSocket: SocketFactory = (url, compress) => {
    this.dialled += 1;
    if (this.answer === 'throw') throw new SyntaxError(`no URL: ${url}`);
    const socket = new MemorySocket(this, url, compress);
    if (this.sockets.push(socket) > this.#keep) this.sockets.shift();
    const { answer } = this;
    queueMicrotask(() => {
      if (answer === 'accept') socket.open();
      if (answer === 'refuse') socket.drop(1006, '', new Error('connect ECONNREFUSED'));
    });
    return socket;
  };

  /** The socket dialled last. */
  get last(): MemorySocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('nothing was dialled');
    return socket;
  }

  /** Sockets that are not gone. */
  get live(): MemorySocket[] {
    return this.sockets.filter(({ state }) => state !== 'gone');
  }
}
