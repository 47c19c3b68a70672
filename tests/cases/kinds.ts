/**
 * All kinds of cases, and how each is run.
 * In: a case. Out: its differences.
 */
import { bookCases } from './bookCases.ts';
import type { Case, CaseKinds } from './case.ts';
import { engineCases } from './engineCases.ts';
import { feeCases } from './feeCases.ts';
import { publishCases } from './publishCases.ts';
import { ruleCases } from './ruleCases.ts';
import { scenarioCases } from './scenarioCases.ts';

const KINDS: CaseKinds = {
  ...engineCases,
  ...bookCases,
  ...feeCases,
  ...ruleCases,
  ...scenarioCases,
  ...publishCases,
};

/** The engine before the maker and taker rules is not built (matching rules, appendix A). */
export const isSkipped = (one: Case): boolean => one.engine === 'old';

/** What differs, a line each; none: the case passes. */
export const runCase = (one: Case): string[] => {
  const run = Object.hasOwn(KINDS, one.kind) ? KINDS[one.kind] : undefined;
  if (run === undefined) return [`is of the unknown kind ${one.kind}`];
  try {
    return run(one);
  } catch (error) {
    return [`threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
  }
};
