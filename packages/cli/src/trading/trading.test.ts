import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestDex, type TestDex } from '@dexwire/node/testing';
import { addressOfPrivateKey, privateKeyOfMnemonic } from '@dexwire/protocol/transactions';
import { connect, type Dex } from 'dexwire';
import { afterAll, afterEach, beforeAll, beforeEach, test } from 'vitest';
import { during, type FakeWorldOptions, fakeWorld } from '../../../../tests/support/fakeWorld.ts';
import { settled } from '../../../../tests/support/virtualClock.ts';

const SYMBOL = 'BNB_BUSD-BD1';
const WORDS = `${'abandon '.repeat(11)}about`;

let folder: string;
let market: TestDex<Dex>;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dexwire-keys-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  market = await startTestDex(connect);
});
afterEach(() => market.close());

const dave = () => market.node.idleAccounts[0]!;
const erin = () => market.node.idleAccounts[1]!;

const beside = (options: FakeWorldOptions = {}) => {
  const fake = fakeWorld({ clock: market.clock, ...options });
  return {
    ...fake,
    run: (...args: string[]): Promise<number> =>
      during(market, fake.run(...args, '--network', market.node.ws, '--connect-timeout', '1h', '--within', '1h')),
  };
};

/** The command line of `dave`. */
const asDave = (options: FakeWorldOptions = {}) => beside({ env: { DEXWIRE_KEY: dave().privateKey }, ...options });

const file = (name: string, text: string, mode = 0o600): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
};

test('an order is placed and told with its id, block and reports; a cancel ends it', async () => {
  const placing = asDave();
  assert.equal(await placing.run('order', 'buy', SYMBOL, '--quantity', '1.5', '--price', '250', '--json'), 0);
  const { orderId, reports } = JSON.parse(placing.stdout.text) as { orderId: string; reports: { status: string }[] };
  assert.deepEqual(
    reports.map(({ status }) => status),
    ['Ack'],
  );
  assert.ok(market.node.state.openOrders.size === 1);
  const cancelling = asDave();
  assert.equal(await cancelling.run('cancel', SYMBOL, orderId), 0);
  assert.match(
    cancelling.stdout.text,
    new RegExp(`^order ${orderId}\n  block \\d+, transaction [0-9A-F]{64}\n  Canceled\n$`),
  );
  assert.equal(market.node.state.openOrders.size, 0);
});

test('--all cancels every open order, of one symbol if it says so, and nothing is no failure', async () => {
  for (const [symbol, price] of [
    [SYMBOL, '250'],
    [SYMBOL, '251'],
    ['BNB_BTCB-1DE', '0.009'],
  ] as const)
    assert.equal(await asDave().run('order', 'buy', symbol, '--quantity', '1', '--price', price), 0);
  const some = asDave();
  assert.equal(await some.run('cancel', '--all', SYMBOL, '--json'), 0);
  assert.equal(some.stdout.lines.length, 2);
  assert.equal(await asDave().run('cancel', '--all'), 0);
  const none = asDave();
  assert.equal(await none.run('cancel', '--all'), 0);
  assert.equal(none.stdout.text, 'nothing is open\n');
});

test('coins are sent, with a memo, exactly', async () => {
  const { run, stdout } = asDave();
  assert.equal(await run('send', erin().address, '1.00000001', 'bnb', '--memo', 'thank you'), 0);
  assert.match(stdout.text, /^sent 1.00000001 BNB to tbnb1/);
});

test('a key comes from a file, from stdin or from words, each for its own account', async () => {
  const { privateKey, address } = dave();
  const path = file('dave.key', `${privateKey}\n`);
  const order = ['order', 'buy', SYMBOL, '--quantity', '1', '--price', '250'];
  const fromFile = beside();
  assert.equal(await fromFile.run(...order, '--key-file', path), 0);
  assert.equal(fromFile.stderr.text, '');
  assert.equal(await beside({ stdin: `0x${privateKey}` }).run(...order, '--key-file', '-'), 0);
  const worded = addressOfPrivateKey(privateKeyOfMnemonic(WORDS, { index: 2 }), 'tbnb');
  assert.equal(await asDave().run('send', worded, '5', 'BNB'), 0);
  const { run } = beside({ env: { DEXWIRE_MNEMONIC: WORDS } });
  assert.equal(await run('send', address, '1', 'BNB', '--account', '2'), 0);
});

test('a key file that others can read is warned of, and serves', async () => {
  const path = file('open.key', dave().privateKey, 0o644);
  const { run, stderr } = beside();
  assert.equal(await run('send', erin().address, '1', 'BNB', '--key-file', path), 0);
  assert.match(stderr.text, /^dexwire: others can read .*open\.key: run chmod 600/);
});

test('what is no key, two keys and no key are refused before anything is dialled, and never shown', async () => {
  const almost = dave().privateKey.slice(1);
  for (const [options, args, message] of [
    [{ env: { DEXWIRE_KEY: almost } }, [], /DEXWIRE_KEY: expected a key of 64 hex digits/],
    [{ env: { DEXWIRE_MNEMONIC: `${WORDS} zebra` } }, [], /DEXWIRE_MNEMONIC: KEY_INVALID: expected 12 to 24 words/],
    [{ env: { DEXWIRE_KEY: dave().privateKey, DEXWIRE_MNEMONIC: WORDS } }, [], /both DEXWIRE_KEY and DEXWIRE_MNEMONIC/],
    [{}, [], /no key to sign with: say --key-file FILE/],
    [{}, ['--key-file', join(folder, 'none')], /--key-file: ENOENT/],
    [{}, ['--key-file', file('bad.key', almost)], /bad\.key: expected a key/],
    [{ env: { DEXWIRE_KEY: dave().privateKey } }, ['--account', '1'], /--account is for words/],
  ] as const) {
    const fake = fakeWorld({ clock: market.clock, ...options });
    assert.equal(await fake.run('send', erin().address, '1', 'BNB', ...args, '--network', market.node.ws), 2);
    assert.match(fake.stderr.text, message);
    for (const secret of [almost, 'abandon']) assert.ok(!`${fake.stderr.text}${fake.stdout.text}`.includes(secret));
  }
  assert.equal(market.node.control.sessions().length, 0);
});

