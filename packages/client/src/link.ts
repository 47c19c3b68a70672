/**
 * One link to the gateway, across as many sockets as it takes: what is wanted of it, and what its socket was asked for.
 * In: interests, texts of a socket, the moves of its state. Out: dials, commands for the difference, news of its state.
 */
import { blockheight, formatCommand, formatStreamName, type Height, type Stream } from '@dexwire/protocol';
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
  url(names: readonly string[]): string;
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
/** The one topic that a gateway refuses to send without compression. Spec §5.2. */
const COMPRESSED = 'marketDepth1000';

const isWanted = ({ kept, subscribers }: Interest<Consumer>): boolean => kept || subscribers.length > 0;

export class Link implements Record<Effect, () => void> {
  state: ConnectionState = { name: 'idle' };
  readonly router = new Router<Consumer>();
  /** The one address of its sockets: a second one would silence the first. */
  address: string | undefined;
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

  /** @param stream - The first one that it is for. */
  constructor(board: Switchboard, { topic }: Stream) {
    this.#board = board;
    this.#compress = topic === COMPRESSED;
    if (board.pulse && board.ask !== 'name') this.#add(blockheight, '$all').kept = true;
  }

  /** Whether it can serve this as well. */
  takes(stream: Stream, subject: string): boolean {
    const { ask } = this.#board;
    const { name } = this.state;
    if (name === 'closing' || name === 'closed') return false;
    if (this.router.get(stream, subject)) return true;
    if (stream.scope === 'address' && this.address) return this.address === subject;
    return (
      this.router.size < ROOM[ask] &&
      (ask === 'commands' || name === 'idle') &&
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
    const { openSocket, url, read } = this.#board;
    let error: unknown;
    try {
      this.#url = url([...new Set(this.router.all().map(({ name }) => name))]);
      const socket = openSocket(this.#url, this.#compress);
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
   * Asks again for all that is silent, the share of each subscription on its own: a command is refused whole, so one
   * symbol that is not listed may have taken others with it.
   *
   * @returns Whether there is anything that was not alone before.
   */
  isolate(): boolean {
    const silent = this.router
      .all()
      .filter(({ asked, alone, subscribers }) => asked && !alone && subscribers.some(({ heard }) => !heard));
    for (const interest of silent) {
      interest.alone = true;
      interest.asked = false;
    }
    this.#flush();
    return silent.length > 0;
  }

  #add(stream: Stream, subject: string): Interest<Consumer> {
    const name = formatStreamName(stream, subject);
    const interest = { home: this, stream, subject, name, subscribers: [], asked: false, kept: false, alone: false };
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
    const [state, ...effects] = move(this.state, input, { ...board, now, random: board.random(), cause });
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
    const { clock, ask } = this.#board;
    const now = clock.now();
    this.#tokens = Math.min(BURST, this.#tokens + (now - this.#filled) / COMMAND_EVERY_MS);
    this.#filled = now;
    const done: Interest<Consumer>[] = [];
    for (const { stream, interests } of this.router.routes()) {
      const groups = new Map<unknown, Interest<Consumer>[]>();
      for (const one of interests.values()) {
        if (isWanted(one) === one.asked) continue;
        const key = one.asked || (one.alone && one.subscribers[0]);
        const group = groups.get(key);
        if (group) group.push(one);
        else groups.set(key, [one]);
      }
      for (const [key, group] of groups) {
        const isAsked = key === true;
        if (ask === 'commands') {
          if (this.#tokens < 1) {
            clock.clearTimeout(this.#pace);
            this.#pace = clock.setTimeout(() => this.#flush(), COMMAND_EVERY_MS);
            continue;
          }
          this.#tokens--;
          const subjects = group.map(({ subject }) => subject);
          this.#socket?.send(
            formatCommand({
              method: isAsked ? 'unsubscribe' : 'subscribe',
              topic: stream.topic,
              ...(stream.scope === 'address' ? { address: subjects[0]! } : { symbols: subjects }),
            }),
          );
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
}
