/**
 * What one look at an endpoint has found.
 * In: nothing. Out: the type, and short ways to make one.
 */
export const DAY_MS = 86_400_000;

type Verdict = 'ok' | 'warn' | 'fail';

export interface Check {
  /** Such as `handshake`. */
  readonly name: string;
  readonly verdict: Verdict;
  readonly detail: string;
  /** What to do, where something is wrong. */
  readonly advice?: string;
  /** Nothing beyond can be looked at: nobody is there. */
  readonly isUnreachable?: boolean;
}

export const ok = (name: string, detail: string): Check => ({ name, verdict: 'ok', detail });
export const warn = (name: string, detail: string, advice: string): Check => ({
  name,
  verdict: 'warn',
  detail,
  advice,
});
export const fail = (name: string, detail: string, advice: string): Check => ({
  name,
  verdict: 'fail',
  detail,
  advice,
});
export const unreachable = (name: string, detail: string, advice: string): Check => ({
  ...fail(name, detail, advice),
  isUnreachable: true,
});

/** A while, as people say it: a clock may be wrong by years. */
export const ms = (milliseconds: number): string => {
  const size = Math.abs(milliseconds);
  if (size < 10) return `${milliseconds.toFixed(1)} ms`;
  if (size < 10_000) return `${Math.round(milliseconds)} ms`;
  return size < 2 * DAY_MS ? `${Math.round(milliseconds / 1000)} s` : `${Math.round(milliseconds / DAY_MS)} days`;
};
