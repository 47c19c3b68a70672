/**
 * Tokens: issued, minted, burned, frozen and unfrozen.
 * In: a message about a token, its sender. Out: changed supply and balances, or a refusal that changed nothing.
 * Source of rules and texts: reference, as of its last version: any holder burns what is his (BEP82).
 */
import { formatDecimal } from '@dexwire/protocol';
import type { ChangeTokens, IssueMiniToken, IssueToken } from '@dexwire/protocol/transactions';
import type { Context, Handled } from '../chain/handled.ts';
import { NATIVE } from '../chain/ledger.ts';
import { UNIT } from '../chain/notional.ts';
import { type Accepted, type Refused, ROOT, refused } from '../chain/result.ts';
import type { State, Token } from '../chain/state.ts';
import { feeFault, messageFee, payFee } from './messageFee.ts';
import { bytesIn, chosenSymbolFault, isMiniSymbol, miniSymbolFault, symbolFault } from './tokenSymbol.ts';

const INTERNAL = 1;
const UNAUTHORIZED = 4;
const INSUFFICIENT_FUNDS = 5;
const INSUFFICIENT_COINS = 10;
const INVALID_COINS = 11;

/** The most that there may be of a token, units of 1e-8. */
export const SUPPLY_CAPS: Readonly<Record<Token['kind'], bigint>> = {
  bep2: 9_000_000_000_000_000_000n,
  mini: 1_000_000n * UNIT,
  tiny: 10_000n * UNIT,
};

/** What REST and the data of an issue call the two ranges of mini tokens. */
const TOKEN_TYPES = { tiny: 1, mini: 2 } as const;

/** Smaller amounts of a mini token are minted never, burned and frozen only if they are all there is. */
const MINI_LEAST = UNIT;

const NAME_BYTES = 32;
const URI_BYTES = 2048;

/** Digits of the hash that end a symbol. */
const SUFFIX = 3;

/** Who asks, and what he may spend: the fee is already counted as paid. */
interface Asked extends Context {
  freeOf(asset: string): bigint;
}

/** A refusal, or what is left to be done once the fee is paid. */
type Decision = Refused | (() => Accepted);

const invalidCoins = (text: string): Refused => refused(ROOT, INVALID_COINS, text);

const accepted = (log = '', data?: string): Accepted => ({
  ok: true,
  code: 0,
  log: `Msg 0: ${log}`,
  ...(data === undefined ? {} : { data }),
});

const kindOf = ({ type }: IssueToken | IssueMiniToken): Token['kind'] =>
  type === 'issue' ? 'bep2' : type === 'issueMini' ? 'mini' : 'tiny';

const supplyFault = (kind: Token['kind'], supply: bigint): string | undefined => {
  const most = SUPPLY_CAPS[kind];
  if (kind === 'bep2')
    return supply > 0n && supply <= most ? undefined : `total supply should be less than or equal to ${most}`;
  return supply >= MINI_LEAST && supply <= most
    ? undefined
    : `total supply should be between ${MINI_LEAST} and ${most}`;
};

const issueFault = (message: IssueToken | IssueMiniToken): Refused | undefined => {
  const { type, name, symbol, totalSupply } = message;
  const chosen = chosenSymbolFault(symbol, type !== 'issue');
  if (chosen !== undefined) return invalidCoins(chosen);
  if (name === '' || bytesIn(name) > NAME_BYTES)
    return invalidCoins(`token name should have 1 ~ ${NAME_BYTES} characters`);
  if (type !== 'issue' && bytesIn(message.tokenUri) > URI_BYTES)
    return invalidCoins(`token seturi should not exceed ${URI_BYTES} characters`);
  const supply = supplyFault(kindOf(message), totalSupply);
  return supply === undefined ? undefined : invalidCoins(supply);
};

const mintFault = (symbol: string, amount: bigint): Refused | undefined => {
  if (miniSymbolFault(symbol) === undefined) {
    if (amount >= MINI_LEAST) return undefined;
    return invalidCoins(`mint amount should be no less than ${MINI_LEAST}`);
  }
  const fault = symbolFault(symbol);
  if (fault !== undefined) return invalidCoins(fault);
  if (symbol === NATIVE) return invalidCoins('cannot mint native token');
  const supply = supplyFault('bep2', amount);
  return supply === undefined ? undefined : invalidCoins(supply);
};

/** What is wrong with the form of a message about a token. */
export const tokenFormFault = (message: IssueToken | IssueMiniToken | ChangeTokens): Refused | undefined => {
  if ('name' in message) return issueFault(message);
  const { type, symbol, amount } = message;
  if (type === 'mint') return mintFault(symbol, amount);
  const fault = miniSymbolFault(symbol) === undefined ? undefined : symbolFault(symbol);
  if (fault !== undefined) return invalidCoins(fault);
  return amount > 0n ? undefined : refused(ROOT, INSUFFICIENT_FUNDS, 'amount should be more than 0');
};

/** The token as the original writes it down: amounts in whole coins, members in its order. */
const tokenJson = ({ name, symbol, originalSymbol, totalSupply, owner, mintable, kind, tokenUri }: Token): string =>
  JSON.stringify({
    name,
    symbol,
    original_symbol: originalSymbol,
    total_supply: formatDecimal(totalSupply, 8),
    owner,
    mintable,
    ...(kind === 'bep2' ? {} : { token_type: TOKEN_TYPES[kind], token_uri: tokenUri }),
  });

