/**
 * The venue: the chain with its traders, market data, histories and streams, and the time in which it lives. Pure, so that
 * it runs in a browser tab too.
 * In: a genesis, who acts in each block, a clock or steps; transactions at any moment. Out: turns for a gateway, and what
 * REST reads.
 *
 * Its line: transactions -> chain -> publication -> histories, market data and streams -> turn.
 */
import type { Height, Milliseconds, Nanoseconds, Stream } from '@dexwire/protocol';
import {
  type Message,
  signerOf,
  type Transaction,
  transactionHash,
  unsignedHash,
  withOrderId,
} from '@dexwire/protocol/transactions';
import { BLOCK_MS } from './blockClock.ts';
import type { Block } from './chain/block.ts';
import { millisecondsOf, NANOSECONDS_PER_MILLISECOND } from './chain/blockTime.ts';
import { Chain } from './chain/chain.ts';
import { Digests } from './chain/digests.ts';
import { type Genesis, stateOfGenesis, timeOfGenesis } from './chain/genesis.ts';
import { OrderAccepted, type Refused, type Result, ROOT, refused } from './chain/result.ts';
import { stateHash } from './chain/snapshot.ts';
import type { State } from './chain/state.ts';
import type { Clock } from './clock.ts';
import { readTransaction } from './entry/signedEntry.ts';
import { NodeError } from './errors.ts';
import type { Account, Frame, Place, Sink, Source } from './gateway/source.ts';
import { History, type HistoryLimits } from './history.ts';
import { MarketData } from './marketData/marketData.ts';
import { MarketStreams } from './marketStreams.ts';
import { publish } from './publications.ts';
import type { LatestBlock, Submitted } from './rest/restView.ts';
import type { DiffCadence } from './topics.ts';
import type { Actor, Extras, TraderMarket } from './traders/trader.ts';

const SECOND_MS = 1_000;

/** After a longer pause of the process only so much of what was missed is made up for. */
const CATCH_UP_MS = 10_000;

/** Of one block. */
const BLOCK_TRANSACTIONS = 100_000;

/** Of the signed ones in a block, in all. */
const BLOCK_BYTES = 4_194_304;

/** Whoever waits for a block is told no later: a program, and those between, give up some time. */
const LONGEST_WAIT_MS = 10_000;

/** Of the root code space. */
const INTERNAL = 1;

/** Blocks do not begin on whole milliseconds, and whoever rounds their times is found out. Odd, so that it goes all around. */
const NANOSECOND_STEP = 381_966;

export interface VenueOptions {
  readonly genesis: Genesis;
  /** Where time begins; the genesis says it unless given. */
  readonly from?: Milliseconds;
  /** Between two blocks; 400 unless given. */
  readonly blockTime?: Milliseconds;
  /** Act one after the other before each block is sealed. */
  readonly actors?: readonly Actor[];
  readonly history?: Partial<HistoryLimits>;
  /** Transactions of one block, at most; 100,000 unless given. Further ones are refused. */
  readonly blockTransactions?: number;
  /** `second` unless given. */
  readonly diffs?: DiffCadence;
  /** Told of each block when it is sealed, and what that took by `stopwatch`. */
  readonly onBlock?: (block: Block, seconds: number) => void;
  /** Milliseconds that only rise, to measure by. */
  readonly stopwatch?: () => number;
}

export interface SubmitOptions extends Extras {
  /** The signer's next one unless given. */
  readonly sequence?: number;
}

/** Nobody: what the streams of a venue without a gateway are made for. */
const NOBODY: Sink = { wants: () => false, send: () => {} };

export class Venue implements Source, TraderMarket {
  readonly accounts: readonly Account[];
  readonly market: MarketData;
  readonly history: History;
  readonly #chain: Chain;
  readonly #streams: MarketStreams;
  readonly #digests: Digests;
  readonly #actors: readonly Actor[];
  readonly #blockTime: Milliseconds;
  readonly #blockTransactions: number;
  readonly #onBlock: (block: Block, seconds: number) => void;
  readonly #stopwatch: () => number;
  /** Where the time is: of the latest block, or where it began. */
  #now: Milliseconds;
  /** Of the block that runs. */
  #next: Milliseconds;
  #latest: LatestBlock;
  #sink: Sink = NOBODY;
  /** Of the signed transactions in the running block. */
  #blockBytes = 0;
  /** Those who wait for the running block. */
  readonly #waiting = new Set<() => void>();
  /** How time goes on by itself; undefined while it is stepped. */
  #going: { readonly stop: () => void; readonly now: () => Milliseconds; readonly clock: Clock } | undefined;

