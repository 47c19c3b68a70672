import assert from 'node:assert/strict';
import type { ChangeTokens, IssueMiniToken, IssueToken } from '@dexwire/protocol/transactions';
import fc from 'fast-check';
import { test } from 'vitest';
import {
  ALICE,
  accountOf,
  BOB,
  CAROL,
  contextOf,
  enterBy,
  heldIn,
  refusalOf,
  smallState,
  textOfState,
} from '../../../../tests/support/smallState.ts';
import type { State } from '../chain/state.ts';
import { tokenEntry } from './tokenEntry.ts';

const MAX = 2n ** 63n - 1n;
const CAP = 9_000_000_000_000_000_000n;
const HOSTILE = [0n, -1n, -(2n ** 63n), -(2n ** 64n) + 1n];

type TokenMessage = IssueToken | IssueMiniToken | ChangeTokens;
type Change = ChangeTokens['type'];

const ISSUE: IssueToken = {
  type: 'issue',
  from: ALICE,
  name: 'My Token',
  symbol: 'New',
  totalSupply: 100_000_000_000n,
  mintable: true,
};
const MINI: IssueMiniToken = { ...ISSUE, type: 'issueMini', tokenUri: 'http://x' };
const TINY: IssueMiniToken = { ...MINI, type: 'issueTiny' };

const change = (type: Change, symbol: string, amount: bigint, from = ALICE): ChangeTokens => ({
  type,
  from,
  symbol,
  amount,
});

const enter = (state: State, message: TokenMessage, hash?: string) => {
  const context = contextOf(state, message.from);
  return enterBy(tokenEntry, state, message, hash === undefined ? context : { ...context, txHash: hash });
};

const accept = (state: State, message: TokenMessage): void => assert.equal(refusalOf(enter(state, message)), undefined);

const refuse = (
  message: TokenMessage,
  expected: readonly [number, string],
  state = smallState(),
  hash?: string,
): void => {
  const before = textOfState(state);
  assert.deepEqual(refusalOf(enter(state, message, hash)), expected);
  assert.equal(textOfState(state), before);
};

/** Free and frozen amount, and supply of the token. */
const holding = (state: State, symbol: string, who = ALICE): (bigint | undefined)[] => {
  const { free, frozen } = accountOf(state, who).of(symbol);
  return [free, frozen, state.tokens.get(symbol)?.totalSupply];
};

test('an issued token is named after its transaction, belongs to its issuer, and all of it is his', () => {
  const state = smallState();
  assert.deepEqual(enter(state, ISSUE), {
    result: {
      ok: true,
      code: 0,
      log: 'Msg 0: Issued NEW-E61',
      data: `{"name":"My Token","symbol":"NEW-E61","original_symbol":"NEW","total_supply":"1000.00000000","owner":"${ALICE}","mintable":true}`,
    },
    fee: 1_000_000_000n,
    feeFor: 'all',
  });
  assert.deepEqual(state.tokens.get('NEW-E61'), {
    name: 'My Token',
    symbol: 'NEW-E61',
    originalSymbol: 'NEW',
    totalSupply: 100_000_000_000n,
    owner: ALICE,
    mintable: true,
    kind: 'bep2',
    tokenUri: '',
  });
  assert.deepEqual(holding(state, 'NEW-E61'), [100_000_000_000n, 0n, 100_000_000_000n]);
  assert.equal(accountOf(state, ALICE).of('BNB').free, 99_000_000_000n);
});

test('mini and tiny tokens end in M, and tell their type and where they are described', () => {
  for (const [message, kind, type] of [
    [MINI, 'mini', 2],
    [TINY, 'tiny', 1],
  ] as const) {
    const state = smallState();
    const { result } = enter(state, message);
    assert.ok(result.ok);
    assert.equal(result.log, 'Msg 0: Issued NEW-E61M');
    assert.ok(result.data?.endsWith(`"mintable":true,"token_type":${type},"token_uri":"http://x"}`), result.data);
    assert.equal(state.tokens.get('NEW-E61M')?.kind, kind);
  }
});

test('a pegged token keeps its .B, and a symbol that differs in its hash alone is another token', () => {
  const state = smallState();
  accept(state, { ...ISSUE, symbol: 'btc.B' });
  assert.equal(state.tokens.get('BTC.B-E61')?.originalSymbol, 'BTC.B');
  accept(state, { ...ISSUE, symbol: 'ABC' });
  assert.ok(state.tokens.has('ABC-E61') && state.tokens.has('ABC-123'));
});

test('a symbol that is taken is refused by the name that was asked for', () => {
  const hash = `123${'0'.repeat(61)}`;
  refuse({ ...ISSUE, symbol: 'aBC' }, [65_547, 'symbol(aBC) already exists'], smallState(), hash);
  refuse({ ...MINI, symbol: 'xyz' }, [65_547, 'symbol(xyz) already exists'], smallState(), `12A${'0'.repeat(61)}`);
});

