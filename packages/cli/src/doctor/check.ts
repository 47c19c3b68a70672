/**
 * What one look at an endpoint has found.
 * In: nothing. Out: the type, and short ways to make one.
 */
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

export const ms = (milliseconds: number): string =>
  Math.abs(milliseconds) < 10 ? `${milliseconds.toFixed(1)} ms` : `${Math.round(milliseconds)} ms`;
