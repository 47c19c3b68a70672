import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { heldIn } from '../../../../tests/support/smallState.ts';
import { GenesisError } from '../errors.ts';
import { devKey } from './devKeys.ts';
import { parseGenesis, stateOfGenesis, timeOfGenesis } from './genesis.ts';

const ALICE = devKey('alice').address;
const BOB = devKey('bob').address;

const SMALL = {
  chainId: 'Binance-Chain-Nile',
  prefix: 'tbnb',
  proposer: 'alice',
  tokens: [
    { symbol: 'BNB', name: 'BNB', owner: 'alice' },
    { symbol: 'BUSD-BD1', name: 'BUSD', owner: BOB, mintable: true },
    { symbol: 'BTC.B-918', name: 'Pegged', owner: BOB },
    { symbol: 'XYZ-12AM', name: 'Xyz', owner: BOB, tokenUri: 'http://x' },
    { symbol: 'WEE-12BM', name: 'Wee', owner: BOB, kind: 'tiny' },
  ],
  accounts: [
    { name: 'alice', balances: { BNB: '100', 'XYZ-12AM': '2' } },
    { address: BOB, balances: { 'BUSD-BD1': '0.00000001', BNB: '0.5', 'BTC.B-918': '0' } },
  ],
  pairs: [
    { base: 'BNB', quote: 'BUSD-BD1', listPrice: '300' },
    { base: 'XYZ-12AM', quote: 'BNB', listPrice: '0.05' },
  ],
};

const FULL = {
  ...SMALL,
  initialHeight: 1_000,
  time: '2021-03-21T12:30:00.123456789Z',
  busd: 'BUSD-BD1',
  fees: { feeRate: 2_000, send: '0.000625' },
  upgrades: { priceBandExpiry: false },
  validators: [ALICE, devKey('carol').address],
};

const refused = (json: unknown, path: string, text: RegExp): void => {
  assert.throws(() => parseGenesis(json), { name: 'GenesisError', code: 'GENESIS_INVALID', path, message: text });
};

const account = (change: object): unknown => ({ ...SMALL, accounts: [{ ...SMALL.accounts[0], ...change }] });
const token = (change: object): unknown => ({
  ...SMALL,
  tokens: [{ ...SMALL.tokens[0], ...change }, ...SMALL.tokens.slice(1)],
});
const pair = (change: object): unknown => ({ ...SMALL, pairs: [{ ...SMALL.pairs[0], ...change }] });

test('what is left out is filled in', () => {
  const genesis = parseGenesis(SMALL);
  assert.equal(genesis.initialHeight, 1);
  assert.equal(genesis.time, '2021-03-21T00:00:00Z');
  assert.equal(genesis.proposer, ALICE);
  assert.deepEqual(genesis.validators, [ALICE]);
  assert.deepEqual(genesis.upgrades, { lotSizeOptimization: true, priceBandExpiry: true });
  assert.equal('busd' in genesis, false);
  assert.deepEqual(genesis.accounts[0], {
    name: 'alice',
    address: ALICE,
    balances: { BNB: '100.00000000', 'XYZ-12AM': '2.00000000' },
  });
  assert.deepEqual(genesis.tokens[0], {
    symbol: 'BNB',
    name: 'BNB',
    owner: ALICE,
    totalSupply: '100.50000000',
    mintable: false,
    kind: 'bep2',
    tokenUri: '',
  });
  assert.deepEqual(
    genesis.tokens.map(({ kind }) => kind),
    ['bep2', 'bep2', 'bep2', 'mini', 'tiny'],
  );
  assert.equal(genesis.fees.send, '0.00007500');
});

