/**
 * Turns: at which heights something is due that happens at a rate, as evenly as can be.
 * In: a height, a rate, a phase. Out: which turns fall on that height.
 */
import type { Height } from '@dexwire/protocol';

/**
 * The numbers of the turns that fall on a height, counted from genesis: 0.5 a block gives one turn at every other height.
 *
 * @param perBlock - Turns a block, 0 or more.
 * @param phase - 0 to 1: by how much of a turn these are ahead of others of the same rate.
 */
export const turnsAt = (height: Height, perBlock: number, phase = 0): readonly number[] => {
  const first = Math.floor((height - 1) * perBlock + phase);
  const end = Math.floor(height * perBlock + phase);
  return Array.from({ length: Math.max(end - first, 0) }, (_, turn) => first + turn);
};