test('BNB cannot be issued again', () => {
  const text = 'unable to create token struct: native token symbol should not be suffixed with tx hash';
  for (const symbol of ['BNB', 'bnb', 'BNB.B']) refuse({ ...ISSUE, symbol }, [65_537, text]);
  refuse({ ...MINI, symbol: 'BNB' }, [65_547, 'symbol cannot be the same as native token']);
});

test('symbols, names and descriptions of a wrong form are refused', () => {
  const name = 'token name should have 1 ~ 32 characters';
  refuse({ ...ISSUE, symbol: '' }, [65_547, 'token symbol cannot be empty']);
  refuse({ ...ISSUE, symbol: 'A' }, [65_547, 'length of token symbol is limited to 2~8']);
  refuse({ ...ISSUE, symbol: 'ABCDEFGHI' }, [65_547, 'length of token symbol is limited to 2~8']);
  refuse({ ...ISSUE, symbol: 'A B' }, [65_547, 'token symbol should be alphanumeric']);
  refuse({ ...MINI, symbol: 'AB.B' }, [65_547, 'token symbol should be alphanumeric']);
  refuse({ ...ISSUE, name: '' }, [65_547, name]);
  refuse({ ...ISSUE, name: 'x'.repeat(33) }, [65_547, name]);
  refuse({ ...ISSUE, name: '\u00e9'.repeat(17) }, [65_547, name]);
  refuse({ ...TINY, tokenUri: 'x'.repeat(2049) }, [65_547, 'token seturi should not exceed 2048 characters']);
  accept(smallState(), { ...MINI, name: 'x'.repeat(32), tokenUri: 'x'.repeat(2048) });
});

test('a supply is above zero and within the range of its kind of token', () => {
  const full = 'total supply should be less than or equal to 9000000000000000000';
  const mini = 'total supply should be between 100000000 and 100000000000000';
  const tiny = 'total supply should be between 100000000 and 1000000000000';
  for (const totalSupply of [...HOSTILE, CAP + 1n, MAX, 2n ** 64n + 1n]) {
    refuse({ ...ISSUE, totalSupply }, [65_547, full]);
    refuse({ ...MINI, totalSupply }, [65_547, mini]);
    refuse({ ...TINY, totalSupply }, [65_547, tiny]);
  }
  refuse({ ...MINI, totalSupply: 99_999_999n }, [65_547, mini]);
  refuse({ ...MINI, totalSupply: 100_000_000_000_001n }, [65_547, mini]);
  refuse({ ...TINY, totalSupply: 1_000_000_000_001n }, [65_547, tiny]);
  for (const totalSupply of [1n, CAP]) accept(smallState(), { ...ISSUE, totalSupply });
  for (const totalSupply of [100_000_000n, 100_000_000_000_000n]) accept(smallState(), { ...MINI, totalSupply });
  for (const totalSupply of [100_000_000n, 1_000_000_000_000n]) accept(smallState(), { ...TINY, totalSupply });
});

test('who cannot pay the fee is refused, whatever he asks', () => {
  const poor = (message: TokenMessage, fee: bigint): void =>
    refuse({ ...message, from: BOB }, [
      65_541,
      `insufficient fund. you got 700000000ABC-123,10000BNB,25000000WEE-12BM, but ${fee}BNB fee needed.`,
    ]);
  poor(ISSUE, 1_000_000_000n);
  poor(MINI, 60_000_000n);
  poor(TINY, 40_000_000n);
  poor(change('mint', 'WEE-12BM', 100_000_000n), 200_000n);
  poor(change('burn', 'ABC-123', 1n), 200_000n);
  poor(change('freeze', 'ABC-123', 1n), 100_000n);
  poor(change('unfreeze', 'ABC-123', 1n), 100_000n);
});

test('a mint raises supply and what the owner has, and answers the new supply', () => {
  const state = smallState();
  assert.deepEqual(enter(state, change('mint', 'abc-123', 5n)), {
    result: { ok: true, code: 0, log: 'Msg 0: ', data: '50700000005' },
    fee: 200_000n,
    feeFor: 'all',
  });
  assert.deepEqual(holding(state, 'ABC-123'), [50_000_000_005n, 0n, 50_700_000_005n]);
});

