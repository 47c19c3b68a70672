/**
 * `dexwire book`: an order book and the trades of its symbol, for eyes or for programs.
 * In: a symbol. Out: a terminal that is repainted where it has changed, or lines of JSON, or the book once.
 */
import { setMaxListeners } from 'node:events';
import { toJson } from '@dexwire/protocol';
import { type Dex, type OrderBook, orderBook, type Trade, trades } from 'dexwire';
import type { BookVerbOptions } from '../commands/book.ts';
import { dial } from '../dial.ts';
import { CliError, EndedError, messageOf } from '../errors.ts';
import { explained } from '../listed.ts';
import { outputTo } from '../terminal/output.ts';
import { paintFor } from '../terminal/paint.ts';
import { plain } from '../terminal/plain.ts';
import { Screen } from '../terminal/screen.ts';
import type { World } from '../world.ts';
import { type BookRead, bookView, levelsFor } from './view.ts';

/** Trades that are kept to be shown. */
const TAPE = 100;
/** Between two paintings, so that a busy market costs no more than eyes can take in. */
const PAINT_MS = 50;
const LEVELS = 20;
/** Told after the screen was left. */
const MOST_COMPLAINTS = 10;

/** What shows a book. */
interface Showing {
  /** The book, or what it comes to, has changed. */
  changed(read: BookRead | undefined): Promise<void> | void;
  traded(trade: Trade): Promise<void> | void;
  /** @param trouble - Why there is no connection; `undefined`: there is one. */
  connected(trouble: string | undefined): void;
  close(): void;
}

const readOf = (kept: OrderBook, levels: number): BookRead => ({ ...kept.depth(levels), ...kept.mid() });

/** How many of the shown levels are certain: a number also where it is all of them. */
const jsonOf = (symbol: string, { bids, asks, certain, cause, ...read }: BookRead): string =>
  toJson({
    kind: 'book',
    symbol,
    ...read,
    ...(cause && { cause: cause.message }),
    certain: { bids: Math.min(certain.bids, bids.length), asks: Math.min(certain.asks, asks.length) },
    bids,
    asks,
  });

const jsonShowing = (world: World, symbol: string): Showing => {
  const { line } = outputTo(world.stdout, world);
  return {
    changed: (read) => (read ? line(jsonOf(symbol, read)) : undefined),
    traded: (trade) => line(toJson({ kind: 'trade', stream: `${symbol}@${trades.topic}`, ...trade })),
    connected: () => {}, // the book that is not verified any more says it
    close: () => {},
  };
};

/** Keys that end it. In raw mode the terminal makes no signal of Ctrl-C. */
const listenToKeys = ({ stdin }: World, end: (error?: unknown) => void): (() => void) => {
  if (!stdin.isTTY) return () => {};
  const heard = (keys: Buffer | string): void => {
    const text = String(keys);
    if (text.includes('\u0003')) end(new EndedError('SIGINT'));
    else if (/[qQ]/.test(text)) end();
  };
  stdin.setRawMode(true);
  stdin.on('data', heard);
  stdin.resume();
  return () => {
    stdin.off('data', heard);
    stdin.setRawMode(false);
    stdin.pause();
  };
};

const screenShowing = (
  world: World,
  symbol: string,
  dex: Dex,
  options: BookVerbOptions,
  end: (error?: unknown) => void,
): Showing => {
  const screen = new Screen(world.stdout);
  const paint = paintFor(world);
  const tape: Trade[] = [];
  let latest: BookRead | undefined;
  let trouble: string | undefined;
  let timer: unknown;
  const paintNow = (): void => {
    timer = undefined;
    const { columns, rows } = screen.size;
    const levels = Math.min(options.levels ?? Number.POSITIVE_INFINITY, levelsFor({ columns, rows }));
    screen.draw(bookView({ symbol, url: dex.network.ws, read: latest, trouble, tape, paint, columns, levels }));
  };
  const soon = (): void => {
    timer ??= world.clock.setTimeout(paintNow, PAINT_MS);
  };
  const resized = (): void => {
    screen.forget();
    paintNow();
  };
  world.stdout.on('resize', resized);
  const deafen = listenToKeys(world, end);
  paintNow();
  return {
    changed: (read) => {
      latest = read;
      soon();
    },
    traded: (trade) => {
      tape.unshift(trade);
      tape.length = Math.min(tape.length, TAPE);
      soon();
    },
    connected: (why) => {
      trouble = why;
      soon();
    },
    close: () => {
      world.clock.clearTimeout(timer);
      world.stdout.off('resize', resized);
      deafen();
      screen.close();
    },
  };
};

