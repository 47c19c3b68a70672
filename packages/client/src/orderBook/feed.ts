/**
 * One attempt to keep a book: the subscriptions that it takes, from the first frame until something does not fit.
 * In: frames of `marketDiff` and `marketDepth`, by one socket. Out: a `DepthBook` that is as deep as can be had; then each
 * diff, and once, what broke it.
 *
 * A depth frame is whole and of a sealed block, and on one socket it comes after the diffs that lead to it. So what came
 * before the frame that begins the book is needless, and nothing has to wait in a buffer.
 *
 * What lies beyond the levels that are compared each second is compared now and then, with a deep frame that is asked for.
 */
import { type BookDepth, type BookDiff, blockheight, type DexError, marketDepth, marketDiff } from '@dexwire/protocol';
import type { Timer } from '../clock.ts';
import type { Dex } from '../connection.ts';
import { ClosedError } from '../errors.ts';
import type { Item } from '../item.ts';
import type { RestSettings } from '../rest/ask.ts';
import { type Handle, isAskedAnew, shareSocket } from '../subscription.ts';
import { wait } from '../wait.ts';
import { DepthBook } from './depthBook.ts';
import { BookError } from './errors.ts';
import { restDepth } from './restDepth.ts';
import { canonical } from './side.ts';

/** Levels a side that are wanted. The first comes by the stream that checks, the next two by a frame of their own. */
export type BookLevels = 20 | 100 | 500 | 1000;

export interface FeedSettings {
  readonly dex: Dex;
  readonly symbol: string;
  readonly levels: BookLevels;
  /** How often a deep frame is asked for. */
  readonly checkEvery: number;
  /** Undefined: nobody knows where it is. */
  readonly rest: Omit<RestSettings, 'ending'> | undefined;
  /** The gateway has been asked: there is a socket. */
  readonly onAsked: () => void;
  readonly onDiff: (feed: Feed, diff: BookDiff) => void;
  /** A depth frame has told levels anew; a deep one, all there are. */
  readonly onBook: (feed: Feed, isDeep: boolean) => void;
  readonly onBroken: (feed: Feed) => void;
}

/** How long a depth frame may take that was asked for. */
const FRAME_WITHIN_MS = 2000;
/** How long a depth frame may take after a change that it must tell: at most one comes a second (assumed). */
const CHECK_WITHIN_MS = 5000;
/** Levels of the stream that checks. */
const CHECKED = 20;
/** Between two questions to REST while orders wait for their match, and how often it is asked. A block takes some 400 ms. */
const PENDING_MS = 200;
const PENDING_TIMES = 5;

export class Feed {
  readonly book = new DepthBook();
  /** When the last frame came by its socket, of the clock. */
  heardAt: number;
  /** It broke as its socket was lost: how soon there is another one is the connection's business. */
  isLost = false;
  /** Deep frames that it was compared with. */
  checked = 0;
  readonly #settings: FeedSettings;
  readonly #own = new AbortController();
  readonly #handles: Handle[] = [];
  /** A depth frame is its ground. */
  #isBased = false;
  #isLoaded = false;
  #isOver = false;
  /** A diff came, so the gateway is known to send them. */
  #isHeard = false;
  /** Prices that diffs have told since REST was asked. */
  #told: Set<string> | undefined;
  /** Runs from a change until a depth frame comes. */
  #silence: Timer;
  /** The depth that began it, if that was a deep one, which can be asked for again. */
  #depth: 100 | 500 | undefined;
  #nextCheck: Timer;
  /** Whom to ask for what no frame tells. */
  #rest: Omit<RestSettings, 'ending'> | undefined;
  /** Takes a deep frame that is asked for, for it may come under the name of the others (spec §15). */
  #takeDeep: ((frame: BookDepth) => void) | undefined;
  /** Prices of which a deep frame said otherwise, a set a side, that no diff has mentioned yet. */
  #unlike: readonly Set<string>[] = [];
  #drift: Timer;

  constructor(settings: FeedSettings) {
    this.#settings = settings;
    this.heardAt = settings.dex.clock.now();
  }

  /** What broke it, or that it is closed. */
  get error(): DexError | undefined {
    return this.#own.signal.reason as DexError | undefined;
  }

