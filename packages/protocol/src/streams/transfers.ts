/**
 * Stream `transfers`: what one address sends and receives. One frame per transaction (recorded).
 * In, out: the table of a transfer. Source: spec §7.3; fixtures/transfers.ndjson.
 */
import { decimal, height, listOf, nested, optional, record, text, word } from '../schema.ts';
import type { AddressStream } from '../stream.ts';
import type { Decimal, Height } from '../units.ts';

export interface Coin {
  readonly asset: string;
  readonly amount: Decimal;
}

export interface TransferOutput {
  readonly address: string;
  readonly coins: readonly Coin[];
}

export interface Transfer {
  /** Of incoming transfers too (recorded). */
  readonly eventType: 'outboundTransferInfo';
  readonly height: Height;
  /** 64 upper-case hex digits (recorded). */
  readonly txHash: string;
  /** Absent before August 2019; afterwards empty if there is none (recorded). */
  readonly memo?: string;
  readonly from: string;
  /** One per receiver. */
  readonly to: readonly TransferOutput[];
}

const COIN = record([text('a', 'asset'), decimal('A', 'amount')], (v): Coin => ({ asset: v[1], amount: v[2] }));

const OUTPUT = record(
  [text('o', 'address'), nested('c', 'coins', listOf(COIN))],
  (v): TransferOutput => ({ address: v[1], coins: v[2] }),
);

const TRANSFER = record(
  [
    word('e', 'eventType', ['outboundTransferInfo']),
    height('E', 'height'),
    text('H', 'txHash'),
    optional(text('M', 'memo')),
    text('f', 'from'),
    nested('t', 'to', listOf(OUTPUT)),
  ],
  (v): Transfer => {
    const [, eventType, height, txHash, memo, from, to] = v;
    return memo === undefined ? { eventType, height, txHash, from, to } : { eventType, height, txHash, memo, from, to };
  },
);

export const transfers: AddressStream<Transfer> = {
  topic: 'transfers',
  scope: 'address',
  data: TRANSFER,
  conflatable: false,
  known: { at: 'height', by: ['txHash'] },
};
