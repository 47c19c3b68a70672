import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { test } from 'vitest';
import type { LogLine } from '../metrics.ts';
import { channelLog, channelMetrics } from './diagnostics.ts';

/** What came on a channel while `run` ran. */
const heard = (name: string, run: () => void): unknown[] => {
  const messages: unknown[] = [];
  const take = (message: unknown): void => {
    messages.push(message);
  };
  subscribe(name, take);
  try {
    run();
  } finally {
    unsubscribe(name, take);
  }
  return messages;
};

test('figures and lines are published to whoever has subscribed, also after they were set up', () => {
  const metrics = channelMetrics();
  const log = channelLog();
  const tags = { topic: 'trades' };
  const line: LogLine = { level: 'info', event: 'open', data: { url: 'ws://127.0.0.1' } };
  assert.deepEqual(
    heard('dexwire:count', () => metrics.count('frames', 2, tags)),
    [{ name: 'frames', by: 2, tags }],
  );
  assert.deepEqual(
    heard('dexwire:measure', () => metrics.measure('lag', 12.5, tags)),
    [{ name: 'lag', value: 12.5, tags }],
  );
  const [message] = heard('dexwire:log', () => log(line));
  assert.equal(message, line);
});

test('nothing is published while nobody listens', () => {
  const metrics = channelMetrics();
  const messages = heard('dexwire:count', () => {});
  metrics.count('frames', 1, {});
  metrics.measure('lag', 1, {});
  channelLog()({ level: 'info', event: 'open', data: {} });
  assert.deepEqual(messages, []);
});
