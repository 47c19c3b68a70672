import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { chosenSymbolFault, isMiniSymbol, miniSymbolFault, symbolFault } from './tokenSymbol.ts';

test('symbols of full tokens are told from what is none, in the words of the chain', () => {
  for (const good of ['BNB', 'BNB.B', 'BTCB-1DE', 'BTC.B-918', 'AB-000', 'btcb-1DE', '100K-9BC'])
    assert.equal(symbolFault(good), undefined, good);
  const bad = {
    '': 'suffixed token symbol cannot be empty',
    BTCB: "suffixed token symbol must contain a hyphen ('-')",
    'BTCB-1DE-': "suffixed token symbol must contain just one hyphen ('-')",
    'BNB-1DE': 'native token symbol should not be suffixed with tx hash',
    'BNB.B-1DE': 'native token symbol should not be suffixed with tx hash',
    'A-1DE': 'token symbol part is too short, got 1 chars',
    'ABCDEFGHI-1DE': 'token symbol part is too long, got 9 chars',
    'AB_C-1DE': 'token symbol part should be alphanumeric',
    'AB\u00c9-1DE': 'token symbol part should be alphanumeric',
    'BTCB-1DEM': 'token symbol tx hash suffix must be 3 chars in length, got 4',
    'BTCB-1d': 'token symbol tx hash suffix must be 3 chars in length, got 2',
    'BTCB-1de': 'token symbol tx hash suffix must be hex with a length of 3',
    'BTCB-1G0': 'token symbol tx hash suffix must be hex with a length of 3',
  };
  for (const [symbol, text] of Object.entries(bad)) assert.equal(symbolFault(symbol), text);
});

test('symbols of mini tokens are told from what is none, in the words of the chain', () => {
  for (const good of ['XYZ-12AM', 'AB-000M']) assert.equal(miniSymbolFault(good), undefined, good);
  const bad = {
    '': 'suffixed token symbol cannot be empty',
    BNB: 'symbol cannot be the same as native token',
    XYZ: "suffixed token symbol must contain a hyphen ('-')",
    'X-12AM': 'mini-token symbol part is too short, got 1 chars',
    'ABCDEFGHI-12AM': 'mini-token symbol part is too long, got 9 chars',
    'XY.B-12AM': 'mini-token symbol part should be alphanumeric',
    'XYZ-12A': 'mini-token symbol suffix must be 4 chars in length, got 3',
    'XYZ-12AB': 'mini-token symbol suffix must end with M',
    'XYZ-12GM': 'mini-token symbol tx hash suffix must be hex with a length of 3',
  };
  for (const [symbol, text] of Object.entries(bad)) assert.equal(miniSymbolFault(symbol), text);
});

test('what an issuer chooses has 2 to 8 letters and digits, and full tokens may end in .B', () => {
  for (const good of ['AB', 'abc', 'ABCDEFGH', 'BNB', 'BTC.B']) assert.equal(chosenSymbolFault(good, false), undefined);
  assert.equal(chosenSymbolFault('', false), 'token symbol cannot be empty');
  assert.equal(chosenSymbolFault('A', false), 'length of token symbol is limited to 2~8');
  assert.equal(chosenSymbolFault('A.B', false), 'length of token symbol is limited to 2~8');
  assert.equal(chosenSymbolFault('ABCDEFGHI', false), 'length of token symbol is limited to 2~8');
  assert.equal(chosenSymbolFault('AB-C', false), 'token symbol should be alphanumeric');
  assert.equal(chosenSymbolFault('BTC.B', true), 'token symbol should be alphanumeric');
  assert.equal(chosenSymbolFault('BNB', true), 'symbol cannot be the same as native token');
  assert.equal(chosenSymbolFault('AB', true), undefined);
});

test('no symbol is both a full and a mini token, and the rules for mini tokens apply to all mini symbols', () => {
  const part = fc.stringMatching(/^[A-Z\d.]{0,9}$/);
  fc.assert(
    fc.property(part, fc.stringMatching(/^[A-F\d]{2,4}M?$/), (chosen, suffix) => {
      const symbol = `${chosen}-${suffix}`;
      const isFull = symbolFault(symbol) === undefined;
      const isMini = miniSymbolFault(symbol) === undefined;
      assert.ok(!(isFull && isMini));
      if (isMini) assert.equal(isMiniSymbol(symbol), true);
      if (isFull) assert.equal(isMiniSymbol(symbol), false);
    }),
  );
  for (const symbol of ['BNB', 'XYZ-M', 'XYZ-012AM', 'XYZ-12A-M']) assert.equal(isMiniSymbol(symbol), false);
});
