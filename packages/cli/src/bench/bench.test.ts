import assert from 'node:assert/strict';
import { startTestDex, type TestDex } from '@dexwire/node/testing';
import { connect, type Dex } from 'dexwire';
import { afterEach, beforeEach, test } from 'vitest';
import { during, fakeWorld } from '../../../../tests/support/fakeWorld.ts';

let market: TestDex<Dex>;
beforeEach(async () => {
  market = await startTestDex(connect, { traders: true, seed: 3 });
});
afterEach(() => market.close());

const beside = () => {
  const fake = fakeWorld({ clock: market.clock });
  const run = (...args: string[]): Promise<number> =>
    during(market, fake.run('bench', ...args, '--network', market.node.ws, '--connect-timeout', '1h'));
  return { ...fake, run };
};

test('it counts frames, lag and CPU each second, and says what one core would sustain', async () => {
  const { run, stdout } = beside();
  assert.equal(await run('--for', '10s', '--json'), 0);
  const lines = stdout.lines.map(
    (line) => JSON.parse(line) as { kind: string; at: number; sustained: number; keepsUp: boolean },
  );
  assert.ok(lines.filter(({ kind }) => kind === 'second').length >= 5);
  const { kind, sustained, keepsUp } = lines.at(-1)!;
  assert.deepEqual([kind, keepsUp], ['bench', true]);
  assert.ok(sustained > 0);
});

test('more sockets bring as many times the frames', async () => {
  const frames = async (sockets: string): Promise<number> => {
    const { run, stdout } = beside();
    assert.equal(await run('blockheight', '--for', '10s', '--json', '--sockets', sockets), 0);
    return (JSON.parse(stdout.lines.at(-1)!) as { framesPerSecond: number }).framesPerSecond;
  };
  const one = await frames('1');
  const three = await frames('3');
  assert.ok(three > one * 2.5 && three < one * 3.5, `${one} and ${three}`);
});