test('only a token that exists and may be minted is, by its owner', () => {
  refuse(change('mint', 'BNB', 1n), [65_547, 'cannot mint native token']);
  refuse(change('mint', 'Abd-123', 1n), [65_547, 'symbol(Abd-123) does not exist']);
  refuse(change('mint', 'BNB.B', 1n), [65_547, 'symbol(BNB.B) does not exist']);
  refuse(change('mint', 'fix-00F', 1n), [65_547, 'token(fix-00F) cannot be minted']);
  const state = smallState();
  accountOf(state, CAROL).balance('BNB').free = 1_000_000n;
  refuse(change('mint', 'ABC-123', 1n, CAROL), [65_540, 'only the owner can mint token ABC-123'], state);
});

test('a mint is above zero and stays below the cap of its kind of token', () => {
  const range = 'total supply should be less than or equal to 9000000000000000000';
  for (const amount of [...HOSTILE, CAP + 1n, MAX + 1n]) refuse(change('mint', 'ABC-123', amount), [65_547, range]);
  const left = CAP - 50_700_000_000n;
  const large = 'mint amount is too large, the max total supply is';
  refuse(change('mint', 'ABC-123', left + 1n), [65_547, `${large} 9000000000000000000s`]);
  accept(smallState(), change('mint', 'ABC-123', left));
  for (const amount of [...HOSTILE, 99_999_999n])
    refuse(change('mint', 'XYZ-12AM', amount), [65_547, 'mint amount should be no less than 100000000']);
  const miniLeft = 100_000_000_000_000n - 350_000_000n;
  refuse(change('mint', 'XYZ-12AM', miniLeft + 1n), [65_547, `${large} 100000000000000`]);
  refuse(change('mint', 'XYZ-12AM', MAX), [65_547, `${large} 100000000000000`]);
  accept(smallState(), change('mint', 'XYZ-12AM', miniLeft));
  const state = smallState();
  accountOf(state, BOB).balance('BNB').free = 1_000_000n;
  refuse(change('mint', 'WEE-12BM', 1_000_000_000_000n, BOB), [65_547, `${large} 1000000000000`], state);
});

test('a burn lowers supply and what its sender has, whoever he is', () => {
  const state = smallState();
  accountOf(state, BOB).balance('BNB').free = 200_000n;
  assert.deepEqual(enter(state, change('burn', 'ABC-123', 300_000_000n, BOB)), {
    result: { ok: true, code: 0, log: 'Msg 0: ' },
    fee: 200_000n,
    feeFor: 'proposer',
  });
  assert.deepEqual(holding(state, 'ABC-123', BOB), [400_000_000n, 0n, 50_400_000_000n]);
});

test('a freeze and an unfreeze move an amount there and back', () => {
  const state = smallState();
  assert.deepEqual(enter(state, change('freeze', 'fix-00F', 400_000_000n)), {
    result: { ok: true, code: 0, log: 'Msg 0: ' },
    fee: 100_000n,
    feeFor: 'proposer',
  });
  assert.deepEqual(holding(state, 'FIX-00F'), [600_000_000n, 400_000_000n, 1_000_000_000n]);
  accept(state, change('unfreeze', 'FIX-00F', 300_000_000n));
  assert.deepEqual(holding(state, 'FIX-00F'), [900_000_000n, 100_000_000n, 1_000_000_000n]);
});

test('BNB may be frozen and burned, but not what the fee takes', () => {
  const all = 100_000_000_000n;
  const state = smallState();
  accept(state, change('freeze', 'BNB', all - 100_000n));
  assert.deepEqual(holding(state, 'BNB').slice(0, 2), [0n, all - 100_000n]);
  refuse(change('freeze', 'BNB', all - 99_999n), [65_546, 'do not have enough token to freeze']);
  refuse(change('burn', 'BNB', all - 199_999n), [65_546, 'do not have enough token to burn']);
  accept(smallState(), change('burn', 'BNB', all - 200_000n));
});

test('what is not there cannot be burned, frozen or unfrozen', () => {
  refuse(change('burn', 'abd-123', 1n), [65_547, 'token(ABD-123) not found']);
  refuse(change('burn', 'ABC-123', 50_000_000_001n), [65_546, 'do not have enough token to burn']);
  refuse(change('freeze', 'ABC-123', 50_000_000_001n), [65_546, 'do not have enough token to freeze']);
  refuse(change('freeze', 'ABD-123', 1n), [65_546, 'do not have enough token to freeze']);
  refuse(change('unfreeze', 'ABC-123', 1n), [65_546, 'do not have enough token to unfreeze']);
  for (const type of ['burn', 'freeze', 'unfreeze'] as const) {
    const { result } = enter(smallState(), change(type, 'ABC-123', 2n ** 64n + 1n));
    assert.equal(result.ok || result.code, 65_546);
  }
  const state = smallState();
  accountOf(state, ALICE).balance('FIX-00F').locked = accountOf(state, ALICE).of('FIX-00F').free;
  accountOf(state, ALICE).balance('FIX-00F').free = 0n;
  refuse(change('burn', 'FIX-00F', 1n), [65_546, 'do not have enough token to burn'], state);
  refuse(change('freeze', 'FIX-00F', 1n), [65_546, 'do not have enough token to freeze'], state);
});

