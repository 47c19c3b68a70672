/**
 * How late an event comes, to this machine or to a consumer.
 * In: what a frame decoded to, or an event of it, the time. Out: milliseconds since the event's own time, where it has one.
 */
interface Timed {
  /** Nanoseconds. */
  readonly time?: bigint;
  /** Seconds; from 1e11 on, milliseconds. */
  readonly eventTime?: number;
}

/** @param now - Milliseconds since the Unix epoch. */
export const lagOf = (data: unknown, now: number): number | undefined => {
  const { time, eventTime } = ((Array.isArray(data) ? data[0] : data) ?? {}) as Timed;
  if (typeof time === 'bigint') return now - Number(time / 1_000_000n);
  if (eventTime === undefined) return undefined;
  return now - (eventTime < 1e11 ? eventTime * 1000 : eventTime);
};
