/**
 * One link to the gateway, across as many sockets as it takes: what is wanted of it, and what its socket was asked for.
 * In: interests, texts of a socket, the moves of its state. Out: dials, commands for the difference, news of its state.
 */
import {
  blockheight,
  type DexError,
  formatCommand,
  formatStreamName,
  type Height,
  type Stream,
} from '@dexwire/protocol';
import type { Clock, Timer } from './clock.ts';
import { type ConnectionState, type Effect, type Input, move, type Timings } from './connectionState.ts';
import { ConnectionError } from './errors.ts';
import { type Interest, Router, subscribersOf } from './router.ts';
import type { Socket, SocketFactory } from './socket.ts';
import type { Subscribed } from './subscription.ts';

/** How the gateway is asked: by commands, by one stream name in the URL, or by many. */
export type Ask = 'commands' | 'name' | 'combined';

/** The state of one link, or of a `Dex` that has none. */
export type Status = ConnectionState & {
  /** Of the last socket dialled. */
  readonly url?: string | undefined;
  /** Of the link that carries personal streams. */
  readonly address?: string | undefined;
};

/** Whom a link serves. */
export type Consumer = Subscribed<unknown>;

export interface LinkSettings extends Timings {
  /** Default: by commands, which is what nearly every client of the venue did. */
  readonly ask: Ask;
  /** Dials. Default: the runtime's WebSocket, in Node.js that of `ws`. */
  readonly openSocket: SocketFactory;
  /**
   * PEM of the certificates to trust, in place of those that Node.js knows: `node.ca` of a node that has made its own. Not in
   * browsers, where it is an error, for they decide themselves.
   */
  readonly ca: string | readonly string[] | undefined;
  /** Default: the machine's. */
  readonly clock: Clock;
  /** 0 up to 1, such as `Math.random`. */
  readonly random: () => number;
  /** Every socket subscribes to `blockheight`, so that gaps have heights. Not with one stream name a socket. */
  readonly pulse: boolean;
}

/** What all links of one connection share, and what they tell it. */
interface Switchboard extends LinkSettings {
  /** No socket was open yet. */
  first: boolean;
  /** @param names - All that is wanted, without repetition. */
  url(way: Ask, names: readonly string[]): string;
  read(link: Link, text: string): void;
  /** The link's state is another one. */
  changed(link: Link): void;
  /** The first dial's time is up. */
  failed(link: Link): void;
}

/** How many names a socket takes: a gateway admits 1,024 (assumed), and the line of a URL has its bounds as well. */
const ROOM = { commands: 1000, combined: 100, name: 0 };
/** A gateway admits 20 commands a second, 100 at once (assumed); half of it is enough. */
const BURST = 50;
const COMMAND_EVERY_MS = 100;
/** A method that no gateway has: its refusal echoes it (recorded of other methods). */
export const FENCE = 'fence';
/** The one topic that a gateway refuses to send without compression. Spec §5.2. */
const COMPRESSED = 'marketDepth1000';

/** What no further attempt can mend: `CERTIFICATE_REFUSED` and `CA_UNUSABLE`. */
const FINAL = /^C(A_|ERT)/;

const isWanted = ({ kept, subscribers }: Interest<Consumer>): boolean => kept || subscribers.length > 0;

export class Link implements Record<Effect, () => void> {
  state: ConnectionState = { name: 'idle' };
  readonly router = new Router<Consumer>();
  /** The one address of its sockets: a second one would silence the first. */
  address: string | undefined;
  /** How its sockets are asked. */
  way: Ask;
  #url: string | undefined;
  /** The highest block seen. */
  height: Height | undefined;
  readonly #board: Switchboard;
  readonly #compress: boolean;
  #socket: Socket | undefined;
  #timer: Timer;
  #isWoken = false;
  /** Commands that may be sent at once, as of `#filled`. */
  #tokens = 0;
  #filled = 0;
  #pace: Timer;
  /** What a refusal may mean, in groups of one topic; the first is being asked for. */
  #suspects: Interest<Consumer>[][] = [];
  #refusal: DexError | undefined;
  #isRefused = false;

  /** @param stream - The first one that it is for. */
  constructor(board: Switchboard, { topic }: Stream) {
    this.#board = board;
    this.way = board.ask;
    this.#compress = topic === COMPRESSED;
    if (board.pulse && board.ask !== 'name') this.#add(blockheight, '$all').kept = true;
  }

