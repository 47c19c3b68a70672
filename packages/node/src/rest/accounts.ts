/**
 * Accounts over REST, with what accepted transactions have done since the last block: a client that sends fast needs the
 * sequence behind its own last transaction.
 * In: the view's state. Out: bodies in the recorded shapes (spec §10).
 */
import type { Account } from '../entry/accounts.ts';
import { unitsText } from '../unitsText.ts';
import { type Answer, bySymbol, type Request } from './answer.ts';
import { checkAddress } from './parameters.ts';
import { RestError } from './restError.ts';
import type { RestView } from './restView.ts';

const accountOf = ({ state }: RestView, request: Request): Account => {
  const address = checkAddress('address', request.part('address'), state.accounts.prefix);
  const account = state.accounts.get(address);
  if (account !== undefined) return account;
  throw new RestError(404, `account ${address} is not known: an account comes to be when it first receives coins`);
};

/** `flags`: what a receiver asks of a transfer, nothing here. `public_key`: none until the account has signed. */
export const account: Answer = (view, request) => {
  const { address, number, sequence, publicKey, balances } = accountOf(view, request);
  return {
    address,
    public_key: publicKey === undefined ? null : Array.from(publicKey),
    account_number: number,
    sequence,
    flags: 0,
    balances: [...balances]
      .filter(([, { free, locked, frozen }]) => free + locked + frozen > 0n)
      .map(([symbol, { free, locked, frozen }]) => ({
        symbol,
        free: unitsText(free),
        locked: unitsText(locked),
        frozen: unitsText(frozen),
      }))
      .sort(bySymbol),
  };
};

export const sequence: Answer = (view, request) => ({ sequence: accountOf(view, request).sequence });