  /** @throws DexError: what broke it, as `onBroken` tells it later. */
  async load(): Promise<void> {
    const { dex, symbol, levels, rest, onAsked } = this.#settings;
    const { signal } = this.#own;
    const symbols = [symbol];
    const onEnd = (error: DexError = new ClosedError('the connection is closed')): void => {
      if (!this.#isOver) this.end(error);
    };
    const diffs = dex.subscribe(marketDiff, { symbols, onEnd }, (item) => this.#diff(item));
    this.#handles.push(diffs);
    await diffs.ready(signal);
    onAsked();
    signal.throwIfAborted(); // whoever was told may have closed it
    let isAnew = false;
    const check = dex.subscribe(marketDepth(), { symbols, onEnd }, (item) => this.#check(item, isAnew));
    isAnew = isAskedAnew(check);
    this.#handles.push(check);
    this.#checkSockets(this.#handles);
    const heights = dex.subscribe(blockheight, { onEnd }, () => this.#hear());
    if (shareSocket([check, heights])) this.#handles.push(heights);
    else heights.close();
    await check.ready(signal);
    let isDeep = levels === CHECKED && (await this.#firstCheck());
    // A frame of those that others have asked for comes when something changes, which may be long: then another one is asked for.
    for (const depth of levels === CHECKED ? ([100] as const) : ([500, 100] as const)) {
      if (isDeep || depth > Math.max(levels, 100)) continue;
      isDeep = await this.#deep(depth, (frame, isAnew) => this.#isFit(isAnew) && this.#base(frame));
      if (isDeep && levels !== CHECKED) this.#depth = depth;
    }
    if (!this.#isBased) throw new BookError('NO_DEPTH', 'no depth came for the book');
    if (rest && (levels > 500 || !isDeep)) {
      this.#rest = rest;
      await this.#extend(rest);
    }
    signal.throwIfAborted();
    this.#isLoaded = true;
    if (this.book.diffs > 0) this.#listen();
    this.#checkLater();
  }

  /** Gives its subscriptions back, so that they can be asked for anew. Its book stays as it is, and is not broken. */
  letGo(): void {
    const { clock } = this.#settings.dex;
    this.#isOver = true;
    for (const timer of [this.#silence, this.#nextCheck, this.#drift]) clock.clearTimeout(timer);
    for (const handle of this.#handles) handle.close();
  }

  /** No frame comes after this. */
  end(error: DexError): void {
    if (this.#own.signal.aborted) return;
    this.#own.abort(error);
    this.letGo();
    if (this.#isLoaded) this.#settings.onBroken(this);
  }

  #checkSockets(handles: readonly Handle[]): void {
    if (!shareSocket(handles))
      throw new BookError(
        'SEPARATE_SOCKETS',
        "the streams of a book have to share a socket: connect with ask: 'commands'; if so, with a connection of its own",
      );
  }

  /** Whether the check stream has begun the book. */
  #firstCheck(): Promise<boolean> {
    const { clock } = this.#settings.dex;
    return wait<boolean>(this.#own.signal, ({ resolve }) => {
      this.#onBased = () => resolve(true);
      const timer = clock.setTimeout(() => resolve(false), FRAME_WITHIN_MS);
      if (this.#isBased) resolve(true);
      return () => clock.clearTimeout(timer);
    });
  }
  #onBased = (): void => {};

  /**
   * Asks for one frame of a deep depth.
   *
   * @param take - Returns whether it could be taken.
   * @returns Whether one came that was.
   */
  #deep(depth: 100 | 500, take: (frame: BookDepth, isAnew: boolean) => boolean): Promise<boolean> {
    const { dex, symbol } = this.#settings;
    return wait<boolean>(this.#own.signal, ({ resolve, reject }) => {
      let isAnew = false;
      const takeDeep = (frame: BookDepth): void => this.#try(() => take(frame, isAnew) && resolve(true));
      const handle = dex.subscribe(
        marketDepth(depth),
        { symbols: [symbol], onEnd: () => resolve(false) },
        (item: Item<BookDepth>) => {
          if (item.kind === 'events') item.events.forEach(takeDeep);
        },
      );
      this.#takeDeep = takeDeep;
      isAnew = isAskedAnew(handle);
      this.#handles.push(handle);
      const timer = dex.clock.setTimeout(() => resolve(false), FRAME_WITHIN_MS);
      try {
        this.#checkSockets(this.#handles);
      } catch (error) {
        reject(error);
      }
      return () => {
        dex.clock.clearTimeout(timer);
        this.#takeDeep = undefined;
        this.#handles.splice(this.#handles.indexOf(handle), 1);
        handle.close();
      };
    });
  }

  /**
   * Asks for a deep frame out of turn.
   *
   * @returns Whether there are such.
   */
  checkNow(): boolean {
    if (this.#depth === undefined) return false;
    if (this.#nextCheck !== undefined) void this.#checkDeep(); // else it is being done
    return true;
  }

  #checkLater(): void {
    const { dex, checkEvery } = this.#settings;
    this.#nextCheck = dex.clock.setTimeout(() => void this.#checkDeep(), checkEvery);
  }

  /**
   * Compares what no frame of each second tells. Without an answer nothing is certain of it any more: a diff may have been
   * lost by a gateway, in silence.
   */
  async #checkDeep(): Promise<void> {
    let isSeen = false;
    this.#settings.dex.clock.clearTimeout(this.#nextCheck);
    this.#nextCheck = undefined;
    try {
      for (const depth of [500, 100] as const)
        if (!isSeen && !this.#isOver && depth <= (this.#depth ?? 0))
          isSeen = await this.#deep(depth, (frame) => this.#renew(frame));
    } catch {
      // It is over, or its socket has no room for one name more, which is as good as no answer.
    }
    if (this.#isOver) return;
    if (!isSeen) this.book.bound(CHECKED);
    if (this.#rest) {
      await this.#extend(this.#rest).catch(() => {}); // it is over
      if (this.#isOver) return;
      this.#settings.onBook(this, false);
    }
    this.#checkLater();
  }

  /** A deep frame may be ahead of the diffs, which have some seconds to tell what it tells. */
  #renew(frame: BookDepth): boolean {
    const { book } = this;
    if (this.#isOver || frame.lastUpdateId < book.height!) return false;
    this.#hear();
    const unlike = book.renew(frame);
    this.checked++;
    // What an earlier frame said is waited for first, so that frames that follow each other fast cannot put it off.
    if (this.#drift === undefined && unlike.some(({ size }) => size > 0)) {
      const drift = new BookError('DRIFT', `no diff told what the depth of block ${frame.lastUpdateId} did`);
      this.#unlike = unlike;
      this.#drift = this.#settings.dex.clock.setTimeout(() => this.end(drift), CHECK_WITHIN_MS);
    }
    this.#settings.onBook(this, true);
    return true;
  }

  /**
   * Whether a depth frame came after the gateway had read that diffs are wanted: the answer to a question behind that one
   * did. A frame that others have asked for did only if a diff has come.
   */
  #isFit(isAnew: boolean): boolean {
    return isAnew || this.#isHeard;
  }

  /** What a diff mentions is no drift. */
  #settle({ bids, asks }: BookDiff): void {
    for (const [side, levels] of [bids, asks].entries())
      for (const [price] of levels) this.#unlike[side]!.delete(canonical(price));
    if (this.#unlike.some(({ size }) => size > 0)) return;
    this.#settings.dex.clock.clearTimeout(this.#drift);
    this.#drift = undefined;
  }

  #base(frame: BookDepth): true {
    this.#hear();
    this.book.base(frame);
    this.#isBased = true;
    this.#onBased();
    return true;
  }

  /** Adds levels that no depth frame tells, as REST tells them. Without an answer the book is what it is. */
  async #extend(rest: Omit<RestSettings, 'ending'>): Promise<void> {
    const { dex, symbol } = this.#settings;
    const { signal } = this.#own;
    const listen = (listener: () => void): (() => void) => {
      signal.addEventListener('abort', listener);
      return () => signal.removeEventListener('abort', listener);
    };
    try {
      for (let time = 0; time < PENDING_TIMES; time++) {
        const told = new Set<string>();
        this.#told = told;
        const { bids, asks, isPending } = await restDepth({ ...rest, ending: { signal, listen } }, symbol);
        if (!isPending) {
          this.book.bids.extend(bids, (price) => told.has(price));
          this.book.asks.extend(asks, (price) => told.has(price));
          return;
        }
        await wait<void>(signal, ({ resolve }) => {
          const timer = dex.clock.setTimeout(resolve, PENDING_MS);
          return () => dex.clock.clearTimeout(timer);
        });
      }
    } catch {
      signal.throwIfAborted();
    } finally {
      this.#told = undefined;
    }
  }

  #hear(): void {
    this.heardAt = this.#settings.dex.clock.now();
  }

  #diff(item: Item<BookDiff>): void {
    this.#hear();
    if (item.kind === 'gap') {
      this.isLost = item.cause === 'disconnect';
      this.end(new BookError('GAP', `diffs may have been missed: ${item.cause}`));
    }
    if (item.kind !== 'events' || this.error) return;
    this.#isHeard = true;
    for (const diff of item.events) {
      this.#try(() => {
        if (this.#told) for (const [price] of [...diff.bids, ...diff.asks]) this.#told.add(canonical(price));
        if (this.#drift !== undefined) this.#settle(diff);
        if (this.#isBased) this.book.apply(diff);
      });
      if (this.error || !this.#isLoaded) continue;
      this.#listen();
      this.#settings.onDiff(this, diff);
    }
  }

  #check(item: Item<BookDepth>, isAnew: boolean): void {
    this.#hear();
    if (item.kind !== 'events' || this.error) return;
    for (const frame of item.events) {
      this.#settings.dex.clock.clearTimeout(this.#silence);
      this.#silence = undefined;
      let isMore = false;
      this.#try(() => {
        if (this.#takeDeep && Math.max(frame.bids.length, frame.asks.length) > CHECKED) this.#takeDeep(frame);
        else if (this.#isBased) isMore = this.book.check(frame);
        else if (this.#isFit(isAnew)) this.#base(frame);
      });
      if (isMore && this.#isLoaded) this.#settings.onBook(this, false);
    }
  }

  /** Now that levels have changed, a depth frame must come, unless they change back. */
  #listen(): void {
    this.#silence ??= this.#settings.dex.clock.setTimeout(() => {
      this.#silence = undefined;
      if (!this.book.isAsLast(CHECKED))
        this.end(new BookError('SILENT', `no depth came ${CHECK_WITHIN_MS} ms after a change`));
    }, CHECK_WITHIN_MS);
  }

  #try(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.end(error as BookError);
    }
  }
}
