import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('dist/start.js', import.meta.url));
/** A rejection that nobody handles ends the process, whatever else would have looked at it. */
const STRICT = '--unhandled-rejections=strict';
const TOPICS =
  'orders accounts transfers trades marketDiff marketDepth kline_1m ticker miniTicker allTickers allMiniTickers blockheight'.split(
    ' ',
  );

const start = (...args: string[]) => {
  const child = spawn(process.execPath, [STRICT, SCRIPT, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return {
    child,
    lines: createInterface(child.stdout),
    ended: once(child, 'close').then(([code]) => ({ code, stderr })),
  };
};

test.each(['SIGINT', 'SIGTERM'] as const)(
  'all twelve streams are shown once and then live, until %s ends it cleanly',
  async (signal) => {
    const { child, lines, ended } = start('--port', '0');
    const once = new Set<string>();
    const live = new Set<string>();
    let isLive = false;
    for await (const line of lines) {
      if (line.startsWith('And now live')) isLive = true;
      const topic = TOPICS.find((name) => line.startsWith(`${name} `));
      if (topic) (isLive ? live : once).add(topic);
      if (live.size === TOPICS.length) {
        child.kill(signal);
        break;
      }
    }
    assert.deepEqual([...once].sort(), [...TOPICS].sort());
    child.stdout.resume();
    assert.deepEqual(await ended, { code: 0, stderr: '' });
  },
);

test('a taken port is told, with the line to type for the free one', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  assert.ok(typeof address === 'object' && address);
  const { child, lines, ended } = start('--port', String(address.port));
  const [line] = await once(lines, 'line');
  assert.match(
    line,
    new RegExp(
      `^Port ${address.port} is taken, so this node is at (\\d+)\\. .*connect\\('ws://127\\.0\\.0\\.1:\\1/api/ws'\\)`,
    ),
  );
  child.kill('SIGINT');
  child.stdout.resume();
  assert.equal((await ended).code, 0);
  other.close();
});

test('whoever stops reading ends it cleanly', async () => {
  const { child, lines, ended } = start('--port', '0');
  await once(lines, 'line');
  child.stdout.destroy();
  assert.deepEqual(await ended, { code: 0, stderr: '' });
});

test('bad arguments end with code 2 and the usage', async () => {
  const { ended } = start('--port', 'x');
  const { code, stderr } = await ended;
  assert.equal(code, 2);
  assert.match(stderr, /--port is a whole number from 0 to 65535, not x\n\nUsage: npm start/);
});
