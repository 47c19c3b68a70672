/**
 * One line on a terminal that is drawn again and again; nothing where there is no terminal.
 * In: how far it is, and what to say beside. Out: a bar, at most some times a second, which is wiped away at the end.
 */
import { paintFor } from '../terminal/paint.ts';
import type { World } from '../world.ts';

export interface Progress {
  /** @param part - 0 to 1; `undefined` where there is no end to be known. */
  show(part: number | undefined, text: string): void;
  end(): void;
}

const EVERY_MS = 200;
const WIDTH = 24;

/** No wider than `room`. A little more than all may have come when it is looked. */
const barOf = (part: number, room: number): string => {
  const done = Math.min(Math.max(part, 0), 1);
  const figure = `${String(Math.floor(done * 100)).padStart(3)} %  `;
  const width = Math.max(Math.min(WIDTH, room - figure.length - 1), 0);
  const full = Math.round(done * width);
  return `${'█'.repeat(full)}${'░'.repeat(width - full)} ${figure}`.slice(0, room);
};

export const progressOf = (world: World): Progress => {
  const { stderr, clock } = world;
  if (stderr.isTTY !== true) return { show: () => {}, end: () => {} };
  const { cyan } = paintFor(world, stderr);
  let shownAt = Number.NEGATIVE_INFINITY;
  let isShown = false;
  return {
    show: (part, text) => {
      const now = clock.now();
      if (now - shownAt < EVERY_MS) return;
      shownAt = now;
      isShown = true;
      // The last column stays free: some terminals go on in the next line when it is written.
      const room = Math.max((stderr.columns ?? 80) - 1, 0);
      const bar = part === undefined ? '' : barOf(part, room);
      stderr.write(`\r\u001b[2K${cyan(bar)}${text.slice(0, room - bar.length)}`);
    },
    end: () => {
      if (isShown) stderr.write('\r\u001b[2K');
      isShown = false;
    },
  };
};

/** Of files that end in the middle of something. */
export const cutText = (bytes: number): string =>
  `A file is cut off: its recorder was killed, or not all of it was copied; ${countText(bytes)} bytes at the end are left away.`;

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `1.2 MB`. */
export const sizeText = (bytes: number): string => {
  const step = bytes < 1_000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  return `${(bytes / 1_000 ** step).toFixed(step === 0 ? 0 : 1)} ${UNITS[step]}`;
};

/** `1:02:03`. */
export const spanText = (ms: number): string => {
  const seconds = Math.floor(ms / 1_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3_600);
  return `${hours > 0 ? `${hours}:` : ''}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
};

/** `1,234,567`. */
export const countText = (count: number): string => count.toLocaleString('en-US');
