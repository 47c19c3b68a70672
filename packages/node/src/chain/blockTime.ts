/**
 * The time of a block: nanoseconds since the Unix epoch, in the chain's papers as RFC 3339 in UTC.
 * In: times and their text. Out: the reader of that text, and the step to the milliseconds of streams and REST.
 */
import type { Milliseconds, Nanoseconds } from '@dexwire/protocol';

export const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/;

/** @returns Undefined for another form, or a day that no month has. */
export const parseBlockTime = (text: string): Nanoseconds | undefined => {
  const [, seconds, fraction = ''] = TIME.exec(text) ?? [];
  const milliseconds = seconds === undefined ? Number.NaN : Date.parse(`${seconds}Z`);
  // A 30th of February is read as a day in March.
  if (Number.isNaN(milliseconds) || new Date(milliseconds).toISOString() !== `${seconds}.000Z`) return undefined;
  return BigInt(milliseconds) * NANOSECONDS_PER_MILLISECOND + BigInt(fraction.padEnd(9, '0'));
};

/** Cut, as the gateway does; below 2^53 for every time a block can have. */
export const millisecondsOf = (time: Nanoseconds): Milliseconds => Number(time / NANOSECONDS_PER_MILLISECOND);
