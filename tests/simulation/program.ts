/**
 * What the client's user does: subscribes here and there, reads fast or slowly, throws, closes, comes again.
 * In: chance, a `Dex`. Out: consumers, each with its ledger; all of them over when the connection is.
 */
import {
  accounts,
  allTickers,
  blockheight,
  type DexError,
  kline,
  orders,
  type Stream,
  ticker,
  trades,
  transfers,
} from '@dexwire/protocol';
import type { Dex, SubscribeOptions } from '../../packages/client/src/connection.ts';
import type { QueueOptions, QueuePolicy } from '../../packages/client/src/eventQueue.ts';
import type { Item } from '../../packages/client/src/item.ts';
import type { Callback, GapPolicy, Handle, Subscription } from '../../packages/client/src/subscription.ts';
import type { Chance } from './chance.ts';
import { ADDRESSES, SYMBOLS } from './flow.ts';
import type { Ledger } from './oracle.ts';
import type { ProcessClock } from './processClock.ts';

/** One consumer: times in milliseconds from the beginning. */
export interface Plan {
  readonly name: string;
  readonly stream: Stream;
  readonly subjects: readonly string[];
  readonly isIterator: boolean;
  /** For one item, at most. */
  readonly pace: number;
  readonly queue: Partial<QueueOptions>;
  readonly gaps: GapPolicy | undefined;
  readonly opens: number;
  readonly closes: number;
  /** How often it throws. */
  readonly throws: number;
}

export interface ProgramOptions {
  readonly dex: Dex;
  readonly clock: ProcessClock;
  readonly chance: Chance;
  readonly ledgerOf: (plan: Plan) => Ledger;
  readonly count: (kind: string, by?: number) => void;
  readonly fail: (text: string) => void;
  readonly trace: (line: string) => void;
}

type AnySubscribe = (stream: Stream, wanted: object, callback?: Callback<unknown>) => Handle;

/** Items that a queue may have to take whatever its limit. */
const MORE_ITEMS = 200;

const POLICIES: readonly QueuePolicy[] = ['dropOldest', 'dropNewest', 'conflate', 'fail'];

/** Of the promises that a subscription or a connection may break, those that a seed may bring. */
const isExpected = ({ code }: { readonly code?: string }, { queue, gaps }: Plan): boolean =>
  code === 'CLOSED' || (code === 'QUEUE_FULL' && queue.policy === 'fail') || (code === 'GAP' && gaps === 'fail');

/** The streams that every run follows from its beginning, and others that come and go. */
export const plansOf = (chance: Chance, until: number): Plan[] => {
  const plan = (name: string, stream: Stream, subjects: readonly string[], own: Partial<Plan> = {}): Plan => ({
    name,
    stream,
    subjects,
    isIterator: chance.often(0.5),
    pace: 0,
    queue: {},
    gaps: chance.often(0.2) ? 'report' : undefined,
    opens: 0,
    closes: Number.POSITIVE_INFINITY,
    throws: chance.often(0.1) ? 0.02 : 0,
    ...own,
  });
  const slow = (): Partial<Plan> => ({
    pace: chance.pick([200, 1_000, 4_000]),
    queue: { policy: chance.often(0.2) ? 'pause' : chance.pick(POLICIES), limit: chance.whole(1, 6) },
  });
  const [address = '', other = ''] = ADDRESSES;
  const [symbol, second] = chance.often(0.5) ? SYMBOLS : [SYMBOLS[1], SYMBOLS[0]];
  const plans = [
    plan('trades of both', trades, SYMBOLS),
    plan('slow trades', trades, [symbol], slow()),
    plan('orders', orders, [address]),
    plan('accounts', accounts, [address], chance.often(0.3) ? slow() : {}),
    plan('transfers', transfers, [address]),
    plan('klines', kline('1m'), [symbol], chance.often(0.3) ? slow() : {}),
    plan('tickers', ticker, [second], chance.often(0.5) ? slow() : {}),
    plan('heights', blockheight, ['$all'], chance.often(0.2) ? slow() : {}),
  ];
  const guests: readonly (() => Plan)[] = [
    () => plan('guest trades', trades, [second]),
    () => plan('guest trades of both', trades, SYMBOLS, slow()),
    () => plan('guest orders', orders, [address]),
    () => plan('orders of another', orders, [other]),
    () => plan('transfers of another', transfers, [other]),
    () => plan('guest klines', kline('1m'), SYMBOLS),
    () => plan('all tickers', allTickers, ['$all']),
    () => plan('guest who wants no gaps', trades, [symbol], { gaps: 'fail' }),
    () => plan('guest heights', blockheight, ['$all'], slow()),
  ];
  for (let more = chance.whole(0, 6); more > 0; more -= 1) {
    const opens = chance.whole(0, until);
    const closes = chance.often(0.5) ? opens + chance.whole(0, 30_000) : Number.POSITIVE_INFINITY;
    plans.push({ ...chance.pick(guests)(), opens, closes });
  }
  return plans;
};

