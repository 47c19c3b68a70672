import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from './clock.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('the clock of the machine tells milliseconds since the epoch, and never goes back', () => {
  const start = systemClock.now();
  expect(Math.abs(start - Date.now())).toBeLessThan(60_000);
  let last = start;
  for (let times = 0; times < 1000; times++) {
    const now = systemClock.now();
    expect(now).toBeGreaterThanOrEqual(last);
    last = now;
  }
});

test('a timer calls once, a cleared one not at all', async () => {
  const calls: string[] = [];
  systemClock.clearTimeout(systemClock.setTimeout(() => calls.push('cleared'), 0));
  await new Promise<void>((resolve) => {
    systemClock.setTimeout(() => {
      calls.push('called');
      resolve();
    }, 0);
  });
  expect(calls).toEqual(['called']);
});

test('a wait longer than the engine can count ends when it is over, not at once', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  for (const ms of [2 ** 31, 2 ** 32 + 5, 5 * 2 ** 30]) {
    let calls = 0;
    systemClock.setTimeout(() => calls++, ms);
    vi.advanceTimersByTime(ms - 1);
    expect(calls).toBe(0);
    vi.advanceTimersByTime(1);
    expect(calls).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  }
});

test('a long wait can be cleared in any of its steps', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  for (const passed of [0, 2 ** 30, 2 ** 31 + 1]) {
    let calls = 0;
    const timer = systemClock.setTimeout(() => calls++, 2 ** 32);
    vi.advanceTimersByTime(passed);
    systemClock.clearTimeout(timer);
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(2 ** 33);
    expect(calls).toBe(0);
  }
});

test('a wait without end holds no timer and never ends; clearing it, or no timer at all, does nothing', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const timer = systemClock.setTimeout(() => expect.unreachable(), Infinity);
  expect(vi.getTimerCount()).toBe(0);
  systemClock.clearTimeout(timer);
  systemClock.clearTimeout(undefined);
});
