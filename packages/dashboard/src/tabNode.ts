/**
 * A node inside the tab: a venue with its traders, sessions and REST, and no socket anywhere.
 * In: a clock, a seed. Out: what a page stands on: sockets that lead to a session, a `fetch` that leads to REST, faults too.
 *
 *     venue -> turn -> TabSession -> the client's own socket handlers
 */
import {
  BLOCK_MS,
  type Clock,
  controlApp,
  DEFAULT_LIMITS,
  defaultGenesis,
  defaultTraders,
  type FaultyGateway,
  type FaultySession,
  frameText,
  heightAt,
  type Link,
  openControl,
  restApp,
  Session,
  type SessionState,
  type Sink,
  Venue,
} from '@dexwire/node/core';
import type { Socket, SocketFactory, Stream } from 'dexwire';
import type { World } from './world.ts';

/** Nobody dials it: it is where the page's own requests seem to go. */
const ORIGIN = 'http://localhost';

/** A minute of blocks, so that books are full and candles have a past. */
const WARM_UP_BLOCKS = 150;
/** Blocks that are made before the page may draw. */
const SLICE_BLOCKS = 3;

const TICK_MS = 1000;

/** Nobody trades for these: they are left to people. */
const UNUSED: readonly (string | undefined)[] = ['dave', 'erin', 'faucet', undefined];

class TabSession implements Link, FaultySession {
  readonly id: number;
  readonly session: Session;
  readonly #socket: Socket;
  readonly #node: TabGateway;
  readonly #clock: Clock;
  #texts: string[] = [];
  #fault: 'none' | 'stalled' | 'halfOpen' = 'none';
  #isGone = false;

  constructor(id: number, socket: Socket, node: TabGateway, venue: Venue, clock: Clock) {
    this.id = id;
    this.#socket = socket;
    this.#node = node;
    this.#clock = clock;
    const isListed = (symbol: string): boolean => venue.symbols.includes(symbol);
    this.session = new Session(this, false, { clock, limits: DEFAULT_LIMITS, random: Math.random, isListed });
  }

  get address(): string | undefined {
    return this.session.address;
  }

