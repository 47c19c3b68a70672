/**
 * A reference case: what goes in and what must come out, as it stands in a file of `fixtures/`.
 * In: parsed JSON. Out: cases, and the differences between what a case expects and what was found.
 */

/** One line of a case file. What is in `input` and `expect` depends on `kind`, see `fixtures/README.md`. */
export interface Case {
  readonly id: string;
  readonly kind: string;
  readonly engine: 'new' | 'old' | 'both';
  readonly input?: unknown;
  readonly expect?: unknown;
  readonly features?: unknown;
  readonly setup?: unknown;
  readonly steps?: unknown;
}

/** Runs a case. @returns What differs, a line each; none: the case passes. It may throw, which fails the case. */
export type CaseRunner = (one: Case) => string[];

/** By kind. */
export type CaseKinds = Readonly<Record<string, CaseRunner>>;

/** The text of a case file does not have the schema. */
export class CaseFileError extends Error {
  override readonly name = 'CaseFileError';
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCase = (value: unknown): value is Case =>
  isRecord(value) &&
  typeof value.id === 'string' &&
  typeof value.kind === 'string' &&
  (value.engine === 'new' || value.engine === 'old' || value.engine === 'both');

/** @throws CaseFileError when it is no JSON, or not `{"schema":1,"cases":[...]}` with an id, kind and engine each. */
export const parseCases = (text: string): Case[] => {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (cause) {
    throw new CaseFileError('is no JSON', { cause });
  }
  if (!isRecord(file) || file.schema !== 1) throw new CaseFileError('has another schema than 1');
  const cases = file.cases;
  if (!Array.isArray(cases)) throw new CaseFileError('has no list of cases');
  return cases.map((one: unknown, at) => {
    if (!isCase(one)) throw new CaseFileError(`cases[${at}] has no id, kind or engine`);
    return one;
  });
};

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

/**
 * Where `found` is not as expected. Members that are not expected may be there; lists must be as long.
 *
 * @param path - Where both stand, `trades[0].qty`.
 */
export const differences = (expected: unknown, found: unknown, path = ''): string[] => {
  if (Array.isArray(expected) && Array.isArray(found)) {
    const lines = expected
      .slice(0, found.length)
      .flatMap((value, at) => differences(value, found[at], `${path}[${at}]`));
    if (expected.length === found.length) return lines;
    return [...lines, `${path}: expected ${expected.length} of them, found ${found.length}`];
  }
  if (isRecord(expected) && isRecord(found)) {
    return Object.entries(expected).flatMap(([key, value]) =>
      differences(value, found[key], path === '' ? key : `${path}.${key}`),
    );
  }
  return Object.is(expected, found) ? [] : [`${path}: expected ${shown(expected)}, found ${shown(found)}`];
};

/** A runner that turns the input of a case into what its `expect` should say. */
export const expecting =
  <Input>(run: (input: Input) => unknown): CaseRunner =>
  (one) => {
    if (one.input === undefined || !isRecord(one.expect) || Object.keys(one.expect).length === 0) {
      return ['has no input or expects nothing'];
    }
    return differences(one.expect, run(one.input as Input));
  };
