/**
 * The node without its port: venue, streams, fan-out, sessions and REST of the product, behind wires in place of sockets.
 * In: accepted wires, requests, faults. Out: frames on wires, replies, and what the oracle has to know.
 */
import { blockheight, type Stream } from '@dexwire/protocol';
import { type Batch, FanOut, type Outlet } from '../../packages/node/src/gateway/fanOut.ts';
import { DEFAULT_LIMITS, type GatewayLimits } from '../../packages/node/src/gateway/limits.ts';
import { type Link, Session, TICK_MS } from '../../packages/node/src/gateway/session.ts';
import { frameText } from '../../packages/node/src/gateway/source.ts';
import { readUrl } from '../../packages/node/src/gateway/url.ts';
import { webSocketFrame } from '../../packages/node/src/gateway/webSocketFrame.ts';
import { restApp } from '../../packages/node/src/rest/restApp.ts';
import type { RestView } from '../../packages/node/src/rest/restView.ts';
import { Venue } from '../../packages/node/src/venue.ts';
import type { Chance } from './chance.ts';
import { type Flow, genesisOf } from './flow.ts';
import type { ServerEnd, Wire } from './network.ts';
import type { Oracle } from './oracle.ts';
import type { ProcessClock } from './processClock.ts';

export interface HostOptions {
  readonly clock: ProcessClock;
  readonly chance: Chance;
  readonly flow: Flow;
  readonly oracle: Oracle;
  readonly limits: Partial<GatewayLimits>;
  readonly diffs: 'second' | 'block';
  /** Of the first block. */
  readonly initialHeight: number;
  readonly onSubscribed: (wire: Wire, stream: Stream, subject: string) => void;
  /** A session is not told of blocks from now on, or is again. */
  readonly onLeftOut: (wire: Wire, names: readonly string[], isOver: boolean) => void;
  readonly onClosed: (wire: Wire, code: number, reason: string) => void;
  readonly onBlock: () => void;
}

/** By so many blocks in a row a client knows that its gateway tells it of each. */
const TOLD = 12;

/** One session on its wire: as the gateway's own outlet, without faults, which are the network's. */
class WireOutlet implements Link, Outlet, ServerEnd {
  batch: Batch | undefined = undefined;
  readonly compressed = false;
  readonly session: Session;
  readonly #wire: Wire;
  readonly #host: Host;
  #closing: unknown;
  #isOpen = true;
  /** How many blocks it was told of one after the other; undefined: it did not ask. */
  #told: number | undefined;
  /** How many of the next blocks it is not told of. */
  #untold = 0;
  /** What the present block brings is left out. */
  #isLeftOut = false;

  constructor(host: Host, wire: Wire) {
    const { clock, chance } = host.options;
    this.#host = host;
    this.#wire = wire;
    this.session = new Session(this, this.compressed, {
      clock,
      limits: host.limits,
      random: chance.next,
      isListed: (symbol) => host.venue.symbols.includes(symbol),
    });
  }