const issue = ({ tokens }: State, message: IssueToken | IssueMiniToken, { account, txHash }: Asked): Decision => {
  const kind = kindOf(message);
  const originalSymbol = message.symbol.toUpperCase();
  const symbol = `${originalSymbol}-${txHash.slice(0, SUFFIX)}${kind === 'bep2' ? '' : 'M'}`;
  if (tokens.has(symbol)) return invalidCoins(`symbol(${message.symbol}) already exists`);
  const fault = kind === 'bep2' ? symbolFault(symbol) : miniSymbolFault(symbol);
  if (fault !== undefined) return refused(ROOT, INTERNAL, `unable to create token struct: ${fault}`);
  const { name, totalSupply, mintable } = message;
  const tokenUri = message.type === 'issue' ? '' : message.tokenUri;
  return () => {
    const token: Token = {
      name,
      symbol,
      originalSymbol,
      totalSupply,
      owner: account.address,
      mintable,
      kind,
      tokenUri,
    };
    tokens.set(symbol, token);
    account.balance(symbol).free += totalSupply;
    return accepted(`Issued ${symbol}`, tokenJson(token));
  };
};

const mint = ({ tokens }: State, { symbol: given, amount }: ChangeTokens, { account }: Asked): Decision => {
  const symbol = given.toUpperCase();
  const token = tokens.get(symbol);
  if (token === undefined) return invalidCoins(`symbol(${given}) does not exist`);
  if (!token.mintable) return invalidCoins(`token(${given}) cannot be minted`);
  if (token.owner !== account.address) return refused(ROOT, UNAUTHORIZED, `only the owner can mint token ${given}`);
  const most = SUPPLY_CAPS[token.kind];
  if (token.totalSupply + amount > most) {
    // The letter behind the number is the original's.
    const text = `${most}${token.kind === 'bep2' ? 's' : ''}`;
    return invalidCoins(`mint amount is too large, the max total supply is ${text}`);
  }
  return () => {
    token.totalSupply += amount;
    account.balance(symbol).free += amount;
    return accepted('', token.totalSupply.toString());
  };
};

/** Mini tokens move by whole coins, or all that there is. */
const miniFault = (symbol: string, amount: bigint, all: bigint, word: string, whole: string): Refused | undefined =>
  amount < MINI_LEAST && amount !== all && isMiniSymbol(symbol)
    ? invalidCoins(`${word} amount is too small, the min amount is ${MINI_LEAST} or total ${whole}`)
    : undefined;

const burn = ({ tokens }: State, { symbol: given, amount }: ChangeTokens, { account, freeOf }: Asked): Decision => {
  const symbol = given.toUpperCase();
  const token = tokens.get(symbol);
  if (token === undefined) return invalidCoins(`token(${symbol}) not found`);
  const free = freeOf(symbol);
  if (free < amount || token.totalSupply < amount)
    return refused(ROOT, INSUFFICIENT_COINS, 'do not have enough token to burn');
  const mini = miniFault(symbol, amount, free, 'burn', 'free balance');
  if (mini !== undefined) return mini;
  return () => {
    account.balance(symbol).free -= amount;
    token.totalSupply -= amount;
    return accepted();
  };
};

const freeze = (_: State, { symbol: given, amount }: ChangeTokens, { account, freeOf }: Asked): Decision => {
  const symbol = given.toUpperCase();
  const free = freeOf(symbol);
  if (free < amount) return refused(ROOT, INSUFFICIENT_COINS, 'do not have enough token to freeze');
  const mini = miniFault(symbol, amount, free, 'freeze', 'account balance');
  if (mini !== undefined) return mini;
  return () => {
    const balance = account.balance(symbol);
    balance.free -= amount;
    balance.frozen += amount;
    return accepted();
  };
};

const unfreeze = (_: State, { symbol: given, amount }: ChangeTokens, { account }: Asked): Decision => {
  const symbol = given.toUpperCase();
  const { frozen } = account.of(symbol);
  if (frozen < amount) return refused(ROOT, INSUFFICIENT_COINS, 'do not have enough token to unfreeze');
  const mini = miniFault(symbol, amount, frozen, 'unfreeze', 'frozen balance');
  if (mini !== undefined) return mini;
  return () => {
    const balance = account.balance(symbol);
    balance.frozen -= amount;
    balance.free += amount;
    return accepted();
  };
};

const CHANGES = { mint, burn, freeze, unfreeze };

/** @param message - Its form has been found right. */
export const tokenEntry = (
  state: State,
  message: IssueToken | IssueMiniToken | ChangeTokens,
  context: Context,
): Handled => {
  const { account } = context;
  const fee = messageFee(state.fees, message);
  const short = feeFault(account, fee);
  if (short !== undefined) return { result: short };
  const freeOf = (asset: string): bigint => account.of(asset).free - (asset === NATIVE ? fee.amount : 0n);
  const asked: Asked = { ...context, freeOf };
  const decision = 'name' in message ? issue(state, message, asked) : CHANGES[message.type](state, message, asked);
  if (typeof decision !== 'function') return { result: decision };
  const paid = payFee(account, fee);
  return { result: decision(), ...paid };
};
