/**
 * What goes wrong: kinds of faults, and when each strikes.
 * In: chance, the world. Out: a schedule, at least three faults a seed.
 */
import type { Chance } from './chance.ts';
import type { Host } from './host.ts';
import type { Network, Wire } from './network.ts';
import type { ProcessClock } from './processClock.ts';
import type { RestMode, RestNetwork } from './rest.ts';
import type { WorldTime } from './worldTime.ts';

/** What a fault can get at. */
interface Reach {
  readonly time: WorldTime;
  readonly chance: Chance;
  readonly network: Network;
  readonly host: Host;
  readonly rest: RestNetwork;
  readonly client: ProcessClock;
  readonly venue: ProcessClock;
  /** The client notices a socket that falls silent. */
  readonly isWatched: boolean;
  readonly burst: (orders: number) => void;
  readonly count: (kind: string) => void;
  /** A session no longer has some of what its client believes. */
  readonly onForgotten: (wire: Wire, names: readonly string[]) => void;
  /** The venue leaves out blocks, so that they tell nothing of time any more. */
  readonly onTorn: () => void;
  /** A text that was sent will not be read as it was. */
  readonly onGarbled: () => void;
}

export interface Fault {
  readonly kind: string;
  readonly strike: (reach: Reach) => void;
}

/** Every code that a close frame may carry or a runtime may tell (RFC 6455 §7.4), and two of programs. */
export const CLOSE_CODES = [
  ...[1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015, 3000, 4000, 4999],
] as const;

const MINUTE_MS = 60_000;
/** What a venue makes up for. */
const CATCH_UP_MS = 10_000;

/** Sockets that are open at both ends. */
const openWires = ({ network, host }: Reach): Wire[] =>
  [...network.live].filter((wire) => wire.state === 'open' && !wire.isHalfOpen && host.outlets.has(wire));

/** One of them, or now and then all. */
const someWires = (reach: Reach): Wire[] => {
  const wires = openWires(reach);
  return wires.length === 0 || reach.chance.often(0.3) ? wires : [reach.chance.pick(wires)];
};

const forAWhile = ({ time }: Reach, ms: number, begin: () => void, end: () => void): void => {
  begin();
  time.setTimeout(end, ms);
};

const CLOSES = 5;
const CLOSE_EVERY_MS = 3_500;

const close = (reach: Reach, code: number): void => {
  for (const wire of someWires(reach)) {
    reach.count(`close ${code}`);
    if (code === 1006) wire.reset();
    else reach.host.session(wire)?.close(code, 'dropped');
  }
};

/** Dials fail for a while, and the sockets that there are, are lost. */
const admission =
  (mode: Network['admission'], least: number, most: number) =>
  (reach: Reach): void => {
    const { network, chance } = reach;
    forAWhile(
      reach,
      chance.whole(least, most),
      () => {
        network.admission = mode;
        for (const wire of someWires(reach)) wire.reset();
      },
      () => {
        network.admission = 'open';
      },
    );
  };

const rest =
  (mode: RestMode) =>
  (reach: Reach): void =>
    forAWhile(
      reach,
      reach.chance.whole(5_000, 40_000),
      () => {
        reach.rest.mode = mode;
      },
      () => {
        reach.rest.mode = 'well';
      },
    );

/** What a text becomes that is spoilt on its way: itself no more, or itself with another behind it. */
const GARBLINGS: readonly ((text: string, chance: Chance) => readonly string[])[] = [
  (text, chance) => [text.slice(0, chance.whole(0, text.length - 1))],
  (text) => [text.replace('"data":', '"data":x')],
  (text) => [text.replace(/"data":.*/, '"data":{"e":7}}')],
  (text) => [text, '{"stream":"weather","data":{"rain":true}}'],
  (text) => [text, 'not JSON at all'],
  (text) => [text, '[]'],
];

/** Topics of which a session may lose one; or all of them. */
const FORGOTTEN = [
  ...['', '', 'trades', 'orders', 'marketDiff', 'marketDepth', 'blockheight'],
  ...['kline_1m', 'kline_1m', 'ticker', 'ticker'],
] as const;

