/**
 * The client, as the simulator uses it: what it can do, and with which options. The one place that knows.
 * In: chance. Out: options of `connect` for one seed, and what must be reached in a run because of them.
 */

import type { Network } from '../../packages/client/src/networks.ts';
import type { DexOptions } from '../../packages/client/src/options.ts';
import { repairOverRest } from '../../packages/client/src/repair/repairOverRest.ts';
import type { Fetch } from '../../packages/client/src/rest/ask.ts';
import type { GatewayLimits } from '../../packages/node/src/gateway/limits.ts';
import type { Chance } from './chance.ts';

/** What the client does by itself; a run must reach all of it that is true. */
export const CLIENT = {
  repair: true,
  renewal: true,
  stale: true,
  redundancy: true,
} as const;

/** What the oracle cannot see in the options. */
export interface Terms {
  readonly options: DexOptions;
  readonly limits: Partial<GatewayLimits>;
  /** An order book may be kept: its streams come by one socket. */
  readonly hasBook: boolean;
  /** keepAlives come too late for the gateway, on purpose. */
  readonly isExpiring: boolean;
}

const WINDOW_MS = 30_000;

/** @param network - Where the gateway is. @param fetch - How REST is asked. */
export const termsOf = (chance: Chance, network: Network, fetch: Fetch): Terms => {
  const isExpiring = chance.often(0.1);
  const hasPulse = chance.often(0.8);
  const ask = chance.pick(['commands', 'commands', 'commands', 'combined', hasPulse ? 'combined' : 'name'] as const);
  const pulse = hasPulse || ask === 'name';
  const renewEvery = chance.often(0.3) ? chance.whole(10_000, 40_000) : Number.POSITIVE_INFINITY;
  const also = chance.often(0.25) ? [network] : [];
  return {
    isExpiring,
    hasBook: ask === 'commands',
    options: {
      ask,
      pulse,
      connectTimeout: chance.pick([5_000, 10_000, 10_000]),
      closeTimeout: chance.pick([1_000, 5_000]),
      keepAliveEvery: isExpiring ? 10 * WINDOW_MS : WINDOW_MS / 2,
      linger: chance.pick([500, 5_000]),
      staleAfter: chance.pick([3_000, 5_000, 5_000, 15_000]),
      renewEvery,
      also,
      repair:
        CLIENT.repair && chance.often(0.6)
          ? repairOverRest({ fetch, within: chance.pick([5_000, 30_000]), requestTimeout: 3_000 })
          : undefined,
      auditEvery: chance.pick([4_000, 15_000]),
      streamsPerSocket: { commands: chance.pick([4, 1_000, 1_000]), combined: 100 },
      backoff: { first: chance.pick([50, 500]), factor: 2, most: chance.pick([1_000, 5_000]) },
    },
    limits: {
      keepAliveWindow: WINDOW_MS,
      pingEvery: 5_000,
      pongWithin: 15_000,
      idleWithin: 10_000,
      unsentBytes: chance.pick([16_384, 65_536, 8_388_608]),
    },
  };
};
