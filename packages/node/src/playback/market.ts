/**
 * The book and the trades of one symbol at any height. What was recorded is played as it is: in the same block of each
 * round the recorded trade happens, and what it took has come back when the next round begins. Where nothing was
 * recorded, book and trades are derived: around the recorded price levels change their quantity now and then, and every
 * two seconds the price moves by a few ticks, each tick paid for by trades that empty the levels in its way.
 *
 * In: what was recorded of the symbol, a seed, a height. Out: levels, changes of levels, trades. Nothing is kept
 * between two heights, so that the player can begin anywhere.
 */
import { type Decimal, decimalUnits, type Height, type Level } from '@dexwire/protocol';
import { unitsText } from '../unitsText.ts';
import { hash, seedOf } from './hash.ts';
import type { MarketRecording } from './recordings.ts';

export type BookSide = 'bids' | 'asks';

/** A trade before the block has given it ids. Prices and quantities in units of 1e-8. */
export interface Fill {
  readonly price: bigint;
  readonly quantity: bigint;
  readonly taker: 'buyer' | 'seller';
}

/** Digits behind the point on the chain. */
const SCALE = 8;

/** Blocks between two moves of a derived price, and how many ticks away from the recorded one they may lead. */
const MOVE_BLOCKS = 5;
const MOVE_TICKS = 4;

/** A derived level keeps its quantity for at least so many blocks. */
const LEVEL_BLOCKS = 20;

/** The chain compared the best levels of two blocks (reference). What has moved behind them in between is still seen. */
const DIFF_LEVELS = 100;
const DIFF_SLACK = 2 * MOVE_TICKS;

export const unitsOf = (text: Decimal): bigint => decimalUnits(text, SCALE);

/** The largest power of ten that is at most `most`, 1 or more. */
const powerOfTen = (most: bigint): bigint => 10n ** BigInt(String(most).length - 1);

/** How many whole steps, the nearest number of them. */
const stepsIn = (units: bigint, step: bigint): number => Number((units + step / 2n) / step);

export class Market {
  readonly symbol: string;
  readonly #seed: number;
  readonly #loopBlocks: number;
  readonly #depth: MarketRecording['depth'];
  readonly #script: { readonly price: Decimal; readonly quantity: bigint; readonly block: number } | undefined;
  /** Derived books: best prices while the price is the recorded one, one tick, one lot, and how many lots are usual. */
  readonly #bid: bigint;
  readonly #ask: bigint;
  readonly #tick: bigint;
  readonly #lot: bigint;
  readonly #lots: number;

  constructor(recording: MarketRecording, loopBlocks: number, seed: number) {
    const { symbol, last, ticker, depth, trade } = recording;
    const price = unitsOf(last.price);
    const quantity = unitsOf(last.quantity ?? recording.miniTicker?.volume ?? last.price);
    const bid = unitsOf(ticker?.bidPrice ?? last.price);
    const ask = unitsOf(ticker?.askPrice ?? last.price);
    this.symbol = symbol;
    this.#seed = seedOf(seed, symbol);
    this.#loopBlocks = loopBlocks;
    this.#depth = depth;
    this.#script = trade && {
      price: trade.event.price,
      quantity: unitsOf(trade.event.quantity),
      block: trade.block,
    };
    // Prices have about six digits that count, as the chain's listings had.
    this.#tick = powerOfTen(price / 100_000n);
    this.#lot = powerOfTen(quantity / 10n);
    this.#lots = Math.max(stepsIn(quantity, this.#lot), 1);
    // A recorded trade meets a resting bid. A ticker whose book was empty tells no best prices.
    this.#bid = bid > 0n && bid < ask ? bid : trade ? price : price - this.#tick;
    this.#ask = bid > 0n && bid < ask ? ask : price + this.#tick;
  }

  /** Best first. */
  levels(side: BookSide, height: Height, count: number): Level[] {
    const levels: Level[] = this.#depth ? [...this.#depth[side].slice(0, count)] : this.#derived(side, height, count);
    if (this.#script === undefined || height % this.#loopBlocks >= this.#script.block) return levels;
    const { price, quantity } = this.#script;
    return levels.map((level) => (level[0] === price ? [price, unitsText(unitsOf(level[1]) + quantity)] : level));
  }

  /** The levels of a side that differ between two heights, with their new quantity; 0 removes one. */
  changes(side: BookSide, from: Height, to: Height): Level[] {
    const before = new Map(this.levels(side, from, DIFF_LEVELS));
    const after = new Map(this.levels(side, to, DIFF_LEVELS + DIFF_SLACK));
    const changes: Level[] = [];
    let place = 0;
    for (const [price, quantity] of after) {
      const old = before.get(price);
      if (old === undefined ? place < DIFF_LEVELS : old !== quantity) changes.push([price, quantity]);
      place += 1;
    }
    for (const price of before.keys()) if (!after.has(price)) changes.push([price, unitsText(0n)]);
    return changes;
  }

  /** The derived trades of a block: one for each level that a move of the price empties, all at the last one's price. */
  fills(height: Height): Fill[] {
    const moved = this.#moved(height) - this.#moved(height - 1);
    if (moved === 0) return [];
    const side = moved > 0 ? 'asks' : 'bids';
    const taken = this.#derived(side, height - 1, Math.abs(moved));
    const price = unitsOf(taken.at(-1)?.[0] ?? unitsText(0n));
    const taker = moved > 0 ? 'buyer' : 'seller';
    return taken.map(([, quantity]) => ({ price, quantity: unitsOf(quantity), taker }));
  }

  /** Ticks away from the recorded price. A symbol with a recorded trade stays at that trade's price. */
  #moved(height: Height): number {
    if (this.#script !== undefined || this.#depth !== undefined) return 0;
    const move = Math.floor((height + (this.#seed % MOVE_BLOCKS)) / MOVE_BLOCKS);
    return (hash(this.#seed, move, 0) % (2 * MOVE_TICKS + 1)) - MOVE_TICKS;
  }

  #derived(side: BookSide, height: Height, count: number): Level[] {
    const step = side === 'bids' ? -this.#tick : this.#tick;
    const best = (side === 'bids' ? this.#bid : this.#ask) + BigInt(this.#moved(height)) * this.#tick;
    const levels: Level[] = [];
    for (let price = best; levels.length < count && price > 0n; price += step) {
      levels.push([unitsText(price), unitsText(this.#quantity(price, height))]);
    }
    return levels;
  }

  #quantity(price: bigint, height: Height): bigint {
    const key = stepsIn(price, this.#tick);
    const chance = hash(this.#seed, key, 1);
    const version = Math.floor((height + chance) / (LEVEL_BLOCKS + (chance % (10 * LEVEL_BLOCKS))));
    return this.#lot * BigInt(1 + (hash(this.#seed ^ chance, key, version) % (2 * this.#lots)));
  }
}
