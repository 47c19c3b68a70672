/**
 * Listing: a new pair for tokens that exist, by the owner of one of them.
 * In: a message that lists, its sender. Out: a pair in the state, or a refusal that changed nothing.
 * Source of rules and texts: reference, before it switched listing off (BEP151); which pairs may be: matching rules §13.
 *
 * There is no governance here: any proposal with an id above zero counts as passed, for this pair and price.
 */
import type { ListMiniPair, ListPair } from '@dexwire/protocol/transactions';
import type { Context, Handled } from '../chain/handled.ts';
import { NATIVE } from '../chain/ledger.ts';
import { addPair, canList } from '../chain/listing.ts';
import { MAX } from '../chain/notional.ts';
import { type Refused, ROOT, refused } from '../chain/result.ts';
import type { State } from '../chain/state.ts';
import { feeFault, messageFee, payFee } from './messageFee.ts';
import { miniSymbolFault, symbolFault } from './tokenSymbol.ts';

const UNAUTHORIZED = 4;
const INVALID_COINS = 11;

const NOT_OWNER = 'only the owner of the base asset or quote asset can list the trading pair';

const invalid = (text: string): Refused => refused(ROOT, INVALID_COINS, text);

/** What is wrong with a pair of full tokens. */
const listFault = ({ proposalId, baseAsset, quoteAsset }: ListPair): string | undefined => {
  if (proposalId <= 0n || proposalId > MAX) return 'proposal id should be positive';
  const base = symbolFault(baseAsset);
  if (base !== undefined) return `base token: ${base}`;
  const quote = symbolFault(quoteAsset);
  if (quote !== undefined) return `quote token: ${quote}`;
  return baseAsset === quoteAsset ? 'base token and quote token should not be the same' : undefined;
};

/** The same for a mini token, which is listed against BNB or BUSD only. The blanks are the original's. */
const listMiniFault = ({ baseAsset, quoteAsset }: ListMiniPair, busd: string | undefined): string | undefined => {
  const base = miniSymbolFault(baseAsset);
  if (base !== undefined) return `base token: ${base}`;
  if (quoteAsset === '') return 'quote token is empty ';
  return quoteAsset === NATIVE || quoteAsset === busd ? undefined : 'quote token is not valid ';
};

/** What is wrong with the form of a message that lists a pair. */
export const listFormFault = (message: ListPair | ListMiniPair, busd: string | undefined): Refused | undefined => {
  const form = message.type === 'list' ? listFault(message) : listMiniFault(message, busd);
  if (form !== undefined) return invalid(form);
  const { initPrice } = message;
  return initPrice <= 0n || initPrice > MAX ? invalid('price should be positive') : undefined;
};

/** Why the pair may not come to be. */
const pairFault = (state: State, base: string, quote: string): string | undefined => {
  const fault = canList(state, base, quote);
  if (fault !== undefined) return fault;
  const missing = [base, quote].find((asset) => !state.tokens.has(asset));
  return missing === undefined ? undefined : `token(${missing}) not found`;
};

/** @param message - Its form has been found right. */
export const listEntry = (state: State, message: ListPair | ListMiniPair, { account }: Context): Handled => {
  const { initPrice } = message;
  const fee = messageFee(state.fees, message);
  const short = feeFault(account, fee);
  if (short !== undefined) return { result: short };

  const base = message.baseAsset.toUpperCase();
  const quote = message.quoteAsset.toUpperCase();
  const fault = pairFault(state, base, quote);
  if (fault !== undefined) return { result: invalid(fault) };
  const owners = [base, quote].map((asset) => state.tokens.get(asset)?.owner);
  if (!owners.includes(account.address)) return { result: refused(ROOT, UNAUTHORIZED, NOT_OWNER) };
  const paid = payFee(account, fee);
  const { symbol } = addPair(state, { base, quote, listPrice: initPrice, opensAt: state.height + 1 });
  return { result: { ok: true, code: 0, log: 'Msg 0: ' }, ...paid, listed: symbol };
};