test('a supply that is less than a balance bounds a burn', () => {
  const state = smallState();
  accountOf(state, ALICE).balance('FIX-00F').free = 2_000_000_000n;
  refuse(change('burn', 'FIX-00F', 1_000_000_001n), [65_546, 'do not have enough token to burn'], state);
});

test('amounts of zero or less are refused, and symbols of a wrong form before them', () => {
  for (const type of ['burn', 'freeze', 'unfreeze'] as const) {
    for (const amount of HOSTILE) {
      refuse(change(type, 'ABC-123', amount), [65_541, 'amount should be more than 0']);
      refuse(change(type, 'XYZ-12AM', amount), [65_541, 'amount should be more than 0']);
    }
  }
  for (const type of ['mint', 'burn', 'freeze', 'unfreeze'] as const) {
    refuse(change(type, 'ABC', 0n), [65_547, "suffixed token symbol must contain a hyphen ('-')"]);
    refuse(change(type, 'ABC-1', 0n), [65_547, 'token symbol tx hash suffix must be 3 chars in length, got 1']);
    refuse(change(type, 'ABC-abc', 0n), [65_547, 'token symbol tx hash suffix must be hex with a length of 3']);
  }
});

test('less than one whole mini token is burned, frozen and unfrozen only if it is all there is', () => {
  const small = (word: string, whole: string): [number, string] => [
    65_547,
    `${word} amount is too small, the min amount is 100000000 or total ${whole}`,
  ];
  refuse(change('burn', 'XYZ-12AM', 99_999_999n), small('burn', 'free balance'));
  refuse(change('freeze', 'XYZ-12AM', 99_999_999n), small('freeze', 'account balance'));
  const state = smallState();
  accept(state, change('freeze', 'XYZ-12AM', 300_000_000n));
  refuse(change('unfreeze', 'XYZ-12AM', 99_999_999n), small('unfreeze', 'frozen balance'), state);
  accept(state, change('freeze', 'XYZ-12AM', 50_000_000n));
  accept(state, change('unfreeze', 'XYZ-12AM', 300_000_000n));
  accept(state, change('unfreeze', 'XYZ-12AM', 50_000_000n));
  accept(state, change('burn', 'XYZ-12AM', 300_000_000n));
  accept(state, change('burn', 'XYZ-12AM', 50_000_000n));
  assert.deepEqual(holding(state, 'XYZ-12AM'), [0n, 0n, 0n]);
});

test('whatever is asked, supplies are what accounts hold and the fees, and a refusal changes nothing', () => {
  const amount = fc.oneof(
    { weight: 6, arbitrary: fc.bigInt({ min: 1n, max: 300_000_000n }) },
    fc.constantFrom(...HOSTILE, MAX, MAX + 1n, CAP, 350_000_000n, 2n ** 64n),
  );
  const symbol = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom('ABC-123', 'abc-123', 'BNB', 'FIX-00F', 'XYZ-12AM', 'NEW-E61', 'NEW-E61M'),
    },
    fc.constantFrom('WEE-12BM', 'NOPE', ''),
  );
  const from = fc.oneof({ weight: 4, arbitrary: fc.constant(ALICE) }, fc.constantFrom(BOB, CAROL));
  const message: fc.Arbitrary<TokenMessage> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(fc.constantFrom<Change>('mint', 'burn', 'freeze', 'unfreeze'), symbol, amount, from)
        .map(([type, symbol, amount, from]) => change(type, symbol, amount, from)),
    },
    fc
      .tuple(fc.constantFrom(ISSUE, MINI, TINY), amount, from)
      .map(([issue, totalSupply, from]) => ({ ...issue, totalSupply, from })),
  );
  let accepted = 0;
  fc.assert(
    fc.property(fc.array(message, { maxLength: 15 }), (messages) => {
      const state = smallState();
      let fees = 0n;
      for (const message of messages) {
        const before = textOfState(state);
        const { result, fee = 0n } = enter(state, message);
        if (!result.ok) assert.equal(textOfState(state), before);
        else accepted += 1;
        fees += fee;
        const held = heldIn(state);
        for (const { symbol, totalSupply } of state.tokens.values())
          assert.equal((held.get(symbol) ?? 0n) + (symbol === 'BNB' ? fees : 0n), totalSupply);
        for (const { balances } of state.accounts) {
          for (const { free, frozen } of balances.values())
            assert.ok(free >= 0n && frozen >= 0n && free + frozen <= MAX);
        }
      }
    }),
    { numRuns: 150 },
  );
  assert.ok(accepted > 20, `${accepted} were accepted`);
});
