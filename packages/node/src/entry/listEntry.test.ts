import assert from 'node:assert/strict';
import type { ListMiniPair, ListPair } from '@dexwire/protocol/transactions';
import { test } from 'vitest';
import {
  ALICE,
  accountOf,
  BOB,
  CAROL,
  contextOf,
  enterBy,
  refusalOf,
  smallState,
  textOfState,
} from '../../../../tests/support/smallState.ts';
import type { State } from '../chain/state.ts';
import { listEntry } from './listEntry.ts';

const MAX = 2n ** 63n - 1n;

const list = (baseAsset: string, quoteAsset: string, initPrice = 50_000_000n, from = ALICE): ListPair => ({
  type: 'list',
  from,
  proposalId: 1n,
  baseAsset,
  quoteAsset,
  initPrice,
});

const listMini = (baseAsset: string, quoteAsset: string, initPrice = 50_000_000n, from = ALICE): ListMiniPair => ({
  type: 'listMini',
  from,
  baseAsset,
  quoteAsset,
  initPrice,
});

const enter = (state: State, message: ListPair | ListMiniPair) =>
  enterBy(listEntry, state, message, contextOf(state, message.from));

const refuse = (message: ListPair | ListMiniPair, expected: readonly [number, string], state = smallState()): void => {
  const before = textOfState(state);
  assert.deepEqual(refusalOf(enter(state, message)), expected);
  assert.equal(textOfState(state), before);
};

test('the owner of a token lists it against BNB, with tick and lot by the price', () => {
  const state = smallState();
  assert.deepEqual(enter(state, list('FIX-00F', 'BNB', 5_000_000n)), {
    result: { ok: true, code: 0, log: 'Msg 0: ' },
    fee: 20_000_000_000n,
    feeFor: 'all',
    listed: 'FIX-00F_BNB',
  });
  const pair = state.pairs.get('FIX-00F_BNB');
  assert.deepEqual(
    [pair?.base, pair?.quote, pair?.isMini, pair?.listPrice, pair?.reference, pair?.tickSize, pair?.lotSize],
    ['FIX-00F', 'BNB', false, 5_000_000n, 5_000_000n, 10n, 10_000_000n],
  );
  assert.equal(accountOf(state, ALICE).of('BNB').free, 80_000_000_000n);
});

test('the owner of either token may list, in capitals or not, and the pair is in capitals', () => {
  const state = smallState();
  accountOf(state, CAROL).balance('BNB').free = 30_000_000_000n;
  assert.equal(enter(state, list('fix-00F', 'BNB', 1n, CAROL)).listed, 'FIX-00F_BNB');
  refuse(
    list('FIX-00F', 'BUSD-BD1', 1n, BOB),
    [65_541, 'insufficient fund. you got 700000000ABC-123,10000BNB,25000000WEE-12BM, but 20000000000BNB fee needed.'],
    state,
  );
  accountOf(state, BOB).balance('BNB').free = 30_000_000_000n;
  const text = 'only the owner of the base asset or quote asset can list the trading pair';
  refuse(list('FIX-00F', 'BUSD-BD1', 1n, BOB), [65_540, text], state);
  refuse(listMini('XYZ-12AM', 'BUSD-BD1', 1n, BOB), [65_540, text], state);
});

test('two tokens must be listed against BNB before they are against each other, but BUSD asks for less', () => {
  const state = smallState();
  const against = 'token FIX-00F should be listed against BNB before against ABC-123';
  const listing = 'token FIX-00F should be listed against BNB before listing ABC-123 against FIX-00F';
  refuse(list('FIX-00F', 'ABC-123'), [65_547, against], state);
  refuse(list('ABC-123', 'FIX-00F'), [65_547, listing], state);
  assert.equal(enter(state, list('FIX-00F', 'BUSD-BD1')).listed, 'FIX-00F_BUSD-BD1');
  assert.equal(enter(state, list('FIX-00F', 'BNB')).listed, 'FIX-00F_BNB');
  assert.equal(enter(state, list('ABC-123', 'FIX-00F')).listed, 'ABC-123_FIX-00F');
});

test('a pair is listed once, whichever way round', () => {
  refuse(list('ABC-123', 'BNB'), [65_547, 'trading pair exists']);
  refuse(list('BNB', 'ABC-123'), [65_547, 'trading pair exists']);
  refuse(list('BUSD-BD1', 'BNB'), [65_547, 'trading pair exists']);
});

test('a listing of a wrong form is refused', () => {
  for (const proposalId of [0n, -1n, MAX + 1n])
    refuse({ ...list('FIX-00F', 'BNB'), proposalId }, [65_547, 'proposal id should be positive']);
  refuse(list('FIX', 'BNB'), [65_547, "base token: suffixed token symbol must contain a hyphen ('-')"]);
  refuse(list('', 'BNB'), [65_547, 'base token: suffixed token symbol cannot be empty']);
  refuse(list('FIX-00F', 'ETH'), [65_547, "quote token: suffixed token symbol must contain a hyphen ('-')"]);
  refuse(list('FIX-00F', 'FIX-00F'), [65_547, 'base token and quote token should not be the same']);
  refuse(list('FIX-00F', 'fix-00F'), [65_547, 'base asset symbol should not be identical to quote asset symbol']);
  for (const price of [0n, -1n, -(2n ** 64n) + 1n, MAX + 1n]) {
    refuse(list('FIX-00F', 'BNB', price), [65_547, 'price should be positive']);
    refuse(listMini('XYZ-12AM', 'BNB', price), [65_547, 'price should be positive']);
  }
});

test('a token that does not exist is not listed', () => {
  refuse(list('NOT-00F', 'BNB'), [65_547, 'token(NOT-00F) not found']);
  refuse(list('BNB', 'NOT-00F'), [65_547, 'token(NOT-00F) not found']);
  refuse(listMini('NOT-00FM', 'BNB'), [65_547, 'token(NOT-00FM) not found']);
});

test('a mini token is listed against BNB or BUSD, and by the message for it alone', () => {
  const state = smallState();
  assert.deepEqual(enter(state, listMini('XYZ-12AM', 'BNB')), {
    result: { ok: true, code: 0, log: 'Msg 0: ' },
    fee: 100_000_000n,
    feeFor: 'all',
    listed: 'XYZ-12AM_BNB',
  });
  assert.equal(state.pairs.get('XYZ-12AM_BNB')?.isMini, true);
  assert.equal(enter(state, listMini('XYZ-12AM', 'BUSD-BD1')).listed, 'XYZ-12AM_BUSD-BD1');
  refuse(listMini('XYZ-12AM', 'ABC-123'), [65_547, 'quote token is not valid ']);
  refuse(listMini('XYZ-12AM', ''), [65_547, 'quote token is empty ']);
  refuse(listMini('FIX-00F', 'BNB'), [65_547, 'base token: mini-token symbol suffix must be 4 chars in length, got 3']);
  refuse(listMini('BNB', 'BUSD-BD1'), [65_547, 'base token: symbol cannot be the same as native token']);
  refuse(list('XYZ-12AM', 'BNB'), [65_547, 'base token: token symbol tx hash suffix must be 3 chars in length, got 4']);
});

test('where no token plays the part of BUSD a mini token is listed against BNB alone', () => {
  const state: State = { ...smallState(), busd: undefined };
  refuse(listMini('XYZ-12AM', 'BUSD-BD1'), [65_547, 'quote token is not valid '], state);
});