  sendText(text: string): void {
    if (this.#isGone || this.#fault === 'halfOpen') return;
    // In a task of its own, as from a real socket: whatever the client does with it is not the venue's affair.
    if (this.#texts.push(text) === 1) this.#later(() => this.#deliver());
  }

  #deliver(): void {
    if (this.#fault !== 'none') return;
    for (const text of this.#texts.splice(0)) if (!this.#isGone) this.#socket.onText?.(text);
  }

  #later(call: () => void): void {
    this.#clock.setTimeout(call, 0);
  }

  /** The client has said something. */
  receive(text: string): void {
    if (!this.#isGone && this.#fault !== 'halfOpen') this.session.receive(text);
  }

  ping(): void {
    if (this.#fault !== 'halfOpen') this.session.ponged();
  }

  close(code: number, reason: string): void {
    this.end(code, reason);
  }

  /** The socket is gone, whoever wanted that. */
  end(code: number, reason: string): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.session.ended();
    this.#node.leave(this);
    this.#later(() => this.#socket.onClose?.(code, reason));
  }

  subscribe(stream: Stream, subject: string): void {
    this.#node.add(stream, subject, this);
  }

  unsubscribe(stream: Stream, subject: string): void {
    this.#node.remove(stream, subject, this);
  }

  state(): SessionState {
    return {
      ...{ id: this.id, remote: 'this tab', address: this.address, subscriptions: this.session.subscriptions() },
      unsentBytes: this.#texts.reduce((sum, { length }) => sum + length, 0),
      isStalled: this.#fault === 'stalled',
      isHalfOpen: this.#fault === 'halfOpen',
    };
  }

  drop(code?: number): void {
    this.end(code ?? 1006, code === undefined ? '' : 'dropped');
  }

  reset(): void {
    this.end(1006, '');
  }

  halfOpen(): void {
    this.#fault = 'halfOpen';
  }

  stall(ms?: number): void {
    if (this.#fault === 'none') this.#fault = 'stalled';
    if (ms !== undefined) this.#clock.setTimeout(() => this.resume(), ms);
  }

  resume(): void {
    if (this.#fault !== 'stalled') return;
    this.#fault = 'none';
    this.#later(() => this.#deliver());
  }

  forget(topic?: string, subject?: string): number {
    return this.session.forget(topic, subject);
  }
}

/** All sessions of the tab, and what each of them wants. */
class TabGateway implements Sink, FaultyGateway {
  readonly #venue: Venue;
  readonly #clock: Clock;
  readonly #sessions = new Set<TabSession>();
  readonly #wanted = new Map<string, Set<TabSession>>();
  #ids = 0;
  #admission: Parameters<FaultyGateway['setAdmission']>[0] = { mode: 'open' };
  #isShut = false;

  constructor(venue: Venue, clock: Clock) {
    this.#venue = venue;
    this.#clock = clock;
    const tick = (): void => {
      for (const { session } of this.#sessions) session.tick();
      clock.setTimeout(tick, TICK_MS);
    };
    tick();
  }

  readonly openSocket: SocketFactory = () => {
    let session: TabSession | undefined;
    const socket: Socket = {
      send: (text) => session?.receive(text),
      close: () => session?.end(1000, ''),
      terminate: () => session?.end(1006, ''),
    };
    this.#clock.setTimeout(() => {
      if (this.#isShut || this.#admission.mode === 'refuse' || this.#admission.mode === 'reset') {
        socket.onError?.(new Error('the node in this tab lets nobody in'));
        socket.onClose?.(1006, '');
      } else if (this.#admission.mode !== 'hang') {
        session = new TabSession(++this.#ids, socket, this, this.#venue, this.#clock);
        this.#sessions.add(session);
        socket.onOpen?.();
        session.session.open([]);
      }
    }, 0);
    return socket;
  };

  add(stream: Stream, subject: string, session: TabSession): void {
    const key = `${subject}@${stream.topic}`;
    const sessions = this.#wanted.get(key) ?? new Set();
    this.#wanted.set(key, sessions.add(session));
    const first = this.#venue.snapshot(stream, subject);
    if (first) session.sendText(frameText(first));
  }

  remove({ topic }: Stream, subject: string, session: TabSession): void {
    const key = `${subject}@${topic}`;
    const sessions = this.#wanted.get(key);
    sessions?.delete(session);
    if (sessions?.size === 0) this.#wanted.delete(key);
  }

  leave(session: TabSession): void {
    this.#sessions.delete(session);
  }

  wants({ topic }: Stream, subject: string): boolean {
    return this.#wanted.has(`${subject}@${topic}`);
  }

  send({ frames }: Parameters<Sink['send']>[0]): void {
    for (const frame of frames) {
      const sessions = this.#wanted.get(`${frame.subject}@${frame.stream.topic}`);
      if (!sessions) continue;
      const text = frameText(frame);
      for (const session of sessions) session.sendText(text);
    }
  }

  sessions(): Iterable<TabSession> {
    return this.#sessions;
  }

  written(): Promise<void> {
    return Promise.resolve();
  }

  setAdmission(admission: Parameters<FaultyGateway['setAdmission']>[0]): void {
    this.#admission = admission;
  }

  restart(after: number): Promise<void> {
    this.#isShut = true;
    for (const session of [...this.#sessions]) session.drop();
    return new Promise((resolve) => {
      this.#clock.setTimeout(() => {
        this.#isShut = false;
        resolve();
      }, after);
    });
  }
}

/** Lets the page draw. */
const breathe = (clock: Clock): Promise<void> =>
  new Promise((resolve) => {
    clock.setTimeout(resolve, 0);
  });

/**
 * Starts a node in this tab.
 *
 * @param onProgress - How many of a hundred parts of the warm-up are done.
 */
export const startTabNode = async (
  clock: Clock,
  seed: number,
  onProgress: (percent: number) => void,
): Promise<World> => {
  const from = clock.now() - WARM_UP_BLOCKS * BLOCK_MS;
  const genesis = {
    ...defaultGenesis({ seed }),
    initialHeight: heightAt(from),
    time: new Date(from).toISOString(),
  };
  const accounts = new Map(
    genesis.accounts.flatMap(({ name, address }): [string, string][] =>
      name === undefined || UNUSED.includes(name) ? [] : [[name, address]],
    ),
  );
  const symbols = genesis.pairs.map(({ base, quote }) => `${base}_${quote}`);
  const venue = new Venue({ genesis, actors: [defaultTraders({ seed, rate: 1, accounts, symbols })] });
  for (let made = 0; made < WARM_UP_BLOCKS; made += SLICE_BLOCKS) {
    venue.advance(SLICE_BLOCKS);
    onProgress(Math.round((100 * made) / WARM_UP_BLOCKS));
    await breathe(clock);
  }
  const { state, market, history } = venue;
  const rest = restApp(
    {
      ...{ state, market, history, version: 'tab' },
      get latest() {
        return venue.latest;
      },
      now: () => venue.now(),
    },
    venue,
  );
  const gateway = new TabGateway(venue, clock);
  const control = controlApp(openControl({ gateway: () => gateway }));
  venue.start(gateway, clock);
  return {
    network: { ws: `${ORIGIN.replace('http', 'ws')}/api/ws`, rest: `${ORIGIN}/api/v1` },
    origin: ORIGIN,
    openSocket: gateway.openSocket,
    fetch: async (url, init) => {
      const path = url.slice(ORIGIN.length);
      return path.startsWith('/control/')
        ? control.request(path.slice('/control'.length), init)
        : rest.request(url, init);
    },
    name: 'a node in this tab',
  };
};
