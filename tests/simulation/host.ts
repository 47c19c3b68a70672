/**
 * The node without its port: venue, streams, fan-out, sessions and REST of the product, behind wires in place of sockets.
 * In: accepted wires, requests, faults. Out: frames on wires, replies, and what the oracle has to know.
 */
import type { Stream } from '@dexwire/protocol';
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
  readonly onClosed: (wire: Wire, code: number, reason: string) => void;
  readonly onBlock: () => void;
}

/** One session on its wire: as the gateway's own outlet, without faults, which are the network's. */
class WireOutlet implements Link, Outlet, ServerEnd {
  batch: Batch | undefined = undefined;
  readonly compressed = false;
  readonly session: Session;
  readonly #wire: Wire;
  readonly #host: Host;
  #closing: unknown;
  #isOpen = true;

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
    if (this.#isReady()) this.#wire.write(frames);
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
    fanOut.add(stream, subject, this);
    const frame = venue.snapshot(stream, subject);
    if (frame === undefined) return;
    const text = frameText(frame);
    options.oracle.snapshot(text, venue.market.height);
    this.sendText(text);
  }

  unsubscribe(stream: Stream, subject: string): void {
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
          if (turn.height > height) onBlock();
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
