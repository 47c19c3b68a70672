import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Circumstances, type ConnectionState, type Input, move, type Timings } from './connectionState.ts';

const timings: Timings = {
  connectTimeout: 10_000,
  closeTimeout: 5000,
  keepAliveEvery: 600_000,
  linger: 5000,
  backoff: { first: 500, factor: 2, most: 30_000 },
};
const NOW = 1_000_000;
const cause = new Error('cause');
const at = (now: number, more: Partial<Circumstances> = {}): Circumstances => ({
  now,
  random: 0.5,
  ...timings,
  first: false,
  cause,
  ...more,
});

const idle = { name: 'idle' } as ConnectionState;
const dialing: ConnectionState = {
  name: 'dialing',
  attempt: 2,
  generation: 3,
  until: NOW + 1,
  giveUp: Number.POSITIVE_INFINITY,
};
const open: ConnectionState = {
  name: 'open',
  attempt: 2,
  generation: 3,
  since: NOW,
  due: NOW + 600_000,
  until: NOW + 600_000,
  lingering: false,
};
const lingering: ConnectionState = { ...open, until: NOW + 5000, lingering: true };
const waiting: ConnectionState = {
  name: 'waiting',
  attempt: 3,
  generation: 3,
  until: NOW,
  giveUp: Number.POSITIVE_INFINITY,
  cause,
};
const closing: ConnectionState = { name: 'closing', until: NOW + 5000 };
const closed: ConnectionState = { name: 'closed' };

const INPUTS: readonly Input[] = ['want', 'unwant', 'opened', 'lost', 'time', 'close'];
const STATES = { idle, dialing, open, lingering, waiting, closing, closed };

/** The whole table again, by hand: the next state and the effects; what is not here leaves the state as it is. */
const TABLE: Readonly<Record<keyof typeof STATES, Partial<Record<Input, readonly string[]>>>> = {
  idle: { want: ['dialing', 'dial'], unwant: ['closed', 'drop'], close: ['closed', 'drop'] },
  dialing: {
    unwant: ['closed', 'drop'],
    opened: ['open', 'ask'],
    lost: ['waiting', 'drop'],
    time: ['waiting', 'drop'],
    close: ['closed', 'drop'],
  },
  open: {
    unwant: ['open'],
    lost: ['waiting', 'drop'],
    time: ['open', 'keepAlive'],
    close: ['closing', 'hangUp'],
  },
  lingering: {
    want: ['open'],
    lost: ['closed', 'drop'],
    time: ['closing', 'hangUp'],
    close: ['closing', 'hangUp'],
  },
  waiting: { unwant: ['closed', 'drop'], time: ['dialing', 'dial'], close: ['closed', 'drop'] },
  closing: { lost: ['closed', 'drop'], time: ['closed', 'drop'] },
  closed: {},
};

describe('the table of moves', () => {
  for (const [name, state] of Object.entries(STATES) as [keyof typeof STATES, ConnectionState][]) {
    for (const input of INPUTS) {
      const expected = TABLE[name][input];
      test(`${name} and ${input}: ${expected?.join(', ') ?? 'nothing happens'}`, () => {
        const [next, ...effects] = move(state, input, at(NOW));
        if (expected) {
          expect([next.name, ...effects]).toEqual(expected);
          expect(next).not.toBe(state);
        } else {
          expect(next).toBe(state);
          expect(effects).toEqual([]);
        }
      });
    }
  }
});

test('every dial is a new generation, with its own deadline', () => {
  expect(move(idle, 'want', at(NOW))[0]).toEqual({
    name: 'dialing',
    attempt: 0,
    generation: 1,
    until: NOW + 10_000,
    giveUp: Number.POSITIVE_INFINITY,
  });
  expect(move(waiting, 'time', at(NOW))[0]).toMatchObject({ generation: 4, attempt: 3, until: NOW + 10_000 });
});

