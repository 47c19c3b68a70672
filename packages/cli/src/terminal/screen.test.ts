import assert from 'node:assert/strict';
import { test } from 'vitest';
import { Screen } from './screen.ts';

const terminal = (rows = 10) => {
  const written: string[] = [];
  return { written, columns: 40, rows, write: (text: string) => written.push(text) };
};

test('only the rows that have changed are written, each in its place', () => {
  const fake = terminal();
  const screen = new Screen(fake);
  screen.draw(['a', 'b', 'c']);
  fake.written.length = 0;
  screen.draw(['a', 'B', 'c']);
  assert.deepEqual(fake.written, ['\u001b[2;1HB\u001b[K']);
  fake.written.length = 0;
  screen.draw(['a', 'B', 'c']);
  assert.deepEqual(fake.written, []);
});

test('rows that are gone are wiped, and those below the terminal are not written', () => {
  const fake = terminal(2);
  const screen = new Screen(fake);
  screen.draw(['a', 'b', 'c']);
  assert.ok(!fake.written.join('').includes('c'));
  fake.written.length = 0;
  screen.draw(['a']);
  assert.deepEqual(fake.written, ['\u001b[2;1H\u001b[K']);
});

test('it takes a screen of its own, and leaves the terminal as it was, cursor and all', () => {
  const fake = terminal();
  const screen = new Screen(fake);
  screen.draw(['a']);
  screen.close();
  const text = fake.written.join('');
  assert.ok(text.startsWith('\u001b[?1049h\u001b[?25l'));
  assert.ok(text.endsWith('\u001b[?25h\u001b[?1049l'));
});
