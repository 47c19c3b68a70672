/**
 * A network between one client and gateways, in virtual time: what is sent arrives late, in order, cut short, or never.
 * In: dials of the client; who accepts them; faults. Out: a `SocketFactory`, and a `Wire` for every socket ever dialled.
 *
 * The network is as hostile as a runtime may be: what was on its way to a socket that was terminated may still be handed to
 * it, and the news that it is closed comes later.
 */
import type { Socket, SocketFactory } from '../../packages/client/src/socket.ts';
import type { Chance } from './chance.ts';
import type { ProcessClock } from './processClock.ts';
import type { WorldTime } from './worldTime.ts';

/** The gateway's side of a wire. */
export interface ServerEnd {
  receive(text: string): void;
  ponged(): void;
  /** The socket is gone; nothing is sent on it any more. */
  gone(): void;
}

/** What becomes of dials. */
export type Admission = 'open' | 'refuse' | 'hang' | 'reset' | 'delay' | 'throw';

export interface NetworkOptions {
  readonly time: WorldTime;
  /** Of the client's process: what arrives while that stands still is handed over afterwards. */
  readonly client: ProcessClock;
  readonly chance: Chance;
  /** @returns The gateway's side, or an HTTP status of refusal; undefined while nobody listens. */
  readonly accept: (wire: Wire, url: URL) => ServerEnd | number | undefined;
  readonly watch: {
    /** Around each text that is handed to a socket that the client has not let go. */
    handing(wire: Wire, text: string): void;
    handed(): void;
    /** A text reaches a socket that the client has let go. */
    late(): void;
    opened(wire: Wire): void;
    ended(wire: Wire, code: number): void;
    sent(wire: Wire, text: string): void;
    trace(line: string): void;
  };
}

/** Milliseconds one way: at least, and what chance adds. */
export interface Delay {
  readonly least: number;
  readonly jitter: number;
}

const FAST: Delay = { least: 2, jitter: 10 };

/** A handshake of the fault `delay` takes so long. */
const SLOW_SHAKE_MS = [1_000, 9_000] as const;

const FINAL_TEXT = 0x81;

const decoder = new TextDecoder();

/** Bytes to texts: RFC 6455 from server to client, final text frames only, for nothing else is sent. */
class Frames {
  #rest: Uint8Array = new Uint8Array();

  /** @returns The texts that are whole by now. */
  take(bytes: Uint8Array): string[] {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const view = new DataView(all.buffer, all.byteOffset, all.byteLength);
    const texts: string[] = [];
    let at = 0;
    while (at + 2 <= all.length) {
      if (all[at] !== FINAL_TEXT) throw new Error(`a frame begins with ${all[at]}`);
      const short = all[at + 1]!;
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (at + head > all.length) break;
      const length = head === 2 ? short : head === 4 ? view.getUint16(at + 2) : Number(view.getBigUint64(at + 2));
      if (at + head + length > all.length) break;
      texts.push(decoder.decode(all.subarray(at + head, at + head + length)));
      at += head + length;
    }
    this.#rest = all.subarray(at);
    return texts;
  }
}

type Down =
  | { readonly kind: 'open' }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'ping' }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string };

type Up =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'pong' }
  | { readonly kind: 'close' }
  | { readonly kind: 'fin' };

interface Waiting<Item> {
  readonly item: Item;
  readonly at: number;
}

/** One direction: in order, each item no earlier than the one before. */
class Lane<Item> {
  readonly #time: WorldTime;
  readonly #give: (item: Item) => void;
  readonly #until: () => number;
  #queue: Waiting<Item>[] = [];
  #timer: number | undefined;

  constructor(time: WorldTime, until: () => number, give: (item: Item) => void) {
    this.#time = time;
    this.#until = until;
    this.#give = give;
  }

  get waiting(): readonly Item[] {
    return this.#queue.map(({ item }) => item);
  }

  get size(): number {
    return this.#queue.length;
  }

