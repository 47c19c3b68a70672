/**
 * The block clock: a block each 0.4 s, counted from the day the chain began, so that heights rise from one start of the node
 * to the next as they did on the chain.
 * In: a time or a height. Out: the other.
 */
import type { Height, Milliseconds } from '@dexwire/protocol';

/** Mean time between two blocks (recorded: 0.375 s to 0.404 s). */
export const BLOCK_MS = 400;

/** 18 April 2019, UTC: the chain's first day. */
const GENESIS_MS = Date.UTC(2019, 3, 18);

/** A clock that reads earlier than the chain's first day counts from its own zero. */
const genesisFor = (time: Milliseconds): Milliseconds => (time < GENESIS_MS ? 0 : GENESIS_MS);

/** The latest block at a time, with a block each `period`. */
export const heightAt = (time: Milliseconds, period: Milliseconds = BLOCK_MS): Height =>
  Math.floor((time - genesisFor(time)) / period);

/** The time of a block after the chain's first day. */
export const timeOfBlock = (height: Height): Milliseconds => GENESIS_MS + height * BLOCK_MS;

/** The first multiple of `period` after `time`. */
export const nextAfter = (time: Milliseconds, period: Milliseconds): Milliseconds =>
  (Math.floor(time / period) + 1) * period;
