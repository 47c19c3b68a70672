import assert from 'node:assert/strict';
import { test } from 'vitest';
import { VirtualClock } from '../../../../tests/support/virtualClock.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { Remotes } from './remotes.ts';

test('each remote address has its own sockets and its own requests', () => {
  const clock = new VirtualClock();
  const remotes = new Remotes(
    { ...DEFAULT_LIMITS, sessionsPerRemote: 1, requestBurst: 2, requestsPerSecond: 4 },
    clock,
  );
  assert.ok(remotes.enter('10.0.0.1') && !remotes.enter('10.0.0.1') && remotes.enter('10.0.0.2'));
  remotes.leave('10.0.0.1');
  assert.ok(remotes.enter('10.0.0.1'));
  const asks = (remote: string, times: number): boolean[] => Array.from({ length: times }, () => remotes.asks(remote));
  assert.deepEqual(asks('10.0.0.1', 4), [true, true, false, false]);
  assert.deepEqual(asks('10.0.0.2', 3), [true, true, false]);
  clock.advance(250);
  assert.deepEqual(asks('10.0.0.1', 2), [true, false]);
  assert.deepEqual(new Set(asks('127.0.0.1', 1_000)), new Set([true]));
});

test('a flood from ever new addresses is remembered up to a bound', () => {
  const remotes = new Remotes({ ...DEFAULT_LIMITS, requestBurst: 1 }, new VirtualClock());
  assert.ok(remotes.asks('2001:db8::'));
  assert.ok(!remotes.asks('2001:db8::'));
  for (let place = 1; place <= 10_000; place += 1) remotes.asks(`2001:db8::${place.toString(16)}`);
  assert.ok(remotes.asks('2001:db8::'), 'the oldest has been forgotten');
  assert.ok(!remotes.asks('2001:db8::2710'), 'the newest has not');
});