test('what is given is kept, and a genesis survives its JSON', () => {
  const genesis = parseGenesis(FULL);
  assert.equal(genesis.initialHeight, 1_000);
  assert.equal(genesis.busd, 'BUSD-BD1');
  assert.deepEqual([genesis.fees.feeRate, genesis.fees.feeRateNative, genesis.fees.send], [2_000, 400, '0.00062500']);
  assert.deepEqual(genesis.upgrades, { lotSizeOptimization: true, priceBandExpiry: false });
  assert.deepEqual(parseGenesis(JSON.parse(JSON.stringify(genesis))), genesis);
  assert.equal(timeOfGenesis(genesis), 1_616_329_800_123_456_789n);
});

test('the state has the accounts in their order, what they hold, and the supplies that this comes to', () => {
  const state = stateOfGenesis(parseGenesis(FULL));
  assert.deepEqual(
    [...state.accounts].map(({ address, number, sequence }) => [address, number, sequence]),
    [
      [ALICE, 1, 0],
      [BOB, 2, 0],
      [devKey('carol').address, 3, 0],
    ],
  );
  assert.equal(state.accounts.get(ALICE)?.of('BNB').free, 10_000_000_000n);
  const held = heldIn(state);
  for (const { symbol, totalSupply } of state.tokens.values()) assert.equal(totalSupply, held.get(symbol) ?? 0n);
  assert.deepEqual(state.tokens.get('BTC.B-918'), {
    name: 'Pegged',
    symbol: 'BTC.B-918',
    originalSymbol: 'BTC.B',
    totalSupply: 0n,
    owner: BOB,
    mintable: false,
    kind: 'bep2',
    tokenUri: '',
  });
  assert.deepEqual([state.height, state.busd, state.proposer], [1_000, 'BUSD-BD1', ALICE]);
  assert.equal(state.fees.send, 62_500n);
  assert.equal(state.fees.feeRateNative, 400n);
  assert.equal(state.fees.iocExpireFee, 25_000n);
});

test('pairs have tick and lot by their price, and mini pairs are known as such', () => {
  const { pairs } = stateOfGenesis(parseGenesis(FULL));
  assert.deepEqual(
    [...pairs.values()].map(({ symbol, listPrice, reference, tickSize, lotSize, isMini }) => [
      symbol,
      listPrice,
      reference,
      tickSize,
      lotSize,
      isMini,
    ]),
    [
      ['BNB_BUSD-BD1', 30_000_000_000n, 30_000_000_000n, 100_000n, 100_000n, false],
      ['XYZ-12AM_BNB', 5_000_000n, 5_000_000n, 10n, 10_000_000n, true],
    ],
  );
});

test('a state is made anew each time', () => {
  const genesis = parseGenesis(SMALL);
  stateOfGenesis(genesis).accounts.open(ALICE).balance('BNB').free = 0n;
  assert.equal(stateOfGenesis(genesis).accounts.get(ALICE)?.of('BNB').free, 10_000_000_000n);
});

test('a genesis that was not parsed is checked all the same', () => {
  const genesis = parseGenesis(SMALL);
  const bad = { ...genesis, tokens: genesis.tokens.map((token) => ({ ...token, totalSupply: '1' })) };
  assert.throws(() => stateOfGenesis(bad), { code: 'GENESIS_INVALID', path: 'tokens[0].totalSupply' });
});

test('each member that is required is missed by its name, and an unknown one is found', () => {
  for (const name of Object.keys(SMALL)) refused({ ...SMALL, [name]: undefined }, name, /found undefined, expected/);
  const { chainId, ...rest } = SMALL;
  assert.ok(chainId);
  refused(rest, 'chainId', /missing/);
  refused({ ...SMALL, mode: 1 }, 'mode', /unknown, expected only chainId, /);
  refused(account({ more: 1 }), 'accounts[0].more', /unknown/);
  refused({ ...SMALL, fees: { sned: '1' } }, 'fees.sned', /unknown/);
  for (const json of [undefined, null, [], 'x', 5]) refused(json, '', /expected an object/);
});

