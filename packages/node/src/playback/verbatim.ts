/**
 * A source that sends each recorded line exactly as it was recorded, once, as soon as somebody wants it.
 * In: recordings, a clock. Out: turns of texts. Nothing is derived, so most topics stay silent.
 */

import { BLOCK_MS, heightAt, timeOfBlock } from '../blockClock.ts';
import type { Clock } from '../clock.ts';
import type { Account, Place, Sink, Source } from '../gateway/source.ts';
import type { Line, Recordings } from './recordings.ts';

export class VerbatimPlayer implements Source {
  readonly symbols: readonly string[];
  readonly accounts: readonly Account[];
  /** What nobody has got yet, in the order of the files. */
  #waiting: readonly Line[];
  #place: Place | undefined;
  #stop: (() => void) | undefined;

  constructor({ markets, accounts, lines }: Recordings) {
    this.symbols = markets.map(({ symbol }) => symbol);
    this.accounts = accounts.map(({ name, address }) => ({ name, address }));
    this.#waiting = lines;
  }

  /** Tells its turns the place; the texts have theirs in them. */
  seek(place: Place): void {
    this.#place = place;
  }

  start(sink: Sink, clock: Clock): void {
    const place = this.#place;
    const begin = place === undefined ? clock.now() : 'time' in place ? place.time : timeOfBlock(place.height);
    const ahead = begin - clock.now();
    const step = (): void => {
      const isWanted = ({ stream, subject }: Line): boolean => sink.wants(stream, subject);
      const frames = this.#waiting.filter(isWanted);
      this.#waiting = this.#waiting.filter((line) => !frames.includes(line));
      const time = clock.now() + ahead;
      if (frames.length > 0) sink.send({ height: heightAt(time), time, frames });
      timer = clock.setTimeout(step, BLOCK_MS);
    };
    let timer = clock.setTimeout(step, BLOCK_MS);
    this.#stop = () => clock.clearTimeout(timer);
  }

  stop(): void {
    this.#stop?.();
  }

  snapshot(): undefined {
    return undefined;
  }
}
