import assert from 'node:assert/strict';
import type { Decimal } from 'dexwire';
import { test } from 'vitest';
import { brief, changeOf, changeOfRatio, digitsOf, duration, shareOf, shown, typed } from './figures.ts';

const d = (text: string): Decimal => text as Decimal;
const plainBlanks = (text: string): string => text.replaceAll('\u2009', ' ');

test('a figure keeps every digit that says something, and has at least those of the tick', () => {
  assert.equal(plainBlanks(shown(d('1234567.50000000'), 2)), '1 234 567.50');
  assert.equal(shown(d('0.00012300'), 4), '0.000123');
  assert.equal(shown(d('5'), 3), '5.000');
  assert.equal(shown(d('-2.00000000'), 0), '−2');
  // No number of JavaScript holds this one.
  assert.equal(plainBlanks(shown(d('9223372036854775807.00000001'), 0)), '9 223 372 036 854 775 807.00000001');
});

test('what goes into a form has no groups', () => {
  assert.equal(typed(d('30100.00000000'), 1), '30100.0');
});

test('a brief figure is cut, never rounded up', () => {
  assert.equal(brief(d('1999999.00000000')), '1.99M');
  assert.equal(brief(d('123456.78000000')), '123.4K');
  assert.equal(brief(d('12.34567000')), '12.34');
  assert.equal(brief(d('0.00000000')), '0');
});

test('a tick tells how many digits a price has', () => {
  assert.deepEqual(
    ['0.00100000', '1.00000000', '0.00000001'].map((tick) => digitsOf(d(tick))),
    [3, 0, 8],
  );
});

test('shares are whole ten thousandths, and never more than all', () => {
  assert.equal(shareOf(d('1'), d('3')), 3333);
  assert.equal(shareOf(d('5'), d('3')), 10_000);
  assert.equal(shareOf(d('5'), d('0')), 0);
});

test('a change is cut as the venue cuts its own, with a sign that needs no colour', () => {
  assert.deepEqual(changeOf(d('100'), d('101.999')), { direction: 'up', text: '+1.99\u202f%' });
  assert.deepEqual(changeOf(d('3'), d('2')), { direction: 'down', text: '−33.33\u202f%' });
  assert.deepEqual(changeOfRatio(d('-0.00860000')), { direction: 'down', text: '−0.86\u202f%' });
  assert.equal(changeOf(d('0'), d('2')).direction, 'flat');
});

test('durations say what people would say', () => {
  assert.deepEqual([400, 12_300, 200_000].map(duration), ['0.4 s', '12 s', '3 min']);
});