  /** Whether it can serve this as well. */
  takes(stream: Stream, subject: string): boolean {
    const { way } = this;
    const { name } = this.state;
    if (name === 'closing' || name === 'closed') return false;
    if (this.router.get(stream, subject)) return true;
    if (stream.scope === 'address' && this.address) return this.address === subject;
    return (
      this.router.size < ROOM[way] &&
      (way === 'commands' || name === 'idle') &&
      this.#compress === (stream.topic === COMPRESSED)
    );
  }

  add(stream: Stream, subject: string, consumer: Consumer): Interest<Consumer> {
    const interest = this.router.get(stream, subject) ?? this.#add(stream, subject);
    if (stream.scope === 'address') this.address = subject;
    interest.subscribers = [...interest.subscribers, consumer];
    this.#wake();
    return interest;
  }

  remove(interest: Interest<Consumer>, consumer: Consumer): void {
    interest.subscribers = interest.subscribers.filter((other) => other !== consumer);
    this.#tidy(interest);
    this.#wake();
  }

  get status(): Status {
    return { ...this.state, url: this.#url, address: this.address };
  }

  saw(height: Height | undefined): void {
    if (height !== undefined && !(height <= this.height!)) this.height = height;
  }

  close(): void {
    this.#step('close');
  }

  dial(): void {
    const { openSocket, url, read, ca } = this.#board;
    let error: unknown;
    try {
      this.#url = url(this.way, [...new Set(this.router.all().map(({ name }) => name))]);
      const socket = openSocket(this.#url, this.#compress, ca);
      // What a socket says after it was dropped is nobody's business any more.
      const isOurs = (): boolean => socket === this.#socket;
      this.#socket = socket;
      socket.onOpen = () => isOurs() && this.#step('opened');
      socket.onText = (text) => isOurs() && read(this, text);
      socket.onError = (cause) => {
        error = cause;
      };
      socket.onClose = (code, reason) =>
        isOurs() && this.#step('lost', error ?? new ConnectionError('SOCKET_CLOSED', `${code} ${reason}`));
    } catch (cause) {
      this.#step('lost', cause);
    }
  }

  ask(): void {
    this.#board.first = false;
    this.#tokens = BURST;
    this.#flush();
  }

  keepAlive(): void {
    this.#socket?.send(formatCommand({ method: 'keepAlive' }));
  }

  hangUp(): void {
    this.#socket?.close();
  }

  drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.terminate();
    this.#board.clock.clearTimeout(this.#pace);
    this.#suspects = [];
    for (const interest of this.router.all()) interest.held = false;
    const asked = this.router.all().filter((interest) => interest.asked);
    for (const interest of asked) {
      interest.asked = false;
      this.#tidy(interest);
    }
    for (const consumer of subscribersOf(asked)) consumer.lose(this.height);
  }

  fail(): void {
    this.#board.failed(this);
  }

  /**
   * A command was refused, which does not say of what: what may be meant is asked for again, half by half, each time with
   * a fence behind it, a command that is refused for certain and by name. A refusal before the fence is of that half.
   *
   * @returns Whether anybody may be meant; then it is told what becomes of it.
   */
  refused(error: DexError): boolean {
    // A URL is refused whole as well: with one name in it, it is that; of several, the next socket asks by commands.
    if (this.way === 'name') {
      for (const consumer of subscribersOf(this.router.all())) consumer.end(error);
      return true;
    }
    if (this.way === 'combined') {
      this.way = 'commands';
      return false;
    }
    if (this.#suspects.length) {
      this.#isRefused = true;
      return true;
    }
    const isMeant = ({ stream, asked, proven, subscribers }: Interest<Consumer>): boolean =>
      asked && !proven && subscribers.length > 0 && !/address/.test(error.message) === (stream.scope !== 'address');
    const suspects = this.router.routes().map(({ interests }) => [...interests.values()].filter(isMeant));
    this.#suspects = suspects.filter(({ length }) => length);
    this.#refusal = error;
    for (const one of this.#suspects.flat()) {
      one.held = true;
      one.asked = false;
    }
    this.#probe();
    return this.#suspects.length > 0;
  }

  /** The fence is there: what was asked for before it has been judged. */
  fenced(): void {
    const group = this.#suspects.shift();
    if (!group) return;
    if (!this.#isRefused) for (const one of group) this.#acquit(one);
    else if (group.length > 1) {
      const half = group.length >> 1;
      this.#suspects.unshift(group.slice(0, half), group.slice(half));
    } else {
      // What is not known to the gateway need not be left there.
      group[0]!.asked = group[0]!.held = false;
      for (const consumer of group[0]!.subscribers) consumer.end(this.#refusal);
    }
    this.#probe();
  }

  #acquit(one: Interest<Consumer>): void {
    one.proven = true;
    one.held = false;
    for (const consumer of one.subscribers) consumer.asked();
  }

  #probe(): void {
    const { clock } = this.#board;
    const group = this.#suspects[0];
    this.#isRefused = false;
    if (!group || this.#waits(2, () => this.#probe())) return;
    clock.clearTimeout(this.#pace);
    for (const one of group) one.asked = true;
    this.#subscribe(group, 'subscribe');
    this.#socket?.send(`{"method":"${FENCE}"}`);
  }

  #add(stream: Stream, subject: string): Interest<Consumer> {
    const name = formatStreamName(stream, subject);
    const interest = {
      home: this,
      stream,
      subject,
      name,
      subscribers: [],
      asked: false,
      kept: false,
      proven: false,
      held: false,
    };
    this.router.add(interest);
    return interest;
  }

  /** Forgets what is neither wanted nor asked for. */
  #tidy(interest: Interest<Consumer>): void {
    if (!interest.asked && !isWanted(interest)) this.router.remove(interest);
  }

  /** After the program's own turn, so that what is subscribed to together is asked for together. */
  #wake(): void {
    if (this.#isWoken) return;
    this.#isWoken = true;
    queueMicrotask(() => {
      this.#isWoken = false;
      this.#step(subscribersOf(this.router.all()).length ? 'want' : 'unwant');
      this.#flush();
    });
  }

  #step(input: Input, cause?: unknown): void {
    const board = this.#board;
    const { clock } = board;
    const now = clock.now();
    const [state, ...effects] = move(this.state, input, {
      ...board,
      now,
      random: board.random(),
      cause,
      final: cause instanceof ConnectionError && FINAL.test(cause.code),
    });
    if (state === this.state) return;
    this.state = state;
    clock.clearTimeout(this.#timer);
    if ('until' in state) {
      this.#timer = clock.setTimeout(
        () => this.#step('time', new ConnectionError('CONNECT_TIMEOUT', 'no answer to the handshake')),
        state.until - now,
      );
    }
    board.changed(this);
    for (const effect of effects) this[effect]();
  }