test('a figure off its tick is refused with the nearest, and --round moves it there', async () => {
  const args = ['order', 'buy', SYMBOL, '--quantity', '1', '--price', '250.1234567'];
  const refused = asDave();
  assert.equal(await refused.run(...args), 2);
  assert.match(
    refused.stderr.text,
    /off the tick 0\.00100000; the nearest: 250\.12300000 and 250\.12400000; or say --round/,
  );
  const rounded = asDave();
  assert.equal(await rounded.run(...args, '--round', '--json'), 0);
  assert.match(rounded.stdout.text, /"price":"250\.12300000"/);
});

test('a symbol that is not listed is told with those that are', async () => {
  const { run, stderr } = asDave();
  assert.equal(await run('order', 'buy', 'NOPE_BUSD-BD1', '--quantity', '1', '--price', '1'), 2);
  assert.match(stderr.text, /NOPE_BUSD-BD1 is not listed here; listed are BNB_BUSD-BD1/);
});

test('what the chain refuses ends with 1 and its own words', async () => {
  const { run, stderr } = asDave();
  assert.equal(await run('send', erin().address, '90000000', 'BNB'), 1);
  assert.match(stderr.text, /^dexwire: REFUSED: 65546: /);
});

test('figures that are no decimals, and sides that are none, are refused with 2', async () => {
  for (const args of [
    ['order', 'buy', SYMBOL, '--quantity', '1e3', '--price', '1'],
    ['order', 'hold', SYMBOL, '--quantity', '1', '--price', '1'],
    ['order', 'buy', SYMBOL, '--quantity', '1'],
    ['send', 'tbnb1x', '1,5', 'BNB'],
    ['cancel', SYMBOL],
    ['cancel', '--all', SYMBOL, 'id'],
  ])
    assert.equal(await asDave().run(...args), 2, args.join(' '));
});

/** Runs an order up to where the node has it, and no block does. */
const posted = async (...args: string[]) => {
  const fake = fakeWorld({ clock: market.clock, env: { DEXWIRE_KEY: dave().privateKey } });
  const order = ['order', 'buy', SYMBOL, '--quantity', '1', '--price', '250'];
  const running = fake.run(...order, '--network', market.node.ws, '--connect-timeout', '1h', ...args);
  while (market.node.state.openOrders.size === 0) await settled();
  return { ...fake, running };
};

test('Ctrl-C while a transaction is on its way ends with 130, and says that it may have been sent', async () => {
  const { running, end, stderr } = await posted();
  end('SIGINT');
  assert.equal(await running, 130);
  assert.equal(
    stderr.text,
    'dexwire: what was signed may have been sent: look what became of it before you send again\n',
  );
});

test('a transaction that was taken and is in no block in time ends with 5, and its hash', async () => {
  const { running, stderr } = await posted('--within', '20s');
  await during({ advance: () => market.clock.pass(500) }, running);
  assert.equal(await running, 5);
  assert.match(stderr.text, /^dexwire: UNCONFIRMED: .*transaction [0-9A-F]{64} was accepted/m);
});

test('a key that is given as an argument by mistake is refused, and not shown once more', async () => {
  const key = dave().privateKey;
  const order = ['order', 'buy', SYMBOL, '--quantity', '1', '--price', '250'];
  for (const args of [
    [...order, '--key-file', key],
    [...order, '--key-file', WORDS],
    [...order, key],
    [...order, '--account', key],
    ['send', erin().address, '1', 'BNB', `0x${key}`],
  ]) {
    const { run, stdout, stderr } = beside();
    assert.equal(await run(...args), 2, args.join(' '));
    assert.ok(!`${stdout.text}${stderr.text}`.includes(key) && !stderr.text.includes('abandon'), stderr.text);
  }
});

test('a key file without an end is not read to it', async () => {
  const { run, stderr } = beside();
  assert.equal(await run('send', erin().address, '1', 'BNB', '--key-file', '/dev/zero'), 2);
  assert.match(stderr.text, /\/dev\/zero has more than a key/);
});

test('what became of one order stands together, though several are cancelled at once', async () => {
  for (const price of ['250', '251']) await asDave().run('order', 'buy', SYMBOL, '--quantity', '1', '--price', price);
  const { run, stdout } = asDave();
  assert.equal(await run('cancel', '--all'), 0);
  assert.match(stdout.text, /^(order \S+\n {2}block \d+, transaction \S+\n {2}Canceled\n){2}$/);
});

test('where nobody answers it ends with 3, and says why', async () => {
  const fake = fakeWorld({ clock: market.clock, env: { DEXWIRE_KEY: dave().privateKey } });
  const { ws } = market.node;
  await market.node.close();
  assert.equal(await fake.run('send', erin().address, '1', 'BNB', '--network', ws), 3);
  assert.match(fake.stderr.text, /^dexwire: UNREACHABLE: http:.*fetch failed: .*ECONNREFUSED/);
});
