import { expect, test } from 'vitest';
import { systemClock } from './clock.ts';

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
