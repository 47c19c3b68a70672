import { blockheight, trades } from '@dexwire/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Batch, FanOut, type Outlet } from './fanOut.ts';
import type { Frame } from './source.ts';
import { webSocketFrame } from './webSocketFrame.ts';

/** An outlet that keeps what it is given. */
class Kept implements Outlet {
  batch: Batch | undefined = undefined;
  readonly compressed: boolean;
  readonly writes: (readonly Uint8Array[])[] = [];
  readonly texts: string[] = [];

  constructor(compressed = false) {
    this.compressed = compressed;
  }

  write(frames: readonly Uint8Array[]): void {
    this.writes.push(frames);
  }

  sendText(text: string): void {
    this.texts.push(text);
  }

  get bytes(): Buffer {
    return Buffer.concat(this.writes.flat());
  }
}

const turn = (...frames: Frame[]) => ({ height: 1, time: 0, frames });
const about = (subject: string, text: string): Frame => ({ stream: trades, subject, text });
const bytesOf = (...texts: string[]): Buffer => Buffer.concat(texts.map(webSocketFrame));

test('a turn of eight events is one write for each session, and sessions that want the same share its buffer', () => {
  const fanOut = new FanOut();
  const outlets = Array.from({ length: 50 }, () => new Kept());
  const subjects = Array.from({ length: 8 }, (_, place) => `S${place}_BNB`);
  for (const subject of subjects) for (const outlet of outlets) fanOut.add(trades, subject, outlet);
  fanOut.send(turn(...subjects.map((subject) => about(subject, `text of ${subject}`))));
  const [first] = outlets[0]!.writes;
  expect(first).toHaveLength(1);
  for (const outlet of outlets) {
    expect(outlet.writes).toHaveLength(1);
    expect(outlet.writes[0]![0]).toBe(first![0]);
  }
  expect(outlets[0]!.bytes).toEqual(bytesOf(...subjects.map((subject) => `text of ${subject}`)));
});

test('an event is encoded once, however many want it, and not at all if nobody does', () => {
  let encoded = 0;
  const height = {
    get height() {
      encoded += 1;
      return 7;
    },
  };
  const fanOut = new FanOut();
  const event = { stream: blockheight, subject: '$all', event: height };
  fanOut.send(turn(event));
  expect(encoded).toBe(0);
  const outlets = [new Kept(), new Kept(), new Kept(true)];
  for (const outlet of outlets) fanOut.add(blockheight, '$all', outlet);
  fanOut.send(turn(event));
  expect(encoded).toBe(1);
  expect(outlets[1]!.bytes).toEqual(bytesOf('{"stream":"blockheight","data":{"h":7}}'));
  expect(outlets[2]!.texts).toEqual(['{"stream":"blockheight","data":{"h":7}}']);
});

test('every session gets exactly what it wants, in the order of the turn, whatever the others want', () => {
  const subjects = ['A', 'B', 'C', 'D', 'E'];
  const wish = fc.record({ subjects: fc.subarray(subjects), compressed: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(wish, { maxLength: 12 }),
      fc.array(fc.array(fc.constantFrom(...subjects), { maxLength: 12 }), { maxLength: 4 }),
      (wishes, turns) => {
        const fanOut = new FanOut();
        const outlets = wishes.map(({ compressed }) => new Kept(compressed));
        wishes.forEach((one, place) => {
          for (const subject of one.subjects) fanOut.add(trades, subject, outlets[place]!);
        });
        const sent = turns.map((names, at) =>
          names.map((subject, place) => about(subject, `${at}.${place}${subject}`)),
        );
        for (const frames of sent) fanOut.send(turn(...frames));
        wishes.forEach((one, place) => {
          const expected = sent
            .flat()
            .filter(({ subject }) => one.subjects.includes(subject))
            .map((frame) => ('text' in frame ? frame.text : ''));
          const outlet = outlets[place]!;
          if (one.compressed) expect(outlet.texts).toEqual(expected);
          else expect(outlet.bytes).toEqual(bytesOf(...expected));
          const touched = turns.filter((names) => names.some((name) => one.subjects.includes(name))).length;
          if (!one.compressed) expect(outlet.writes).toHaveLength(touched);
        });
      },
    ),
  );
});

test('large frames of one session are not copied into one buffer, those of several are joined once', () => {
  const fanOut = new FanOut();
  const [alone, first, second] = [new Kept(), new Kept(), new Kept()];
  const large = 'x'.repeat(20_000);
  for (const subject of ['A', 'B']) fanOut.add(trades, subject, alone);
  for (const subject of ['B', 'C']) for (const outlet of [first, second]) fanOut.add(trades, subject, outlet);
  fanOut.send(turn(about('A', large), about('B', large), about('C', large)));
  expect(alone.writes[0]).toHaveLength(2);
  expect(first.writes[0]).toHaveLength(1);
  expect(second.writes[0]![0]).toBe(first.writes[0]![0]);
  expect(alone.bytes).toEqual(bytesOf(large, large));
  expect(first.bytes).toEqual(bytesOf(large, large));
});

test('who has unsubscribed gets nothing, and a subject without subscribers is not wanted', () => {
  const fanOut = new FanOut();
  const [one, other] = [new Kept(), new Kept()];
  fanOut.add(trades, 'A', one);
  fanOut.add(trades, 'A', other);
  fanOut.remove(trades, 'A', one);
  fanOut.remove(trades, 'B', one);
  expect(fanOut.wants(trades, 'A')).toBe(true);
  fanOut.send(turn(about('A', 'text')));
  fanOut.remove(trades, 'A', other);
  expect(fanOut.wants(trades, 'A')).toBe(false);
  fanOut.send(turn(about('A', 'text')));
  expect(one.writes).toHaveLength(0);
  expect(other.writes).toHaveLength(1);
});

test('a session that ends while a turn is written harms no other', () => {
  const fanOut = new FanOut();
  const outlets = [new Kept(), new Kept(), new Kept()];
  for (const outlet of outlets) fanOut.add(trades, 'A', outlet);
  outlets[0]!.write = () => {
    for (const outlet of outlets.slice(0, 2)) fanOut.remove(trades, 'A', outlet);
  };
  fanOut.send(turn(about('A', 'text')));
  fanOut.send(turn(about('A', 'more')));
  expect(outlets[2]!.bytes).toEqual(bytesOf('text', 'more'));
});