export const FAULTS: readonly Fault[] = [
  {
    kind: 'latency',
    strike: (reach) => {
      const { network, chance } = reach;
      const { delays } = network;
      const slow = { least: chance.whole(200, 2_000), jitter: 0 };
      forAWhile(
        reach,
        reach.chance.whole(2_000, 20_000),
        () => {
          network.delays = slow;
        },
        () => {
          if (network.delays === slow) network.delays = delays;
        },
      );
    },
  },
  {
    kind: 'jitter',
    strike: (reach) => {
      const { network, chance } = reach;
      const { delays } = network;
      const shaky = { least: 1, jitter: chance.whole(300, 3_000) };
      forAWhile(
        reach,
        reach.chance.whole(2_000, 20_000),
        () => {
          network.delays = shaky;
        },
        () => {
          if (network.delays === shaky) network.delays = delays;
        },
      );
    },
  },
  {
    kind: 'reset',
    strike: (reach) => {
      for (const wire of someWires(reach)) wire.reset();
    },
  },
  {
    kind: 'cut',
    strike: (reach) => {
      // Something is to be on its way when it happens.
      for (const wire of someWires(reach)) wire.stall(reach.chance.whole(500, 3_000));
      reach.time.setTimeout(() => {
        for (const wire of openWires(reach)) if (wire.isFaulty) wire.reset({ isCut: true });
      }, 450);
    },
  },
  {
    kind: 'halfOpen',
    strike: (reach) => {
      for (const wire of someWires(reach)) {
        wire.halfOpen();
        // Some day somebody in between may forget the socket, and say so.
        if (!reach.isWatched || reach.chance.often(0.5))
          reach.time.setTimeout(() => wire.reset(), reach.chance.whole(5_000, 50_000));
      }
    },
  },
  {
    kind: 'stall',
    strike: (reach) => {
      for (const wire of someWires(reach)) wire.stall(reach.chance.whole(500, 14_000));
    },
  },
  {
    kind: 'slowReader',
    strike: (reach) => {
      for (const wire of someWires(reach)) {
        wire.throttle(reach.chance.pick([0.1, 0.5, 2]));
        reach.time.setTimeout(() => wire.throttle(Number.POSITIVE_INFINITY), reach.chance.whole(5_000, 40_000));
      }
    },
  },
  { kind: 'refuse', strike: admission('refuse', 500, 15_000) },
  { kind: 'hang', strike: admission('hang', 2_000, 15_000) },
  { kind: 'delay', strike: admission('delay', 2_000, 15_000) },
  { kind: 'throw', strike: admission('throw', 500, 5_000) },
  { kind: 'resetDial', strike: admission('reset', 500, 5_000) },
  {
    kind: 'close',
    strike: (reach) => {
      // One code after the other, so that a run has all of them.
      const first = reach.chance.whole(0, CLOSE_CODES.length - 1);
      for (let nth = 0; nth < CLOSES; nth += 1)
        reach.time.setTimeout(
          () => close(reach, CLOSE_CODES[(first + nth) % CLOSE_CODES.length]!),
          nth * CLOSE_EVERY_MS,
        );
    },
  },
  {
    kind: 'forget',
    strike: (reach) => {
      for (const wire of someWires(reach)) {
        const topic = reach.chance.pick(FORGOTTEN);
        const session = reach.host.session(wire);
        const before = session?.subscriptions() ?? [];
        session?.forget(topic === '' ? undefined : topic);
        const after = new Set(session?.subscriptions());
        reach.onForgotten(
          wire,
          before.filter((name) => !after.has(name)),
        );
      }
    },
  },
  {
    kind: 'leaveOut',
    strike: (reach) => {
      // Without a pulse nobody can know.
      if (!reach.isWatched) return;
      for (const wire of someWires(reach))
        if (reach.host.leaveOut(wire, reach.chance.whole(1, 6))) reach.count('blocks left out');
    },
  },
  {
    kind: 'restart',
    strike: (reach) => {
      const { host, chance } = reach;
      forAWhile(
        reach,
        chance.whole(100, 12_000),
        () => {
          host.isDown = true;
          host.cutAll();
        },
        () => {
          host.isDown = false;
        },
      );
    },
  },
  { kind: 'restFail', strike: rest('fail') },
  { kind: 'restSlow', strike: rest('slow') },
  { kind: 'restGarbage', strike: rest('garbage') },
  { kind: 'restHang', strike: rest('hang') },
  { kind: 'clientLeap', strike: ({ client, chance }) => client.leap(chance.whole(100, 2 * MINUTE_MS)) },
  { kind: 'clientSleep', strike: (reach) => reach.client.freeze(reach.chance.whole(500, 30_000)) },
  {
    kind: 'venueLeap',
    strike: ({ venue, chance, onTorn }) => {
      const ms = chance.often(0.8) ? chance.whole(100, CATCH_UP_MS) : chance.whole(CATCH_UP_MS, 2 * CATCH_UP_MS);
      if (ms > CATCH_UP_MS) onTorn();
      venue.leap(ms);
    },
  },
  { kind: 'venueSleep', strike: ({ venue, chance }) => venue.freeze(chance.whole(500, 15_000)) },
  {
    kind: 'burst',
    strike: ({ burst, chance, time }) => {
      for (let block = chance.whole(1, 3); block > 0; block -= 1)
        time.setTimeout(() => burst(chance.whole(30, 120)), block * 400);
    },
  },
  {
    kind: 'garbage',
    strike: (reach) => {
      for (const wire of someWires(reach)) {
        const garbling = reach.chance.pick(GARBLINGS);
        wire.garble((text) => {
          reach.onGarbled();
          return garbling(text, reach.chance);
        });
      }
    },
  },
];

/** At least three, the first one of them of each kind in turn; some strike close after another, since those are the worst. */
export const schedule = (seed: number, chance: Chance, from: number, to: number): (readonly [number, Fault])[] => {
  const count = 3 + chance.whole(0, 7);
  const faults: (readonly [number, Fault])[] = [];
  let at = chance.whole(from, to);
  for (let nth = 0; nth < count; nth += 1) {
    faults.push([at, nth === 0 ? FAULTS[seed % FAULTS.length]! : chance.pick(FAULTS)]);
    at = chance.often(0.3) ? Math.min(at + chance.whole(0, 1_500), to) : chance.whole(from, to);
  }
  return faults.sort(([a], [b]) => a - b);
};
