/**
 * Socket: frames from a socket to a callback, typed and exact, against `ws` with `JSON.parse`, which rounds int64, and
 * against other clients. Every contender is a process of its own, beside a process that writes ready-made frames.
 * Judged by what a frame costs the processor: the two processes share a machine with others, and time passes for all.
 * Out: a row for each mix and contender; then how the cost of a frame changes with the number of frames.
 */
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { machine, medianOf, type Result, type Row, ratioOfCosts, takeTurns } from './measure.ts';
import type { MixName } from './mixes.ts';
import type { SocketSample } from './socketClient.ts';
import { type Client, Wire } from './wire.ts';

const BAR = 'ws + JSON.parse';
const PEERS = ['tardis-dev', 'binance (npm)'] as const;
const CONTENDERS = ['dexwire', BAR, ...PEERS] as const;
const PYTHON = 'websocket-client (Python)';
type Name = (typeof CONTENDERS)[number] | typeof PYTHON | 'dexwire / 2' | 'dexwire x 2';

/** Processes come and go in generations: how an engine happens to compile a program stays with its process. */
const GENERATIONS = 3;
const ROUNDS = 3;
const FRAMES = 120_000;
const PEER_FRAMES = 40_000;
const PYTHON_FRAMES = 2000;

const wire = new Wire();
await wire.open();

/** A client of Python, where there is one. It is asked by lines. */
class PythonClient {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  constructor(command: string) {
    this.#process = spawn(command, ['socketClient.py'], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
  }

  async run(count: number): Promise<SocketSample> {
    this.#process.stdin.write(`${wire.url} ${count}\n`);
    const { value } = await this.#lines.next();
    return JSON.parse(value) as SocketSample;
  }

  end(): void {
    this.#process.stdin.end();
  }
}

const python = process.env.PYTHON ?? '/usr/bin/python3';
const { status } = spawnSync(python, ['-c', 'import websocket, resource'], { stdio: 'ignore' });
if (status !== 0)
  console.error(`No rows for ${PYTHON}: ${python} has no module websocket (set PYTHON to one that has).`);

const samplesOf = (names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;

const rows: Row[] = [];

const measure = async (mix: MixName): Promise<void> => {
  const isFirst = mix === 'trades';
  const names: Name[] = [...CONTENDERS];
  if (isFirst) names.push('dexwire / 2', 'dexwire x 2');
  if (status === 0) names.push(PYTHON);
  const costs = samplesOf(names);
  const speeds = samplesOf(names);
  for (let generation = 0; generation < GENERATIONS; generation++) {
    const clients = Object.fromEntries(CONTENDERS.map((name) => [name, wire.client(name)])) as Record<
      (typeof CONTENDERS)[number],
      Client
    >;
    const run = (name: (typeof CONTENDERS)[number], count: number) => wire.run(clients[name], mix, count);
    const snake = status === 0 ? new PythonClient(python) : undefined;
    if (generation === 0) await wire.run(clients.dexwire, mix, 1000, 'check');
    for (const name of CONTENDERS) await run(name, FRAMES);
    const sampler = (name: Name, sample: () => Promise<SocketSample>) => async (): Promise<number> => {
      const { cpu, perSecond } = await sample();
      speeds[name].push(perSecond);
      return cpu;
    };
    const samplers = {} as Record<Name, () => Promise<number>>;
    for (const name of CONTENDERS) {
      const count = name === 'dexwire' || name === BAR ? FRAMES : PEER_FRAMES;
      samplers[name] = sampler(name, () => run(name, count));
    }
    if (isFirst) {
      samplers['dexwire / 2'] = sampler('dexwire / 2', () => run('dexwire', FRAMES / 2));
      samplers['dexwire x 2'] = sampler('dexwire x 2', () => run('dexwire', 2 * FRAMES));
    }
    if (snake) {
      samplers[PYTHON] = sampler(PYTHON, async () => {
        await wire.load(mix, PYTHON_FRAMES);
        return snake.run(PYTHON_FRAMES);
      });
    }
    await takeTurns(samplers, ROUNDS, costs);
    snake?.end();
    await Promise.all(Object.values(clients).map((client) => client.end()));
  }
  const row = (name: Name, against: Name, contender: string, what: string = against): void => {
    rows.push({
      contender,
      against: what,
      ratio: ratioOfCosts(costs[name], costs[against]),
      figures: { 'CPU us/frame': medianOf(costs[name]), 'frames/s': medianOf(speeds[name]) },
    });
  };
  const suffix = isFirst ? '' : `, ${mix}`;
  row('dexwire', BAR, `dexwire${suffix}`);
  for (const peer of PEERS) row('dexwire', peer, `dexwire${suffix}`);
  if (status === 0) row('dexwire', PYTHON, `dexwire${suffix}`);
  for (const peer of PEERS) row(peer, BAR, `${peer}${suffix}`);
  if (status === 0) row(PYTHON, BAR, `${PYTHON}${suffix}`);
  row(BAR, BAR, `${BAR}${suffix}`, 'itself, for its cost');
  if (isFirst) {
    row('dexwire', 'dexwire / 2', `dexwire, ${FRAMES} frames`, `dexwire, ${FRAMES / 2} frames`);
    row('dexwire x 2', 'dexwire / 2', `dexwire, ${2 * FRAMES} frames`, `dexwire, ${FRAMES / 2} frames`);
  }
};

await measure('trades');
await measure('mixed');
await wire.end();

const result: Result = { bench: 'socket', machine: machine(), rows };
console.log(JSON.stringify(result));
