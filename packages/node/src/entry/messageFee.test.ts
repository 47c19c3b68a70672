import assert from 'node:assert/strict';
import type { Message } from '@dexwire/protocol/transactions';
import { test } from 'vitest';
import { ALICE, accountOf, BOB, smallState } from '../../../../tests/support/smallState.ts';
import { feeFault, messageFee, payFee } from './messageFee.ts';

const state = smallState();

const send = (...receivers: number[]): Message => {
  const coins = (count: number) => Array.from({ length: count }, (_, index) => ({ asset: `A${index}`, amount: 1n }));
  return {
    type: 'send',
    inputs: [{ address: ALICE, coins: coins(Math.max(...receivers)) }],
    outputs: receivers.map((count) => ({ address: BOB, coins: coins(count) })),
  };
};

const change = { from: ALICE, symbol: 'ABC-123', amount: 1n };
const issue = { from: ALICE, name: 'A', symbol: 'ABC', totalSupply: 1n, mintable: false };
const pair = { from: ALICE, baseAsset: 'A', quoteAsset: 'B', initPrice: 1n };
const order = { sender: ALICE, id: '', symbol: '', orderType: 2, side: 1, price: 1n, quantity: 1n, timeInForce: 1 };

test('each message costs what the table of 2021 says, and who gets it is told', () => {
  const expected: [Message, bigint, string][] = [
    [{ type: 'newOrder', ...order }, 0n, 'proposer'],
    [{ type: 'cancelOrder', sender: ALICE, symbol: '', refId: '' }, 0n, 'proposer'],
    [send(1), 7_500n, 'proposer'],
    [{ type: 'burn', ...change }, 200_000n, 'proposer'],
    [{ type: 'freeze', ...change }, 100_000n, 'proposer'],
    [{ type: 'unfreeze', ...change }, 100_000n, 'proposer'],
    [{ type: 'mint', ...change }, 200_000n, 'all'],
    [{ type: 'issue', ...issue }, 1_000_000_000n, 'all'],
    [{ type: 'issueMini', ...issue, tokenUri: '' }, 60_000_000n, 'all'],
    [{ type: 'issueTiny', ...issue, tokenUri: '' }, 40_000_000n, 'all'],
    [{ type: 'list', ...pair, proposalId: 1n }, 20_000_000_000n, 'all'],
    [{ type: 'listMini', ...pair }, 100_000_000n, 'all'],
  ];
  for (const [message, amount, feeFor] of expected)
    assert.deepEqual(messageFee(state.fees, message), { amount, feeFor }, message.type);
});

test('a transfer of two coin entries or more pays for each, counted on the side that has more', () => {
  const amounts = [send(1), send(2), send(1, 1), send(3), send(1, 1, 1)].map(
    (message) => messageFee(state.fees, message).amount,
  );
  assert.deepEqual(amounts, [7_500n, 12_000n, 12_000n, 18_000n, 18_000n]);
});

test('who cannot pay is told all he has free and the fee, as the chain wrote it', () => {
  const fee = { amount: 10_001n, feeFor: 'all' } as const;
  assert.equal(feeFault(accountOf(state, ALICE), fee), undefined);
  accountOf(state, BOB).balance('FIX-00F').locked = 5n;
  assert.deepEqual(feeFault(accountOf(state, BOB), fee), {
    ok: false,
    codespace: 1,
    reason: 5,
    code: 65_541,
    message: 'insufficient fund. you got 700000000ABC-123,10000BNB,25000000WEE-12BM, but 10001BNB fee needed.',
  });
  assert.equal(feeFault(accountOf(state, BOB), { ...fee, amount: 10_000n }), undefined);
});

test('a fee of nothing is no fee, and touches no balance', () => {
  const { accounts } = smallState();
  const carol = accounts.open(smallState().proposer);
  assert.deepEqual(payFee(carol, { amount: 0n, feeFor: 'all' }), {});
  assert.equal(carol.balances.has('BNB'), false);
});
