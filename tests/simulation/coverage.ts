/**
 * What the seeds of a run have reached.
 * In: kinds, as they are reached. Out: how often each was, and which one never.
 */
import { CLIENT } from './client.ts';
import { CLOSE_CODES, FAULTS } from './faults.ts';

export type Coverage = Readonly<Record<string, number>>;

/** Fewer seeds are a replay, or a look at a few; then nothing need be reached. */
export const LEAST_SEEDS = 200;

/** What a run must reach besides the faults: what comes of them. */
const OUTCOMES = [
  ...[
    'gap disconnect',
    'gap overflow',
    'gap badFrame',
    'gap skippedBlocks',
    'blocks left out',
    'redial',
    'keepAlive',
    'conflated',
    'queue full',
  ],
  ...[
    'book verified',
    'book broken',
    'book refreshed',
    'book checked',
    'deep book checked',
    'REST reply',
    'REST failure',
  ],
  ...[
    'slow reader closed',
    'no pong closed',
    'expired closed',
    'late text',
    'linger',
    'consumer threw',
    'drained',
    'close in a fault',
  ],
];

/** What shows that the client has done what it can. */
const DEEDS: Readonly<Record<keyof typeof CLIENT, readonly string[]>> = {
  repair: ['repaired', 'repaired event'],
  renewal: ['renewals'],
  stale: ['stale', 'gap silence'],
  redundancy: ['two sockets'],
};
const LATER = Object.entries(DEEDS).flatMap(([kind, deeds]) => (CLIENT[kind as keyof typeof CLIENT] ? deeds : []));

export const KINDS: readonly string[] = [
  ...FAULTS.map(({ kind }) => `fault ${kind}`),
  ...CLOSE_CODES.map((code) => `close ${code}`),
  ...OUTCOMES,
  ...LATER,
];

export class Counter {
  readonly #counts = new Map<string, number>();

  count(kind: string, by = 1): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + by);
  }

  get counts(): Coverage {
    return Object.fromEntries(this.#counts);
  }
}

export const sum = (a: Coverage, b: Coverage): Coverage => {
  const all: Record<string, number> = { ...a };
  for (const [kind, count] of Object.entries(b)) all[kind] = (all[kind] ?? 0) + count;
  return all;
};

/** Kinds that were never reached. */
export const missing = (coverage: Coverage): string[] => KINDS.filter((kind) => !coverage[kind]);
