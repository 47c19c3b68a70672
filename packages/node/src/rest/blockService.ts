/**
 * Transactions as the venue's block service told them, beside the API itself: what the official SDK asks in place of
 * `/transactions`.
 * In: the view's history. Out: a body in the documented shape (spec §10), in which amounts, unlike anywhere else in REST,
 * are int64 in units of 1e-8.
 */
import { signerOf } from '@dexwire/protocol/transactions';
import { millisecondsOf } from '../chain/blockTime.ts';
import { refusedLog } from '../chain/result.ts';
import { messageFee } from '../entry/messageFee.ts';
import { type Answer, pageOf } from './answer.ts';
import { type Row, rows, TYPE_OF, TYPES } from './transactions.ts';

/** Documented: seven days at most, and 50 rows from 10,000 at most. */
export const LONGEST_WINDOW_MS = 7 * 24 * 3_600_000;
export const MOST_ROWS = 50;
export const MOST_OFFSET = 10_000;

/** Of a transfer, for the address that is asked for (documented). */
export const ENDS = ['FROM', 'TO'] as const;

/** Written by hand, for JSON's own writer has no int64. */
const rowText = ({ past, to, asset, value }: Row, fee: bigint): string => {
  const { transaction, result } = past.delivered;
  const { hash, message, memo, sequence, source } = transaction;
  const whole = {
    hash,
    blockHeight: past.height,
    blockTime: millisecondsOf(past.time),
    type: TYPE_OF[message.type],
    code: result.code,
    source,
    sequence,
    memo,
    log: result.ok ? result.log : refusedLog(result),
    data: (result.ok ? result.data : undefined) ?? '',
    asset,
    fromAddr: signerOf(message) ?? '',
    toAddr: to,
  };
  return `${JSON.stringify(whole).slice(0, -1)},"fee":${fee},"amount":${value}}`;
};

/** A row for each receiver and coin, as in `/transactions`, the newest first. */
export const txs: Answer = ({ state, history }, { parameters }) => {
  const address = parameters.required(
    'address',
    parameters.address('address', state.accounts.prefix),
    'the address of a sender or receiver',
  );
  const { start, end } = parameters.window('startTime', 'endTime', LONGEST_WINDOW_MS);
  const from = parameters.required('startTime', start, 'milliseconds since 1970');
  const until = parameters.required('endTime', end, 'milliseconds since 1970');
  const side = parameters.oneOf('addressType', ENDS);
  const asset = parameters.asset('asset');
  const type = parameters.oneOf('type', TYPES);
  const { total, items } = pageOf(
    rows(history.transactionsOf(address), address),
    ({ past, to, asset: moved }) => {
      const { message } = past.delivered.transaction;
      const time = millisecondsOf(past.time);
      return (
        time >= from &&
        time <= until &&
        (side === undefined || (side === 'TO' ? to : signerOf(message)) === address) &&
        (asset === undefined || moved === asset) &&
        (type === undefined || TYPE_OF[message.type] === type)
      );
    },
    {
      limit: parameters.whole('limit', 1, MOST_ROWS) ?? MOST_ROWS,
      offset: parameters.whole('offset', 0, MOST_OFFSET) ?? 0,
    },
    true,
  );
  const texts = items.map((row) => {
    const { message } = row.past.delivered.transaction;
    return rowText(row, row.past.delivered.result.ok ? messageFee(state.fees, message).amount : 0n);
  });
  return `{"total":${total},"txs":[${texts.join(',')}]}`;
};
