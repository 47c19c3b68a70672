/**
 * The node's figures in the text format of Prometheus.
 * In: what the gateway has counted, read when somebody asks; sealed blocks. Out: text.
 */
import type { Height } from '@dexwire/protocol';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { GatewayCounts } from './counts.ts';

/** What the venue tells of a block. */
export interface SealedBlock {
  readonly height: Height;
  /** What sealing took, by a clock that only rises. */
  readonly seconds: number;
  /** New orders that got in, and that did not. */
  readonly ordersAccepted: number;
  readonly ordersRefused: number;
  readonly trades: number;
}

/** Where the venue tells it. */
export interface BlockMeter {
  sealed(block: SealedBlock): void;
}

/** A venue has 400 ms for a block. */
const SEAL_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.4, 1, 2.5];

export class Metrics implements BlockMeter {
  readonly #registry = new Registry();
  readonly #seal: Histogram;
  #height = 0;
  #accepted = 0;
  #refused = 0;
  #trades = 0;

  /** @param restingOrders - How many orders wait in all books; asked for with each reading. */
  constructor(counts: GatewayCounts, restingOrders: () => number = () => 0) {
    const registers = [this.#registry];
    const gauge = (name: string, help: string, read: () => number): void => {
      new Gauge({ name, help, registers, collect: setTo(read) });
    };
    // Totals are kept as plain numbers where things happen, and become counters when they are read.
    const total = (name: string, help: string, read: () => number): void => {
      const counter: Counter = new Counter({
        name,
        help,
        registers,
        collect: () => {
          counter.reset();
          counter.inc(read());
        },
      });
    };
    gauge('dexwire_sessions', 'Sockets that are open', () => counts.sessions);
    gauge('dexwire_subscriptions', 'Streams times subjects that sessions hold', () => counts.subscriptions);
    total('dexwire_frames_out_total', 'Frames handed to sockets', () => counts.framesOut);
    total('dexwire_bytes_out_total', 'Bytes of these frames before compression', () => counts.bytesOut);
    total('dexwire_commands_in_total', 'Commands of clients', () => counts.commandsIn);
    total(
      'dexwire_commands_refused_total',
      'Commands and stream names that were refused',
      () => counts.commandsRefused,
    );
    total('dexwire_slow_readers_total', 'Sessions closed for leaving too much unread', () => counts.slowReaders);
    const requests: Counter<'path' | 'status'> = new Counter({
      name: 'dexwire_http_requests_total',
      help: 'HTTP requests that were answered',
      labelNames: ['path', 'status'],
      registers,
      collect: () => {
        requests.reset();
        for (const { count, ...labels } of counts.requests()) requests.inc(labels, count);
      },
    });
    gauge('dexwire_block_height', 'Latest block', () => this.#height);
    this.#seal = new Histogram({
      name: 'dexwire_block_seal_seconds',
      help: 'What it took to seal a block',
      buckets: SEAL_BUCKETS,
      registers,
    });
    total('dexwire_orders_accepted_total', 'New orders that got into a block', () => this.#accepted);
    total('dexwire_orders_refused_total', 'New orders that were refused', () => this.#refused);
    total('dexwire_trades_total', 'Trades', () => this.#trades);
    gauge('dexwire_resting_orders', 'Orders that wait in the books', restingOrders);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  sealed({ height, seconds, ordersAccepted, ordersRefused, trades }: SealedBlock): void {
    this.#height = height;
    this.#seal.observe(seconds);
    this.#accepted += ordersAccepted;
    this.#refused += ordersRefused;
    this.#trades += trades;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

/** What `prom-client` calls on a gauge before it is read. */
const setTo = (read: () => number) =>
  function (this: Gauge): void {
    this.set(read());
  };
