/**
 * The trading door: signed transactions, as programs that were written for the DEX post them.
 * In: `POST /api/v1/broadcast` with a transaction's bytes as hex. Out: what became of it, a list of one; a refusal is never
 * a 200, for old programs would call it success. Source: spec §10, and what the official SDKs send and read (reference).
 *
 * A signature keeps others out of an account, but the keys of the accounts for development are known to everybody. So a web
 * page from elsewhere is not let in, under whatever name it has found this machine.
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import type { Context, Hono } from 'hono';
import type { Refused } from '../chain/result.ts';
import { BAD_SIGNATURE } from '../entry/signer.ts';
import { strangePageOf } from '../localCaller.ts';
import { JSON_TYPE } from './faultReply.ts';
import { Parameters } from './parameters.ts';
import { quoted, RestError } from './restError.ts';
import type { BroadcastView, Submitted } from './restView.ts';

export interface BroadcastOptions {
  /** Names of this machine, without port, whose pages are let in besides those of `localhost` and loopback addresses. */
  readonly hosts?: readonly string[];
}

/** A transfer to a thousand receivers takes a third of it. Bodies are bounded where they are read; this is less. */
export const MAX_BROADCAST_CHARACTERS = 262_144;

const HEX = /^(?:[\da-f]{2})+$/i;

/** Written as the SDKs of the venue write it; without it the reply comes once the transaction is accepted. */
export const SYNC = { true: true, '1': true, false: false, '0': false } as const;

const readBytes = (body: string): Uint8Array => {
  const text = body.trim();
  if (HEX.test(text)) return hexToBytes(text);
  throw new RestError(400, `the body is no transaction: found ${quoted(text)}, allowed are its bytes as hex digits`);
};

/** A bad signature has a status of its own (documented). */
const refusal = ({ code, message, detail }: Refused): RestError =>
  new RestError(message === BAD_SIGNATURE ? 401 : 400, message, code, detail);

const acceptedBody = ({ hash, result }: Submitted): object => {
  if (!result.ok) throw refusal(result);
  const { log, data } = result;
  return { hash, ok: true, code: 0, log, ...(data === undefined ? {} : { data }) };
};

const checkPage = (c: Context, hosts: readonly string[]): void => {
  const stranger = strangePageOf(c, hosts);
  if (stranger === undefined) return;
  throw new RestError(
    403,
    `${stranger} may not trade here, allowed are programs, pages of this machine, and hosts that are configured`,
  );
};

/** Adds the path to an application, which answers what is thrown. */
export const mountBroadcast = (
  app: Hono,
  path: string,
  view: BroadcastView,
  { hosts = [] }: BroadcastOptions = {},
): void => {
  app.post(
    path,
    (c, next) => {
      checkPage(c, hosts);
      return next();
    },
    async (c) => {
      const { searchParams } = new URL(c.req.url);
      const sync = new Parameters(searchParams).oneOf('sync', ['true', '1', 'false', '0'] as const) ?? 'false';
      const body = await c.req.text();
      if (body.length > MAX_BROADCAST_CHARACTERS)
        throw new RestError(413, `the body is too large, allowed are ${MAX_BROADCAST_CHARACTERS} characters`);
      const submitted = view.broadcast(readBytes(body));
      const reply = JSON.stringify([acceptedBody(submitted)]);
      if (SYNC[sync]) await view.sealed(submitted.height, c.req.raw.signal);
      return c.body(reply, 200, JSON_TYPE);
    },
  );
};
