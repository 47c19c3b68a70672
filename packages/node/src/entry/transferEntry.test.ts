import assert from 'node:assert/strict';
import type { CoinUnits, Send, TransferSide } from '@dexwire/protocol/transactions';
import fc from 'fast-check';
import { test } from 'vitest';
import {
  ALICE,
  accountOf,
  BOB,
  CAROL,
  contextOf,
  enterBy,
  HASH,
  heldIn,
  refusalOf,
  STRANGER,
  smallState,
  textOfState,
} from '../../../../tests/support/smallState.ts';
import { transferEntry } from './transferEntry.ts';

const MAX = 2n ** 63n - 1n;
const FEE = 7_500n;
const MULTI = 6_000n;

const coin = (asset: string, amount: bigint): CoinUnits => ({ asset, amount });
const side = (address: string, ...coins: CoinUnits[]): TransferSide => ({ address, coins });
const send = (inputs: TransferSide[], outputs: TransferSide[]): Send => ({ type: 'send', inputs, outputs });
const pay = (to: string, ...coins: CoinUnits[]): Send => send([side(ALICE, ...coins)], [side(to, ...coins)]);

const refusedSend = (
  message: Send,
  expected: readonly [number, string],
  sender = ALICE,
  state = smallState(),
): void => {
  const before = textOfState(state);
  assert.deepEqual(refusalOf(enterBy(transferEntry, state, message, contextOf(state, sender))), expected);
  assert.equal(textOfState(state), before);
};

test('a transfer moves the amount, takes its fee from the sender, and is reported', () => {
  const state = smallState();
  const handled = enterBy(transferEntry, state, pay(BOB, coin('BNB', 150_000_000n)), contextOf(state, ALICE, 'hi'));
  assert.deepEqual(handled, {
    result: { ok: true, code: 0, log: 'Msg 0: ' },
    fee: FEE,
    feeFor: 'proposer',
    touched: [BOB],
    transfer: { txHash: HASH, memo: 'hi', from: ALICE, to: [side(BOB, coin('BNB', 150_000_000n))] },
  });
  assert.equal(accountOf(state, ALICE).of('BNB').free, 100_000_000_000n - 150_000_000n - FEE);
  assert.equal(accountOf(state, BOB).of('BNB').free, 150_010_000n);
});

test('a receiver without an account gets one, with the next number', () => {
  const state = smallState();
  const { touched } = enterBy(transferEntry, state, pay(STRANGER, coin('ABC-123', 1n)), contextOf(state, ALICE));
  assert.deepEqual(touched, [STRANGER]);
  const { number, sequence, balances } = accountOf(state, STRANGER);
  assert.deepEqual([number, sequence, balances.get('ABC-123')?.free], [4, 0, 1n]);
});

test('a transfer to several receivers pays for each coin entry and opens each new account once', () => {
  const state = smallState();
  const message = send(
    [side(ALICE, coin('ABC-123', 3n), coin('BNB', 5n))],
    [
      side(STRANGER, coin('ABC-123', 1n)),
      side(BOB, coin('ABC-123', 2n), coin('BNB', 4n)),
      side(STRANGER, coin('BNB', 1n)),
    ],
  );
  const handled = enterBy(transferEntry, state, message, contextOf(state, ALICE));
  assert.equal(handled.fee, 4n * MULTI);
  assert.deepEqual(handled.touched, [STRANGER, BOB]);
  assert.equal(handled.transfer?.to.length, 3);
  assert.equal(state.accounts.size, 4);
  assert.deepEqual(
    ['ABC-123', 'BNB'].map((asset) => accountOf(state, STRANGER).of(asset).free),
    [1n, 1n],
  );
  assert.equal(accountOf(state, ALICE).of('BNB').free, 100_000_000_000n - 5n - 4n * MULTI);
});

test('a transfer to oneself costs its fee and moves nothing', () => {
  const state = smallState();
  const handled = enterBy(transferEntry, state, pay(ALICE, coin('BNB', 99_999_992_500n)), contextOf(state, ALICE));
  assert.equal(handled.result.ok, true);
  assert.deepEqual(handled.touched, []);
  assert.equal(accountOf(state, ALICE).of('BNB').free, 100_000_000_000n - FEE);
});

