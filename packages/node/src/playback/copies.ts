/**
 * Tells copies of a frame from the frame: a client with several sockets gets some of them from each, and records them all.
 * In: frames as they came, each with its socket. Out: whether it is the first copy of it. Pure.
 *
 * One socket may well say the same twice, so it is counted how often each has said a text, within some seconds.
 */
import type { Microseconds } from '../recording/line.ts';

/** Copies come no later (assumed: a socket that is so far behind is renewed or lost). */
export const COPIES_WITHIN: Microseconds = 10_000_000;

interface Said {
  /** When it was said last. */
  at: Microseconds;
  /** How often it was passed on. */
  passed: number;
  readonly times: Map<number, number>;
}

export class Copies {
  /** By stream name and text, the one that was said longest ago first. */
  readonly #said = new Map<string, Said>();

  isFirst(name: string, socket: number, text: string, at: Microseconds): boolean {
    const key = `${name}\n${text}`;
    this.#forget(at);
    const said = this.#said.get(key) ?? { at, passed: 0, times: new Map<number, number>() };
    const times = (said.times.get(socket) ?? 0) + 1;
    said.times.set(socket, times);
    said.at = at;
    // Anew, so that it stands last.
    this.#said.delete(key);
    this.#said.set(key, said);
    if (times <= said.passed) return false;
    said.passed = times;
    return true;
  }

  clear(): void {
    this.#said.clear();
  }

  #forget(now: Microseconds): void {
    for (const [key, { at }] of this.#said) {
      if (now - at < COPIES_WITHIN) break;
      this.#said.delete(key);
    }
  }
}
