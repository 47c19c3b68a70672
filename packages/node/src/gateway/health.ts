/**
 * Whether the node does what it is there for: blocks come, and it is not about to end.
 * In: the turns of a source, on their way to the fan-out. Out: a report.
 */
import type { Height, Milliseconds } from '@dexwire/protocol';
import type { Clock } from '../clock.ts';
import type { Sink, Turn } from './source.ts';

/** A source that brings no block for longer is not well. */
const SILENCE_MS = 10_000;

export interface HealthReport {
  readonly ok: boolean;
  /** Latest block; 0 before the first. */
  readonly height: Height;
  /** Time of the latest turn, or of the clock before the first. */
  readonly time: Milliseconds;
}

export class Health {
  readonly #clock: Pick<Clock, 'now'>;
  #height: Height = 0;
  #time: Milliseconds;
  /** Latest block, by the clock; or the start. */
  #blockAt: Milliseconds;
  #isClosing = false;

  /** @param clock - What 10 s without a block are counted by: the venue's own where its time is stepped. */
  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
    this.#time = clock.now();
    this.#blockAt = this.#time;
  }

  /** The same sink, watched. */
  watch(sink: Sink): Sink {
    return {
      wants: (stream, subject) => sink.wants(stream, subject),
      send: (turn) => {
        this.#saw(turn);
        sink.send(turn);
      },
    };
  }

  /** From here on it is not well. */
  close(): void {
    this.#isClosing = true;
  }

  report(): HealthReport {
    const isSilent = this.#clock.now() - this.#blockAt > SILENCE_MS;
    return { ok: !this.#isClosing && !isSilent, height: this.#height, time: this.#time };
  }

  #saw({ height, time }: Turn): void {
    this.#time = time;
    if (height <= this.#height) return;
    this.#height = height;
    this.#blockAt = this.#clock.now();
  }
}