  /** Sends the difference between what is wanted and what the socket was asked for, a command a topic. */
  #flush(): void {
    if (this.state.name !== 'open') return;
    const done: Interest<Consumer>[] = [];
    for (const { interests } of this.router.routes()) {
      for (const isAsked of [true, false]) {
        const group = [...interests.values()].filter(
          (one) => !one.held && one.asked === isAsked && isWanted(one) !== isAsked,
        );
        if (!group.length) continue;
        if (this.way === 'commands') {
          if (this.#waits(1, () => this.#flush())) continue;
          this.#subscribe(group, isAsked ? 'unsubscribe' : 'subscribe');
        }
        for (const one of group) {
          one.asked = !isAsked;
          this.#tidy(one);
        }
        done.push(...group);
      }
    }
    for (const consumer of subscribersOf(done)) consumer.asked();
  }

  #subscribe(group: readonly Interest<Consumer>[], method: 'subscribe' | 'unsubscribe'): void {
    const { stream, subject } = group[0]!;
    const subjects = group.map((one) => one.subject);
    const whom = stream.scope === 'address' ? { address: subject } : { symbols: subjects };
    this.#socket?.send(formatCommand({ method, topic: stream.topic, ...whom }));
  }

  /** Takes leave to send so many commands, or tries again a little later. */
  #waits(commands: number, again: () => void): boolean {
    const { clock } = this.#board;
    const now = clock.now();
    this.#tokens = Math.min(BURST, this.#tokens + (now - this.#filled) / COMMAND_EVERY_MS);
    this.#filled = now;
    const isEarly = this.#tokens < commands;
    if (isEarly) {
      clock.clearTimeout(this.#pace);
      this.#pace = clock.setTimeout(again, COMMAND_EVERY_MS);
    } else this.#tokens -= commands;
    return isEarly;
  }
}
