/**
 * What a consumer was told, short enough to compare as a whole.
 * In: a client, a stream. Out: the items that come, and each as a word or a number.
 */
import { type Item, type Stream, trades } from 'dexwire';
import type { MemoryDex } from './memoryDex.ts';
import { heightText, SYMBOL, tradesText } from './sampleFrames.ts';

/** Subscribes to a stream of the sample symbol. @returns A list that grows as items come. */
export const take = ({ dex }: MemoryDex, stream: Stream = trades, more: object = {}): Item<unknown>[] => {
  const items: Item<unknown>[] = [];
  (dex.subscribe as (...terms: unknown[]) => void)(stream, { symbols: [SYMBOL], ...more }, (item: Item<unknown>) =>
    items.push(item),
  );
  return items;
};

/** Events as their height, gaps as their cause or loss, with the blocks from and to. */
export const told = (items: readonly Item<unknown>[]): unknown[] =>
  items.map((item) => {
    if (item.kind === 'events') return item.repaired ? `repaired ${item.height}` : item.height;
    const name = item.kind === 'gap' ? item.cause : item.lost;
    return `${name} ${item.from}-${item.to}`;
  });

/** Trades of a block, and its pulse. */
export const block = (height: number): string[] => [tradesText(height), heightText(height)];

export const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, place) => from + place);

export const pulses = (from: number, to: number): string[] => range(from, to).map(heightText);
