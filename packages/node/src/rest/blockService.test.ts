import assert from 'node:assert/strict';
import { test } from 'vitest';
import { ALICE, BOB, CAROL, MULTI_SEND, order, RestVenue } from '../../../../tests/support/restVenue.ts';
import { restApp } from './restApp.ts';

const TOK = 100_000_000n;
/** Seven days, in which the venue's blocks are. */
const WEEK = 'startTime=1614297600000&endTime=1614902400000';

const ask = (venue: RestVenue, query: string, init?: RequestInit): Promise<Response> =>
  Promise.resolve(restApp(venue).request(`http://127.0.0.1:27100/bc/api/v1/txs?${query}`, init));

interface Body {
  readonly total: number;
  readonly txs: readonly { readonly type: string; readonly asset: string; readonly amount: number }[];
}

/** Block 100: alice sends to two others. Block 101, two seconds later: she sells, bob freezes. */
const busy = (): RestVenue => {
  const venue = new RestVenue();
  venue.send(MULTI_SEND, 'memo "é"', 7);
  venue.seal();
  venue.send(order(ALICE, 'sell', 5_000_000n, TOK));
  venue.send({ type: 'freeze', from: BOB, symbol: 'BNB', amount: 5n });
  venue.seal(2_000);
  return venue;
};

test('transactions of an address come with int64 amounts, a row for each coin that moved, the newest first', async () => {
  const venue = busy();
  const rows = async (query: string): Promise<string[]> => {
    const response = await ask(venue, `${WEEK}&${query}`);
    assert.equal(response.status, 200);
    const { total, txs }: Body = await response.json();
    assert.ok(total >= txs.length);
    return txs.map(({ type, asset, amount }) => `${type} ${amount} ${asset}`);
  };
  const coins = ['TRANSFER 1 BNB', 'TRANSFER 4 TOK-1AB', 'TRANSFER 2 BNB'];
  const sale = 'NEW_ORDER 100000000 TOK-1AB_BNB';
  assert.deepEqual(await rows(`address=${ALICE}`), [sale, ...coins]);
  assert.deepEqual(await rows(`address=${BOB}`), ['FREEZE_TOKEN 5 BNB', ...coins.slice(0, 2)]);
  assert.deepEqual(await rows(`address=${BOB}&addressType=FROM`), ['FREEZE_TOKEN 5 BNB']);
  assert.deepEqual(await rows(`address=${CAROL}&addressType=TO`), coins.slice(2));
  assert.deepEqual(await rows(`address=${ALICE}&asset=TOK-1AB`), coins.slice(1, 2));
  assert.deepEqual(await rows(`address=${ALICE}&type=NEW_ORDER`), [sale]);
  assert.deepEqual(await rows(`address=${ALICE}&limit=2&offset=1`), coins.slice(0, 2));
});

test('a row tells all that the documentation names, in whole numbers', async () => {
  const response = await ask(busy(), `${WEEK}&address=${CAROL}`);
  assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
  assert.equal(response.headers.get('access-control-allow-origin'), '*');
  const { total, txs } = await response.json();
  assert.equal(total, 1);
  assert.match(txs[0].hash, /^[\dA-F]{64}$/);
  assert.deepEqual(
    { ...txs[0], hash: '' },
    {
      hash: '',
      blockHeight: 100,
      blockTime: 1_614_556_800_400,
      type: 'TRANSFER',
      code: 0,
      source: 7,
      sequence: 0,
      memo: 'memo "é"',
      log: 'Msg 0: ',
      data: '',
      asset: 'BNB',
      fromAddr: ALICE,
      toAddr: CAROL,
      fee: 18_000,
      amount: 2,
    },
  );
});

test('an amount past the exact numbers of JSON has all its digits', async () => {
  const venue = new RestVenue();
  const amount = 9_007_199_254_740_993n;
  venue.state.accounts.open(ALICE).balance('BNB').free = amount + TOK;
  venue.send({ type: 'freeze', from: ALICE, symbol: 'BNB', amount });
  venue.seal();
  const text = await (await ask(venue, `${WEEK}&address=${ALICE}`)).text();
  assert.match(text, new RegExp(`"amount":${amount}}`));
});

test('both ends in time are asked for, a week apart at most, and a page has 50 rows at most', async () => {
  const venue = busy();
  const refused = async (query: string, message: RegExp): Promise<void> => {
    const response = await ask(venue, query);
    assert.equal(response.status, 400);
    const fault = await response.json();
    assert.equal(fault.code, 400);
    assert.match(fault.message, message);
  };
  await refused(WEEK, /^address: missing/);
  await refused(`address=${ALICE}&endTime=1`, /^startTime: missing/);
  await refused(`address=${ALICE}&startTime=1`, /^endTime: missing/);
  await refused(
    `address=${ALICE}&startTime=0&endTime=604800001`,
    /^startTime: found "0", allowed is a time of at most/,
  );
  await refused(`address=${ALICE}&${WEEK}&limit=51`, /^limit: found "51", allowed is a whole number from 1 to 50$/);
  await refused(`address=${ALICE}&${WEEK}&offset=10001`, /^offset: found "10001"/);
  await refused(`address=${ALICE}&${WEEK}&addressType=BOTH`, /^addressType: found "BOTH", allowed is FROM, TO$/);
});

test('another method is told what is taken', async () => {
  const response = await ask(busy(), `${WEEK}&address=${ALICE}`, { method: 'POST' });
  assert.equal(response.status, 405);
  assert.equal(response.headers.get('allow'), 'GET, HEAD, OPTIONS');
});
