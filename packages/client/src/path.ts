/**
 * One socket after another to one endpoint, and what the present one was asked for.
 * In: what is wanted, texts of a socket, the moves of its state. Out: dials, commands for the difference, news of its state.
 */
import { type DexError, formatCommand, type Height } from '@dexwire/protocol';
import type { Clock, Timer } from './clock.ts';
import { type ConnectionState, type Effect, type Input, move, type Timings } from './connectionState.ts';
import type { Continuity } from './continuity.ts';
import { ConnectionError } from './errors.ts';
import type { Log, Metrics } from './metrics.ts';
import { type Interest, type Router, subscribersOf } from './router.ts';
import type { Socket, SocketFactory } from './socket.ts';
import type { Subscribed } from './subscription.ts';

/** How the gateway is asked: by commands, by one stream name in the URL, or by many. */
export type Ask = 'commands' | 'name' | 'combined';

/** Whom it all serves. */
export type Consumer = Subscribed<unknown>;

export interface PathSettings extends Timings {
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
  /** How many commands a second a socket is sent, and how many at once. Default: 10 and 50, half of what a gateway admits (assumed). */
  readonly commands: { readonly perSecond: number; readonly burst: number };
  readonly metrics: Metrics | undefined;
  readonly log: Log | undefined;
}

/** Texts that wait. Of some interests the first so many are of before they were asked for again, and do not count. */
export interface Backlog {
  readonly texts: string[];
  readonly outdated: Map<Interest<Consumer>, number>;
  /** From this one on all that is wanted is on its way. */
  provesFrom: number;
}

/** What a path is to its host. */
export interface Standing {
  /** It brings everything, from the next block on; `Infinity`: nobody tells from which. */
  from: number | undefined;
  /** What it brings counts. */
  isServing: boolean;
  /** It is to take the place of this one, until it has. */
  replaces: Path | undefined;
  /** What came before it could join the others. */
  backlog: Backlog;
  /** Of the blocks that its socket has brought, as far as they count. */
  continuity: Continuity;
  /** The newest block when its socket was opened: what it brings is newer, unless the chain begins anew. */
  seenBefore: Height | undefined;
  /** In beats: when it was asked for everything, when it began to wait for others, when a pulse came, when anything did. */
  askedAt: number;
  waitsSince: number;
  pulsedAt: number;
  heard: number;
  isStale: boolean;
  /** Milliseconds of the clock: when it is renewed; when the next one may be tried. */
  renewAt: number;
  retryAt: number;
  retries: number;
  /** Beats in which it has spoken since a fence was sent that the gateway has not come to. */
  awaiting: number;
  /** Frames that it brought first, and that another path had brought before; how much later those came, milliseconds in all. */
  first: number;
  repeated: number;
  behind: number;
}

/** What a path serves, and tells. */
export interface PathHost {
  readonly router: Router<Consumer>;
  readonly way: Ask;
  readonly compress: boolean;
  /** From which block on something comes has to be known for certain. */
  readonly isAudited: boolean;
  /** To be asked for last: when it comes, everything else is on its way. */
  readonly pulse: Interest<Consumer> | undefined;
  /** No socket was open yet. */
  isFirst(): boolean;
  url(endpoint: string): string;
  read(path: Path, text: string): void;
  /** The state is another one. */
  changed(path: Path): void;
  opened(path: Path): void;
  /** Its socket was asked for these. */
  asked(path: Path, interests: readonly Interest<Consumer>[]): void;
  /** Its socket is gone, and with it what it was asked for. */
  lost(path: Path, asked: readonly Interest<Consumer>[]): void;
  /** The first dial's time is up. */
  failed(path: Path): void;
  /** A URL that asked for several names was refused. */
  refusedWhole(): void;
}

/** A method that no gateway has: its refusal echoes it (recorded of other methods). */
export const FENCE = 'fence';