  push(item: Item, at: number): void {
    this.#queue.push({ item, at: Math.max(at, this.#queue.at(-1)?.at ?? 0) });
    this.wake();
  }

  clear(): void {
    this.#queue = [];
    this.#time.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Looks again when the first item may go. */
  wake(): void {
    this.#time.clearTimeout(this.#timer);
    this.#timer = undefined;
    const [first] = this.#queue;
    if (first === undefined) return;
    const at = Math.max(first.at, this.#until());
    if (at === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#time.setTimeout(() => {
      this.#timer = undefined;
      // It may have been held up meanwhile.
      if (this.#until() <= this.#time.now()) this.#give(this.#queue.shift()!.item);
      if (this.#timer === undefined) this.wake();
    }, at - this.#time.now());
  }
}

export class Wire {
  readonly id: number;
  readonly url: string;
  /** As the client sees it. */
  state: 'dialing' | 'open' | 'closing' | 'gone' = 'dialing';
  /** The client has let go of it: what is handed to it is nobody's business. */
  isDropped = false;
  /** Something was done to it that no keepAlive can help. */
  isFaulty = false;
  readonly socket: Socket;
  readonly #network: Network;
  readonly #frames = new Frames();
  readonly #down: Lane<Down>;
  readonly #up: Lane<Up>;
  #server: ServerEnd | undefined;
  #isHalfOpen = false;
  #isPaused = false;
  #stalledUntil = 0;
  /** Bytes a millisecond. */
  #rate = Number.POSITIVE_INFINITY;
  /** When the last byte has gone through, as far as the rate goes. */
  #sentAt = 0;
  #unsent = 0;
  /** What is wrong with the next text. */
  #garble: ((text: string) => readonly string[]) | undefined;
  /** What is on its way to a terminated socket reaches it. */
  readonly #isLate: boolean;

  constructor(network: Network, id: number, url: string) {
    const { time, client } = network.options;
    this.#network = network;
    this.id = id;
    this.url = url;
    this.#isLate = network.options.chance.often(0.5);
    this.#down = new Lane<Down>(
      time,
      () => (this.#isPaused ? Number.POSITIVE_INFINITY : Math.max(this.#stalledUntil, client.frozenUntil)),
      (item) => this.#arrive(item),
    );
    this.#up = new Lane<Up>(
      time,
      () => 0,
      (item) => this.#reach(item),
    );
    this.socket = {
      send: (text) => this.#send(text),
      close: () => this.#close(),
      terminate: () => this.#terminate(),
      pause: () => this.#pause(true),
      resume: () => this.#pause(false),
    };
  }

  get isHalfOpen(): boolean {
    return this.#isHalfOpen;
  }

  /** The gateway's side is there. */
  get isServed(): boolean {
    return this.#server !== undefined;
  }

  /** Bytes that the gateway has written and the network has not taken. */
  get unsentBytes(): number {
    return this.#unsent;
  }

  /** Items on their way. */
  get inFlight(): number {
    return this.#down.size + this.#up.size;
  }

  /** The handshake reaches the gateway. */
  shake(): void {
    if (this.state === 'gone') return;
    const answer = this.#network.options.accept(this, new URL(this.url));
    if (answer === undefined) this.refuse('connect ECONNREFUSED');
    else if (typeof answer === 'number') this.refuse(`Unexpected server response: ${answer}`);
  }

  /** The gateway lets it in. What is written from here on comes after the news that it is open. */
  serve(server: ServerEnd): void {
    this.#server = server;
    this.#push({ kind: 'open' }, 0);
  }

  /** The dial comes to nothing. */
  refuse(cause: string): void {
    this.#network.after(() => this.#lose(1006, '', new Error(cause)));
  }

  write(frames: readonly Uint8Array[]): void {
    const bytes = frames.length === 1 ? frames[0]! : Buffer.concat(frames);
    this.#unsent += bytes.length;
    if (!this.#isHalfOpen) this.#push({ kind: 'bytes', bytes }, bytes.length);
  }

  ping(): void {
    if (!this.#isHalfOpen) this.#push({ kind: 'ping' }, 6);
  }

  /** The gateway closes in order. */
  serverClose(code: number, reason: string): void {
    if (!this.#isHalfOpen) this.#push({ kind: 'close', code, reason }, 4);
  }

  /** The gateway destroys its side. */
  serverCut(): void {
    this.#server = undefined;
    if (this.#isHalfOpen) return;
    // The reset runs behind what is on its way.
    this.#push({ kind: 'close', code: 1006, reason: '' }, 0);
  }

  /** A reset: both sides hear of it, what is on its way is lost, but for the first part of a frame or two if it is cut. */
  reset({ isCut = false }: { readonly isCut?: boolean } = {}): void {
    this.isFaulty = true;
    const server = this.#server;
    this.#server = undefined;
    if (isCut) this.#cut();
    this.#down.clear();
    this.#up.clear();
    this.#network.watch.trace(`net ${this.id} reset`);
    server?.gone();
    if (this.state !== 'gone') this.#lose(1006, '', isCut ? undefined : new Error('read ECONNRESET'));
  }

  /** Nothing passes any more, either way, and nobody hears of it. */
  halfOpen(): void {
    this.isFaulty = true;
    this.#isHalfOpen = true;
    this.#down.clear();
    this.#up.clear();
  }

  /** The network takes nothing from the gateway for a while. */
  stall(ms: number): void {
    this.isFaulty = true;
    this.#stalledUntil = Math.max(this.#stalledUntil, this.#network.options.time.now() + ms);
  }

  /** The client reads so slowly. @param rate - Bytes a millisecond. */
  throttle(rate: number): void {
    this.isFaulty = true;
    this.#rate = rate;
    this.#sentAt = this.#network.options.time.now();
  }

  /** What the next text is turned into. */
  garble(turn: (text: string) => readonly string[]): void {
    this.#garble = turn;
  }

  #push(item: Down, bytes: number): void {
    const { time } = this.#network.options;
    this.#sentAt = Math.max(this.#sentAt, time.now()) + bytes / this.#rate;
    this.#down.push(item, Math.round(this.#sentAt + this.#network.delay()));
  }

  #rise(item: Up): void {
    if (this.#isHalfOpen) return;
    this.#up.push(item, this.#network.options.time.now() + this.#network.delay());
  }

  /** A part of what is on its way comes through. */
  #cut(): void {
    if (this.state !== 'open') return;
    const bytes = Buffer.concat(this.#down.waiting.flatMap((item) => (item.kind === 'bytes' ? [item.bytes] : [])));
    this.#read(bytes.subarray(0, this.#network.options.chance.whole(0, bytes.length)));
  }

  #arrive(item: Down): void {
    if (item.kind === 'bytes') this.#unsent -= item.bytes.length;
    if (this.state === 'gone') {
      if (this.isDropped && this.#isLate && item.kind === 'bytes') this.#read(item.bytes);
      return;
    }
    switch (item.kind) {
      case 'open':
        if (this.state !== 'dialing') return;
        this.state = 'open';
        this.#network.watch.opened(this);
        this.socket.onOpen?.();
        return;
      case 'bytes':
        this.#read(item.bytes);
        return;
      case 'ping':
        this.#rise({ kind: 'pong' });
        return;
      case 'close':
        this.#rise({ kind: 'fin' });
        this.#lose(item.code, item.reason);
    }
  }

  #read(bytes: Uint8Array): void {
    for (const text of this.#frames.take(bytes)) {
      const garble = this.#garble;
      this.#garble = undefined;
      if (garble === undefined) this.#hand(text);
      else for (const other of garble(text)) this.#hand(other);
    }
  }

  #hand(text: string): void {
    const { watch } = this.#network;
    const isHeard = !this.isDropped;
    if (isHeard) watch.handing(this, text);
    else watch.late();
    this.socket.onText?.(text);
    if (isHeard) watch.handed();
  }

  #reach(item: Up): void {
    const server = this.#server;
    if (server === undefined) return;
    if (item.kind === 'text') server.receive(item.text);
    else if (item.kind === 'pong') server.ponged();
    else {
      this.#server = undefined;
      server.gone();
      // Who closes in order waits for the answer.
      if (item.kind === 'close') this.#push({ kind: 'close', code: 1000, reason: '' }, 0);
      else if (!this.isDropped) this.#down.clear();
    }
  }

  #send(text: string): void {
    if (this.state === 'dialing') throw new Error('WebSocket is not open: readyState 0 (CONNECTING)');
    if (this.state !== 'open') return;
    this.#network.watch.sent(this, text);
    this.#rise({ kind: 'text', text });
  }

  #close(): void {
    if (this.state !== 'open') {
      this.#terminate();
      return;
    }
    this.state = 'closing';
    this.#rise({ kind: 'close' });
  }

  #pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#down.wake();
  }

