/**
 * One run: client, faulty network and node in one process and one virtual time.
 * In: a seed. Out: what was violated, what was reached, and a hash of all that happened.
 *
 *     flow -> host: venue, fan-out, sessions -> network -> client -> program -> oracle
 */
import { blockheight, type Stream } from '@dexwire/protocol';
import { connect, type Dex } from '../../packages/client/src/connection.ts';
import { BookWatch } from './bookWatch.ts';
import { Chance } from './chance.ts';
import { CLIENT, termsOf } from './client.ts';
import { Counter, type Coverage } from './coverage.ts';
import { schedule } from './faults.ts';
import { ADDRESSES, Flow, SYMBOLS } from './flow.ts';
import { Host, type RestHost } from './host.ts';
import { Network, type Wire } from './network.ts';
import { type Feed, Oracle } from './oracle.ts';
import { ProcessClock } from './processClock.ts';
import { Program, plansOf } from './program.ts';
import { RestNetwork } from './rest.ts';
import { Trace } from './trace.ts';
import { WorldTime } from './worldTime.ts';

export interface Verdict {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly coverage: Coverage;
  readonly hash: string;
  readonly blocks: number;
  /** What happened last. */
  readonly last: readonly string[];
}

/** Noon, so that a day's change is far. */
const START = Date.UTC(2026, 0, 1, 12);
const FIRST_HEIGHT = 1_000;

/** Faults strike from here to there. */
const CALM_MS = 4_000;
const STORM_MS = 118_000;
/** All is well again: what was broken must be whole by the end of it. */
const HEALING_MS = 35_000;
/** The venue has gone silent, and what is on its way comes. */
const SILENT_MS = 4_000;
/** What still happens so long after the close was left behind. */
const AFTER_MS = 70_000;

/** So many blocks a seed has at least. */
const LEAST_BLOCKS = 300;

/** Timers of the client and sockets that it may hold at any time. */
const MOST_TIMERS = 120;
const MOST_SOCKETS = 24;
/** Where each stream has one of its own. */
const MOST_NAMED_SOCKETS = 100;
const MOST_REQUESTS = 24;

/** How much later than it should a silence may be noticed, and mended. */
const NOTICE_MS = 4_000;

const HTTP = 'http://node.test/api/v1';
const WS = 'ws://node.test/api/ws';

class World {
  readonly #seed: number;
  readonly #counter = new Counter();
  readonly #count = (kind: string, by = 1): void => this.#counter.count(kind, by);
  readonly #time = new WorldTime(START);
  readonly #client = new ProcessClock(this.#time);
  readonly #venue = new ProcessClock(this.#time);
  readonly #trace: Trace;
  readonly #oracle: Oracle;
  readonly #host: Host;
  readonly #network: Network;
  readonly #rest: RestNetwork;
  readonly #flow: Flow;
  readonly #dex: Dex;
  readonly #program: Program;
  readonly #chance: Chance;
  readonly #isExpiring: boolean;
  readonly #isCommanded: boolean;
  /** A socket that falls silent is noticed. */
  readonly #isWatched: boolean;
  /** The venue has left out blocks. */
  #isTorn = false;
  /** How long the client's process has stood still, milliseconds. */
  #frozen = 0;
  /** Sockets are not renewed. */
  readonly #isSteady: boolean;
  /** What was subscribed to on a wire before the client knew that it is open. */
  readonly #early = new Map<Wire, [Stream, string, number][]>();
  /** Whose personal frames come by a wire. */
  readonly #addresses = new Map<Wire, string>();
  #book: BookWatch | undefined;
  readonly #bookEnd = new AbortController();
  #blocks = 0;
  #garbled = 0;
  #isClosed = false;
  /** Sockets that were opened or lost. */
  #moves = 0;