/** The book as text, once. */
const printOnce = async (
  world: World,
  kept: OrderBook,
  dex: Dex,
  { levels = LEVELS, json }: BookVerbOptions,
): Promise<void> => {
  const { line } = outputTo(world.stdout, world);
  const read = readOf(kept, levels);
  if (json) return line(jsonOf(kept.symbol, read));
  const shown = Math.max(read.bids.length, read.asks.length);
  const columns = world.stdout.isTTY ? world.stdout.columns || 80 : 80;
  const picture = {
    symbol: kept.symbol,
    url: dex.network.ws,
    read,
    tape: [],
    paint: paintFor(world),
    columns,
    levels: shown,
  };
  for (const text of bookView(picture).slice(0, shown + 3)) await line(text.trimEnd());
};

/** @throws CliError `GAP`, `USAGE`; BookError; what the connection ends with; the signal's reason. */
export const book = async (world: World, name: string, options: BookVerbOptions): Promise<void> => {
  const symbol = name.toUpperCase();
  const over = new AbortController();
  setMaxListeners(0, over.signal, world.signal);
  let failure: unknown;
  const end = (error?: unknown): void => {
    if (over.signal.aborted) return;
    failure = error;
    over.abort();
  };
  const leave = (): void => end(world.signal.reason);
  world.signal.addEventListener('abort', leave);
  if (world.signal.aborted) leave();
  const isOnce = options.once === true || (!options.json && !world.stdout.isTTY);
  const isScreen = !isOnce && !options.json;
  /** What went wrong while the screen is drawn on, for when it is not any more; each once. */
  const complaints = new Set<string>();
  const onError = ({ message }: Error): void => {
    if (complaints.size < MOST_COMPLAINTS) complaints.add(message);
  };
  const dex = dial(world, options, isScreen ? { onError } : {});
  const showing = isOnce
    ? undefined
    : options.json
      ? jsonShowing(world, symbol)
      : screenShowing(world, symbol, dex, options, end);
  const timer = options.for === undefined ? undefined : world.clock.setTimeout(() => end(), options.for);
  const levels = options.levels ?? (options.json || isOnce ? LEVELS : 500);

  const followTrades = async (): Promise<void> => {
    for await (const item of dex.subscribe(trades, { symbols: [symbol], signal: over.signal }))
      if (item.kind === 'events') for (const trade of item.events) await showing?.traded(trade);
  };
  const followConnection = async (): Promise<void> => {
    for await (const status of dex.status(over.signal)) {
      if (status.name === 'waiting') showing?.connected(messageOf(status.cause));
      if (status.name === 'open') showing?.connected(undefined);
    }
  };
  const followBook = async (): Promise<void> => {
    const kept = await orderBook(dex, symbol, { signal: over.signal, within: options.within });
    if (!showing) {
      await printOnce(world, kept, dex, options);
      return end();
    }
    await showing.changed(readOf(kept, levels));
    for await (const change of kept.changes(over.signal)) {
      await showing.changed(readOf(kept, levels));
      if (options.strict && change.kind === 'state' && change.state !== 'verified')
        end(new CliError('GAP', `the book is ${change.state}: ${change.cause?.message ?? 'it is built anew'}`));
    }
  };
  try {
    await Promise.all(
      [followBook(), ...(showing ? [followTrades(), followConnection()] : [])].map((one) => one.catch(end)),
    );
  } finally {
    world.clock.clearTimeout(timer);
    world.signal.removeEventListener('abort', leave);
    end();
    showing?.close();
    for (const message of complaints) world.stderr.write(`dexwire: ${plain(message)}\n`);
    await dex.close();
  }
  if (failure !== undefined) throw await explained(failure, dex, [symbol]);
};
