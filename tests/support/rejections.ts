/**
 * Proof that every promise has an owner.
 * In: nothing. Out: an assertion for the end of a test.
 */
import { settled } from './virtualClock.ts';

const unhandled: unknown[] = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));

/** Fails if a rejection has gone unhandled since the last call. */
export const expectNoUnhandledRejection = async (): Promise<void> => {
  await settled();
  await settled();
  const found = unhandled.splice(0);
  if (found.length > 0) throw new AggregateError(found, 'a rejection was not handled');
};
