/**
 * Stream `accounts`: the balances of one address, all of them, after each block that may have changed one (recorded).
 * In, out: the table of an account update. Source: spec §7.2; fixtures/accounts.ndjson.
 */
import { decimal, height, listOf, nested, record, text, word } from '../schema.ts';
import type { AddressStream } from '../stream.ts';
import type { Decimal, Height } from '../units.ts';

export interface Balance {
  readonly asset: string;
  readonly free: Decimal;
  /** Set aside by the owner. The documentation's comments swap this one and the next. */
  readonly frozen: Decimal;
  /** Held for open orders. */
  readonly locked: Decimal;
}

export interface AccountUpdate {
  readonly eventType: 'outboundAccountInfo';
  readonly height: Height;
  /** Every asset that the address holds, by name: those with a free amount first (reference). */
  readonly balances: readonly Balance[];
}

const BALANCE = record(
  [text('a', 'asset'), decimal('f', 'free'), decimal('r', 'frozen'), decimal('l', 'locked')],
  (v): Balance => ({ asset: v[1], free: v[2], frozen: v[3], locked: v[4] }),
);

const ACCOUNT_UPDATE = record(
  [word('e', 'eventType', ['outboundAccountInfo']), height('E', 'height'), nested('B', 'balances', listOf(BALANCE))],
  (v): AccountUpdate => ({ eventType: v[1], height: v[2], balances: v[3] }),
  // The documentation shows a list of one; every recording and client has the object.
  true,
);

export const accounts: AddressStream<AccountUpdate> = {
  topic: 'accounts',
  scope: 'address',
  data: ACCOUNT_UPDATE,
  conflatable: true,
  known: { at: 'height', by: [] },
};
