/**
 * The reply to a request that fails: JSON always, for clients depend on it.
 * In: what was thrown. Out: a response with the body of an error.
 */
import type { Context } from 'hono';
import { RestError } from './restError.ts';

export const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

/** Told of what is a fault of ours: whoever asked cannot mend it. */
export type OnFault = (error: unknown) => void;

/** Whatever is no `RestError` is a fault of ours. */
export const faultReply = (c: Context, error: Error, onFault: OnFault = () => {}): Response => {
  if (!(error instanceof RestError)) onFault(error);
  const { status, fault } = error instanceof RestError ? error : new RestError(500, 'internal error');
  return c.body(JSON.stringify(fault), status, JSON_TYPE);
};