test('an address in capitals is the same account', () => {
  const state = smallState();
  const message = send([side(ALICE.toUpperCase(), coin('BNB', 1n))], [side(BOB.toUpperCase(), coin('BNB', 1n))]);
  assert.deepEqual(enterBy(transferEntry, state, message, contextOf(state, ALICE)).touched, [BOB]);
  assert.equal(state.accounts.size, 3);
});

test('who sends all his BNB must leave the fee', () => {
  const all = 100_000_000_000n;
  refusedSend(pay(BOB, coin('BNB', all)), [
    65_546,
    '50000000000ABC-123,99999992500BNB,900000000BUSD-BD1,1000000000FIX-00F,350000000XYZ-12AM < 100000000000BNB',
  ]);
  const state = smallState();
  const handled = enterBy(transferEntry, state, pay(BOB, coin('BNB', all - FEE)), contextOf(state, ALICE));
  assert.equal(handled.result.ok, true);
  assert.equal(accountOf(state, ALICE).of('BNB').free, 0n);
});

test('who cannot pay the fee is refused, whatever he sends', () => {
  refusedSend(
    send([side(CAROL, coin('BUSD-BD1', 1n))], [side(BOB, coin('BUSD-BD1', 1n))]),
    [65_541, 'insufficient fund. you got 5000000000BUSD-BD1, but 7500BNB fee needed.'],
    CAROL,
  );
});

test('there is an input and an output', () => {
  refusedSend(send([], [side(BOB, coin('BNB', 1n))]), [131_173, 'invalid input coins']);
  refusedSend(send([side(ALICE, coin('BNB', 1n))], []), [131_174, 'invalid output coins']);
});

test('an address that is none, or is of another network, is refused by its text', () => {
  const foreign = 'bnb10a6kkxlf823w9lwr6l9hzw4uyphcw7qzdfysrj';
  for (const address of ['bob', foreign, `${BOB} `]) refusedSend(pay(address, coin('BNB', 1n)), [65_543, address]);
  refusedSend(pay('', coin('BNB', 1n)), [65_543, 'invalid address']);
  refusedSend(send([side(foreign, coin('BNB', 1n))], [side(BOB, coin('BNB', 1n))]), [65_543, foreign]);
});

test('coins stand in byte order, each once, all above zero and within int64', () => {
  const bad: CoinUnits[][] = [
    [coin('BNB', 0n)],
    [coin('BNB', -1n)],
    [coin('BNB', MAX + 1n)],
    [coin('BNB', -(2n ** 64n) + 1n)],
    [coin('BNB', 1n), coin('BNB', 1n)],
    [coin('BNB', 1n), coin('ABC-123', 1n)],
    [coin('ABC-123', 1n), coin('BNB', 0n)],
    [coin('ABC-123', -1n), coin('BNB', 1n)],
  ];
  for (const coins of bad) {
    const text = coins.map(({ asset, amount }) => `${amount}${asset}`).join();
    refusedSend(pay(BOB, ...coins), [65_547, text]);
    refusedSend(send([side(ALICE, coin('BNB', 1n))], [side(BOB, ...coins)]), [65_547, text]);
  }
  refusedSend(pay(BOB), [65_547, 'invalid coins']);
});

test('what goes in comes out, asset by asset', () => {
  const inputs = [side(ALICE, coin('ABC-123', 1n), coin('BNB', 2n))];
  const wrong = [
    [side(BOB, coin('ABC-123', 1n), coin('BNB', 1n))],
    [side(BOB, coin('ABC-123', 1n))],
    [side(BOB, coin('ABC-123', 1n), coin('BUSD-BD1', 2n))],
    [side(BOB, coin('ABC-123', 2n), coin('BNB', 2n))],
    [side(BOB, coin('ABC-123', 1n), coin('BNB', 2n)), side(CAROL, coin('FIX-00F', 1n))],
  ];
  for (const outputs of wrong) refusedSend(send(inputs, outputs), [65_547, '1ABC-123,2BNB']);
});