/** What no further attempt can mend: `CERTIFICATE_REFUSED` and `CA_UNUSABLE`. */
const FINAL = /^C(A_|ERT)/;

export const isWanted = ({ kept, subscribers }: Interest<Consumer>): boolean => kept || subscribers.length > 0;

export class Path implements Record<Effect, () => void> {
  state: ConnectionState = { name: 'idle' };
  readonly endpoint: string;
  /** Of the last socket dialled. */
  url: string | undefined;
  /** What the open socket was asked for. */
  readonly asked = new Set<Interest<Consumer>>();
  /** Of these, what was asked for since the last pulse came. */
  readonly fresh = new Set<Interest<Consumer>>();
  /**
   * Of these, what comes was sent before they were asked for again, and between its last frame and the first one of now some are
   * missing, of which nothing tells: so it does not count.
   */
  readonly awaited = new Set<Interest<Consumer>>();
  /** By symbol, the newest diff that it brought after another path had: what tells it from all others. */
  readonly newest = new Map<string, string>();
  /** The highest block seen by the open socket. */
  height: Height | undefined;
  readonly standing: Standing;
  readonly #settings: PathSettings;
  readonly #host: PathHost;
  #socket: Socket | undefined;
  #timer: Timer;
  #dialledAt = 0;
  /** Commands that may be sent at once, as of `#filled`. */
  #tokens = 0;
  #filled = 0;
  #pace: Timer;
  #wasOpen = false;
  /** What the gateway is known to take, for it was not what a refusal meant. */
  readonly #proven = new WeakSet<Interest<Consumer>>();
  /** What a refusal may mean, in groups of one topic; the first is being asked for. */
  #suspects: Interest<Consumer>[][] = [];
  /** The same, as a whole: not to be asked for with others. */
  readonly #held = new Set<Interest<Consumer>>();
  #refusal: DexError | undefined;
  /** Fences that the gateway has not come to yet, the oldest first. */
  #fences: (() => void)[] = [];
  /** Names that the open socket was asked for and no more: frames of then may still be on their way. */
  readonly #left = new Set<string>();
  /** The gateway is taken to come to fences. */
  #isTrusted = true;
  /** What was asked for behind the fence that is awaited. */
  #meanwhile: Interest<Consumer>[] = [];
  #isRefused = false;
  /** The first of them was asked for, and its fence is on its way. */
  #isProbing = false;

  constructor(settings: PathSettings, host: PathHost, endpoint: string, standing: Standing) {
    this.#settings = settings;
    this.#host = host;
    this.endpoint = endpoint;
    this.standing = standing;
  }

  get isOpen(): boolean {
    return this.state.name === 'open';
  }

  saw(height: Height | undefined): void {
    if (height !== undefined && !(height <= this.height!)) this.height = height;
  }

  /** @returns Whether its socket can be told to wait. */
  pause(isPaused: boolean): boolean {
    const socket = this.#socket;
    const change = isPaused ? socket?.pause : socket?.resume;
    change?.call(socket);
    return !socket || !!change;
  }

  step(input: Input, cause?: unknown): void {
    const settings = this.#settings;
    const { clock } = settings;
    const now = clock.now();
    const [state, ...effects] = move(this.state, input, {
      ...settings,
      now,
      random: settings.random(),
      first: this.#host.isFirst(),
      cause,
      final: cause instanceof ConnectionError && FINAL.test(cause.code),
    });
    if (state === this.state) return;
    this.state = state;
    clock.clearTimeout(this.#timer);
    if ('until' in state) {
      this.#timer = clock.setTimeout(
        () => this.step('time', new ConnectionError('CONNECT_TIMEOUT', 'no answer to the handshake')),
        state.until - now,
      );
    }
    this.#host.changed(this);
    for (const effect of effects) {
      // Who was told of it may have closed it: nothing new is begun then.
      if (this.state === state || !/^(dial|ask|keepAlive)$/.test(effect)) this[effect]();
    }
  }