  #terminate(): void {
    if (this.isDropped) return;
    this.isDropped = true;
    this.#isPaused = false;
    this.#network.left(this);
    if (this.state === 'gone') return;
    this.state = 'gone';
    this.#rise({ kind: 'fin' });
    this.#network.watch.ended(this, 1006);
    // What runtimes say of a terminated socket comes later, some time.
    const told = (): void => this.#network.after(() => this.socket.onClose?.(1006, ''));
    this.#network.options.time.setTimeout(told, this.#network.tellsAfter);
  }

  #lose(code: number, reason: string, cause?: Error): void {
    if (this.state === 'gone') return;
    this.state = 'gone';
    this.#network.left(this);
    this.#network.watch.ended(this, code);
    if (cause !== undefined) this.socket.onError?.(cause);
    this.socket.onClose?.(code, reason);
  }
}

export class Network {
  readonly options: NetworkOptions;
  admission: Admission = 'open';
  delays: Delay = FAST;
  /** Wires that the client has not let go, and that are not lost. */
  readonly live = new Set<Wire>();
  dialled = 0;
  /** How long it takes until a terminated socket is told that it is closed, milliseconds. */
  readonly tellsAfter: number;

  constructor(options: NetworkOptions) {
    this.options = options;
    this.tellsAfter = options.chance.pick([0, 3_000]);
  }

