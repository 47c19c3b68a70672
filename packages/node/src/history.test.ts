import assert from 'node:assert/strict';
import type { Message } from '@dexwire/protocol/transactions';
import { test } from 'vitest';
import { ALICE, ALICE_HEX, sampleBlock, sampleTrade, sampleUpdate } from '../../../tests/support/sampleBlocks.ts';
import type { Block, DeliveredTransaction } from './chain/block.ts';
import { refused } from './chain/result.ts';
import { History, type HistoryLimits } from './history.ts';

const BOB = 'tbnb1fn9z9vn4f44ekz0a3pf80dcy2wh4d5988phjds';

const historyOf = (blocks: readonly Partial<Block>[], limits: Partial<HistoryLimits> = {}): History => {
  const history = new History(limits);
  for (const block of blocks) history.add({ block: sampleBlock(block), accounts: [], books: [] });
  return history;
};

const delivered = (message: Message, hash: string, ok = true): DeliveredTransaction => ({
  transaction: { message, sequence: 0, memo: '', source: 0, hash },
  result: ok ? { ok: true, code: 0, log: 'Msg 0: ' } : refused(6, 401, 'no'),
});

const transfer: Message = {
  type: 'send',
  inputs: [{ address: ALICE, coins: [{ asset: 'BNB', amount: 1n }] }],
  outputs: [{ address: BOB, coins: [{ asset: 'BNB', amount: 1n }] }],
};

test('trades are found by symbol, by either address, and all together, the newest first', () => {
  const history = historyOf([
    { height: 1, time: 10n, trades: [sampleTrade({ tradeId: '1-0', symbol: 'A_B', buyer: BOB })] },
    {
      height: 2,
      time: 20n,
      trades: [
        sampleTrade({ tradeId: '2-0', symbol: 'C_D' }),
        sampleTrade({ tradeId: '2-1', symbol: 'C_D', seller: BOB }),
      ],
    },
  ]);
  const ids = (trades: Iterable<{ trade: { tradeId: string } }>): string[] =>
    [...trades].map(({ trade }) => trade.tradeId);
  assert.deepEqual(ids(history.trades()), ['2-1', '2-0', '1-0']);
  assert.deepEqual(ids(history.tradesOfSymbol('C_D')), ['2-1', '2-0']);
  assert.deepEqual(ids(history.tradesOfAddress(BOB)), ['2-1', '1-0']);
  assert.deepEqual(ids(history.tradesOfAddress(ALICE)), ['2-1', '2-0', '1-0'], 'a trade with oneself is there once');
  assert.equal([...history.trades()][2]!.height, 1);
  assert.equal([...history.trades()][2]!.time, 10n);
  assert.equal(history.hasTradesOf('A_B'), true);
  assert.equal(history.hasTradesOf('E_F'), false);
});

test('each of the bounds holds, and what is kept is the latest', () => {
  const history = historyOf(
    Array.from({ length: 50 }, (_, height) => ({
      height,
      trades: [sampleTrade({ tradeId: `${height}-0` })],
      updates: [sampleUpdate({ orderId: `${ALICE_HEX}-${height}` })],
      transactions: [delivered(transfer, `hash ${height}`)],
    })),
    {
      allTrades: 3,
      symbolTrades: { perSubject: 4, inAll: 100 },
      addressTrades: { perSubject: 5, inAll: 100 },
      reports: { perSubject: 6, inAll: 100 },
      addressTransactions: { perSubject: 7, inAll: 100 },
      transactions: 10,
    },
  );
  assert.deepEqual(
    [...history.trades()].map(({ height }) => height),
    [49, 48, 47],
  );
  assert.equal([...history.tradesOfSymbol('TOK-1AB_BNB')].length, 4);
  assert.equal([...history.tradesOfAddress(ALICE)].length, 5);
  assert.deepEqual(
    [...history.reportsOf(ALICE)].map(({ orderId }) => orderId.slice(41)),
    ['49', '48', '47', '46', '45', '44'],
  );
  assert.equal([...history.transactionsOf(BOB)].length, 7);
  assert.equal(history.transaction('hash 49')?.height, 49);
  assert.equal(history.transaction('hash 45')?.height, 45);
  assert.equal(history.transaction('hash 30'), undefined);
});

test('a transaction is found by its hash whenever one asks, and by the addresses it concerns', () => {
  const history = historyOf([{ height: 5, transactions: [delivered(transfer, 'one')] }]);
  assert.equal(history.transaction('two'), undefined);
  history.add({
    block: sampleBlock({ height: 6, transactions: [delivered(transfer, 'two')] }),
    accounts: [],
    books: [],
  });
  assert.equal(history.transaction('two')?.height, 6);
  assert.equal(history.transaction('one')?.height, 5);
  assert.deepEqual(
    [...history.transactionsOf(ALICE)].map(({ height }) => height),
    [6, 5],
  );
  assert.deepEqual(
    [...history.transactionsOf(BOB)].map(({ height }) => height),
    [6, 5],
  );
});

test('who would have received from a transfer that was refused has nothing to do with it', () => {
  const history = historyOf([{ transactions: [delivered(transfer, 'one', false)] }]);
  assert.equal([...history.transactionsOf(ALICE)].length, 1);
  assert.equal([...history.transactionsOf(BOB)].length, 0);
});