  dial(): void {
    const { openSocket, ca, clock, metrics } = this.#settings;
    let error: unknown;
    this.#dialledAt = clock.now();
    metrics?.count('dials', 1, {});
    try {
      this.url = this.#host.url(this.endpoint);
      const socket = openSocket(this.url, this.#host.compress, ca);
      // What a socket says after it was dropped is nobody's business any more.
      const isOurs = (): boolean => socket === this.#socket;
      this.#socket = socket;
      socket.onOpen = () => isOurs() && this.step('opened');
      socket.onText = (text) => isOurs() && this.#host.read(this, text);
      socket.onError = (cause) => {
        error = cause;
      };
      socket.onClose = (code, reason) =>
        isOurs() && this.step('lost', error ?? new ConnectionError('SOCKET_CLOSED', `${code} ${reason}`));
    } catch (cause) {
      this.step('lost', cause);
    }
  }

  ask(): void {
    const { commands, clock, metrics } = this.#settings;
    metrics?.count('opens', 1, {});
    metrics?.measure('connect', clock.now() - this.#dialledAt, {});
    this.#tokens = commands.burst;
    this.#filled = clock.now();
    this.height = undefined;
    this.#wasOpen = true;
    this.#host.opened(this);
    this.flush();
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
    this.#settings.clock.clearTimeout(this.#pace);
    this.#suspects = this.#meanwhile = [];
    this.#isProbing = false;
    this.#held.clear();
    this.#left.clear();
    this.newest.clear();
    this.#isTrusted = true;
    this.#fences = [];
    const asked = [...this.asked];
    for (const one of asked) this.forget(one);
    if (this.#wasOpen) {
      this.#wasOpen = false;
      // One that was closed in order is none.
      if (this.state.name === 'waiting') this.#settings.metrics?.count('losses', 1, {});
      this.#host.lost(this, asked);
    }
    for (const one of asked) one.home.tidy(one);
  }

  fail(): void {
    this.#host.failed(this);
  }

  /** What it still was asked for, or may come back to, is forgotten by its host. */
  forget(interest: Interest<Consumer>): void {
    if (this.asked.delete(interest)) interest.asked--;
    this.fresh.delete(interest);
    this.awaited.delete(interest);
  }

  /** Asks anew for what was asked for. It is not taken back before, for a gateway that still knows of it would leave a hole. */
  again(interests: readonly Interest<Consumer>[]): void {
    if (!this.isOpen || this.#host.way !== 'commands') return;
    const asked = interests.filter((one) => this.asked.has(one) && !this.#held.has(one));
    for (const group of byTopic(asked)) {
      if (this.#waits()) return;
      this.#command(group, 'subscribe');
    }
  }

  /**
   * A command was refused, which does not say of what: what may be meant is asked for again, half by half, each time with
   * a fence behind it, a command that is refused for certain and by name. A refusal before the fence is of that half, or of
   * another command that was on its way: so a fence goes first, and where something else was asked for meanwhile, once more.
   *
   * @returns Whether anybody may be meant; then it is told what becomes of it.
   */
  refused(error: DexError): boolean {
    const { way, router } = this.#host;
    // A URL is refused whole as well: with one name in it, it is that; of several, the next socket asks by commands.
    if (way === 'name') {
      for (const consumer of subscribersOf(router.all())) consumer.end(error);
      return true;
    }
    if (way === 'combined') this.#host.refusedWhole();
    if (way === 'combined' || !this.#isTrusted) return false;
    if (this.#suspects.length) {
      this.#isRefused = true;
      return true;
    }
    const suspects = router.all().filter((one) => this.#isSuspect(one, error));
    if (!suspects.length) return false;
    this.#refusal = error;
    this.#suspects = [[]];
    this.#suspect(suspects);
    this.#probe();
    return true;
  }

  #isSuspect(one: Interest<Consumer>, { message }: DexError): boolean {
    return (
      this.asked.has(one) &&
      !this.#proven.has(one) &&
      !one.trace.hasCome &&
      one.subscribers.length > 0 &&
      !/address/.test(message) === (one.stream.scope !== 'address')
    );
  }

  #suspect(interests: readonly Interest<Consumer>[]): void {
    this.#suspects.push(...byTopic(interests));
    for (const one of interests) {
      this.forget(one);
      this.#held.add(one);
    }
  }

  /** Whether it waits for the gateway to come to a fence. */
  get isWaiting(): boolean {
    return this.awaited.size > 0 || this.#suspects.length > 0;
  }

  /**
   * The gateway does not come to fences: what was awaited is taken as it comes, now and later. What was looked for among others
   * is asked for alone, so that a refusal silences nobody else; of whom it is nobody can tell.
   */
  distrust(): void {
    this.#isTrusted = false;
    this.awaited.clear();
    this.#suspects = this.#meanwhile = [];
    this.#fences = [];
    this.#isProbing = false;
    this.#held.clear();
    this.flush();
  }

  /**
   * Sends a command that is refused for certain, and by name.
   *
   * @param onPassed - The gateway has read all that was sent before, and nothing older comes any more. Not told by a gateway that
   * does not answer, nor by a socket that is lost.
   */
  #fence(onPassed: () => void): void {
    // It goes with what it is for, and what comes behind it waits the longer.
    this.#tokens--;
    this.#fences.push(onPassed);
    this.#socket?.send(`{"method":"${FENCE}"}`);
  }

  /** The gateway has come to a fence. */
  fenced(): void {
    this.#fences.shift()?.();
  }

  /** What was asked for before the fence has been judged. */
  #judge(): void {
    const group = this.#suspects.shift();
    this.#isProbing = false;
    if (!group) return;
    const others = this.#meanwhile.filter((one) => this.#isSuspect(one, this.#refusal!));
    this.#meanwhile = [];
    if (!this.#isRefused) {
      for (const one of group) {
        this.#proven.add(one);
        this.#held.delete(one);
        this.fresh.add(one);
      }
      this.#host.asked(this, group);
      for (const consumer of subscribersOf(group)) consumer.asked();
    } else if (others.length) {
      for (const one of group) this.forget(one);
      this.#suspects.unshift(group);
      this.#suspect(others);
    } else if (group.length > 1) {
      const half = group.length >> 1;
      for (const one of group) this.forget(one);
      this.#suspects.unshift(group.slice(0, half), group.slice(half));
    } else if (group[0]) {
      // What is not known to the gateway need not be left there.
      this.forget(group[0]);
      this.#held.delete(group[0]);
      for (const consumer of group[0].subscribers) consumer.end(this.#refusal);
    }
    this.#probe();
  }

  /** Sends the difference between what is wanted and what the socket was asked for, a command a topic. */
  flush(): void {
    if (!this.isOpen) return;
    const { router, way, pulse } = this.#host;
    const done: Interest<Consumer>[] = [];
    const all = router.all();
    const isDue = (one: Interest<Consumer>): boolean => !this.#held.has(one) && one !== pulse;
    const news = byTopic(all.filter((one) => isDue(one) && isWanted(one) && !this.asked.has(one)));
    if (!this.#isTrusted) news.push(...news.splice(0).flatMap((group) => group.map((one) => [one])));
    if (pulse && !this.asked.has(pulse)) news.push([pulse]);
    // The pulse is asked for last; of what is asked for behind it, the next one says nothing.
    const isFenced = way === 'commands' && this.#isTrusted;
    const isProved = isFenced && !!pulse && this.asked.has(pulse) && this.#host.isAudited;
    const gone = byTopic([...this.asked].filter((one) => !isWanted(one)));
    const again = new Set(isFenced ? news.flat().filter(({ name }) => this.#left.has(name)) : []);
    let isBehindFence = false;
    for (const [groups, method] of [
      [news, 'subscribe'],
      [gone, 'unsubscribe'],
    ] as const) {
      for (const group of groups) {
        if (way === 'commands') {
          if (this.#waits()) break;
          if (!isBehindFence && group.some((one) => again.has(one))) {
            isBehindFence = true;
            this.#fence(() => {
              for (const one of again) {
                this.awaited.delete(one);
                this.#outdate(one);
              }
            });
          }
          this.#command(group, method);
        }
        for (const one of group) {
          if (method === 'unsubscribe') {
            this.forget(one);
            this.#left.add(one.name);
          } else {
            this.#ask(one);
            if (this.#left.has(one.name)) this.#outdate(one);
            if (again.has(one)) this.awaited.add(one);
            if (!isProved) this.fresh.add(one);
            if (this.#suspects.length) this.#meanwhile.push(one);
          }
        }
        done.push(...group);
      }
    }
    const late = isProved ? done.filter((one) => this.asked.has(one)) : [];
    if (late.length) {
      this.#fence(() => {
        for (const one of late) if (this.asked.has(one)) this.fresh.add(one);
      });
    }
    // Where no pulse tells, a fence does from when on all of it comes.
    if (isFenced && !pulse && !this.standing.isServing && news.length) {
      this.#fence(() => {
        const { backlog } = this.standing;
        backlog.provesFrom = backlog.texts.length;
      });
    }
    for (const one of done) one.home.tidy(one);
    this.#host.asked(this, done);
    for (const consumer of subscribersOf(done)) consumer.asked();
  }

  /** What waits of it was sent for somebody who has left. */
  #outdate(one: Interest<Consumer>): void {
    const { isServing, backlog } = this.standing;
    if (!isServing) backlog.outdated.set(one, backlog.texts.length);
  }

  #ask(one: Interest<Consumer>): void {
    if (!this.asked.has(one)) one.asked++;
    this.asked.add(one);
  }

  #probe(): void {
    const group = this.#suspects[0];
    this.#isRefused = false;
    if (!group) this.flush();
    if (!group || this.#waits()) return;
    this.#isProbing = true;
    for (const one of group) this.#ask(one);
    if (group.length) this.#command(group, 'subscribe');
    this.#fence(() => this.#judge());
  }

  #command(group: readonly Interest<Consumer>[], method: 'subscribe' | 'unsubscribe'): void {
    const { stream, subject } = group[0]!;
    const subjects = group.map((one) => one.subject);
    const whom = stream.scope === 'address' ? { address: subject } : { symbols: subjects };
    const text = formatCommand({ method, topic: stream.topic, ...whom });
    this.#settings.log?.({ level: 'debug', event: 'command', data: { url: this.url, text } });
    this.#socket?.send(text);
  }

  /** Takes leave to send a command, or sees to it that what is left is sent a little later. */
  #waits(): boolean {
    const { clock, commands: pace } = this.#settings;
    const every = 1000 / pace.perSecond;
    const now = clock.now();
    this.#tokens = Math.min(pace.burst, this.#tokens + (now - this.#filled) / every);
    this.#filled = now;
    const isEarly = this.#tokens < 1;
    if (isEarly) {
      clock.clearTimeout(this.#pace);
      this.#pace = clock.setTimeout(() => {
        // Whose fence is on its way is not asked for once more.
        if (this.#suspects.length && !this.#isProbing) this.#probe();
        this.flush();
      }, every);
    } else this.#tokens--;
    return isEarly;
  }
}

const byTopic = (interests: readonly Interest<Consumer>[]): Interest<Consumer>[][] => {
  const groups = new Map<string, Interest<Consumer>[]>();
  for (const one of interests) {
    const group = groups.get(one.stream.topic);
    if (group) group.push(one);
    else groups.set(one.stream.topic, [one]);
  }
  return [...groups.values()];
};
