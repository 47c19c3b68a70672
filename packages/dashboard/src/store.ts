/**
 * The wiring of the page: subscriptions on one side, view state on the other.
 * In: a world, a place. Out: slices that panels draw, and the few things that people do.
 *
 *     dex, REST -> feeds/<part>.ts -> slices -> views/<panel>.tsx
 */
import { connect, type Dex, lagHistogram, repairOverRest, systemClock, type Ticker } from 'dexwire';
import { FaultDesk } from './faults.ts';
import { type Account, openAccount } from './feeds/account.ts';
import { type BookView, openBook } from './feeds/book.ts';
import { Bars, openCandles } from './feeds/candles.ts';
import { type Chain, openChain } from './feeds/chain.ts';
import { type Markets, openMarkets, type Pairs } from './feeds/markets.ts';
import { openTape, Tape } from './feeds/tape.ts';
import { openTicker } from './feeds/ticker.ts';
import { Health } from './health.ts';
import type { Place } from './place.ts';
import { Rest } from './rest.ts';
import type { Room } from './room.ts';
import { Slice } from './slice.ts';
import { Trading } from './trading.ts';
import type { World } from './world.ts';

export interface Store {
  readonly world: World;
  readonly place: Slice<Place>;
  readonly pairs: Slice<Pairs>;
  readonly markets: Slice<Markets>;
  readonly ticker: Slice<Ticker | undefined>;
  readonly candles: Slice<Bars>;
  readonly book: Slice<BookView>;
  readonly tape: Slice<Tape>;
  readonly account: Slice<Account | undefined>;
  readonly chain: Slice<Chain>;
  readonly health: Health;
  readonly trading: Trading;
  readonly faults: FaultDesk;
  readonly dex: Dex;
  /** Looks at another symbol, interval or address. @param isChosen - By a person: so unless told otherwise. */
  go(change: Partial<Place>, isChosen?: boolean): void;
  close(): Promise<void>;
}

/** Ages that are shown grow by themselves. */
const TICK_MS = 1000;
/** How often what came of quiet streams is compared with what the venue knows. */
const AUDIT_MS = 15_000;

/** What of a place a feed goes by, and what ends it when that changes. */
class Turn {
  #end: AbortController | undefined;
  #key: string | undefined;

  /** @param open - Called with a signal if the key is another one, and not at all for an empty one. */
  take(key: string, open: (signal: AbortSignal) => void): void {
    if (key === this.#key) return;
    this.#key = key;
    this.#end?.abort();
    this.#end = new AbortController();
    if (key !== '') open(this.#end.signal);
  }

  end(): void {
    this.#end?.abort();
  }
}

export interface Told {
  /** The page is somewhere else now. @param isChosen - By a person, who may want to go back. */
  readonly onPlace?: (place: Place, isChosen: boolean) => void;
  /** No socket could be opened in the first place; a new store may have more luck. */
  readonly onFailed?: () => void;
}

export const openStore = (world: World, first: Place, { onPlace, onFailed }: Told = {}): Store => {
  const clock = systemClock;
  const lags = lagHistogram();
  const health = new Health(clock, lags);
  const over = new AbortController();
  const dex = connect(world.network, {
    ...(world.openSocket && { openSocket: world.openSocket }),
    repair: repairOverRest({ fetch: world.fetch }),
    auditEvery: AUDIT_MS,
    metrics: lags,
    backoff: { first: 250, factor: 2, most: 5000 },
    onError: (error) => health.note(error),
  });
  const rest = new Rest(world.network.rest, world.fetch);
  const room: Room = { dex, rest, fetch: world.fetch, health, clock };

  const place = new Slice(first, { isPrompt: true });
  const ticker = new Slice<Ticker | undefined>(undefined);
  const candles = new Slice(new Bars());
  const book = new Slice<BookView>({ book: undefined, since: clock.now(), state: 'rebuilding' });
  const tape = new Slice(new Tape());
  const account = new Slice<Account | undefined>(undefined);

  const chain = openChain(room, over.signal, (error) => {
    if (!error) return;
    health.note(error);
    onFailed?.();
  });
  const { pairs, markets } = openMarkets(room, over.signal);
  const trading = new Trading(room, over.signal);
  const turns = { symbol: new Turn(), candles: new Turn(), account: new Turn() };

  const follow = (): void => {
    const { symbol, interval, address } = place.value;
    // A symbol that the node does not have is never asked for: with it the node refuses whatever else is in the command.
    const isListed = pairs.value.has(symbol) || markets.value.tickers.has(symbol);
    turns.symbol.take(isListed ? symbol : '', (signal) => {
      openBook(room, book, symbol, signal);
      const onComing = openTape(room, tape, symbol, signal);
      openTicker(room, ticker, symbol, signal, onComing);
    });
    turns.candles.take(isListed ? `${symbol} ${interval}` : '', (signal) => {
      openCandles(room, candles, symbol, interval, signal);
    });
    if (!isListed) {
      ticker.set(undefined);
      candles.set(new Bars());
      book.set({ book: undefined, since: clock.now(), state: 'rebuilding' });
      tape.set(new Tape());
    }
    turns.account.take(address, (signal) => openAccount(room, account, address, signal));
    if (address === '') account.set(undefined);
  };

  const go = (change: Partial<Place>, isChosen = true): void => {
    // There is no way back to where it was not known yet which symbols there are.
    place.set({ ...place.value, ...change, symbol: change.symbol || place.value.symbol });
    follow();
    onPlace?.(place.value, isChosen);
  };

  // The first pair of the venue, unless the URL names one.
  const choose = (): void => {
    const [symbol] = markets.read().symbols;
    if (symbol === undefined) return;
    deafen();
    if (place.value.symbol === '') go({ symbol }, false);
    else follow();
  };
  const deafen = markets.listen(choose);
  pairs.listen(follow);

  let timer: unknown;
  const tick = (): void => {
    health.slice.changed();
    timer = clock.setTimeout(tick, TICK_MS);
  };

  void (async () => {
    for await (const status of dex.status(over.signal)) health.tell(status, dex.plan);
  })().catch((error: unknown) => {
    if (!over.signal.aborted) health.note(error);
  });
  follow();
  tick();

  return {
    ...{ world, place, pairs, markets, ticker, candles, book, tape, account, chain, health, trading, dex, go },
    faults: new FaultDesk(world),
    close: async () => {
      clock.clearTimeout(timer);
      for (const turn of Object.values(turns)) turn.end();
      over.abort();
      await dex.close();
    },
  };
};
