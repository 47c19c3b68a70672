import assert from 'node:assert/strict';
import { startTestDex, type TestDex } from '@dexwire/node/testing';
import { connect, type Dex } from 'dexwire';
import { afterEach, beforeEach, test } from 'vitest';
import { during, type FakeWorldOptions, fakeWorld } from '../../../../tests/support/fakeWorld.ts';
import { settled } from '../../../../tests/support/virtualClock.ts';

const SYMBOL = 'BNB_BTCB-1DE';

let market: TestDex<Dex>;
beforeEach(async () => {
  market = await startTestDex(connect, { traders: true, seed: 3 });
});
afterEach(() => market.close());

/** A command beside the market, in the market's time. */
const beside = (options: FakeWorldOptions = {}) => {
  const fake = fakeWorld({ clock: market.clock, ...options });
  const run = (...args: string[]): Promise<number> =>
    fake.run(...args, '--network', market.node.ws, '--connect-timeout', '1h');
  return { ...fake, run };
};

/** When the gateway has been asked for a stream. */
const asked = async (name: string): Promise<void> => {
  while (!market.node.control.sessions().some(({ subscriptions }) => subscriptions.includes(name))) await settled();
};

test('--count ends it with 0 after so many events, one line each', async () => {
  const { run, stdout, stderr } = beside();
  assert.equal(await during(market, run('watch', 'trades', SYMBOL, '--count', '5')), 0);
  assert.equal(stdout.lines.length, 5);
  for (const line of stdout.lines)
    assert.match(line, /^\d\d:\d\d:\d\d\.\d{3} {2}BNB_BTCB-1DE {2}(buy|sell)\w+ +[\d.]+ +[\d.]+ {2}\d+-\d+$/);
  assert.equal(stderr.text, '');
});

test('--for ends it with 0 when the time is over, and with 1 if --count was not reached by then', async () => {
  const first = beside();
  assert.equal(await during(market, first.run('watch', 'blockheight', '--for', '20s')), 0);
  assert.ok(first.stdout.lines.length > 10);
  const second = beside();
  assert.equal(await during(market, second.run('watch', 'blockheight', '--for', '20s', '--count', '9999')), 1);
  assert.match(second.stderr.text, /^dexwire: \d+ of 9999 events came in the time$/m);
});

test('on a terminal the columns have headings and colours, and NO_COLOR or --no-color takes the colours', async () => {
  const painted = beside({ isTTY: true, columns: 100 });
  await during(market, painted.run('watch', 'trades', SYMBOL, '--count', '1'));
  assert.match(painted.stdout.lines[0]!, /TIME.*SYMBOL.*TICK.*PRICE.*QUANTITY.*TRADE/);
  assert.ok(painted.stdout.text.includes('\u001b['));
  const plain = beside({ isTTY: true, columns: 100, env: { NO_COLOR: '1' } });
  await during(market, plain.run('watch', 'trades', SYMBOL, '--count', '1'));
  const flag = beside({ isTTY: true, columns: 100 });
  await during(market, flag.run('watch', 'trades', SYMBOL, '--count', '1', '--no-color'));
  for (const { stdout } of [plain, flag]) assert.ok(!stdout.text.includes('\u001b'));
});

test('several topics share the lines, each with its topic in front', async () => {
  const { run, stdout } = beside();
  await during(market, run('watch', 'trades', SYMBOL, 'blockheight', 'kline_1m', SYMBOL, '--for', '4s'));
  const topics = new Set(stdout.lines.map((line) => line.split(' ')[0]));
  assert.deepEqual([...topics].sort(), ['blockheight', 'kline_1m', 'trades']);
});

test('--json is a line an event, and --fields leaves what was asked for, in its order', async () => {
  const whole = beside();
  await during(market, whole.run('watch', 'trades', SYMBOL, '--json', '--count', '2'));
  for (const line of whole.stdout.lines) {
    const event = JSON.parse(line) as Record<string, unknown>;
    assert.equal(event.stream, `${SYMBOL}@trades`);
    assert.match(line, /"time":\d{19},/);
  }
  const some = beside();
  await during(
    market,
    some.run('watch', 'kline_1m', SYMBOL, '--json', '--count', '1', '--fields', 'kline.close,symbol,stream'),
  );
  assert.match(
    some.stdout.lines[0]!,
    /^\{"kline.close":"[\d.]+","symbol":"BNB_BTCB-1DE","stream":"BNB_BTCB-1DE@kline_1m"\}$/,
  );
});

