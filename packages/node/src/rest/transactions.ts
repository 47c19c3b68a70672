/**
 * Transactions over REST: one by its hash, and those of an address, the newest first.
 * In: the view's history. Out: bodies in the documented shapes (spec §10).
 */
import { type Message, signerOf } from '@dexwire/protocol/transactions';
import { millisecondsOf } from '../chain/blockTime.ts';
import { refusedLog } from '../chain/result.ts';
import { messageFee } from '../entry/messageFee.ts';
import type { PastTransaction } from '../history.ts';
import { unitsText } from '../unitsText.ts';
import { transactionJson } from './aminoJson.ts';
import { type Answer, dateTime, pageOf } from './answer.ts';
import { USUAL_ROWS } from './parameters.ts';
import { quoted, RestError } from './restError.ts';
import type { RestView } from './restView.ts';
import { LONGEST_WINDOW_MS } from './trades.ts';

export const HASH = /^[\dA-F]{64}$/;

/** Of a transfer, for the address that is asked for (documented). */
export const DIRECTIONS = ['RECEIVE', 'SEND'] as const;

/** What brings the whole transaction (documented). */
export const FORMATS = ['json'] as const;

/** A transaction in a sealed block; `height` is text (documented). */
export const transaction: Answer = ({ state, history }, request) => {
  const hash = request.part('hash').toUpperCase();
  if (!HASH.test(hash))
    throw new RestError(400, `hash: found ${quoted(request.part('hash'))}, allowed is 64 hex digits`);
  const wanted = request.parameters.oneOf('format', FORMATS);
  const past = history.transaction(hash);
  if (past === undefined)
    throw new RestError(404, `transaction ${hash} is not known, not in a block yet, or too long ago`);
  const { transaction, result } = past.delivered;
  const number = state.accounts.get(signerOf(transaction.message) ?? '')?.number ?? 0;
  return {
    hash,
    log: result.ok ? result.log : refusedLog(result),
    data: (result.ok ? result.data : undefined) ?? '',
    code: result.code,
    height: String(past.height),
    ok: result.ok,
    ...(wanted === 'json' ? { tx: transactionJson(transaction, number) } : {}),
  };
};

/** Types of which this chain knows nothing may be asked for (documented): there is none of them. */
export const TYPES = [
  'NEW_ORDER',
  'ISSUE_TOKEN',
  'BURN_TOKEN',
  'LIST_TOKEN',
  'CANCEL_ORDER',
  'FREEZE_TOKEN',
  'UN_FREEZE_TOKEN',
  'TRANSFER',
  'PROPOSAL',
  'VOTE',
  'MINT',
  'DEPOSIT',
  'MINI_TOKEN_ISSUE',
  'TINY_TOKEN_ISSUE',
  'MINI_TOKEN_LIST',
] as const;

/** Names as documented; those of mini tokens are assumed. */
export const TYPE_OF: Readonly<Record<Message['type'], (typeof TYPES)[number]>> = {
  newOrder: 'NEW_ORDER',
  cancelOrder: 'CANCEL_ORDER',
  send: 'TRANSFER',
  issue: 'ISSUE_TOKEN',
  issueMini: 'MINI_TOKEN_ISSUE',
  issueTiny: 'TINY_TOKEN_ISSUE',
  mint: 'MINT',
  burn: 'BURN_TOKEN',
  freeze: 'FREEZE_TOKEN',
  unfreeze: 'UN_FREEZE_TOKEN',
  list: 'LIST_TOKEN',
  listMini: 'MINI_TOKEN_LIST',
};

/** What a row tells of the message. */
export interface Row {
  readonly past: PastTransaction;
  readonly to: string;
  readonly asset: string;
  readonly value: bigint;
}

/** A transfer has a row for each receiver and coin, everything else one. */
const rowsOf = (past: PastTransaction): Row[] => {
  const { message } = past.delivered.transaction;
  switch (message.type) {
    case 'send':
      return message.outputs.flatMap(({ address, coins }) =>
        coins.map(({ asset, amount }) => ({ past, to: address, asset, value: amount })),
      );
    case 'newOrder':
      return [{ past, to: '', asset: message.symbol, value: message.quantity }];
    case 'cancelOrder':
      return [{ past, to: '', asset: message.symbol, value: 0n }];
    case 'issue':
    case 'issueMini':
    case 'issueTiny':
      return [{ past, to: '', asset: message.symbol, value: message.totalSupply }];
    case 'list':
    case 'listMini':
      return [{ past, to: '', asset: `${message.baseAsset}_${message.quoteAsset}`, value: message.initPrice }];
    default:
      return [{ past, to: '', asset: message.symbol, value: message.amount }];
  }
};

const orderIdOf = (message: Message): string | null =>
  message.type === 'newOrder' ? message.id : message.type === 'cancelOrder' ? message.refId : null;

const rowBody = ({ past, to, asset, value }: Row, view: RestView): object => {
  const { state, latest } = view;
  const { transaction, result } = past.delivered;
  const { message, memo, source, sequence } = transaction;
  const time = millisecondsOf(past.time);
  return {
    txHash: transaction.hash,
    blockHeight: past.height,
    txType: TYPE_OF[message.type],
    timeStamp: dateTime(time, 3),
    fromAddr: signerOf(message) ?? '',
    toAddr: to,
    value: unitsText(value),
    txAsset: asset,
    // Of the message itself, by today's table; what orders cost is charged with their reports.
    txFee: unitsText(result.ok ? messageFee(state.fees, message).amount : 0n),
    txAge: Math.max(Math.floor((view.now() - time) / 1_000), 0),
    orderId: orderIdOf(message),
    code: result.code,
    data: (result.ok ? result.data : undefined) ?? null,
    confirmBlocks: Math.max(latest.height - past.height, 0),
    memo,
    source,
    sequence,
  };
};

/** Of those that an address has signed or received, newest first. */
export function* rows(pasts: Iterable<PastTransaction>, address: string): IterableIterator<Row> {
  for (const past of pasts) {
    const isSigner = signerOf(past.delivered.transaction.message) === address;
    for (const row of rowsOf(past)) if (isSigner || row.to === address) yield row;
  }
}

/** Always with the number of all that match (documented). No window is assumed: all that is kept is told. */
export const transactions: Answer = (view, { parameters }) => {
  const { state, history } = view;
  const address = parameters.required(
    'address',
    parameters.address('address', state.accounts.prefix),
    'the address of a sender or receiver',
  );
  const side = parameters.oneOf('side', DIRECTIONS);
  const asset = parameters.asset('txAsset');
  const type = parameters.oneOf('txType', TYPES);
  const height = parameters.whole('blockHeight', 0);
  const { start = 0, end = Number.MAX_SAFE_INTEGER } = parameters.window('startTime', 'endTime', LONGEST_WINDOW_MS);
  const page = parameters.page(USUAL_ROWS);
  const { total, items } = pageOf(
    rows(history.transactionsOf(address), address),
    ({ past, to, asset: moved }) => {
      const { message } = past.delivered.transaction;
      const time = millisecondsOf(past.time);
      return (
        (side === undefined || (side === 'RECEIVE' ? to : signerOf(message)) === address) &&
        (asset === undefined || moved === asset) &&
        (type === undefined || TYPE_OF[message.type] === type) &&
        (height === undefined || past.height === height) &&
        time >= start &&
        time <= end
      );
    },
    page,
    true,
  );
  return { total, tx: items.map((row) => rowBody(row, view)) };
};
