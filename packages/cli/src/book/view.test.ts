import assert from 'node:assert/strict';
import { BookError, type Decimal, type Level, type Trade } from 'dexwire';
import fc from 'fast-check';
import { test } from 'vitest';
import { colors } from '../terminal/paint.ts';
import { type BookPicture, type BookRead, bookView, levelsFor } from './view.ts';

const level = (price: string, quantity: string): Level => [price as Decimal, quantity as Decimal];

const read = (members: Partial<BookRead> = {}): BookRead => ({
  state: 'verified',
  certain: { bids: Number.POSITIVE_INFINITY, asks: 1 },
  height: 7 as BookRead['height'],
  diffs: 0,
  cause: undefined,
  mid: '0.01003500' as Decimal,
  bids: [level('0.01003000', '1.50000000'), level('0.01002000', '2.00000000')],
  asks: [level('0.01004000', '3.00000000'), level('0.01005000', '90071992547.40993001')],
  ...members,
});

const trade = {
  time: 1_767_225_600_400_000_001n,
  price: '0.01004',
  quantity: '0.5',
  tick: 'buyTaker',
} as unknown as Trade;

const picture = (members: Partial<BookPicture> = {}): BookPicture => ({
  symbol: 'A_B',
  url: 'ws://x',
  read: read(),
  tape: [trade],
  paint: colors(false),
  columns: 120,
  levels: 2,
  ...members,
});

test('the first line says state, block, middle and spread, exactly', () => {
  assert.equal(bookView(picture())[0], 'A_B  verified  block 7  mid 0.010035  spread 0.00001');
});

test('a book that is not verified says why', () => {
  const cause = new BookError('GAP', 'diffs may have been missed');
  assert.match(
    bookView(picture({ read: read({ state: 'stale', cause }) }))[0]!,
    /^A_B {2}stale .*GAP: diffs may have been missed$/,
  );
});

test('levels stand side by side, with all their digits, and the tape beside them where there is room', () => {
  const [, , head, first, second] = bookView(picture());
  assert.match(head!, /QUANTITY +BID +ASK +QUANTITY +TIME +PRICE +QUANTITY/);
  assert.match(first!, /1\.5 +0\.01003 {2}0\.01004 +3 +00:00:00\.400 +0\.01004 +0\.5/);
  assert.match(second!, /2 +0\.01002 {2}0\.01005 +90071992547\.40993001/);
});

test('levels that are not certain are dim', () => {
  const [, , , first, second] = bookView(picture({ paint: colors(true) }));
  assert.ok(first!.includes('\u001b[31m0.01004'));
  assert.ok(second!.includes('\u001b[2m0.01005') && second!.includes('\u001b[32m0.01002'));
});

test('before it is verified it says what it waits for, and while there is no connection, why', () => {
  const first = (members: Partial<BookPicture>): string => bookView(picture(members))[0]!;
  assert.equal(first({ read: undefined, tape: [] }), 'A_B  waiting for the book  ws://x');
  const trouble = 'ECONNREFUSED';
  assert.equal(first({ read: undefined, trouble }), 'A_B  waiting for the book  ws://x  not connected: ECONNREFUSED');
  const cause = new BookError('GAP', 'diffs may have been missed');
  assert.match(
    first({ read: read({ state: 'stale', cause }), trouble }),
    /^A_B {2}stale .* not connected: ECONNREFUSED$/,
  );
});

test('on a narrow terminal both sides have room, and columns keep their place whatever stands in the last row', () => {
  const asks = [level('0.01004000', '3.00000000'), level('0.01005000', '4.00000000')];
  const bids = [level('0.01003000', '1.50000000'), level('0.01002000', '12345678.50000000')];
  const [, , head, first, second] = bookView(picture({ columns: 44, read: read({ asks, bids }) }));
  assert.equal(head, '  QUANTITY      BID  ASK      QUANTITY');
  assert.equal(first, '       1.5  0.01003  0.01004  3');
  assert.equal(second, '12345678.5  0.01002  0.01005  4');
});

test('whatever the size of the terminal, no line is wider, and the levels that fit do fit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 6, max: 80 }), (columns, rows) => {
      const levels = levelsFor({ columns, rows });
      const tape = Array.from({ length: 100 }, () => trade);
      const lines = bookView(picture({ columns, levels, tape }));
      for (const line of lines) assert.ok(line.length <= columns, line);
      assert.ok(lines.length <= rows + (rows < 8 ? 2 : 0), `${lines.length} lines in ${rows} rows`);
    }),
  );
});