test('network, height, time and chain id are of their form', () => {
  refused({ ...SMALL, prefix: 'cosmos' }, 'prefix', /"bnb" or "tbnb"/);
  refused({ ...SMALL, prefix: 'bnb' }, 'accounts[1].address', /expected an address such as bnb1/);
  refused({ ...SMALL, chainId: '' }, 'chainId', /1 to 50 characters/);
  for (const initialHeight of [0, -1, 1.5, '1', 2 ** 53])
    refused({ ...SMALL, initialHeight }, 'initialHeight', /whole/);
  for (const time of ['', '2021-02-30T00:00:00Z', '2021-13-01T00:00:00Z', '2021-03-21', '2021-03-21T00:00:00+01:00'])
    refused({ ...SMALL, time }, 'time', /expected a time in UTC such as 2021-03-21T00:00:00Z/);
});

test('accounts are each there once, under a usable name, with amounts that are amounts', () => {
  refused({ ...SMALL, accounts: [] }, 'accounts', /found 0 items/);
  refused(account({ name: 'a b' }), 'accounts[0].name', /1 to 32 letters/);
  refused(account({ address: BOB.replace('tbnb', 'bnb') }), 'accounts[0].address', /expected an address/);
  refused({ ...SMALL, accounts: [{ balances: {} }] }, 'accounts[0]', /neither a name nor an address/);
  const twice = [SMALL.accounts[0], { address: ALICE, balances: {} }];
  refused({ ...SMALL, accounts: twice }, 'accounts[1].address', /twice/);
  const named = [SMALL.accounts[0], { name: 'alice', address: BOB, balances: {} }];
  refused({ ...SMALL, accounts: named }, 'accounts[1].name', /twice/);
  const shouted = [SMALL.accounts[0], { address: ALICE.toUpperCase(), balances: {} }];
  refused({ ...SMALL, accounts: shouted }, 'accounts[1].address', /twice/);
  for (const [amount, text] of [
    ['-5', /not negative/],
    [5, /expected decimal text/],
    ['0.000000001', /8 decimal places/],
    ['92233720368.54775808', /at most/],
  ] as const)
    refused(account({ balances: { BNB: amount } }), 'accounts[0].balances.BNB', text);
  refused(account({ balances: { 'NOT-123': '1' } }), 'accounts[0].balances.NOT-123', /no such token/);
  refused(account({ balances: JSON.parse('{"__proto__":"1"}') }), 'accounts[0].balances.__proto__', /no such token/);
});

test('tokens are each there once, BNB among them, with symbols and owners that exist', () => {
  refused({ ...SMALL, tokens: [] }, 'tokens', /found 0 items/);
  refused({ ...SMALL, tokens: SMALL.tokens.slice(1) }, 'tokens', /found no BNB, which pays the fees/);
  refused({ ...SMALL, tokens: [...SMALL.tokens, SMALL.tokens[0]] }, 'tokens[5].symbol', /found BNB twice/);
  refused(token({ symbol: 'ETH' }), 'tokens[0].symbol', /must contain a hyphen/);
  refused(token({ symbol: 'bnb-1DE' }), 'tokens[0].symbol', /expected BNB-1DE/);
  refused(token({ symbol: 'E-12AM' }), 'tokens[0].symbol', /too short/);
  refused(token({ kind: 'mini' }), 'tokens[0].kind', /expected "bep2"/);
  refused(token({ symbol: 'XYZ-12CM', kind: 'bep2' }), 'tokens[0].kind', /expected "mini" or "tiny"/);
  refused(token({ owner: 'nobody' }), 'tokens[0].owner', /or the name of an account/);
});

test('a supply is what accounts hold, and no more than there may be of a token', () => {
  refused(
    token({ totalSupply: '100' }),
    'tokens[0].totalSupply',
    /found "100", expected what all accounts hold, 100.50000000/,
  );
  assert.equal(parseGenesis(token({ totalSupply: '100.5' })).tokens[0]?.totalSupply, '100.50000000');
  refused(
    account({ balances: { BNB: '90000000000.00000001' } }),
    'tokens[0].symbol',
    /expected at most 9000000000000000000/,
  );
  refused(account({ balances: { 'XYZ-12AM': '1000000.00000001' } }), 'tokens[3].symbol', /at most 100000000000000/);
  refused(account({ balances: { 'WEE-12BM': '10000.00000001' } }), 'tokens[4].symbol', /at most 1000000000000/);
  const rich = { balances: { BNB: '90000000000' } };
  refused(
    {
      ...SMALL,
      accounts: [
        { name: 'alice', ...rich },
        { name: 'bob', ...rich },
      ],
    },
    'tokens[0].symbol',
    /at most/,
  );
});