test('a field that no stream has is refused before anything is dialled, with those there are', async () => {
  const { run, stderr } = beside();
  assert.equal(await run('watch', 'trades', SYMBOL, '--fields', 'prize'), 2);
  assert.match(stderr.text, /there is no prize; there are kind, stream, repaired, .*price, quantity/);
});

test('a symbol that is not listed ends it with 2 and says what is listed, the nearest first', async () => {
  const { run, stderr } = beside();
  assert.equal(await during(market, run('watch', 'trades', 'NOPE_BTCB-1DE')), 2);
  assert.match(stderr.text, /^dexwire: NOPE_BTCB-1DE is not listed here; listed are BNB_BTCB-1DE, /);
});

test.each([['--json'], []])('a lost socket is told as a gap and its end, and as a status %s', async (...flags) => {
  const { run, stdout, stderr, end } = beside();
  const running = run('watch', 'trades', SYMBOL, ...flags);
  await asked(`${SYMBOL}@trades`);
  const told = (): string => (flags.length ? stdout : stderr).text;
  const all = flags.length
    ? [
        /\{"kind":"gap","id":1,.*"cause":"disconnect"/,
        /\{"kind":"gapClosed","id":1/,
        /\{"kind":"status","name":"waiting".*"cause":"[^"]+"/,
        /\{"kind":"status","name":"open"/,
      ]
    : [
        /^-- gap 1, disconnect.*: events may be missing of BNB_BTCB-1DE@trades$/m,
        /^-- gap 1 closed/m,
        /^-- not connected to ws:/m,
        /^-- connected to ws:/m,
      ];
  await market.advance(3);
  market.node.control.drop();
  while (!all.every((pattern) => pattern.test(told()))) await market.advance();
  end('SIGINT');
  assert.equal(await during(market, running), 130);
});

test('--strict ends it with 4 at the first gap', async () => {
  const { run, stderr } = beside();
  const running = run('watch', 'trades', SYMBOL, '--strict');
  await asked(`${SYMBOL}@trades`);
  await market.advance(3);
  market.node.control.drop();
  assert.equal(await during(market, running), 4);
  assert.match(stderr.text, /dexwire: events may have been missed: disconnect/);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['EPIPE', 0],
] as const)('%s ends it with %i and nothing on stderr', async (by, code) => {
  const { run, stdout, stderr, end } = beside();
  const running = run('watch', 'blockheight');
  const first = stdout.has(1);
  await during(market, first);
  end(by);
  assert.equal(await during(market, running), code);
  assert.equal(stderr.text, '');
});

test('whoever does not read holds it back, and is told of what it missed', async () => {
  const { run, stdout, stderr, end } = beside();
  const running = run('watch', 'trades', SYMBOL);
  stdout.hold();
  await asked(`${SYMBOL}@trades`);
  await market.advance(50);
  assert.equal(stdout.lines.length, 1); // and no more is written until that was taken
  stdout.release();
  await during(market, stdout.has(20));
  assert.equal(stderr.text, '');
  end('SIGINT');
  await during(market, running);
});

test('where nobody answers it ends with 3, and says what to do', async () => {
  const { run, stderr, world } = fakeWorld({ clock: market.clock });
  void world;
  await market.node.close();
  const running = run('watch', 'blockheight', '--network', market.node.ws, '--connect-timeout', '2s');
  let code: number | undefined;
  void running.then((ended) => {
    code = ended;
  });
  while (code === undefined) await market.clock.pass(500);
  assert.equal(code, 3);
  assert.match(
    stderr.text,
    /^-- not connected to ws:.*ECONNREFUSED.*; trying again\ndexwire: CONNECT_FAILED: ws:.*ECONNREFUSED.*\ndexwire: .*: dexwire doctor/,
  );
});