interface Consumer {
  readonly plan: Plan;
  readonly handle: Handle;
  readonly ledger: Ledger;
}

export class Program {
  readonly #options: ProgramOptions;
  readonly #consumers = new Set<Consumer>();
  /** Loops and waits that have not ended. */
  running = 0;
  /** Nobody dawdles any more. */
  isHurried = false;
  /** The connection is closed. */
  isOver = false;

  constructor(options: ProgramOptions) {
    this.#options = options;
  }

  get consumers(): readonly Consumer[] {
    return [...this.#consumers];
  }

  open(plan: Plan): void {
    const { dex, ledgerOf, trace } = this.#options;
    if (this.isOver) return;
    trace(`open ${plan.name}`);
    const { stream, subjects, queue } = plan;
    const ledger = ledgerOf(plan);
    const wanted: SubscribeOptions = {
      queue,
      ...(plan.gaps && { gaps: plan.gaps }),
      onEnd: (error) => this.#ended(consumer, error),
    };
    const whom = stream.scope === 'address' ? { address: subjects[0] } : { symbols: subjects };
    const subscribe = dex.subscribe as AnySubscribe;
    const given = { ...wanted, ...whom };
    const handle = plan.isIterator
      ? subscribe(stream, given)
      : subscribe(stream, given, (item) => this.#take(plan, ledger, item));
    const consumer: Consumer = { plan, handle, ledger };
    this.#consumers.add(consumer);
    if (plan.isIterator) void this.#iterate(consumer, handle as Subscription<unknown>);
  }

  close(plan: Plan): void {
    const { chance, trace, count } = this.#options;
    for (const consumer of this.consumers) {
      if (consumer.plan !== plan) continue;
      const isDrained = chance.often(0.4);
      trace(`${isDrained ? 'drain' : 'close'} ${plan.name}`);
      if (isDrained) {
        count('drained');
        void this.run(`drain ${plan.name}`, this.#drain(consumer), () => false);
      } else consumer.handle.close();
    }
  }

  /** All that waits still comes, however slowly it is taken. */
  async #drain({ plan, handle, ledger }: Consumer): Promise<void> {
    const { waiting, delivered } = handle.stats;
    ledger.excuse();
    await handle.drain();
    const came = handle.stats.delivered - delivered;
    if (!this.isOver && came < waiting) this.#options.fail(`${plan.name} was drained of ${came} items of ${waiting}`);
  }

  /** Waits that a user may begin and give up at any time. */
  async run(what: string, wait: Promise<unknown>, isFine: (error: unknown) => boolean): Promise<void> {
    const { fail, trace } = this.#options;
    this.running += 1;
    try {
      await wait;
      trace(`${what} done`);
    } catch (error) {
      trace(`${what} ${String(error)}`);
      if (!isFine(error)) fail(`${what} failed with ${String(error)}`);
    }
    this.running -= 1;
  }

  /** What each consumer holds back, against what it may. */
  check(): void {
    const { fail } = this.#options;
    for (const { plan, handle } of this.#consumers) {
      // A paused socket may have read some more, and what is fetched comes however full a queue is.
      const limit = (plan.queue.limit ?? 10_000) + MORE_ITEMS;
      const { waiting } = handle.stats;
      if (waiting > limit) fail(`${waiting} items wait for ${plan.name}, of at most ${limit}`);
    }
  }

  /** The end of the run, before the connection is closed. */
  settle(): void {
    const { count, fail } = this.#options;
    for (const { plan, handle, ledger } of this.#consumers) {
      const { gaps, conflated, dropped, waiting } = handle.stats;
      if (conflated > 0) count('conflated');
      if (ledger.repaired > 0) count('repaired event', ledger.repaired);
      for (const cause of ledger.gaps.keys()) count(`gap ${cause}`);
      const told = [...ledger.gaps.values()].reduce((sum, each) => sum + each, 0);
      if (gaps !== told) fail(`${plan.name}: ${told} gaps came, and its figures tell of ${gaps}`);
      const overflows = ledger.gaps.get('overflow') ?? 0;
      if (overflows > dropped + conflated) fail(`${plan.name}: ${overflows} overflows of ${dropped + conflated} drops`);
      if (waiting > 0 && !plan.throws) fail(`${plan.name}: ${waiting} items still wait`);
    }
  }

  #take({ name, pace, throws }: Plan, ledger: Ledger, item: Item<unknown>): Promise<void> | undefined {
    const { chance, clock, count, trace } = this.#options;
    trace(`${name} ${describe(item)}`);
    ledger.take(item);
    const isThrown = throws > 0 && chance.often(throws);
    if (isThrown) count('consumer threw');
    if (pace === 0 || this.isHurried) {
      if (isThrown) throw new Error('a consumer throws');
      return undefined;
    }
    return new Promise((resolve, reject) => {
      clock.setTimeout(() => (isThrown ? reject(new Error('a consumer rejects')) : resolve()), chance.whole(0, pace));
    });
  }

  async #iterate(consumer: Consumer, subscription: Subscription<unknown>): Promise<void> {
    const { plan, ledger } = consumer;
    const { chance, clock, fail, count } = this.#options;
    this.running += 1;
    try {
      for await (const item of subscription) {
        // What was handed over in the turn in which it was closed.
        if (!this.#consumers.has(consumer) && ledger.isOver) break;
        this.#options.trace(`${plan.name} ${describe(item)}`);
        ledger.take(item);
        if (plan.pace > 0 && !this.isHurried)
          await new Promise<void>((resolve) => clock.setTimeout(resolve, chance.whole(0, plan.pace)));
      }
    } catch (error) {
      const { code } = error as DexError & { readonly code?: string };
      if (code === 'QUEUE_FULL') count('queue full');
      if (!isExpected({ ...(code !== undefined && { code }) }, plan)) fail(`${plan.name} ended with ${String(error)}`);
    }
    ledger.end();
    this.running -= 1;
  }

  #ended(consumer: Consumer, error: (DexError & { readonly code?: string }) | undefined): void {
    const { plan, ledger } = consumer;
    this.#options.trace(`end ${plan.name} ${error?.code}`);
    this.#consumers.delete(consumer);
    if (error === undefined) {
      ledger.end();
      return;
    }
    // What waited may still come.
    ledger.excuse();
    if (plan.isIterator) return;
    if (error.code === 'QUEUE_FULL') this.#options.count('queue full');
    if (!isExpected(error, plan)) this.#options.fail(`${plan.name} ended with ${error.message}`);
  }
}

const describe = (item: Item<unknown>): string => {
  if (item.kind === 'events') return `${item.events.length} of ${item.height}${item.repaired ? ' repaired' : ''}`;
  if (item.kind === 'gap') return `gap ${item.id} ${item.cause} ${item.from}-${item.to}`;
  return `gapClosed ${item.id} ${item.repaired} ${item.lost}`;
};