test('a first dial that fails until its time is up ends with the last cause', () => {
  let [state] = move(idle, 'want', at(NOW, { first: true }));
  expect(state).toMatchObject({ giveUp: NOW + 10_000 });
  [state] = move(state, 'lost', at(NOW + 100));
  expect(state).toMatchObject({ name: 'waiting', giveUp: NOW + 10_000 });
  [state] = move(state, 'time', at(NOW + 9500));
  expect(state).toMatchObject({ name: 'dialing', until: NOW + 10_000 });
  expect(move(state, 'time', at(NOW + 10_000))).toEqual([{ name: 'closed', cause }, 'drop', 'fail']);
});

test('a first dial that can never succeed ends at once, and one behind a socket that was open goes on', () => {
  expect(move(dialing, 'lost', at(NOW, { first: true, final: true }))).toEqual([
    { name: 'closed', cause },
    'drop',
    'fail',
  ]);
  expect(move(dialing, 'lost', at(NOW, { final: true }))[0].name).toBe('waiting');
});

test('a first dial that waits for its last attempt when time is up makes none', () => {
  const last = { ...waiting, giveUp: NOW } as ConnectionState;
  expect(move(last, 'time', at(NOW, { cause: undefined }))).toEqual([{ name: 'closed', cause }, 'drop', 'fail']);
});

test('pauses double up to a bound, half of each by chance', () => {
  const pauses = (random: number): number[] => {
    let state = dialing;
    const found: number[] = [];
    for (let attempt = 0; attempt < 9; attempt++) {
      state = { ...dialing, attempt };
      const [next] = move(state, 'lost', at(NOW, { random }));
      if (next.name === 'waiting') found.push(next.until - NOW);
    }
    return found;
  };
  expect(pauses(0)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  expect(pauses(1)).toEqual([250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
});

test('a socket that was open for long begins the backoff anew, one that flaps does not', () => {
  expect(move(open, 'lost', at(NOW + 9999))[0]).toMatchObject({ attempt: 3 });
  expect(move(open, 'lost', at(NOW + 10_000))[0]).toMatchObject({ attempt: 1 });
});

test('keepAlive comes by the clock, a tenth sooner or later', () => {
  expect(move(dialing, 'opened', at(NOW, { random: 0 }))[0]).toMatchObject({ until: NOW + 540_000 });
  expect(move(open, 'time', at(NOW, { random: 1 }))[0]).toMatchObject({ until: NOW + 660_000 });
});

test('somebody who comes while the socket lingers finds it, and keepAlive at its old time', () => {
  const [left] = move(open, 'unwant', at(NOW + 1000));
  expect(left).toEqual({ ...open, until: NOW + 6000, lingering: true });
  expect(move(left, 'want', at(NOW + 2000))[0]).toEqual(open);
});

test('whatever comes in, every state but idle, closed and their like has a time at which it ends', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          input: fc.constantFrom(...INPUTS),
          after: fc.nat(700_000),
          random: fc.double({ min: 0, max: 0.999, noNaN: true }),
        }),
        { maxLength: 60 },
      ),
      fc.boolean(),
      (steps, first) => {
        let state: ConnectionState = idle;
        let now = NOW;
        let generation = 0;
        for (const { input, after, random } of steps) {
          now += after;
          const [next, ...effects] = move(state, input, at(now, { random, first }));
          if (next === state) expect(effects).toEqual([]);
          if (state.name === 'closed') expect(next).toBe(state);
          if ('until' in next && next !== state) expect(next.until).toBeLessThan(Number.POSITIVE_INFINITY);
          if (effects.includes('dial')) generation++;
          if ('generation' in next) expect(next.generation).toBe(generation);
          // Whoever leaves a socket behind lets go of it.
          const hadSocket = ['dialing', 'open', 'closing'].includes(state.name);
          const hasSocket = ['dialing', 'open', 'closing'].includes(next.name);
          if (hadSocket && !hasSocket) expect(effects).toContain('drop');
          state = next;
        }
      },
    ),
  );
});
