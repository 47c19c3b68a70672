import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { decode, streamForTopic } from '@dexwire/protocol';
import { test } from 'vitest';
import { colors } from '../terminal/paint.ts';
import { columnsShow, jsonShow } from './show.ts';

const FIXTURES = new URL('../../../protocol/fixtures/', import.meta.url);

/** The first recorded frame of each topic. */
const recorded = readdirSync(FIXTURES)
  .filter((name) => name.endsWith('.ndjson'))
  .map((name) => readFileSync(new URL(name, FIXTURES), 'utf8').split('\n')[0]!)
  .flatMap((text) => {
    const stream = streamForTopic(/"stream":"([^"]+)"/.exec(text)?.[1] ?? '');
    return stream ? [{ stream, events: [decode(stream, text)].flat() as object[], text }] : [];
  });

const show = columnsShow({
  fields: undefined,
  paint: colors(false),
  room: () => Number.POSITIVE_INFINITY,
  hasHeads: true,
  hasTopics: false,
});

test('every recorded stream has columns of its own, with a heading for each cell', () => {
  assert.equal(recorded.length, 11); // of klines none was recorded; `watch.test.ts` has them
  for (const { stream, events } of recorded) {
    const [head, row] = columnsShow({
      fields: undefined,
      paint: colors(false),
      room: () => Number.POSITIVE_INFINITY,
      hasHeads: true,
      hasTopics: false,
    }).event(stream, 'A_B', events[0]!, { repaired: false });
    assert.ok(head && row, stream.topic);
    assert.ok(row.text.trim().length > 0);
    assert.doesNotMatch(row.text, /undefined|NaN|\[object/, stream.topic);
  }
});

test('columns show prices with all their digits, and leave only zeros behind the point away', () => {
  const trades = recorded.find(({ stream }) => stream.topic === 'trades')!;
  const [first] = trades.events as [{ price: string; quantity: string }];
  const text = show
    .event(trades.stream, 'A_B', first, { repaired: false })
    .map((line) => line.text)
    .join('\n');
  for (const figure of [first.price, first.quantity]) assert.ok(text.includes(figure.replace(/\.?0+$/, '')), text);
});

test('a line of JSON has the whole event, int64 with all its digits, behind kind and stream', () => {
  for (const { stream, events } of recorded) {
    const [line] = jsonShow({ fields: undefined }).event(stream, 'A_B', events[0]!, { repaired: false });
    assert.match(line!.text, /^\{"kind":"event","stream":"/);
    for (const value of Object.values(events[0]!))
      if (typeof value === 'bigint') assert.ok(line!.text.includes(`:${value}`), stream.topic);
    const { kind, stream: name, ...event } = JSON.parse(line!.text) as Record<string, unknown>;
    assert.deepEqual(
      Object.keys(event),
      Object.entries(events[0]!).flatMap(([key, value]) => (value === undefined ? [] : [key])),
    );
    assert.equal(kind, 'event');
    assert.ok(String(name).endsWith(`@${stream.topic}`));
  }
});

test('what a stranger wrote cannot move the cursor', () => {
  const transfers = streamForTopic('transfers')!;
  const event = { height: 1, from: 'bnb1', to: [], memo: '\u001b[2Jgone\u009b1m\n' };
  const text = show
    .event(transfers, 'bnb1', event, { repaired: false })
    .map((line) => line.text)
    .join('\n');
  assert.ok(text.includes('\\u001b[2Jgone\\u009b1m\\u000a'), text);
});
