import assert from 'node:assert/strict';
import { beforeEach, test } from 'vitest';
import { type Drawn, Pace } from './pace.ts';

const FRAME_MS = 16;

let now: number;
let frames: (() => void)[];
let pace: Pace;
let drawn: string[];
beforeEach(() => {
  now = 1000;
  frames = [];
  drawn = [];
  pace = new Pace(
    (call) => frames.push(call),
    () => now,
  );
});

/** @param costMs - What drawing it takes. */
const panel = (name: string, costMs: number): Drawn => {
  const made: Drawn = {
    at: undefined,
    draw: () =>
      pace.debounce(() => {
        now += costMs;
        drawn.push(name);
        pace.isDrawn(made);
      }),
  };
  return made;
};

/** @returns What was drawn in it. */
const frame = (): string[] => {
  now += FRAME_MS;
  drawn = [];
  for (const call of frames.splice(0)) call();
  return drawn;
};

test('panels that cost much take turns, a frame each; those that cost little share one', () => {
  const panels = [panel('book', 5), panel('tape', 5), panel('head', 0.1), panel('chain', 0.1)];
  for (const one of panels) pace.ask(one, false);
  assert.deepEqual([frame(), frame(), frame()], [['book'], ['tape'], ['head', 'chain']]);
  assert.deepEqual(frames, []);
});

test('a panel that changes with every frame is drawn ten times a second at most, and never passed over', () => {
  const [book, tape] = [panel('book', 5), panel('tape', 5)];
  const counts = { book: 0, tape: 0 };
  const end = now + 1000;
  while (now < end) {
    pace.ask(book, false);
    pace.ask(tape, false);
    for (const name of frame()) counts[name as keyof typeof counts]++;
  }
  for (const count of Object.values(counts)) assert.ok(count >= 8 && count <= 10, JSON.stringify(counts));
});

test('what a person changes is drawn with the next frame, however lately it was drawn', () => {
  const form = panel('form', 5);
  pace.ask(form, false);
  assert.deepEqual(frame(), ['form']);
  pace.ask(form, false);
  assert.deepEqual(frame(), []);
  pace.ask(form, true);
  assert.deepEqual(frame(), ['form']);
});

test('a panel that was drawn for another reason, or is gone, is not drawn once more', () => {
  const [book, tape] = [panel('book', 1), panel('tape', 1)];
  pace.ask(book, false);
  pace.ask(tape, false);
  pace.isDrawn(book);
  pace.forget(tape);
  assert.deepEqual(frame(), []);
});

test('whatever the view library hands over is drawn in the same go, once', () => {
  const book = panel('book', 1);
  pace.debounce(() => drawn.push('tabs'));
  pace.ask(book, false);
  assert.deepEqual(frame(), ['tabs', 'book']);
  assert.deepEqual(frame(), []);
});

test('a panel that cannot be drawn does not keep the others from it', () => {
  pace.ask(
    {
      at: undefined,
      draw: () => {
        throw new Error('no');
      },
    },
    false,
  );
  pace.ask(panel('book', 1), false);
  assert.throws(frame);
  assert.deepEqual(frame(), ['book']);
});
