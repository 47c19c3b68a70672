/**
 * Holds frames against their tables, and keeps a report of what has drifted.
 * In: streams and texts of frames, as they come. Out: the report, as data; in `strict` also a `FrameError` for a frame that
 * drifts.
 *
 * The reader takes frames of any age of the venue: old words, numbers for ids, lists of one, `null` for no list, further keys.
 * So a venue can change without anybody's noticing, until it changes too much. The check sees the first change.
 */
import { type Drift, FrameError, findDrift, type Stream } from '@dexwire/protocol';
import type { FrameCheck } from './frameCheck.ts';

/**
 * `off`: nothing is looked at. `sample`: one frame in `every` of each topic; never throws. `strict`: every frame; one that
 * drifts throws.
 */
export type CheckLevel = 'off' | 'sample' | 'strict';

export interface CheckOptions {
  /** Of so many frames of a topic `sample` looks at one, at the first and then at each so-and-so-manieth. Default: 100. */
  readonly every?: number;
  /** 0 up to 1, such as `Math.random`: frames are drawn by it, one in `every` on average, in place of being counted. */
  readonly random?: () => number;
  /** How many entries the report has room for; further ones are counted only. Default: 100. */
  readonly limit?: number;
  /** Called once for each new entry, as it is then. What it throws is printed. */
  readonly onDrift?: (entry: DriftEntry) => void;
}

/** One kind of drift at one place of a topic's frames, however often it was seen. */
export interface DriftEntry {
  /**
   * `newKey`: a key that the table has not; `missingKey`: one that must be there and is not; `changedType`: a value of another
   * kind, or a word that is none of those there are.
   */
  readonly kind: 'newKey' | 'missingKey' | 'changedType';
  readonly topic: string;
  /** In any element of a list, such as `data[].Z`. */
  readonly path: string;
  /** In words, such as `decimal text`. */
  readonly expected: string;
  readonly found: FoundType;
  /** The first value that was seen, as JSON text of at most 80 characters; empty for a missing key. Addresses stand in it. */
  readonly seen: string;
  readonly count: number;
}

export type FoundType = 'nothing' | 'null' | 'text' | 'number' | 'boolean' | 'list' | 'object';

/** Of frames, but for `unlisted`. */
export interface CheckStats {
  readonly checked: number;
  /** Those with at least one drift. */
  readonly drifted: number;
  /** Those whose keys stood in another order. It is no drift: the fast reader leaves such frames to the tolerant one. */
  readonly reordered: number;
  /** Those that are no JSON or another stream's; the reader refuses them too. */
  readonly unreadable: number;
  /** Drifts that the report had no room for. */
  readonly unlisted: number;
}

/** A `FrameCheck` with its report. */
export interface ReportingCheck extends FrameCheck {
  /** What has drifted, in the order of its first appearance, as of now. */
  readonly drift: readonly DriftEntry[];
  readonly stats: CheckStats;
}

const EVERY = 100;
const LIMIT = 100;
/** How much of a path, and of a value, is shown. */
const SHOWN = 80;
/** How many elements of a list, or keys of an object, and how deep: all that could find room. */
const ELEMENTS = 8;
const NESTED = 2;

const typeOf = (found: unknown): FoundType => {
  if (found === undefined) return 'nothing';
  if (found === null) return 'null';
  if (typeof found === 'string') return 'text';
  if (typeof found === 'boolean') return 'boolean';
  if (typeof found !== 'object') return 'number';
  return Array.isArray(found) ? 'list' : 'object';
};

/** A value as JSON text, begun: it may be of any depth and size. */
const begun = (value: unknown, nested = NESTED): string => {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, SHOWN));
  if (typeof value !== 'object' || value === null) return String(value);
  if (nested === 0) return '...';
  if (Array.isArray(value)) {
    const elements = value.slice(0, ELEMENTS).map((element) => begun(element, nested - 1));
    return `[${elements.join(',')}]`;
  }
  const members = Object.entries(value)
    .slice(0, ELEMENTS)
    .map(([key, held]) => `${begun(key)}:${begun(held, nested - 1)}`);
  return `{${members.join(',')}}`;
};

/** A text cut, and none of the whole kept alive by it. */
const cut = (text: string): string =>
  text.length > SHOWN ? `${Array.from(text.slice(0, SHOWN - 3)).join('')}...` : text;

/** Which frames `sample` looks at. */
const sampler = (every: number, random: (() => number) | undefined): ((topic: string) => boolean) => {
  if (random) return () => random() * every < 1;
  const passed = new Map<string, number>();
  return (topic) => {
    const number = passed.get(topic) ?? 0;
    passed.set(topic, number + 1 < every ? number + 1 : 0);
    return number === 0;
  };
};

/**
 * A check for `connect(url, { check })`.
 *
 * @throws RangeError if `every` or `limit` is not at least 1. The check itself throws in `strict` only: a FrameError
 * `FRAME_BAD_FIELD` with the first place that drifts, or what the reader throws too.
 */
export const checkFrames = (level: CheckLevel, options: CheckOptions = {}): ReportingCheck => {
  const { every = EVERY, limit = LIMIT, random, onDrift } = options;
  if (!(every >= 1 && limit >= 1)) throw new RangeError(`every and limit must be at least 1: ${every}, ${limit}`);
  const entries = new Map<string, { -readonly [Key in keyof DriftEntry]: DriftEntry[Key] }>();
  const stats = { checked: 0, drifted: 0, reordered: 0, unreadable: 0, unlisted: 0 };

  const tell = (entry: DriftEntry): void => {
    try {
      onDrift?.({ ...entry });
    } catch (thrown) {
      console.error(thrown);
    }
  };

  const note = (topic: string, kind: DriftEntry['kind'], drift: Drift): void => {
    const path = cut(drift.path.replace(/\[\d+\]/g, '[]'));
    const found = typeOf(drift.found);
    const key = `${topic} ${kind} ${found} ${path}`;
    const known = entries.get(key);
    if (known) known.count++;
    else if (entries.size >= limit) stats.unlisted++;
    else {
      const seen = found === 'nothing' ? '' : cut(begun(drift.found));
      const entry = { kind, topic, path, expected: drift.expected, found, seen, count: 1 };
      entries.set(key, entry);
      tell(entry);
    }
  };

  const look = (stream: Stream, text: string): Drift | undefined => {
    let first: Drift | undefined;
    let isReordered = false;
    stats.checked++;
    try {
      findDrift(stream, text, (drift) => {
        if (drift.kind === 'keyOrder') {
          isReordered = true;
          return;
        }
        first ??= drift;
        note(stream.topic, drift.kind, drift);
      });
    } catch (error) {
      stats.unreadable++;
      throw error;
    }
    if (first) stats.drifted++;
    if (isReordered) stats.reordered++;
    return first;
  };

  const strict: FrameCheck = (stream, text) => {
    const drift = look(stream, text);
    if (drift) throw new FrameError('FRAME_BAD_FIELD', drift.path, drift.found, drift.expected);
  };

  const isDue = sampler(every, random);
  const sample: FrameCheck = (stream, text) => {
    if (!isDue(stream.topic)) return;
    try {
      look(stream, text);
    } catch {
      // Counted; the reader finds the same, and reports it.
    }
  };

  const off: FrameCheck = () => {};

  const check = { off, sample, strict }[level];
  return Object.defineProperties(check, {
    drift: { get: () => [...entries.values()].map((entry) => ({ ...entry })), enumerable: true },
    stats: { get: () => ({ ...stats }), enumerable: true },
  }) as ReportingCheck;
};
