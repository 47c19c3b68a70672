import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readUrl } from './url.ts';

test('each published form of URL gives its stream names', () => {
  expect(readUrl('/api/ws')).toEqual([]);
  expect(readUrl('/api/ws/')).toEqual([]);
  expect(readUrl('/api/ws/BNB_BTC@trades')).toEqual(['BNB_BTC@trades']);
  expect(readUrl('/api/ws/$all@blockheight')).toEqual(['$all@blockheight']);
  expect(readUrl('/api/ws/tbnb1abc')).toEqual(['tbnb1abc']);
  expect(readUrl('/api/stream?streams=A_B@trades/$all@blockheight/tbnb1abc')).toEqual([
    'A_B@trades',
    '$all@blockheight',
    'tbnb1abc',
  ]);
});

test('a slash behind the last name means nothing', () => {
  expect(readUrl('/api/ws/A_B@trades/')).toEqual(['A_B@trades']);
  expect(readUrl('/api/stream?streams=A_B@trades/$all@blockheight/')).toEqual(['A_B@trades', '$all@blockheight']);
  expect(readUrl('/api/stream?streams=A_B@trades%2F')).toEqual(['A_B@trades']);
  expect(readUrl('/api/ws/A_B@trades//')).toBeUndefined();
  expect(readUrl('/api/stream?streams=A_B@trades//$all@blockheight')).toContain('');
});

test('percent-encoding is undone, of the slash between names too', () => {
  expect(readUrl('/api/ws/%24all%40blockheight')).toEqual(['$all@blockheight']);
  expect(readUrl('/api/stream?streams=A_B%40trades%2F%24all@blockheight')).toEqual(['A_B@trades', '$all@blockheight']);
});

test('an apikey and other parameters mean nothing', () => {
  expect(readUrl('/api/ws?apikey=secret')).toEqual([]);
  expect(readUrl('/api/ws/A_B@trades?apikey=secret')).toEqual(['A_B@trades']);
  expect(readUrl('/api/stream?apikey=secret&streams=A_B@trades&x')).toEqual(['A_B@trades']);
});

test('any other path is none of the gateway', () => {
  for (const path of ['/', '', '/api', '/ws', '/api/wss', '/api/ws/a/b', '/api/streams', '/api/v1/time', '//api/ws'])
    expect(readUrl(path)).toBeUndefined();
});

test('what is not percent-encoded properly is refused, not thrown', () => {
  expect(readUrl('/api/ws/%zz')).toBeUndefined();
  expect(readUrl('/api/stream?streams=%e0%a4')).toBeUndefined();
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (tail) => {
      readUrl(`/api/ws/${tail}`);
      readUrl(`/api/stream?streams=${tail}`);
    }),
  );
});