  /** @throws GenesisError `GENESIS_INVALID`. */
  constructor({ genesis, from, blockTime = BLOCK_MS, actors = [], ...options }: VenueOptions) {
    const state = stateOfGenesis(genesis);
    const begins = timeOfGenesis(genesis);
    this.#now = from ?? millisecondsOf(begins);
    this.#blockTime = blockTime;
    this.#blockTransactions = options.blockTransactions ?? BLOCK_TRANSACTIONS;
    this.#next = this.#afterNow(blockTime);
    this.#chain = new Chain(state);
    this.#actors = actors;
    this.#onBlock = options.onBlock ?? (() => {});
    this.#stopwatch = options.stopwatch ?? (() => 0);
    this.accounts = genesis.accounts.flatMap(({ name, address }) => (name === undefined ? [] : [{ name, address }]));
    this.market = new MarketData(state, this.#now);
    this.history = new History(options.history);
    this.#streams = new MarketStreams(this.market, { diffs: options.diffs ?? 'second' });
    this.#digests = new Digests(state.chainId);
    this.#latest = this.#latestAt(state.height - 1, BigInt(this.#now) * NANOSECONDS_PER_MILLISECOND);
  }

  get symbols(): readonly string[] {
    return this.market.symbols;
  }

  /** To read. */
  get state(): State {
    return this.#chain.state;
  }

  /** Of the running block. */
  get height(): Height {
    return this.state.height;
  }

  /** Block time that the running block is going to have. */
  get time(): Nanoseconds {
    // Spread over a millisecond by the height: the same block has the same time wherever it is made.
    const part = BigInt((this.height * NANOSECOND_STEP) % Number(NANOSECONDS_PER_MILLISECOND));
    return BigInt(this.#next) * NANOSECONDS_PER_MILLISECOND + part;
  }

  get latest(): LatestBlock {
    return this.#latest;
  }

  /** The present moment: by the clock while time goes by itself. */
  now(): Milliseconds {
    return this.#going?.now() ?? this.#now;
  }

  /**
   * Runs a message at once in the running block; a refused one changes nothing. Whoever can call this acts for anybody: a
   * signature is not asked for. Sequence, hash and an order's id are filled in.
   */
  enter(message: Message, { memo = '', source = 0, sequence }: SubmitOptions = {}): Submitted {
    const next = sequence ?? this.state.accounts.get(signerOf(message) ?? '')?.sequence ?? 0;
    const complete = withOrderId(message, next);
    const hash = unsignedHash(complete, { sequence: next, memo, source, chainId: this.state.chainId });
    return this.#submitted(this.#deliver({ message: complete, sequence: next, memo, source, hash }), hash);
  }

  /** Runs a signed transaction at once in the running block, if it is one; whatever is refused changes nothing. */
  broadcast(bytes: Uint8Array): Submitted {
    const hash = transactionHash(bytes);
    const transaction = readTransaction(this.state, bytes, hash);
    if ('ok' in transaction) return this.#submitted(transaction, hash);
    if (this.#blockBytes + bytes.length > BLOCK_BYTES) return this.#submitted(this.#full(), hash);
    const result = this.#deliver(transaction);
    if (result.ok) this.#blockBytes += bytes.length;
    return this.#submitted(result, hash);
  }

  /** When a block is sealed, at once while time does not go by itself; no later than after 10 seconds, nor past the signal. */
  sealed(height: Height, signal?: AbortSignal): Promise<void> {
    const going = this.#going;
    if (going === undefined || height < this.height || signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const waiting = this.#waiting;
      const { clock } = going;
      const end = (): void => {
        waiting.delete(end);
        clock.clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = clock.setTimeout(end, LONGEST_WAIT_MS);
      waiting.add(end);
      signal?.addEventListener('abort', end);
    });
  }

  submit(message: Message, options?: SubmitOptions): Result {
    return this.enter(message, options).result;
  }

  /** Of the state as it is in the running block; equal for two venues that took the same way. */
  stateHash(): string {
    return stateHash(this.state);
  }

  /** Goes to a time before it starts. A height cannot be sought: the chain has to be run. */
  seek(place: Place): void {
    if (!('time' in place)) throw new NodeError('PLACE_UNKNOWN', 'a chain is not played back; give a time, or step it');
    this.#now = place.time;
    this.#next = this.#afterNow(this.#blockTime);
  }

  /** Whom turns go to, while time is stepped. */
  attach(sink: Sink): void {
    this.#sink = sink;
  }

  /** From here on time goes by itself. Where the clock is behind, the venue stays ahead of it. */
  start(sink: Sink, clock: Clock): void {
    this.#going?.stop();
    this.#sink = sink;
    const ahead = Math.max(this.#now - clock.now(), 0);
    let timer: unknown;
    const step = (): void => {
      const now = clock.now() + ahead;
      if (now - this.#now > CATCH_UP_MS) this.#skipTo(now - CATCH_UP_MS);
      while (this.#going === going) {
        const due = Math.min(this.#next, this.#nextSecond());
        if (due > now) {
          timer = clock.setTimeout(step, due - now);
          return;
        }
        this.#pass(due);
      }
    };
    const going = { stop: () => clock.clearTimeout(timer), now: () => clock.now() + ahead, clock };
    this.#going = going;
    step();
  }

  /** Time stands still, but for `advance` and `advanceTo`. */
  stop(): void {
    const now = this.now();
    this.#going?.stop();
    this.#going = undefined;
    this.#wake();
    if (now > this.#now) this.#skipTo(now);
  }

  /**
   * Seals so many blocks, one block time apart, with what is sent by the second in between.
   *
   * @throws NodeError `TIME_RUNS` while time goes by itself.
   */
  advance(blocks = 1): void {
    this.#checkStopped();
    for (let block = 0; block < blocks; block += 1) this.#passTo(this.#next);
  }

  /**
   * Goes on to a time, and seals one block at it: the chain stands still in between, however long that is. A day later it
   * is a breathe block.
   *
   * @throws NodeError `TIME_RUNS` while time goes by itself; `TIME_FALLS` unless it lies behind the latest block.
   */
  advanceTo(time: Milliseconds): void {
    this.#checkStopped();
    if (time <= this.#now) throw new NodeError('TIME_FALLS', `time only rises, and it is ${this.#now}, not ${time}`);
    this.#skipTo(time - 1);
    this.#next = time;
    this.#passTo(time);
  }

  snapshot(stream: Stream, subject: string): Frame | undefined {
    return this.#streams.snapshot(stream, subject);
  }

  #deliver(transaction: Transaction): Result {
    return this.#chain.trading.block.size < this.#blockTransactions ? this.#chain.deliver(transaction) : this.#full();
  }

  /** What the original said when its waiting room had no place left. */
  #full(): Refused {
    return refused(ROOT, INTERNAL, `mempool is full: ${this.#chain.trading.block.size} transactions`);
  }

  #submitted(result: Result, hash: string): Submitted {
    // Plain, so that it can be printed, spread and sent to another thread.
    return { result: result instanceof OrderAccepted ? result.toJSON() : result, hash, height: this.height };
  }

  /** Tells those who wait for a block. */
  #wake(): void {
    for (const end of [...this.#waiting]) end();
  }

  #checkStopped(): void {
    if (this.#going !== undefined)
      throw new NodeError('TIME_RUNS', 'time goes by itself here; stop it first, or start the node with stepped time');
  }

  #afterNow(period: Milliseconds): Milliseconds {
    return (Math.floor(this.#now / period) + 1) * period;
  }

  #nextSecond(): Milliseconds {
    return this.#afterNow(SECOND_MS);
  }

  /** Time goes by with nothing in it. */
  #skipTo(time: Milliseconds): void {
    if (time <= this.#now) return;
    this.#now = time;
    this.#next = this.#afterNow(this.#blockTime);
  }

  #passTo(time: Milliseconds): void {
    while (this.#now < time) this.#pass(Math.min(time, this.#next, this.#nextSecond()));
  }

  /** One moment: a second that ends, a block, or both. What a block brings belongs to the second that begins with it. */
  #pass(time: Milliseconds): void {
    this.#now = time;
    const frames: Frame[] = [];
    if (time % SECOND_MS === 0) frames.push(...this.#streams.second(time, this.#sink));
    const isBlock = time === this.#next;
    if (isBlock) for (const frame of this.#block()) frames.push(frame);
    // A block is a turn, whether or not anybody wants a stream: health goes by it.
    if (isBlock || frames.length > 0) this.#sink.send({ height: this.#latest.height, time, frames });
  }

  #block(): Frame[] {
    for (const actor of this.#actors) actor.onBlock(this);
    const began = this.#stopwatch();
    const block = this.#chain.seal(this.time);
    this.#blockBytes = 0;
    const seconds = (this.#stopwatch() - began) / SECOND_MS;
    const publication = publish(block, this.state);
    this.#digests.add(publication);
    this.history.add(publication);
    this.#latest = this.#latestAt(block.height, block.time);
    this.#next = this.#afterNow(this.#blockTime);
    this.#onBlock(block, seconds);
    this.#wake();
    return this.#streams.block(publication, this.#sink);
  }

  #latestAt(height: Height, time: Nanoseconds): LatestBlock {
    const { hash, appHash } = this.#digests;
    return { height, time, hash, appHash };
  }
}
