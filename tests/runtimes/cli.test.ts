import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type IPty, spawn as spawnPty } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { afterAll, beforeAll, test, vi } from 'vitest';
import { unpackCommand } from './packed.ts';

// Each test starts processes, some of them five; on a busy machine one takes seconds.
vi.setConfig({ testTimeout: 60_000 });

const SYMBOL = 'BNB_BTCB-1DE';

interface Ready {
  readonly ws: string;
  readonly rest: string;
  readonly idleAccounts: readonly { readonly name: string; readonly address: string; readonly privateKey: string }[];
}

let packed: ReturnType<typeof unpackCommand>;
let node: Running;
let ready: Ready;

/** As a user's shell has it: `node` is the one that runs these tests. */
const environment = (env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
  HOME: packed.folder,
  TERM: 'xterm-256color',
  ...env,
});

/** The command in a process of its own, what it prints, and its end. */
class Running {
  stdout = '';
  stderr = '';
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly #looks = new Set<() => void>();

  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.child = spawn(packed.command, args, {
      cwd: packed.folder,
      env: environment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout!.on('data', (text) => this.#heard('stdout', text));
    this.child.stderr!.on('data', (text) => this.#heard('stderr', text));
    this.ended = once(this.child, 'close').then(([code]) => code);
  }

  #heard(from: 'stdout' | 'stderr', text: Buffer): void {
    this[from] += text;
    for (const look of this.#looks) look();
  }

  get lines(): string[] {
    return this.stdout.split('\n').filter(Boolean);
  }

  /** Resolves when it is so; if the command ends before, says what it has printed. */
  until(isSo: (running: this) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (!isSo(this)) return;
        this.#looks.delete(look);
        resolve();
      };
      this.#looks.add(look);
      void this.ended.then((code) => reject(new Error(`ended with ${code}: ${this.stdout}${this.stderr}`)));
      look();
    });
  }
}

const run = async (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
  const running = new Running(args, env);
  const code = await running.ended;
  return { code, stdout: running.stdout, stderr: running.stderr, lines: running.lines };
};

/** The command on a terminal, as it looks there. */
class OnTerminal {
  readonly terminal: InstanceType<typeof xterm.Terminal>;
  readonly pty: IPty;
  readonly ended: Promise<number>;
  /** All that was written, signs for the terminal too. */
  written = '';
  readonly #looks = new Set<() => void>();

  constructor(
    args: readonly string[],
    { cols = 110, rows = 18, env = {} }: { cols?: number; rows?: number; env?: NodeJS.ProcessEnv } = {},
  ) {
    this.terminal = new xterm.Terminal({ cols, rows, allowProposedApi: true });
    this.pty = spawnPty(packed.command, [...args], {
      cols,
      rows,
      cwd: packed.folder,
      env: environment(env),
      name: 'xterm-256color',
    });
    this.pty.onData((text) => {
      this.written += text;
      this.terminal.write(text, () => {
        for (const look of this.#looks) look();
      });
    });
    this.ended = new Promise((resolve) =>
      this.pty.onExit(({ exitCode }) => this.terminal.write('', () => resolve(exitCode))),
    );
  }

  get screen(): string[] {
    const { active } = this.terminal.buffer;
    return Array.from({ length: this.terminal.rows }, (_, row) => active.getLine(row)?.translateToString(true) ?? '');
  }

  until(isSo: (screen: string[]) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (!isSo(this.screen)) return;
        this.#looks.delete(look);
        resolve();
      };
      this.#looks.add(look);
      void this.ended.then((code) => reject(new Error(`ended with ${code}: ${this.screen.join('\n')}`)));
      look();
    });
  }
}

const here = (): string[] => ['--network', ready.ws];

beforeAll(async () => {
  packed = unpackCommand();
  node = new Running(['node', '--port', '0', '--json', '--block-time', '100', '--control']);
  await node.until(({ lines }) => lines.length > 0);
  ready = JSON.parse(node.lines[0]!) as Ready;
});
afterAll(async () => {
  node?.child.kill('SIGTERM');
  await node?.ended;
  packed?.remove();
});

test('the command is there as npm puts it, tells its version, its help and its man page', async () => {
  const { version, man, bin } = JSON.parse(
    readFileSync(join(packed.folder, 'node_modules/@dexwire/cli/package.json'), 'utf8'),
  ) as { version: string; man: string; bin: Record<string, string> };
  assert.deepEqual(Object.keys(bin), ['dexwire']);
  assert.equal((await run(['--version'])).stdout, `${version}\n`);
  assert.match((await run(['help', 'watch'])).stdout, /Usage: dexwire watch/);
  assert.equal(
    (await run(['man'])).stdout,
    readFileSync(join(packed.folder, 'node_modules/@dexwire/cli', man), 'utf8'),
  );
});

test('the licences of what is bundled come with it', () => {
  const text = readFileSync(join(packed.folder, 'node_modules/@dexwire/cli/dist/bin/licences.txt'), 'utf8');
  for (const name of ['commander', 'ws', 'picocolors']) assert.match(text, new RegExp(`^${name} \\d`, 'm'));
});

