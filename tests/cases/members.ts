/**
 * The members that a part of a case may have, so that one which nobody looks at does not pass for one that was found right.
 * In: a part of a case and the names that are known. Out: a difference for each other name.
 */

export const unknownMembers = (value: object | undefined, known: readonly string[], path = ''): string[] =>
  Object.keys(value ?? {})
    .filter((name) => !known.includes(name))
    .map((name) => `${path === '' ? name : `${path}.${name}`}: nobody knows this member`);