  get watch(): NetworkOptions['watch'] {
    return this.options.watch;
  }

  /** Milliseconds, one way, of the next item. */
  delay(): number {
    const { least, jitter } = this.delays;
    return least + this.options.chance.whole(0, jitter);
  }

  /** To the client. */
  after(call: () => void): void {
    const { time, client } = this.options;
    time.setTimeout(call, Math.max(this.delay(), client.frozenUntil - time.now()));
  }

  left(wire: Wire): void {
    this.live.delete(wire);
  }

  /** Everything as good as it can be. */
  heal(): void {
    this.admission = 'open';
    this.delays = FAST;
    for (const wire of [...this.live]) if (wire.isFaulty) wire.reset();
  }

  readonly openSocket: SocketFactory = (url) => {
    const { admission } = this;
    this.dialled += 1;
    this.watch.trace(`dial ${this.dialled} ${url} ${admission}`);
    if (admission === 'throw') throw new SyntaxError(`Invalid URL: ${url}`);
    const wire = new Wire(this, this.dialled, url);
    this.live.add(wire);
    if (admission === 'hang') {
      // Nobody answers, ever; once the client has given up there is nothing to remember.
      return wire.socket;
    }
    if (admission === 'refuse') wire.refuse('connect ECONNREFUSED');
    else if (admission === 'delay')
      this.options.time.setTimeout(() => wire.shake(), this.options.chance.whole(...SLOW_SHAKE_MS));
    else
      this.after(() => {
        wire.shake();
        if (admission === 'reset') wire.reset();
      });
    return wire.socket;
  };
}
