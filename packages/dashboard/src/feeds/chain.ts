/**
 * The chain's pulse: the height of each block, and how fast blocks come.
 * In: `blockheight`. Out: a slice.
 */
import { blockheight } from 'dexwire';
import type { Room } from '../room.ts';
import { Slice } from '../slice.ts';

export interface Chain {
  readonly height: number | undefined;
  /** When the last one came, milliseconds of the clock. */
  readonly at: number;
  /** Blocks a second, over the last half minute; undefined before there are two. */
  readonly rate: number | undefined;
}

export const CHAIN = 'chain';

const WINDOW_MS = 30_000;

export const openChain = (room: Room, signal: AbortSignal, onEnd: (error?: Error) => void): Slice<Chain> => {
  const slice = new Slice<Chain>({ height: undefined, at: room.clock.now(), rate: undefined });
  const note = room.health.follow(CHAIN, 'blocks', '$all@blockheight', signal);
  let seen: (readonly [at: number, height: number])[] = [];
  room.dex.subscribe(blockheight, { signal, onEnd, queue: { policy: 'conflate', limit: 1 } }, (item) => {
    note(item);
    if (item.kind !== 'events') return;
    const height = item.events.at(-1)!.height;
    const at = room.clock.now();
    seen = [...seen.filter(([time]) => at - time <= WINDOW_MS), [at, height] as const];
    const [first] = seen;
    const seconds = first ? (at - first[0]) / 1000 : 0;
    slice.set({ height, at, rate: first && seconds >= 1 ? (height - first[1]) / seconds : slice.value.rate });
  });
  return slice;
};
