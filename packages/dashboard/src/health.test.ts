import assert from 'node:assert/strict';
import type { Clock, Dex, Item } from 'dexwire';
import { lagHistogram } from 'dexwire';
import { test } from 'vitest';
import { Health } from './health.ts';

class Hand implements Clock {
  time = 1_000_000;
  now(): number {
    return this.time;
  }
  setTimeout(): void {}
  clearTimeout(): void {}
}

const EVENTS: Item<unknown> = { kind: 'events', events: [], repaired: false };
const planOf = (state: 'open' | 'waiting'): Dex['plan'] => [
  {
    ask: 'commands',
    address: undefined,
    streams: [],
    paths: [{ url: '', state, isServing: true, height: 1, first: 0, repeated: 0, behind: undefined }],
  },
];

const opened = () => {
  const clock = new Hand();
  const health = new Health(clock, lagHistogram());
  const end = new AbortController();
  const note = health.follow('tape', 'trades', 'A_B@trades', end.signal);
  health.tell(
    { name: 'open', attempt: 0, generation: 1, since: 0, due: 0, until: 0, lingering: false },
    planOf('open'),
  );
  return { clock, health, note, end };
};

test('a stream is awaited, then live, and stale from the moment its socket is lost until one is open again', () => {
  const { clock, health, note } = opened();
  assert.deepEqual(health.freshness('tape'), { name: 'waiting' });
  note(EVENTS);
  assert.deepEqual(health.freshness('tape'), { name: 'live' });
  clock.time += 500;
  const lost = {
    name: 'waiting',
    attempt: 1,
    generation: 1,
    until: clock.time + 250,
    giveUp: 0,
    cause: 'gone',
  } as const;
  health.tell(lost, planOf('waiting'));
  assert.deepEqual(health.freshness('tape'), { name: 'stale', since: 1_000_500, why: 'gone' });
  clock.time += 500;
  health.tell({ ...lost, attempt: 2 }, planOf('waiting'));
  assert.deepEqual(health.freshness('tape'), { name: 'stale', since: 1_000_500, why: 'gone' });
  assert.equal(health.losses, 1);
});

test('an open gap is being mended, and its end says what was fetched and lost', () => {
  const { clock, health, note } = opened();
  note(EVENTS);
  note({ kind: 'gap', id: 1, from: 7, cause: 'disconnect', streams: [] });
  assert.deepEqual(health.freshness('tape'), { name: 'mending', since: clock.time, why: 'socket lost' });
  assert.equal(health.openGaps, 1);
  clock.time += 900;
  note({ kind: 'gapClosed', id: 1, from: 7, to: 9, repaired: 4, lost: 'none' });
  assert.deepEqual(health.freshness('tape'), { name: 'live' });
  assert.deepEqual([health.gapCount, health.openGaps, health.repaired, health.lost, health.uncertain], [1, 0, 4, 0, 0]);
  assert.deepEqual([health.gaps[0]!.to, health.gaps[0]!.closedAt], [9, clock.time]);
});

test('a silent socket makes everything stale until anything comes, from it or from the one in its place', () => {
  const { clock, health, note } = opened();
  const end = new AbortController();
  const noteOrders = health.follow('orders', 'orders', 'tbnb1', end.signal);
  noteOrders(EVENTS);
  health.tell({ name: 'stale' }, planOf('open'));
  for (const key of ['tape', 'orders'])
    assert.deepEqual(health.freshness(key), { name: 'stale', since: clock.time, why: 'silent' });
  note(EVENTS);
  assert.deepEqual(health.freshness('orders'), { name: 'live' });
});

test('a gap of a stream that nobody looks at any more does not stay open', () => {
  const { health, note, end } = opened();
  note({ kind: 'gap', id: 1, cause: 'silence', streams: [] });
  end.abort();
  assert.deepEqual([health.openGaps, health.uncertain, health.streams.length], [0, 1, 0]);
});

test('gaps and reports are remembered within bounds, and counted beyond them', () => {
  const { health, note } = opened();
  for (let id = 1; id <= 500; id++) {
    note({ kind: 'gap', id, cause: 'overflow', streams: [] });
    note({ kind: 'gapClosed', id, repaired: 0, lost: 'some' });
    health.note(new Error(`report ${id}`));
  }
  assert.deepEqual([health.gaps.length, health.gapCount, health.lost, health.reports.length], [40, 500, 500, 20]);
});
