/**
 * A small market for tests of what enters it: three accounts, a few tokens, two pairs.
 * In: nothing. Out: a state, a transaction's surroundings, and everything of a state that a refusal must not change.
 */
import type { Message } from '@dexwire/protocol/transactions';
import { devKey } from '../../packages/node/src/chain/devKeys.ts';
import { parseGenesis, stateOfGenesis } from '../../packages/node/src/chain/genesis.ts';
import type { Context, Handled } from '../../packages/node/src/chain/handled.ts';
import type { State } from '../../packages/node/src/chain/state.ts';
import type { Account } from '../../packages/node/src/entry/accounts.ts';
import { messageFormFault } from '../../packages/node/src/entry/messageForm.ts';

export const addressOf = (name: string): string => devKey(name).address;

export const ALICE: string = addressOf('alice');
export const BOB: string = addressOf('bob');
export const CAROL: string = addressOf('carol');
/** Has no account. */
export const STRANGER: string = addressOf('stranger');

export const HASH = 'E61E79D2A6EF8AF261EC46A045D468787972C48A6C831A51818CB406B08AF756';

const GENESIS = parseGenesis({
  chainId: 'Binance-Chain-Nile',
  prefix: 'tbnb',
  busd: 'BUSD-BD1',
  proposer: 'carol',
  tokens: [
    { symbol: 'BNB', name: 'BNB', owner: 'carol' },
    { symbol: 'BUSD-BD1', name: 'BUSD', owner: 'carol' },
    { symbol: 'ABC-123', name: 'Abc', owner: 'alice', mintable: true },
    { symbol: 'FIX-00F', name: 'Fixed', owner: 'alice' },
    { symbol: 'XYZ-12AM', name: 'Xyz', owner: 'alice', mintable: true },
    { symbol: 'WEE-12BM', name: 'Wee', owner: 'bob', kind: 'tiny', mintable: true },
  ],
  accounts: [
    {
      name: 'alice',
      balances: { BNB: '1000', 'ABC-123': '500', 'FIX-00F': '10', 'XYZ-12AM': '3.5', 'BUSD-BD1': '9' },
    },
    { name: 'bob', balances: { BNB: '0.00010000', 'ABC-123': '7', 'WEE-12BM': '0.25' } },
    { name: 'carol', balances: { 'BUSD-BD1': '50' } },
  ],
  pairs: [
    { base: 'BNB', quote: 'BUSD-BD1', listPrice: '300' },
    { base: 'ABC-123', quote: 'BNB', listPrice: '0.05' },
  ],
});

export const smallState = (): State => stateOfGenesis(GENESIS);

export const accountOf = (state: State, address: string): Account => {
  const account = state.accounts.get(address);
  if (account === undefined) throw new Error(`no account ${address}`);
  return account;
};

export const contextOf = (state: State, address: string, memo = ''): Context => {
  const account = accountOf(state, address);
  return { account, txHash: HASH, memo, sequence: account.sequence };
};

/** Accounts, tokens and pairs as text: two texts are equal only if nothing was changed, nor opened, nor even looked up. */
export const textOfState = ({ accounts, tokens, pairs }: State): string =>
  JSON.stringify(
    {
      accounts: [...accounts].map(({ address, number, sequence, balances }) => [
        address,
        number,
        sequence,
        [...balances].map(([asset, { free, locked, frozen }]) => [asset, free, locked, frozen]),
      ]),
      tokens: [...tokens],
      pairs: [...pairs].map(([symbol, { tickSize, lotSize, reference, history, round }]) => [
        symbol,
        tickSize,
        lotSize,
        reference,
        history,
        round.length,
      ]),
    },
    (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value),
  );

/** Code and text of a refusal. */
export const refusalOf = ({ result }: Handled): readonly [code: number, message: string] | undefined =>
  result.ok ? undefined : [result.code, result.message];

/** Free, locked and frozen amounts of all accounts together, by asset. */
export const heldIn = ({ accounts }: State): Map<string, bigint> => {
  const held = new Map<string, bigint>();
  for (const { balances } of accounts) {
    for (const [asset, { free, locked, frozen }] of balances)
      held.set(asset, (held.get(asset) ?? 0n) + free + locked + frozen);
  }
  return held;
};

/** What comes of a message by its handler, which the chain asks once the form of the message is found right. */
export const enterBy = <Kind extends Message>(
  entry: (state: State, message: Kind, context: Context) => Handled,
  state: State,
  message: Kind,
  context: Context,
): Handled => {
  const fault = messageFormFault(state, message);
  return fault === undefined ? entry(state, message, context) : { result: fault };
};