test('dashboard serves the page that is shipped, and with --tab writes one that needs no server', async () => {
  const running = new Running(['dashboard', '--port', '0']);
  await running.until(({ lines }) => lines.some((line) => line.includes('/dashboard/')));
  const url = /http\S+\/dashboard\//.exec(running.lines.join('\n'))![0];
  assert.match(await (await fetch(url)).text(), /<script[^>]+index\.js/);
  running.child.kill('SIGINT');
  assert.equal(await running.ended, 0);
  const written = await run(['dashboard', '--tab', '--out', 'my-dex']);
  assert.deepEqual([written.code, written.stderr], [0, '']);
  assert.match(readFileSync(new URL(written.stdout.trim()), 'utf8'), /<script[^>]+index\.js/);
});

test('watch prints columns in a pipe, and lines of JSON with all digits', async () => {
  const columns = await run(['watch', 'trades', SYMBOL, '--count', '3', ...here()]);
  assert.deepEqual([columns.code, columns.stderr, columns.lines.length], [0, '', 3]);
  const json = await run(['watch', `${SYMBOL}@trades`, 'blockheight', '--count', '3', '--json', ...here()]);
  for (const line of json.lines) assert.equal((JSON.parse(line) as { kind: string }).kind, 'event');
});

test('watch ends with 0 when its reader has enough, and says nothing about it', async () => {
  const running = new Running(['watch', 'blockheight', ...here()]);
  await running.until(({ lines }) => lines.length > 0);
  running.child.stdout!.destroy();
  assert.equal(await running.ended, 0);
  assert.equal(running.stderr, '');
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends watch with %i', async (signal, code) => {
  const running = new Running(['watch', 'blockheight', ...here()]);
  await running.until(({ lines }) => lines.length > 0);
  running.child.kill(signal);
  assert.equal(await running.ended, code);
  assert.equal(running.stderr, '');
});