test('pairs follow the rules of listing, in their order', () => {
  refused(pair({ base: 'ETH-1C9' }), 'pairs[0].base', /the symbol of one of the tokens/);
  refused(pair({ quote: 'BNB' }), 'pairs[0]', /should not be identical/);
  refused(pair({ listPrice: '0' }), 'pairs[0].listPrice', /above zero/);
  refused(pair({ listPrice: 300 }), 'pairs[0].listPrice', /decimal text/);
  const twice = [SMALL.pairs[0], { base: 'BUSD-BD1', quote: 'BNB', listPrice: '1' }];
  refused({ ...SMALL, pairs: twice }, 'pairs[1]', /trading pair exists/);
  const early = [{ base: 'XYZ-12AM', quote: 'BUSD-BD1', listPrice: '15' }, ...SMALL.pairs];
  refused(
    { ...SMALL, pairs: early },
    'pairs[0]',
    /should be listed against BNB before .* in the order in which they stand/,
  );
  const late = [SMALL.pairs[0], early[0]];
  assert.equal(parseGenesis({ ...SMALL, busd: 'BUSD-BD1', pairs: late }).pairs.length, 2);
});

test('fees, BUSD, proposer and validators are of their form', () => {
  refused({ ...SMALL, fees: { send: 7_500 } }, 'fees.send', /decimal text/);
  refused({ ...SMALL, fees: { feeRate: '0.001' } }, 'fees.feeRate', /a whole number/);
  refused({ ...SMALL, fees: { feeRate: 1_000_001 } }, 'fees.feeRate', /at most 1000000 parts per million/);
  refused({ ...SMALL, upgrades: { priceBandExpiry: 1 } }, 'upgrades.priceBandExpiry', /true or false/);
  refused({ ...SMALL, busd: 'BNB' }, 'busd', /not BNB/);
  refused({ ...SMALL, busd: 'USD-123' }, 'busd', /the symbol of one of the tokens/);
  refused({ ...SMALL, proposer: 'nobody' }, 'proposer', /or the name of an account/);
  refused({ ...SMALL, validators: [BOB] }, 'validators', /the proposer, .*, is not among them/);
  refused({ ...SMALL, validators: ['alice', ALICE] }, 'validators', /twice/);
});

test('any JSON in the place of any member is a genesis or a typed error', () => {
  const places: (readonly (string | number)[])[] = [];
  const walk = (value: unknown, place: readonly (string | number)[]): void => {
    places.push(place);
    if (Array.isArray(value)) value.forEach((item, index) => void walk(item, [...place, index]));
    else if (typeof value === 'object' && value !== null)
      for (const [name, member] of Object.entries(value)) walk(member, [...place, name]);
  };
  walk(FULL, []);
  const put = (value: unknown, place: readonly (string | number)[], found: unknown): unknown => {
    const [name, ...rest] = place;
    if (name === undefined) return found;
    if (Array.isArray(value)) return value.map((item, index) => (index === name ? put(item, rest, found) : item));
    const members = Object.entries(value as object);
    return Object.fromEntries(members.map(([key, member]) => [key, key === name ? put(member, rest, found) : member]));
  };
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.jsonValue(), (place, found) => {
      const json = put(FULL, place, found);
      try {
        stateOfGenesis(parseGenesis(json));
      } catch (error) {
        assert.ok(error instanceof GenesisError, String(error));
      }
    }),
    { numRuns: 300 },
  );
});
