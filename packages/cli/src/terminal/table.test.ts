import assert from 'node:assert/strict';
import { test } from 'vitest';
import { colors } from './paint.ts';
import { roomOf, Table } from './table.ts';

const COLUMNS = [
  { head: 'SYMBOL', width: 6 },
  { head: 'PRICE', width: 6, isRight: true },
  { head: 'ID', width: 2 },
];
const wide = { paint: colors(false), room: () => Number.POSITIVE_INFINITY };

test('columns keep their place, and grow with the widest cell so far', () => {
  const table = new Table(COLUMNS, wide);
  assert.deepEqual(
    [
      table.head(),
      table.row(['A_B', '1', '7']),
      table.row(['LONG-123_BNB', '12345.678', '8']),
      table.row(['A_B', '1', '9']),
    ],
    ['SYMBOL   PRICE  ID', 'A_B          1  7', 'LONG-123_BNB  12345.678  8', 'A_B                   1  9'],
  );
});

test('on a terminal a line is cut to its width, which may change, and says so', () => {
  let columns = 12;
  const table = new Table(COLUMNS, { ...wide, room: () => columns });
  assert.equal(table.row(['BNB_BTCB-1DE', '1', '7']).length, 12);
  assert.equal(table.row(['A_B', '123456789', '7']), 'A_B');
  columns = 16;
  assert.equal(table.row(['BNB_BTCB-1DE', '123', '7']), 'BNB_BTCB-1DE   …');
});

test('colour changes no width, and paints the text alone', () => {
  const table = new Table(COLUMNS, { ...wide, paint: colors(true) });
  assert.equal(
    table.row([['A', 'green'], ['1', 'red'], 'x']),
    '\u001b[32mA\u001b[39m            \u001b[31m1\u001b[39m  x',
  );
});

test('the room is that of the terminal, also of one that does not know its width; in a pipe there is no end of it', () => {
  assert.equal(roomOf({ isTTY: true, columns: 40 })(), 40);
  assert.equal(roomOf({ isTTY: true, columns: 0 })(), 80);
  assert.equal(roomOf({})(), Number.POSITIVE_INFINITY);
});

test('text in any writing keeps to its column and to the width of the terminal, and no character is cut in two', () => {
  const table = new Table(COLUMNS, { ...wide, room: () => 22 });
  assert.equal(table.row(['中文', '1', 'x']), '中文         1  x');
  assert.equal(table.row(['e\u0301', '1', '谢谢 🙏🙏']), 'e\u0301            1  谢谢 …');
  assert.equal(table.row(['A', '1', '🙏🙏']), 'A            1  🙏🙏');
});