test('assets whose names read like amounts are not taken for others', () => {
  refusedSend(send([side(ALICE, coin('BNB', 12n))], [side(BOB, coin('2BNB', 1n))]), [65_547, '12BNB']);
  const two = side(ALICE, coin('ABC-123', 1n), coin('BNB', 2n));
  refusedSend(send([two], [side(BOB, coin('ABC-123,2BNB', 1n))]), [65_547, '1ABC-123,2BNB']);
});

test('sums beyond int64 are refused, even where they would wrap round to the same', () => {
  const half = 2n ** 62n;
  const outputs = [half, half].map((amount) => side(BOB, coin('BNB', amount)));
  refusedSend(
    send(
      [half, half].map((amount) => side(ALICE, coin('BNB', amount))),
      outputs,
    ),
    [65_547, `${2n ** 63n}BNB`],
  );
  refusedSend(send([side(ALICE, coin('BNB', 1n))], outputs), [65_547, '1BNB']);
});

test('a balance that would pass int64 is refused', () => {
  const state = smallState();
  accountOf(state, BOB).balance('BNB').free = MAX;
  refusedSend(pay(BOB, coin('BNB', 1n)), [65_547, '1BNB'], ALICE, state);
  accountOf(state, ALICE).balance('BNB').free = MAX;
  assert.equal(
    enterBy(transferEntry, state, pay(ALICE, coin('BNB', MAX - FEE)), contextOf(state, ALICE)).result.ok,
    true,
  );
});

test('nobody spends what another one has', () => {
  const inputs = [side(ALICE, coin('ABC-123', 1n)), side(BOB, coin('ABC-123', 1n))];
  const outputs = [side(CAROL, coin('ABC-123', 2n))];
  refusedSend(send(inputs, outputs), [65_540, 'wrong number of signers']);
  refusedSend(send([side(BOB, coin('ABC-123', 2n))], outputs), [65_540, 'wrong number of signers']);
});

test('several inputs of one sender add up, and the second sees what the first has left', () => {
  const parts = (amount: bigint): Send =>
    send(
      [side(ALICE, coin('FIX-00F', 600_000_000n)), side(ALICE, coin('FIX-00F', amount))],
      [side(BOB, coin('FIX-00F', 600_000_000n + amount))],
    );
  const state = smallState();
  assert.equal(enterBy(transferEntry, state, parts(400_000_000n), contextOf(state, ALICE)).fee, 2n * MULTI);
  assert.equal(accountOf(state, ALICE).of('FIX-00F').free, 0n);
  refusedSend(parts(400_000_001n), [
    65_546,
    '50000000000ABC-123,99999988000BNB,900000000BUSD-BD1,400000000FIX-00F,350000000XYZ-12AM < 400000001FIX-00F',
  ]);
});

test('locked and frozen amounts cannot be sent', () => {
  const state = smallState();
  const balance = accountOf(state, ALICE).balance('FIX-00F');
  Object.assign(balance, { free: 1n, locked: 5n, frozen: 5n });
  refusedSend(
    pay(BOB, coin('FIX-00F', 2n)),
    [65_546, '50000000000ABC-123,99999992500BNB,900000000BUSD-BD1,1FIX-00F,350000000XYZ-12AM < 2FIX-00F'],
    ALICE,
    state,
  );
});

test('an asset that nobody knows is one of which the sender has nothing', () => {
  const { result } = enterBy(transferEntry, smallState(), pay(BOB, coin('NOPE', 1n)), contextOf(smallState(), ALICE));
  assert.equal(result.ok || result.code, 65_546);
});

