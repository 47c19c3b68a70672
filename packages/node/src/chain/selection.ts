/**
 * Which of the waiting mini pairs a block matches (matching rules §6). Ordinary pairs are matched whenever they waited.
 * In: waiting mini pairs with how many orders wait, the height. Out: the chosen ones.
 */
import type { Height } from '@dexwire/protocol';
import crc32 from 'crc-32';

export interface Waiting {
  readonly symbol: string;
  /** New orders since the pair's latest match. */
  readonly orders: number;
}

/** This many mini pairs are chosen because most orders wait on them. */
const BUSIEST = 8;
/** Every mini pair has its turn once in so many blocks. */
const TURNS = 16;

/** Whether `a` comes before `b`: more orders, then the smaller symbol. */
const isBusier = (a: Waiting, b: Waiting): boolean =>
  a.orders !== b.orders ? a.orders > b.orders : a.symbol < b.symbol;

/** The `count` with the most waiting orders, the busiest first; of equals the alphabetically smaller symbols. */
export const busiest = <Item extends Waiting>(waiting: Iterable<Item>, count: number): Item[] => {
  const chosen: Item[] = [];
  for (const item of waiting) {
    let place = chosen.length;
    while (place > 0 && isBusier(item, chosen[place - 1]!)) place--;
    if (place >= count) continue;
    chosen.splice(place, 0, item);
    if (chosen.length > count) chosen.pop();
  }
  return chosen;
};

/** Whether the height is the symbol's turn. */
export const hasTurn = (symbol: string, height: Height): boolean =>
  (crc32.str(symbol) >>> 0) % TURNS === height % TURNS;

/** The mini pairs of this block: all of them in a breathe block. */
export const selectMini = <Item extends Waiting>(
  waiting: readonly Item[],
  height: Height,
  isBreathe: boolean,
): readonly Item[] => {
  if (isBreathe) return waiting;
  const chosen = new Set(busiest(waiting, BUSIEST));
  for (const item of waiting) if (hasTurn(item.symbol, height)) chosen.add(item);
  return [...chosen];
};
