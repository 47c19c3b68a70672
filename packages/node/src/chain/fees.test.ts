import assert from 'node:assert/strict';
import { test } from 'vitest';
import { addressOf, pricePair, setBalances, stateOf } from '../../../../tests/cases/caseState.ts';
import { BlockFees, Fees } from './fees.ts';
import { Ledger } from './ledger.ts';
import { Fills } from './runningBlock.ts';

const TOK = 'TOK-1AB';
const MAX = 9_223_372_036_854_775_807n;

const newAccount = (free: Readonly<Record<string, string>>, busdSymbol?: string) => {
  const state = stateOf({ busdSymbol });
  pricePair(state, `${TOK}_BNB`, '5000000');
  const account = state.accounts.open(addressOf(1));
  setBalances(account, free);
  return { state, account, fees: new Fees(state), ledger: new Ledger(account, 1, 0) };
};

/** The fee that was charged last, as text. */
const charged = (fees: Fees, amount: bigint): string => `${fees.asset}:${amount}`;

test('the examples of the matching rules: fills', () => {
  const rich = newAccount({ BNB: '100000000', [TOK]: '33300000000' });
  assert.equal(
    charged(rich.fees, rich.fees.chargeFill(rich.ledger, TOK, 33_300_000_000n, 'BNB', 1_665_333_000n)),
    'BNB:666133',
  );
  const poor = newAccount({ BNB: '100000', [TOK]: '33300000000' });
  assert.equal(
    charged(poor.fees, poor.fees.chargeFill(poor.ledger, TOK, 33_300_000_000n, 'BNB', 1_665_333_000n)),
    `${TOK}:33300000`,
  );
  assert.equal(poor.account.of(TOK).free, 33_266_700_000n);
  assert.equal(charged(poor.fees, poor.fees.chargeFill(poor.ledger, 'BNB', 2_000n, TOK, 40_000n)), 'BNB:0');
  assert.equal(charged(poor.fees, poor.fees.chargeFill(poor.ledger, TOK, 40_000n, 'BNB', 2_000n)), `${TOK}:40`);
  assert.equal(poor.ledger.text, `BNB:0;${TOK}:33300040`);
});

test('a run of fills costs what its fills cost one by one, whatever the account has and however large they are', () => {
  const sizes = [0n, 1n, 2_499n, 2_500n, 1_665_333_000n, MAX / 1_000_000n, MAX / 1_000_000n + 1n, MAX / 1_000n];
  for (const symbol of [`${TOK}_BNB`, `BNB_${TOK}`, `${TOK}_XYZ-000`]) {
    for (const isBuy of [true, false]) {
      for (const free of ['0', '666133', '700000', '100000000', String(MAX / 2n)]) {
        const funds = { BNB: free, [TOK]: String(MAX / 2n), 'XYZ-000': String(MAX / 2n) };
        const [whole, single] = [newAccount(funds), newAccount(funds)];
        const pair = pricePair(whole.state, symbol, '5000000');
        pricePair(single.state, symbol, '5000000');
        const fills = new Fills();
        fills.columns.reserve(sizes.length);
        sizes.forEach((quantity, place) => {
          fills.trades.quantity[place] = quantity;
          fills.columns.values[place] = sizes[(place + 1) % sizes.length]!;
          fills.add(place, pair, isBuy ? single.ledger : whole.ledger, isBuy ? whole.ledger : single.ledger);
        });
        whole.fees.chargeRun(whole.ledger, whole.ledger.runs![0]!, fills);
        const [received, paid] = isBuy ? [pair.base, pair.quote] : [pair.quote, pair.base];
        sizes.forEach((quantity, place) => {
          const value = fills.columns.values[place]!;
          const [amountIn, amountOut] = isBuy ? [quantity, value] : [value, quantity];
          const fee = single.fees.chargeFill(single.ledger, received, amountIn, paid, amountOut);
          const fill = 2 * place + (isBuy ? 1 : 0);
          assert.equal(fills.columns.fees[fill], fee);
          assert.equal(fills.columns.inNative[fill] === 1, single.fees.asset === 'BNB');
        });
        assert.equal(whole.ledger.text, single.ledger.text);
        for (const asset of ['BNB', TOK]) assert.equal(whole.account.of(asset).free, single.account.of(asset).free);
      }
    }
  }
});