test('less than one whole mini token moves only if it is all there is', () => {
  const text = 'transfer amount is too small, the min amount is 100000000 or total account balance';
  refusedSend(pay(BOB, coin('XYZ-12AM', 99_999_999n)), [65_547, text]);
  refusedSend(pay(BOB, coin('WEE-12BM', 1n)), [65_546, 'not enough token to send']);
  const state = smallState();
  assert.equal(
    enterBy(transferEntry, state, pay(BOB, coin('XYZ-12AM', 100_000_000n)), contextOf(state, ALICE)).result.ok,
    true,
  );
  accountOf(state, BOB).balance('BNB').free = 1_000_000n;
  const rest = send([side(BOB, coin('WEE-12BM', 25_000_000n))], [side(ALICE, coin('WEE-12BM', 25_000_000n))]);
  assert.equal(enterBy(transferEntry, state, rest, contextOf(state, BOB)).result.ok, true);
  assert.equal(accountOf(state, BOB).of('WEE-12BM').free, 0n);
});

test('parts of a mini token may reach receivers, if the sender gives a whole one', () => {
  const state = smallState();
  const message = send(
    [side(ALICE, coin('XYZ-12AM', 100_000_000n))],
    [side(BOB, coin('XYZ-12AM', 1n)), side(CAROL, coin('XYZ-12AM', 99_999_999n))],
  );
  assert.equal(enterBy(transferEntry, state, message, contextOf(state, ALICE)).result.ok, true);
});

test('a transfer may be free of charge', () => {
  const state = smallState();
  state.fees = { ...state.fees, send: 0n };
  const message = send([side(CAROL, coin('BUSD-BD1', 1n))], [side(BOB, coin('BUSD-BD1', 1n))]);
  const handled = enterBy(transferEntry, state, message, contextOf(state, CAROL));
  assert.equal(handled.result.ok, true);
  assert.equal('fee' in handled, false);
});

test('whatever is sent, nothing comes to be nor gets lost but fees, and a refusal changes nothing', () => {
  const amount = fc.oneof(
    { weight: 6, arbitrary: fc.bigInt({ min: 1n, max: 200_000_000n }) },
    fc.constantFrom(0n, -1n, 1n, MAX, MAX + 1n, 2n ** 64n, -(2n ** 63n), 50_000_000_000n, 99_999_992_500n),
  );
  const asset = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom('ABC-123', 'BNB', 'BUSD-BD1', 'FIX-00F', 'XYZ-12AM') },
    fc.constant('NOPE'),
  );
  const who = fc.constantFrom(ALICE, BOB, CAROL, STRANGER);
  const coins = fc.array(fc.record({ asset, amount }), { minLength: 1, maxLength: 3 });
  const sorted = coins.map((coins) =>
    [...new Map(coins.map((coin) => [coin.asset, coin])).values()].sort((a, b) => (a.asset < b.asset ? -1 : 1)),
  );
  const message = fc.oneof(
    fc
      .record({ from: who, to: who, coins: fc.oneof({ weight: 4, arbitrary: sorted }, coins) })
      .map(({ from, to, coins }) => send([side(from, ...coins)], [side(to, ...coins)])),
    fc
      .tuple(
        fc.array(fc.record({ address: who, coins }), { maxLength: 2 }),
        fc.array(fc.record({ address: who, coins }), { maxLength: 2 }),
      )
      .map(([inputs, outputs]) => send(inputs, outputs)),
  );
  let accepted = 0;
  fc.assert(
    fc.property(fc.array(message, { maxLength: 12 }), (messages) => {
      const state = smallState();
      const expected = heldIn(state);
      for (const message of messages) {
        const sender = state.accounts.get(message.inputs[0]?.address ?? ALICE);
        if (sender === undefined) continue;
        const before = textOfState(state);
        const { result, fee = 0n } = enterBy(transferEntry, state, message, contextOf(state, sender.address));
        if (!result.ok) assert.equal(textOfState(state), before);
        else accepted += 1;
        expected.set('BNB', (expected.get('BNB') ?? 0n) - fee);
        assert.deepEqual([...heldIn(state)].sort(), [...expected].sort());
        for (const { balances } of state.accounts) for (const { free } of balances.values()) assert.ok(free >= 0n);
      }
    }),
    { numRuns: 150 },
  );
  assert.ok(accepted > 20, `${accepted} were accepted`);
});
