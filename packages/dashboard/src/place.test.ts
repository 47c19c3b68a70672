import assert from 'node:assert/strict';
import { test } from 'vitest';
import { readPlace, writePlace } from './place.ts';

const ADDRESS = 'tbnb1qvtwkp8hdhas6y70vcz8dq8mcy5a2ylf2zh37s';

test('a place survives the way through a URL', () => {
  const place = { symbol: 'USDT.B-B7C_BNB', interval: '1M', address: ADDRESS } as const;
  assert.deepEqual(readPlace(writePlace(place)), place);
});

test('what cannot be in a place is left away, whatever a link says', () => {
  assert.deepEqual(readPlace('?symbol=<img src=x>_A&interval=7m&address=tbnb1nothing'), {
    symbol: '',
    interval: '1m',
    address: '',
  });
  assert.equal(readPlace('?symbol=bnb_busd-bd1').symbol, 'BNB_BUSD-BD1');
  assert.equal(readPlace(`?address=${ADDRESS.toUpperCase()}`).address, ADDRESS);
});