  constructor(seed: number, restHost: RestHost, show?: (line: string) => void) {
    this.#seed = seed;
    const chanceOf = (strand: string): Chance => new Chance(seed, strand);
    this.#chance = chanceOf('world');
    const time = this.#time;
    this.#trace = new Trace(() => time.now(), show);
    const trace = (line: string): void => this.#trace.add(line);
    const fail = (text: string): void => this.#oracle.fail(text);
    const { options, limits, isExpiring, hasBook } = termsOf(chanceOf('client'), { ws: WS, rest: HTTP }, (url, init) =>
      this.#rest.fetch(url, init),
    );
    this.#isWatched = CLIENT.stale && options.pulse !== false && options.ask !== 'name';
    const { ask, pulse, renewEvery, also = [], repair, staleAfter } = options;
    const sockets = `renewed ${renewEvery}, ${1 + also.length} at a time, stale after ${staleAfter}`;
    trace(`client ${ask}, ${pulse ? 'pulse' : 'no pulse'}, ${repair ? 'repair' : 'no repair'}, ${sockets}`);
    this.#isSteady = options.renewEvery === Number.POSITIVE_INFINITY;
    const diffs = this.#chance.pick(['second', 'second', 'block'] as const);
    this.#oracle = new Oracle(
      () => time.now(),
      {
        isCommanded: options.ask === 'commands',
        isDoubled: also.length > 0,
        isDiffOfBlock: diffs === 'block',
        isWatched: this.#isWatched,
        isRepairing: options.repair !== undefined,
        isTorn: () => this.#isTorn,
        noticedWithin: () => (options.staleAfter ?? 0) + NOTICE_MS + this.#frozen,
      },
      (text) => trace(`VIOLATION ${text}`),
    );
    this.#isExpiring = isExpiring;
    this.#isCommanded = options.ask === 'commands';
    this.#flow = new Flow(chanceOf('flow'));
    this.#host = new Host({
      clock: this.#venue,
      chance: chanceOf('host'),
      flow: this.#flow,
      oracle: this.#oracle,
      limits,
      diffs,
      initialHeight: FIRST_HEIGHT,
      onSubscribed: (wire, stream, subject) => this.#subscribed(wire, stream, subject),
      onLeftOut: (wire, names, isOver) => this.#leftOut(wire, names, isOver),
      onClosed: (wire, code, reason) => this.#closed(wire, code, reason),
      onBlock: () => {
        this.#blocks += 1;
        this.#book?.sealed();
      },
    });
    this.#network = new Network({
      time,
      client: this.#client,
      chance: chanceOf('network'),
      accept: this.#host.accept,
      watch: {
        handing: (wire, text) => this.#handing(wire, text),
        handed: () => this.#oracle.handed(),
        late: () => this.#count('late text'),
        opened: (wire) => this.#opened(wire),
        ended: (wire, code) => this.#ended(wire, code),
        sent: (wire, text) => this.#sent(wire, text),
        trace,
      },
    });
    restHost.venue = this.#host.venue;
    this.#rest = new RestNetwork({
      time,
      client: this.#client,
      chance: chanceOf('rest'),
      reply: (url) => restHost.reply(url),
      isDown: () => this.#host.isDown,
      count: this.#count,
      trace,
    });
    this.#dex = connect(
      { ws: WS, rest: HTTP },
      {
        ...options,
        openSocket: (url, compress) => {
          if (this.#isClosed) fail(`dialled ${url} after the close`);
          return this.#network.openSocket(url, compress);
        },
        clock: this.#client,
        random: chanceOf('random').next,
        metrics: { count: (name, by) => this.#counter.count(name, by), measure: () => {} },
        onError: (error) => this.#reported(error),
      },
    );
    this.#program = new Program({
      dex: this.#dex,
      clock: this.#client,
      chance: chanceOf('program'),
      ledgerOf: (plan) => this.#oracle.ledger(plan, (feed) => this.#isLive(feed)),
      count: this.#count,
      fail,
      trace,
    });
    if (hasBook && (options.streamsPerSocket?.commands ?? 1_000) >= 1_000 && this.#chance.often(0.8)) this.#planBook();
  }

  async run(): Promise<Verdict> {
    this.#host.start();
    await this.#time.pass(this.#chance.whole(0, 900));
    this.#begin();
    await this.#time.pass(CALM_MS + STORM_MS);
    const isCut = this.#chance.often(0.1);
    if (isCut) this.#count('close in a fault');
    else await this.#heal();
    await this.#close();
    const { violations } = this.#oracle;
    if (this.#blocks < LEAST_BLOCKS) this.#oracle.fail(`there were only ${this.#blocks} blocks`);
    return {
      seed: this.#seed,
      violations,
      coverage: this.#counter.counts,
      hash: this.#trace.hash,
      blocks: this.#blocks,
      last: this.#trace.last,
    };
  }

  #begin(): void {
    const time = this.#time;
    const program = this.#program;
    const plans = plansOf(new Chance(this.#seed, 'plans'), CALM_MS + STORM_MS);
    for (const plan of plans) {
      // A repair may reach back to before somebody came.
      for (const subject of plan.subjects) this.#oracle.feed(plan.stream, subject);
      if (plan.opens === 0) program.open(plan);
      else time.setTimeout(() => program.open(plan), plan.opens);
      if (plan.closes < STORM_MS) time.setTimeout(() => program.close(plan), plan.closes);
    }
    if (this.#book !== undefined) void program.run('book', this.#book.open(), () => false);
    void program.run('status', this.#follow(), () => false);
    this.#planWaits();
    const reach = {
      time,
      chance: new Chance(this.#seed, 'faults'),
      network: this.#network,
      host: this.#host,
      rest: this.#rest,
      client: this.#client,
      venue: this.#venue,
      isWatched: this.#isWatched,
      burst: (orders: number) => this.#flow.burst(orders),
      count: this.#count,
      onForgotten: (wire: Wire, names: readonly string[]) => this.#forgotten(wire, names),
      onTorn: () => {
        this.#isTorn = true;
      },
      onGarbled: () => {
        this.#garbled += 1;
      },
    };
    for (const [at, fault] of schedule(this.#seed, reach.chance, CALM_MS, STORM_MS)) {
      time.setTimeout(() => {
        if (this.#isClosed) return;
        this.#trace.add(`fault ${fault.kind}`);
        this.#count(`fault ${fault.kind}`);
        fault.strike(reach);
        this.#frozen = Math.max(this.#frozen, this.#client.frozenUntil - time.now());
      }, at);
    }
    this.#check();
  }

  /** Users wait for this and that, and give up. */
  #planWaits(): void {
    const chance = new Chance(this.#seed, 'waits');
    const dex = this.#dex;
    const waits = {
      once: (signal: AbortSignal) => dex.once(blockheight, { signal }),
      ready: (signal: AbortSignal) => dex.ready(signal),
      renew: () => dex.renew(),
      wake: async () => dex.wake(),
    };
    for (let more = chance.whole(0, 4); more > 0; more -= 1) {
      const end = new AbortController();
      const { signal } = end;
      const isFine = (error: unknown): boolean => this.#isClosed || (signal.aborted && error === signal.reason);
      const at = chance.whole(0, STORM_MS);
      const what = chance.pick(['once', 'ready', 'renew', 'wake'] as const);
      this.#time.setTimeout(() => {
        if (!this.#isClosed) void this.#program.run(what, waits[what](signal), isFine);
      }, at);
      this.#time.setTimeout(() => end.abort(new Error('given up')), at + chance.whole(0, 20_000));
    }
  }

  #planBook(): void {
    const chance = new Chance(this.#seed, 'book');
    this.#book = new BookWatch({
      dex: this.#dex,
      symbol: chance.pick(SYMBOLS),
      venue: this.#host.venue,
      fetch: this.#rest.fetch,
      levels: chance.pick([20, 100, 500, 1_000] as const),
      refreshEvery: chance.pick([8_000, 20_000, 60_000]),
      within: 4 * STORM_MS,
      signal: this.#bookEnd.signal,
      at: () => this.#oracle.at,
      fail: (text) => this.#oracle.fail(text),
      count: this.#count,
      trace: (line) => this.#trace.add(line),
    });
  }

  async #follow(): Promise<void> {
    for await (const status of this.#dex.status()) {
      const { generation = '', stream = '' } = status as { readonly generation?: number; readonly stream?: string };
      this.#trace.add(`status ${status.name} ${generation}${stream}`);
      if (status.name === 'open' && status.lingering) this.#count('linger');
    }
  }

  /** Each second: nothing may have grown beyond its bound, and the book must be true. */
  #check(): void {
    if (this.#isClosed) return;
    const oracle = this.#oracle;
    this.#program.check();
    oracle.check();
    this.#book?.check();
    const serving = this.#dex.plan.map(({ paths }) => paths.filter(({ isServing, repeated }) => isServing && repeated));
    if (serving.some(({ length }) => length > 0)) this.#count('two sockets');
    const { pending } = this.#client;
    if (pending > MOST_TIMERS) oracle.fail(`${pending} timers of the client wait`);
    const { size } = this.#network.live;
    if (size > (this.#isCommanded ? MOST_SOCKETS : MOST_NAMED_SOCKETS)) oracle.fail(`${size} sockets are not let go`);
    if (this.#rest.pending > MOST_REQUESTS) oracle.fail(`${this.#rest.pending} requests wait`);
    this.#time.setTimeout(() => this.#check(), 1_000);
  }

  /** All faults end; after a while everything must be as if they had never been. */
  async #heal(): Promise<void> {
    const oracle = this.#oracle;
    this.#trace.add('heal');
    this.#host.isDown = false;
    this.#rest.mode = 'well';
    this.#network.heal();
    if (this.#isExpiring) this.#host.renew();
    this.#program.isHurried = true;
    // As long as its process stands still nothing of the client heals.
    await this.#time.pass(Math.max(0, this.#client.frozenUntil - this.#time.now()));
    await this.#time.pass(HEALING_MS - 10_000);
    const moves = this.#moves;
    await this.#time.pass(10_000);
    if (this.#moves > moves && this.#isSteady) oracle.fail('sockets come and go though all is well');
    this.#checkWanted();
    this.#flow.isRunning = false;
    await this.#time.pass(SILENT_MS);
    this.#book?.check();
    this.#book?.settle();
    oracle.settle();
    this.#program.settle();
    const badFrames = Math.max(0, ...oracle.ledgers.map(({ gaps }) => gaps.get('badFrame') ?? 0));
    if (badFrames > 2 * this.#garbled) oracle.fail(`${badFrames} gaps for ${this.#garbled} texts that were spoilt`);
  }

  /** What is wanted is what was asked for, no more and no less. */
  #checkWanted(): void {
    const wanted = new Set<string>();
    for (const { ledger, plan } of this.#program.consumers)
      for (const subject of plan.subjects) if (!ledger.isOver) wanted.add(`${subject}@${plan.stream.topic}`);
    const asked = new Set<string>();
    for (const wire of this.#network.live)
      for (const name of this.#host.session(wire)?.subscriptions() ?? []) asked.add(name);
    for (const name of wanted) if (!asked.has(name)) this.#oracle.fail(`${name} is wanted, and not asked for`);
    const isOwn = (name: string): boolean =>
      name === '$all@blockheight' || (this.#book !== undefined && name.startsWith(`${this.#book.symbol}@market`));
    // By a URL, what is wanted no more is not taken back.
    for (const name of this.#isCommanded ? asked : []) {
      // A name of an address brings all of its streams.
      const isWanted = wanted.has(name) || isOwn(name) || ADDRESSES.some((address) => name.startsWith(address));
      if (!isWanted) this.#oracle.fail(`${name} is asked for, and nobody wants it`);
    }
  }

  async #close(): Promise<void> {
    const oracle = this.#oracle;
    this.#trace.add('close');
    const begun = this.#client.now();
    let took: number | undefined;
    this.#program.isHurried = true;
    if (this.#chance.often(0.3)) this.#bookEnd.abort(new Error('the book is not needed'));
    this.#program.isOver = true;
    const closing = this.#dex.close().then(() => {
      took = this.#client.now() - begun;
    });
    this.#isClosed = true;
    for (const ledger of oracle.ledgers) ledger.end();
    await this.#time.pass(AFTER_MS);
    if (took === undefined) oracle.fail('the close never ended');
    else await closing;
    const { pending } = this.#client;
    if (pending > 0) oracle.fail(`${pending} timers of the client are left`);
    if (this.#program.running > 0) oracle.fail(`${this.#program.running} waits of the program never ended`);
    if (this.#network.live.size > 0) oracle.fail(`${this.#network.live.size} sockets are left`);
    if (this.#rest.pending > 0) oracle.fail(`${this.#rest.pending} requests are left`);
    if (this.#host.outlets.size > 0) oracle.fail(`${this.#host.outlets.size} sessions are left`);
    this.#host.stop();
    if (this.#venue.pending > 0) oracle.fail(`${this.#venue.pending} timers of the node are left`);
  }

  #subscribed(wire: Wire, stream: Stream, subject: string): void {
    this.#trace.add(`has ${wire.id} ${subject}@${stream.topic}`);
    if (stream.scope === 'address') this.#addresses.set(wire, subject);
    const place = this.#oracle.placeOf(stream, subject);
    if (wire.state === 'open') this.#oracle.subscribed(stream, subject, wire.id, place);
    else if (wire.state === 'dialing') {
      // It counts once the client knows.
      const early = this.#early.get(wire) ?? [];
      early.push([stream, subject, place]);
      this.#early.set(wire, early);
    }
  }

  #opened(wire: Wire): void {
    this.#moves += 1;
    this.#trace.add(`open ${wire.id}`);
    for (const [stream, subject, place] of this.#early.get(wire) ?? [])
      this.#oracle.subscribed(stream, subject, wire.id, place);
    this.#early.delete(wire);
  }

  #ended(wire: Wire, code: number): void {
    this.#moves += 1;
    this.#trace.add(`lost ${wire.id} ${code}`);
    if (!this.#isClosed) this.#count('redial');
    this.#early.delete(wire);
    this.#oracle.lost(wire.id);
  }

  #sent(wire: Wire, text: string): void {
    this.#trace.add(`sent ${wire.id} ${text}`);
    if (text.includes('keepAlive')) this.#count('keepAlive');
  }

  #closed(wire: Wire, code: number, reason: string): void {
    this.#trace.add(`closes ${wire.id} ${code} ${reason}`);
    if (code === 1013 && reason === 'too slow a reader') this.#count('slow reader closed');
    if (reason === 'no pong') this.#count('no pong closed');
    if (reason !== 'expired') return;
    this.#count('expired closed');
    if (!this.#isExpiring && !wire.isFaulty && !this.#isDisturbed)
      this.#oracle.fail('a session expired, though keepAlives were to be sent');
  }

  /** Clocks were moved, so that nothing can be said of what comes in time. */
  get #isDisturbed(): boolean {
    return Object.keys(this.#counter.counts).some((kind) => /^fault (client|venue|latency|jitter)/.test(kind));
  }

  #handing(wire: Wire, text: string): void {
    this.#trace.detail(() => `hand ${wire.id} ${text.slice(11, 70)}`);
    // Of several sockets only one may count as yet, and of one that is being closed nothing does.
    const isOnly =
      wire.state === 'open' && [...this.#network.live].every((other) => other === wire || other.state === 'dialing');
    this.#oracle.handing(text, this.#addresses.get(wire) ?? '', isOnly);
  }

  #isLive(feed: Feed): boolean {
    const { stream, subject } = feed;
    const name = `${subject}@${stream.topic}`;
    const wires = [...this.#network.live].filter(
      (wire) => wire.state === 'open' && this.#host.session(wire)?.subscriptions().includes(name),
    );
    // Who has sockets of his own shares them with nobody.
    const own = this.#oracle.ledgers.filter((ledger) => ledger.isAlone && ledger.wants(feed));
    return wires.length > own.length;
  }

  #forgotten(wire: Wire, names: readonly string[]): void {
    this.#trace.add(`forgets ${wire.id} ${names.join(' ')}`);
    wire.isFaulty = true;
    this.#oracle.forgotten(names, wire.id);
    if (names.some((name) => name.includes('@market'))) this.#book?.doubt();
  }

  #leftOut(wire: Wire, names: readonly string[], isOver: boolean): void {
    this.#trace.add(`${isOver ? 'tells' : 'leaves out of'} ${wire.id}`);
    this.#oracle.leftOut(names, wire.id, isOver);
    // A diff does not say of which block it is, and may come before what does.
    if (names.some((name) => name.includes('@market'))) this.#book?.doubt();
  }

  #reported(error: { readonly code?: string; readonly message: string }): void {
    const { code } = error;
    this.#trace.add(`reported ${code}`);
    if (code === 'CONSUMER_THREW') return;
    if (code?.startsWith('FRAME_') && this.#garbled > 0) return;
    this.#oracle.fail(`reported: ${error.message}`);
  }
}

/** @param show - Gets each line of what happens. */
export const runSeed = (seed: number, restHost: RestHost, show?: (line: string) => void): Promise<Verdict> =>
  new World(seed, restHost, show).run();
