/**
 * A world for the command line, held by a test.
 * In: what differs from this process. Out: a `World`, and what was written to it.
 */
import process from 'node:process';
import { PassThrough } from 'node:stream';
import { type Clock, systemClock } from 'dexwire';
import { EndedError } from '../../packages/cli/src/errors.ts';
import type { World } from '../../packages/cli/src/world.ts';

export interface CliWorld extends World {
  /** What went to stdout and to stderr so far. */
  readonly out: () => string;
  readonly err: () => string;
  /** A line that somebody types. */
  readonly type: (line: string) => void;
  /** Asks it to end, as Ctrl-C does. */
  readonly end: () => void;
}

const listening = (isTTY: boolean): [stream: NodeJS.WriteStream, text: () => string] => {
  let text = '';
  const write = (chunk: string): boolean => {
    text += chunk;
    return true;
  };
  const stream: NodeJS.WriteStream = Object.create(process.stdout, {
    write: { value: write },
    isTTY: { value: isTTY },
    columns: { value: 100 },
  });
  return [stream, () => text];
};

export const cliWorld = ({ clock = systemClock, isTTY = false }: { clock?: Clock; isTTY?: boolean } = {}): CliWorld => {
  const [stdout, out] = listening(isTTY);
  const [stderr, err] = listening(isTTY);
  const typed = new PassThrough();
  const stdin: NodeJS.ReadStream = Object.assign(Object.create(typed), {});
  const ending = new AbortController();
  return {
    ...{ stdout, stderr, stdin, env: {}, clock, signal: ending.signal, out, err },
    type: (line) => void typed.write(`${line}\n`),
    end: () => ending.abort(new EndedError('SIGINT')),
  };
};