test('the examples of the matching rules: a cancelled sell that pays in what it unlocked', () => {
  const { account, fees, ledger } = newAccount({ BNB: '9000', [TOK]: '100000000' });
  assert.equal(charged(fees, fees.chargeFixed(ledger, 'cancel', TOK)), `${TOK}:1000000`);
  assert.deepEqual([account.of('BNB').free, account.of(TOK).free], [9_000n, 99_000_000n]);
});

test('an account that locked BNB pays at most what it has, be it nothing', () => {
  const { fees, ledger } = newAccount({ BNB: '9000' });
  assert.equal(charged(fees, fees.chargeFixed(ledger, 'expire', 'BNB')), 'BNB:9000');
  assert.equal(charged(fees, fees.chargeFixed(ledger, 'iocExpire', 'BNB')), 'BNB:0');
  assert.equal(ledger.text, 'BNB:9000');
});

test('through BUSD: a fill is valued by its BUSD leg, a fixed fee is converted twice', () => {
  const { state, account, fees, ledger } = newAccount({ BNB: '100000000', 'XYZ-000': '100000000' }, 'BUSD-BD1');
  pricePair(state, 'BNB_BUSD-BD1', '1000000000');
  pricePair(state, 'XYZ-000_BUSD-BD1', '200000000');
  // 5 BUSD paid are worth half a BNB.
  assert.equal(charged(fees, fees.chargeFill(ledger, 'XYZ-000', 250_000_000n, 'BUSD-BD1', 500_000_000n)), 'BNB:20000');
  account.native.free = 0n;
  // 0.0005 BNB, 0.005 BUSD, 0.0025 XYZ.
  assert.equal(charged(fees, fees.chargeFixed(ledger, 'cancel', 'XYZ-000')), 'XYZ-000:250000');
});

test('a fee that does not fit int64 is paid in what was received, and a conversion stops at int64', () => {
  const { state, account, fees, ledger } = newAccount({ BNB: '100', 'BIG-000': String(MAX) });
  pricePair(state, 'BIG-000_BNB', String(MAX));
  assert.equal(charged(fees, fees.chargeFill(ledger, 'BIG-000', MAX, 'XYZ-000', 1n)), `BIG-000:${MAX / 1_000n}`);
  pricePair(state, 'BNB_HIGH-000', String(MAX));
  account.balance('HIGH-000').free = MAX;
  state.fees = { ...state.fees, cancelFee: 1_000_000_000n };
  assert.equal(charged(fees, fees.chargeFixed(ledger, 'cancel', 'HIGH-000')), `HIGH-000:${MAX}`);
});

test('a block fee for all is shared evenly, the rest goes to the proposer', () => {
  const { accounts } = stateOf();
  const [one, two, three] = [1, 2, 3].map((number) => accounts.open(addressOf(number)));
  const fees = new BlockFees();
  fees.add('BNB', 11n);
  fees.add('AAA-000', 2n);
  fees.makeForAll();
  assert.equal(fees.text, 'AAA-000:2;BNB:11');
  assert.deepEqual(fees.distribute(two!, [one!, two!, three!]), [two, one, three]);
  assert.deepEqual(
    [one, two, three].map((account) => [account?.of('BNB').free, account?.of('AAA-000').free]),
    [
      [3n, 0n],
      [5n, 2n],
      [3n, 0n],
    ],
  );
});

test('a block fee of which no share is left goes to the proposer alone, and no fee to nobody', () => {
  const { accounts } = stateOf();
  const [one, two] = [1, 2].map((number) => accounts.open(addressOf(number)));
  const fees = new BlockFees();
  assert.deepEqual(fees.distribute(one!, [one!, two!]), []);
  fees.add('BNB', 1n);
  fees.makeForAll();
  assert.deepEqual(fees.distribute(one!, [one!, two!]), [one]);
  assert.equal(one?.of('BNB').free, 1n);
});
