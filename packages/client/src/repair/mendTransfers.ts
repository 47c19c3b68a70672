/**
 * Transfers that were missed, as the socket would have brought them. A list says which there were; since it tells an address no
 * more than what it got itself, each transfer is then read whole.
 * In: what was missed. Out: transfers, one item for each block.
 */
import { type Coin, formatDecimal, type Height, type Transfer, type TransferOutput } from '@dexwire/protocol';
import { bad, member, readList, textAt, wholeAt } from '../rest/members.ts';
import { byBlock, type Mend, Refused, takeDownTo } from './reading.ts';

/** Digits behind the point of all the chain's amounts. */
const SCALE = 8;

interface Row {
  readonly hash: string;
  readonly height: Height;
  /** Unlike all other rows. */
  readonly id: string;
  readonly isDone: boolean;
}

/** One of several of a transfer with several receivers or coins. */
const readRow = (from: unknown): Row => {
  const hash = textAt(from, 'txHash');
  const id = [hash, member(from, 'toAddr'), member(from, 'txAsset'), member(from, 'value')].join();
  return { hash, height: wholeAt(from, 'blockHeight'), id, isDone: wholeAt(from, 'code') === 0 };
};

const readCoin = (from: unknown): Coin => {
  const units = textAt(from, 'amount');
  return {
    asset: textAt(from, 'denom'),
    amount: /^\d{1,19}$/.test(units) ? formatDecimal(BigInt(units), SCALE) : bad('amount', units),
  };
};

const readSide = (from: unknown): TransferOutput => ({
  address: textAt(from, 'address').toLowerCase(),
  coins: readList(member(from, 'coins'), readCoin),
});

const readTransfer =
  ({ hash, height }: Row) =>
  (body: unknown): Transfer => {
    if (textAt(body, 'hash') !== hash || wholeAt(body, 'height') !== height) bad('hash', member(body, 'hash'));
    const transaction = member(member(body, 'tx'), 'value');
    const message = member(member(member(transaction, 'msg'), '0'), 'value');
    const [payer] = readList(member(message, 'inputs'), readSide);
    return {
      eventType: 'outboundTransferInfo',
      height,
      txHash: hash,
      memo: textAt(transaction, 'memo'),
      from: payer === undefined ? bad('inputs', '') : payer.address,
      to: readList(member(message, 'outputs'), readSide),
    };
  };

export const mendTransfers: Mend = async ({ subject, from, to }, reading, most, keep) => {
  if (from === undefined) return 'unknown';
  const { height } = await reading.latest(to);
  const last = to ?? height;
  /** Newest first. */
  const rows = new Map<string, Row>();
  const path = `/transactions?address=${encodeURIComponent(subject)}&txType=TRANSFER`;
  let lost = await takeDownTo(
    from,
    reading.pages(path, 'tx', readRow, ({ id }) => id),
    (row) => {
      if (row.height > last || !row.isDone || rows.has(row.hash)) return true;
      return rows.size < most && rows.set(row.hash, row).size > 0;
    },
  );
  const found: Transfer[] = [];
  keep(() => byBlock([...found].reverse()));
  for (const row of rows.values()) {
    try {
      found.push(await reading.get(`/tx/${row.hash}?format=json`, readTransfer(row)));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      lost = 'some';
    }
  }
  return lost;
};
