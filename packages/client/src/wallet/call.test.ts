import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../../../tests/support/virtualClock.ts';
import { Call } from './call.ts';
import { Ending } from './ending.ts';

test('a call that is over hears of nothing any more, and leaves nothing behind', () => {
  const clock = new VirtualClock();
  const ending = new Ending();
  const caller = new AbortController();
  const call = new Call({ clock, ending, within: 100, signal: caller.signal });
  const other = new Call({ clock, ending, within: 100 });
  call.end();
  expect([clock.pending, getEventListeners(caller.signal, 'abort')]).toEqual([1, []]);
  ending.come('the wallet');
  expect([call.signal.aborted, other.signal.reason]).toMatchObject([false, { code: 'CLOSED' }]);
  other.end();
  expect(clock.pending).toBe(0);
});

test('an end comes once, and says what was first', () => {
  const ending = new Ending();
  ending.come('the connection');
  ending.come('the wallet');
  expect(ending.signal.reason.message).toBe('CLOSED: the connection is closed');
});
