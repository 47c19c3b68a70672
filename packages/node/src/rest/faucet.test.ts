import assert from 'node:assert/strict';
import { test } from 'vitest';
import { ALICE, NOBODY, RestVenue } from '../../../../tests/support/restVenue.ts';
import { FAUCET_PATH, faucetApp } from './faucet.ts';

const ask = async (venue: RestVenue, body: unknown, status = 200, from: string | undefined = ALICE, headers = {}) => {
  const response = await faucetApp(venue, { from }).request(`http://127.0.0.1:27100${FAUCET_PATH}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
  const text = await response.text();
  assert.equal(response.status, status, text);
  return JSON.parse(text);
};

test('an address that nobody knows gets coins, and with them an account', async () => {
  const venue = new RestVenue();
  const [sent] = await ask(venue, { address: NOBODY });
  assert.equal(sent.ok, true);
  const account = venue.state.accounts.get(NOBODY);
  assert.equal(account?.of('BNB').free, 10_000_000_000n);
  assert.deepEqual([account?.number, account?.sequence], [5, 0]);
  const { transfers } = venue.seal();
  assert.deepEqual([transfers[0]?.from, transfers[0]?.txHash], [ALICE, sent.hash]);
});

test('other coins may be asked for, as much as there is', async () => {
  const venue = new RestVenue();
  const coins = [
    { asset: 'TOK-1AB', amount: '2.5' },
    { asset: 'BNB', amount: '1' },
  ];
  await ask(venue, { address: NOBODY, coins });
  assert.equal(venue.state.accounts.get(NOBODY)?.of('TOK-1AB').free, 250_000_000n);
  const fault = await ask(venue, { address: NOBODY, coins: [{ asset: 'BNB', amount: '99999999' }] }, 400);
  assert.equal(fault.code, 65_546);
});

test('what cannot be is refused with its place', async () => {
  const venue = new RestVenue();
  assert.match((await ask(venue, {}, 400)).message, /address: missing/);
  assert.match((await ask(venue, { address: 'tbnb1x' }, 400)).message, /at address: found "tbnb1x"/);
  const coins = [{ asset: 'BNB', amount: 1 }];
  assert.match((await ask(venue, { address: NOBODY, coins }, 400)).message, /at coins\[0\].amount: found 1/);
});

test('without an account for it there is no faucet, and that is said', async () => {
  const app = faucetApp(new RestVenue(), { from: undefined });
  const response = await app.request(`http://127.0.0.1:27100${FAUCET_PATH}`, {
    method: 'POST',
    body: JSON.stringify({ address: NOBODY }),
    headers: { 'content-type': 'application/json' },
  });
  assert.equal(response.status, 404);
  assert.match((await response.json()).message, /no account of the name "faucet"/);
});

test('a page from elsewhere gets nothing', async () => {
  const venue = new RestVenue();
  await ask(venue, { address: NOBODY }, 403, ALICE, { origin: 'https://example.org' });
  await ask(venue, { address: NOBODY }, 403, ALICE, { host: 'example.org' });
  await ask(venue, { address: NOBODY }, 415, ALICE, { 'content-type': 'text/plain' });
  assert.equal(venue.state.accounts.get(NOBODY), undefined);
});
