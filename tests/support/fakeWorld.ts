/**
 * A world for the command line that is no process: streams in memory, and an end that a test brings about.
 * In: what a command finds around it. Out: the world, what was printed, and waits for what will be.
 */
import { PassThrough, Writable } from 'node:stream';
import type { Clock } from 'dexwire';
import { EndedError } from '../../packages/cli/src/errors.ts';
import { run, type World } from '../../packages/cli/src/index.ts';
import { settled, VirtualClock } from './virtualClock.ts';

interface FakeStreamOptions {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** Keeps what is written; on demand nobody reads it. */
class FakeStream extends Writable {
  readonly isTTY: boolean;
  columns: number | undefined;
  rows: number | undefined;
  text = '';
  readonly #waiting = new Set<() => void>();
  #held: (() => void)[] | undefined;

  constructor({ isTTY = false, columns, rows }: FakeStreamOptions = {}) {
    super({ highWaterMark: 1 });
    this.isTTY = isTTY;
    this.columns = columns;
    this.rows = rows;
  }

  override _write(chunk: Buffer | string, _encoding: string, done: () => void): void {
    this.text += chunk;
    for (const wake of this.#waiting) wake();
    if (this.#held) this.#held.push(done);
    else done();
  }

  /** From here on nothing is taken, until `resume`. */
  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const done of held) done();
  }

  get lines(): string[] {
    return this.text.split('\n').slice(0, -1);
  }

  /** Resolves when so many lines are there. */
  has(lines: number): Promise<string[]> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.lines.length < lines) return;
        this.#waiting.delete(look);
        resolve(this.lines);
      };
      this.#waiting.add(look);
      look();
    });
  }
}

export interface FakeWorldOptions extends FakeStreamOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** A virtual one unless given: the system's, for commands that go by sockets alone. */
  readonly clock?: Clock;
  readonly stdin?: string;
}

export interface FakeWorld {
  readonly world: World;
  readonly stdout: FakeStream;
  readonly stderr: FakeStream;
  /** What is typed. */
  readonly stdin: PassThrough;
  end(by: EndedError['by']): void;
  /** Runs a command line. Resolves with its exit code. */
  run(...args: string[]): Promise<number>;
}

export const fakeWorld = ({
  env = {},
  clock = new VirtualClock(),
  stdin,
  ...terminal
}: FakeWorldOptions = {}): FakeWorld => {
  const stdout = new FakeStream(terminal);
  const stderr = new FakeStream(terminal);
  const typed = new PassThrough();
  if (stdin !== undefined) typed.end(stdin);
  const end = new AbortController();
  const world = {
    stdout: stdout as unknown as World['stdout'],
    stderr: stderr as unknown as World['stderr'],
    stdin: typed as unknown as World['stdin'],
    env,
    clock,
    signal: end.signal,
  };
  return {
    world,
    stdout,
    stderr,
    stdin: typed,
    end: (by) => end.abort(new EndedError(by)),
    run: (...args) => run(world, args),
  };
};

/** What makes time pass while a command runs, a step at a time. */
export interface Stepped {
  advance(): Promise<void>;
}

/** Lets time pass until something is over, such as the run of a command. */
export const during = async <T>(market: Stepped, running: Promise<T>): Promise<T> => {
  let isOver = false;
  const ended = running.finally(() => {
    isOver = true;
  });
  ended.catch(() => {}); // it is awaited below, after the last step
  while (!isOver) {
    await market.advance();
    await settled();
  }
  return ended;
};