  write(frames: readonly Uint8Array[]): void {
    if (!this.#isLeftOut && this.#isReady()) this.#wire.write(frames);
  }

  /** Leaves out what comes from the next block on, until so many have passed. @returns Whether its client can know. */
  leaveOut(blocks: number): boolean {
    if (!(this.#told! >= TOLD)) return false;
    this.#untold = blocks;
    return true;
  }

  /** What follows comes with a new block. */
  block(): void {
    const wasLeftOut = this.#isLeftOut;
    this.#isLeftOut = this.#untold > 0;
    if (this.#isLeftOut) this.#untold -= 1;
    else if (this.#told !== undefined) this.#told += 1;
    if (this.#isLeftOut !== wasLeftOut)
      this.#host.options.onLeftOut(this.#wire, this.session.subscriptions(), wasLeftOut);
  }

  sendText(text: string): void {
    if (this.#isReady()) this.#wire.write([webSocketFrame(text)]);
  }

  ping(): void {
    this.#wire.ping();
  }

  close(code: number, reason: string): void {
    this.#host.options.onClosed(this.#wire, code, reason);
    this.#wire.serverClose(code, reason);
    this.#closing = this.#host.options.clock.setTimeout(() => this.cut(), this.#host.limits.closeWithin);
  }

  cut(): void {
    this.#wire.serverCut();
    this.gone();
  }

  subscribe(stream: Stream, subject: string): void {
    const { venue, fanOut, options } = this.#host;
    options.onSubscribed(this.#wire, stream, subject);
    if (stream === blockheight) this.#told = 0;
    if (this.#isLeftOut) options.onLeftOut(this.#wire, [`${subject}@${stream.topic}`], false);
    fanOut.add(stream, subject, this);
    const frame = venue.snapshot(stream, subject);
    if (frame === undefined) return;
    const text = frameText(frame);
    options.oracle.snapshot(text, venue.market.height);
    this.sendText(text);
  }

  unsubscribe(stream: Stream, subject: string): void {
    if (stream === blockheight) this.#told = undefined;
    this.#host.fanOut.remove(stream, subject, this);
  }

  receive(text: string): void {
    this.session.receive(text);
  }

  ponged(): void {
    this.session.ponged();
  }

  gone(): void {
    this.#isOpen = false;
    this.#host.options.clock.clearTimeout(this.#closing);
    this.session.ended();
    this.#host.outlets.delete(this.#wire);
  }

  /** What the gateway does each second. */
  tick(): void {
    if (!this.session.isOverdrawn(this.#wire.unsentBytes)) this.session.tick();
  }

  #isReady(): boolean {
    const { unsentBytes } = this.#wire;
    return this.#isOpen && (unsentBytes === 0 || !this.session.isOverdrawn(unsentBytes));
  }
}

export class Host {
  readonly options: HostOptions;
  readonly limits: { -readonly [Name in keyof GatewayLimits]: GatewayLimits[Name] };
  readonly venue: Venue;
  readonly fanOut = new FanOut();
  readonly outlets = new Map<Wire, WireOutlet>();
  /** Nobody listens. */
  isDown = false;
  #ticking: unknown;

  constructor(options: HostOptions) {
    this.options = options;
    const { flow, diffs, initialHeight } = options;
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.venue = new Venue({
      genesis: genesisOf(initialHeight),
      actors: [flow],
      diffs,
    });
  }

  start(): void {
    const { oracle, clock, onBlock } = this.options;
    let { height } = this.venue.latest;
    oracle.begin(height);
    this.venue.start(
      {
        // All that follows from a block is made whether or not anybody wants it, for the oracle to know what was missed.
        wants: (stream, subject) => this.fanOut.wants(stream, subject) || oracle.isKnown(stream, subject),
        send: (turn) => {
          if (turn.height > height) {
            for (const outlet of this.outlets.values()) outlet.block();
            onBlock();
          }
          height = turn.height;
          this.fanOut.send(oracle.published(turn));
        },
      },
      clock,
    );
    this.#tick();
  }

  stop(): void {
    this.venue.stop();
    this.options.clock.clearTimeout(this.#ticking);
  }

  readonly accept = (wire: Wire, { pathname, search }: URL): ServerEnd | number | undefined => {
    if (this.isDown) return undefined;
    const names = readUrl(pathname + search);
    if (names === undefined) return 404;
    const outlet = new WireOutlet(this, wire);
    this.outlets.set(wire, outlet);
    wire.serve(outlet);
    outlet.session.open(names);
    return outlet;
  };

  /** Cuts every session. The venue goes on. */
  cutAll(): void {
    for (const [wire, outlet] of [...this.outlets]) {
      wire.reset();
      outlet.gone();
    }
  }

  /** From here on sessions do not expire. */
  renew(): void {
    this.limits.keepAliveWindow = Number.MAX_SAFE_INTEGER / 4;
    this.cutAll();
  }

  /** Leaves blocks out of what a session is sent. @returns Whether its client can know. */
  leaveOut(wire: Wire, blocks: number): boolean {
    return this.outlets.get(wire)?.leaveOut(blocks) ?? false;
  }

  session(wire: Wire): Session | undefined {
    return this.outlets.get(wire)?.session;
  }

  #tick(): void {
    for (const outlet of [...this.outlets.values()]) outlet.tick();
    this.#ticking = this.options.clock.setTimeout(() => this.#tick(), TICK_MS);
  }
}

/** REST of whatever venue is there now: the application is made once, which takes longer than a run may. */
export class RestHost {
  venue: Venue | undefined;
  readonly #app;

  constructor() {
    const venue = (): Venue => {
      if (this.venue === undefined) throw new Error('there is no venue');
      return this.venue;
    };
    const view: RestView = {
      get state() {
        return venue().state;
      },
      get market() {
        return venue().market;
      },
      get history() {
        return venue().history;
      },
      get latest() {
        return venue().latest;
      },
      version: '0',
      now: () => venue().now(),
    };
    this.#app = restApp(view);
  }

  async reply(url: string): Promise<{ readonly status: number; readonly text: string }> {
    const response = await this.#app.fetch(new Request(url));
    return { status: response.status, text: await response.text() };
  }
}
