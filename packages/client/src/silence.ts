/**
 * What falls silent though something should have come: sockets, and single streams of sockets that speak.
 * In: beats, what is heard. Out: news of it, doubts and losses, what is to be asked for anew or renewed.
 */
import { blockheight, type Height } from '@dexwire/protocol';
import { before } from './continuity.ts';
import type { Losses, Moment } from './losses.ts';
import type { Log, Metrics } from './metrics.ts';
import type { Consumer, Path } from './path.ts';
import type { Paths } from './paths.ts';
import type { Interest } from './router.ts';
import type { StreamStatus } from './status.ts';

export const BEAT_MS = 1000;

/** Whom it tells, and what it looks at. */
interface Surroundings {
  readonly metrics: Metrics | undefined;
  readonly log: Log | undefined;
  readonly tell: (status: StreamStatus) => void;
  readonly paths: Paths;
  readonly losses: Losses;
  /** The last block that was seen whole by a path. */
  readonly seen: (path: Path) => Moment;
  /** Puts another one in the place of a path. */
  readonly replace: (path: Path) => void;
}

export class Silence {
  /** So many beats without a word are too many. */
  readonly beats: number;
  readonly #around: Surroundings;

  /** @param staleAfter - Milliseconds. */
  constructor(staleAfter: number, around: Surroundings) {
    this.beats = Math.max(1, Math.floor(staleAfter / BEAT_MS));
    this.#around = around;
  }

  /** Whether a path that has said nothing for too long falls silent now. */
  watch(path: Path, beat: number): void {
    const { metrics, log, tell } = this.#around;
    const { standing } = path;
    if (beat - standing.heard < this.beats || standing.isStale || !this.#isExpected(path)) return;
    standing.isStale = true;
    metrics?.count('stale', 1, {});
    log?.({ level: 'warn', event: 'stale', data: { url: path.url } });
    tell({ name: 'stale', url: path.url });
    if (standing.isServing) this.doubt([...path.asked], path);
  }

  /**
   * Of what a path brought, if all that is left is silent, something may be missing until one of them speaks. So it may where
   * their silence means nothing, for then nobody knows whether they live.
   */
  doubt(interests: readonly Interest<Consumer>[], path: Path): void {
    const { paths, losses, seen } = this.#around;
    const isDoubtful = (one: Path): boolean => one.standing.isStale || (one !== path && !isSteady(one));
    if (paths.serving.every(isDoubtful)) losses.lose(interests, 'silence', seen(path), 'speech');
  }

  /** A silent socket speaks, and so nothing of it was lost. */
  broken(path: Path): void {
    const { losses, tell } = this.#around;
    const { standing } = path;
    if (standing.isStale) tell({ name: 'live', url: path.url });
    standing.isStale = false;
    if (standing.isServing) losses.findAll(path.height, 'speech', true);
  }

  /** Whether a stream that should come has come. */
  listen(one: Interest<Consumer>, beat: number): void {
    const { paths, losses, metrics, tell, replace } = this.#around;
    const { trace, name } = one;
    const serving = paths.serving.filter((path) => path.asked.has(one));
    // Where nothing else comes either, it is the socket that is silent, or about to be.
    if (!serving.some(({ standing }) => beat - standing.heard <= 1)) return;
    if (beat - trace.heard < this.beats * 2 ** Math.min(trace.silences, 5)) return;
    trace.silences++;
    if (trace.silences === 1) {
      metrics?.count('stale', 1, { topic: one.stream.topic });
      tell({ name: 'stale', stream: name, url: serving[0]!.url });
      // Others of its socket have gone on: what is missing is missing since it came last.
      losses.lose([one], 'silence', { height: before(trace.height), at: trace.heightAt }, 'stream');
    }
    for (const path of serving) {
      if (trace.silences === 2) replace(path);
      else path.again([one]);
      // What came of blocks says nothing of those of now, if it is they that were forgotten.
      if (one.stream === blockheight) path.standing.continuity.restart();
    }
  }

  /** A silent stream comes again. */
  ended(one: Interest<Consumer>, path: Path | undefined, height: Height | undefined): void {
    one.trace.silences = 0;
    this.#around.tell({ name: 'live', stream: one.name, url: path?.url });
    this.#around.losses.find(one, height, ['stream']);
  }

  /** Whether something should have come by a path: a stream that is never silent, or what another path has brought. */
  #isExpected(path: Path): boolean {
    return isSteady(path) || this.#around.paths.serving.some(({ standing }) => standing.heard > path.standing.heard);
  }
}

const isSteady = ({ asked }: Path): boolean => {
  for (const { stream } of asked) if (stream.isSteady) return true;
  return false;
};