test('watch on a terminal has headings and colours, keeps to its width, and ends by Ctrl-C', async () => {
  const shown = new OnTerminal(['watch', 'allTickers', ...here()], { cols: 60 });
  await shown.until((screen) => screen.filter((line) => line.includes('BNB')).length > 3);
  assert.match(shown.written, /TIME.*SYMBOL.*LAST/s);
  assert.ok(shown.written.includes('\u001b[2m'));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours take no room
  for (const line of shown.written.split('\r\n')) assert.ok(line.replace(/\u001b\[\d+m/g, '').length <= 60, line);
  shown.pty.write('\u0003');
  assert.equal(await shown.ended, 130);
});

test('what a lost connection may have missed is told, and --strict ends it with 4', async () => {
  const running = new Running(['watch', 'trades', SYMBOL, '--json', '--strict', ...here()]);
  await running.until(({ lines }) => lines.length > 0);
  const control = `${new URL(ready.rest).origin}/control/drop`;
  await fetch(control, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  assert.equal(await running.ended, 4);
  assert.ok(running.lines.some((line) => line.startsWith('{"kind":"gap"')));
});

test('book on a terminal is repainted in place, says that it is verified, and leaves the terminal as it was', async () => {
  const shown = new OnTerminal(['book', SYMBOL, ...here()]);
  await shown.until(([first = '']) => /^BNB_BTCB-1DE {2}verified {2}block \d+/.test(first));
  await shown.until((screen) => screen.some((line) => /\d\d:\d\d:\d\d\.\d{3}/.test(line))); // a trade beside the levels
  assert.equal(shown.terminal.buffer.active.type, 'alternate');
  const before = shown.screen[0];
  await shown.until(([first]) => first !== before);
  const rows = shown.screen.filter((line) => /0\.0\d+ {2}0\.0\d+/.test(line));
  assert.ok(rows.length >= 10, shown.screen.join('\n'));
  shown.pty.resize(70, 12);
  shown.terminal.resize(70, 12);
  await shown.until((screen) => screen.some((line) => line.startsWith('TIME')));
  shown.pty.write('q');
  assert.equal(await shown.ended, 0);
  assert.equal(shown.terminal.buffer.active.type, 'normal');
  assert.ok(shown.written.endsWith('\u001b[?25h\u001b[?1049l'));
});

test('book ends by Ctrl-C with 130, though the terminal makes no signal of it', async () => {
  const shown = new OnTerminal(['book', SYMBOL, ...here()]);
  await shown.until(([first = '']) => first.includes('verified'));
  shown.pty.write('\u0003');
  assert.equal(await shown.ended, 130);
  assert.equal(shown.terminal.buffer.active.type, 'normal');
});

test('book in a pipe is printed once', async () => {
  const { code, lines } = await run(['book', SYMBOL, '--levels', '2', ...here()]);
  assert.deepEqual([code, lines.length], [0, 4]);
});

test('order, cancel and send sign with a key of the environment or of a file, and show it nowhere', async () => {
  const [dave, erin] = ready.idleAccounts as [Ready['idleAccounts'][number], Ready['idleAccounts'][number]];
  const env = { DEXWIRE_KEY: dave.privateKey };
  const order = ['order', 'buy', 'BNB_BUSD-BD1', '--quantity', '1', '--price', '150', '--json'];
  const placed = await run([...order, ...here()], env);
  assert.deepEqual([placed.code, placed.stderr], [0, '']);
  const { orderId } = JSON.parse(placed.stdout) as { orderId: string };
  const file = join(packed.folder, 'dave.key');
  writeFileSync(file, dave.privateKey, { mode: 0o600 });
  const canceled = await run(['cancel', 'BNB_BUSD-BD1', orderId, '--key-file', file, ...here()]);
  assert.equal(canceled.code, 0);
  assert.match(canceled.stdout, /Canceled/);
  const sent = await run(['send', erin.address, '1.5', 'BNB', '--memo', 'hello', ...here()], env);
  assert.match(sent.stdout, /^sent 1\.5 BNB to tbnb1/);
  const refused = await run(['send', erin.address, '90000000', 'BNB', ...here()], env);
  assert.equal(refused.code, 1);
  for (const { stdout, stderr } of [placed, canceled, sent, refused])
    assert.ok(!(stdout + stderr).includes(dave.privateKey));
  assert.equal((await run([...order, ...here()])).code, 2);
});

test('doctor finds a healthy node healthy, and a closed port closed', async () => {
  const healthy = await run(['doctor', '--for', '3s', ...here()]);
  assert.equal(healthy.code, 0, healthy.stdout + healthy.stderr);
  assert.match(healthy.stdout, /^ok {4}handshake/m);
  const closed = await run(['doctor', '--network', 'ws://127.0.0.1:1/api/ws']);
  assert.equal(closed.code, 3);
  assert.match(closed.stdout, /^fail {2}port .*ECONNREFUSED/m);
});

test('bench says what one core sustains', async () => {
  const { code, lines, stderr } = await run(['bench', '--for', '2s', '--json', ...here()]);
  const { keepsUp, sustained } = JSON.parse(lines.at(-1)!) as { keepsUp: boolean; sustained: number };
  assert.ok(sustained > 100);
  assert.equal(code, keepsUp ? 0 : 1, stderr); // a busy machine may really fall behind
});

test('node tells people where it is and with what keys, and Ctrl-C ends it with 0', async () => {
  const shown = new OnTerminal(['node', '--port', '0'], { cols: 140, rows: 40 });
  await shown.until((screen) => screen.some((line) => line.startsWith('Ctrl-C ends it')));
  const text = shown.screen.join('\n');
  assert.match(text, /^A DEX of your own at ws:\/\/127\.0\.0\.1:\d+\/api\/ws, REST at http/m);
  assert.match(text, /^ {2}dave +tbnb1\w+ {2}[0-9a-f]{64}$/m);
  assert.match(text, /dexwire watch trades \S+ --network ws:/);
  shown.pty.write('\u0003');
  assert.equal(await shown.ended, 0);
});

test('node --show shows all twelve streams on a terminal', async () => {
  const shown = new OnTerminal(['node', '--port', '0', '--show', '--block-time', '100'], { cols: 120, rows: 60 });
  await shown.until(() => shown.written.includes('And now live'));
  const topics =
    'orders accounts transfers trades marketDiff marketDepth kline_1m ticker miniTicker allTickers allMiniTickers blockheight';
  for (const topic of topics.split(' ')) assert.ok(shown.written.includes(topic), topic);
  shown.pty.write('\u0003');
  assert.equal(await shown.ended, 0);
});

test('completion for bash works with the installed command', async () => {
  const script = `source <(${packed.command} completion bash); COMP_WORDS=(dexwire bo); COMP_CWORD=1; _dexwire; echo "\${COMPREPLY[@]}"`;
  const child = spawn('bash', ['-c', script], { env: environment(), stdio: ['ignore', 'pipe', 'inherit'] });
  let offered = '';
  child.stdout.on('data', (text) => {
    offered += text;
  });
  await once(child, 'close');
  assert.equal(offered, 'book\n');
});

const RUNTIMES = {
  'Node.js 20': fileURLToPath(new URL('node_modules/node20/bin', import.meta.url)),
  'Node.js 22': fileURLToPath(new URL('node_modules/node22/bin', import.meta.url)),
  'Node.js 26': fileURLToPath(new URL('node_modules/node26/bin', import.meta.url)),
};

test.each(Object.entries(RUNTIMES))('the command runs in %s without a warning', async (_, folder) => {
  const PATH = `${folder}:${process.env.PATH}`;
  const { code, stderr, lines } = await run(['watch', 'trades', SYMBOL, '--count', '1', ...here()], { PATH });
  assert.deepEqual([code, stderr, lines.length], [0, '', 1]);
  const env = { PATH, DEXWIRE_KEY: ready.idleAccounts[1]!.privateKey };
  const placed = await run(['order', 'buy', 'BNB_BUSD-BD1', '--quantity', '1', '--price', '150', ...here()], env);
  assert.deepEqual([placed.code, placed.stderr], [0, '']);
});
