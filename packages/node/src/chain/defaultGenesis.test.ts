import assert from 'node:assert/strict';
import { test } from 'vitest';
import { heldIn } from '../../../../tests/support/smallState.ts';
import { SUPPLY_CAPS } from '../entry/tokenEntry.ts';
import { defaultGenesis } from './defaultGenesis.ts';
import { devKeys } from './devKeys.ts';
import { parseGenesis, stateOfGenesis } from './genesis.ts';

test('the default genesis is one, complete, and survives its JSON', () => {
  for (const genesis of [defaultGenesis(), defaultGenesis({ seed: 7 })])
    assert.deepEqual(parseGenesis(JSON.parse(JSON.stringify(genesis))), genesis);
});

test('the same seed gives the same genesis, another seed other prices that still agree with each other', () => {
  assert.deepEqual(defaultGenesis({ seed: 7 }), defaultGenesis({ seed: 7 }));
  for (const seed of [undefined, 1, 2, 3, -1, 2 ** 40]) {
    const { pairs } = defaultGenesis(seed === undefined ? {} : { seed });
    const price = new Map(pairs.map(({ base, quote, listPrice }) => [`${base}_${quote}`, Number(listPrice)]));
    const of = (symbol: string): number => price.get(symbol) ?? Number.NaN;
    const through = of('BTCB-1DE_BUSD-BD1') * of('BNB_BTCB-1DE');
    assert.ok(Math.abs(through / of('BNB_BUSD-BD1') - 1) < 0.001, `${seed}: ${through}`);
  }
  assert.notDeepEqual(defaultGenesis({ seed: 7 }).pairs, defaultGenesis({ seed: 8 }).pairs);
  assert.notDeepEqual(defaultGenesis({ seed: 7 }).pairs, defaultGenesis().pairs);
});

test('supplies are what accounts hold, within the caps', () => {
  const state = stateOfGenesis(defaultGenesis());
  const held = heldIn(state);
  assert.equal(held.size, state.tokens.size);
  for (const { symbol, totalSupply, kind } of state.tokens.values()) {
    assert.equal(totalSupply, held.get(symbol));
    assert.ok(totalSupply <= SUPPLY_CAPS[kind], symbol);
  }
});

test('there are full, pegged, mini and tiny tokens, and mini pairs against BNB and BUSD', () => {
  const { tokens, pairs, busd } = stateOfGenesis(defaultGenesis());
  assert.deepEqual(new Set([...tokens.values()].map(({ kind }) => kind)), new Set(['bep2', 'mini', 'tiny']));
  assert.ok([...tokens.keys()].some((symbol) => symbol.includes('.B-')));
  for (const symbol of ['BNB_BTCB-1DE', 'BNB_BUSD-BD1', 'BTCB-1DE_BUSD-BD1', 'ETH-1C9_BNB'])
    assert.ok(pairs.has(symbol));
  const quotes = [...pairs.values()].filter(({ isMini }) => isMini).map(({ quote }) => quote);
  assert.deepEqual(new Set(quotes), new Set(['BNB', busd]));
});

test('every person has some of everything, and enough BNB to issue a token and list it', () => {
  const { accounts, tokens, fees } = stateOfGenesis(defaultGenesis());
  const keys = devKeys();
  assert.deepEqual(
    [...accounts].map(({ address }) => address),
    keys.map(({ address }) => address),
  );
  for (const { name, address } of keys) {
    const account = accounts.get(address);
    assert.ok((account?.of('BNB').free ?? 0n) > 10n * (fees.issue + fees.list), name);
    if (name === 'validator') continue;
    for (const symbol of tokens.keys()) assert.ok((account?.of(symbol).free ?? 0n) > 0n, `${name} ${symbol}`);
  }
});

test('the validator proposes, and prices are found through BUSD', () => {
  const state = stateOfGenesis(defaultGenesis());
  const validator = devKeys().find(({ name }) => name === 'validator')?.address;
  assert.deepEqual([state.proposer, state.validators, state.busd], [validator, [validator], 'BUSD-BD1']);
  assert.equal(state.chainId, 'Binance-Chain-Nile');
});
