/**
 * Transfers: from one account to one or more, each of which comes to be if it is new.
 * In: a send, its sender. Out: moved balances and the block's report of them, or a refusal that changed nothing.
 * Source of rules and texts: reference. One key signs a transaction, so all inputs are of one account.
 */
import { decodeAddress, encodeAddress, ValueError } from '@dexwire/protocol';
import type { CoinUnits, Send, TransferSide } from '@dexwire/protocol/transactions';
import type { Context, Handled } from '../chain/handled.ts';
import { NATIVE } from '../chain/ledger.ts';
import { MAX, UNIT } from '../chain/notional.ts';
import { type Refused, ROOT, refused } from '../chain/result.ts';
import type { State } from '../chain/state.ts';
import type { Accounts } from './accounts.ts';
import { coinsText, feeFault, freeCoins, messageFee, payFee } from './messageFee.ts';
import { isMiniSymbol } from './tokenSymbol.ts';

/** Code space of the module that transfers, and its codes. */
const BANK = 2;
const INVALID_INPUT = 101;
const INVALID_OUTPUT = 102;

const UNAUTHORIZED = 4;
const INVALID_ADDRESS = 7;
const INSUFFICIENT_COINS = 10;
const INVALID_COINS = 11;

/** Smaller amounts of a mini token move only if they are all there is. */
const MINI_LEAST = UNIT;

type Amounts = Map<string, bigint>;

const add = (amounts: Amounts, { asset, amount }: CoinUnits): void => {
  amounts.set(asset, (amounts.get(asset) ?? 0n) + amount);
};

/** By asset in byte order. */
const coinsOf = (amounts: Amounts): CoinUnits[] =>
  [...amounts].map(([asset, amount]) => ({ asset, amount })).sort((a, b) => (a.asset < b.asset ? -1 : 1));

const invalidCoins = (coins: readonly CoinUnits[]): Refused =>
  refused(ROOT, INVALID_COINS, coinsText(coins) || 'invalid coins');

const areValid = (coins: readonly CoinUnits[]): boolean =>
  coins.length > 0 &&
  coins.every(
    ({ asset, amount }, index) =>
      amount > 0n && amount <= MAX && (index === 0 || asset > (coins[index - 1]?.asset ?? '')),
  );

/** An address of this network as its account has it; undefined for anything else. */
const addressIn = (accounts: Accounts, address: string): string | undefined => {
  if (accounts.get(address) !== undefined) return address;
  try {
    const { prefix, bytes } = decodeAddress(address);
    return prefix === accounts.prefix ? encodeAddress(prefix, bytes) : undefined;
  } catch (error) {
    if (error instanceof ValueError) return undefined;
    throw error;
  }
};

/** What the addresses of one side give or get together, by asset; or what is wrong with one of them. */
const sumOf = (sides: readonly TransferSide[], accounts: Accounts): CoinUnits[] | Refused => {
  const sums: Amounts = new Map();
  for (const { address, coins } of sides) {
    if (addressIn(accounts, address) === undefined) return refused(ROOT, INVALID_ADDRESS, address || 'invalid address');
    if (!areValid(coins)) return invalidCoins(coins);
    for (const coin of coins) add(sums, coin);
  }
  return coinsOf(sums);
};

/** What is wrong with the form of a transfer. */
export const sendFormFault = ({ inputs, outputs }: Send, accounts: Accounts): Refused | undefined => {
  if (inputs.length === 0) return refused(BANK, INVALID_INPUT, 'invalid input coins');
  if (outputs.length === 0) return refused(BANK, INVALID_OUTPUT, 'invalid output coins');
  const sent = sumOf(inputs, accounts);
  if ('ok' in sent) return sent;
  const received = sumOf(outputs, accounts);
  if ('ok' in received) return received;
  // The original's sums wrap round; ours are refused, whatever they would have come to. Texts are not compared: an asset
  // may be called `2BNB`.
  const match = ({ asset, amount }: CoinUnits, index: number): boolean =>
    amount <= MAX && asset === received[index]?.asset && amount === received[index].amount;
  return sent.length === received.length && sent.every(match) ? undefined : invalidCoins(sent);
};

const miniFault = ({ inputs }: Send, freeOf: (asset: string) => bigint): Refused | undefined => {
  for (const { coins } of inputs) {
    for (const { asset, amount } of coins) {
      if (amount >= MINI_LEAST || !isMiniSymbol(asset)) continue;
      const free = freeOf(asset);
      if (free < amount) return refused(ROOT, INSUFFICIENT_COINS, 'not enough token to send');
      if (free > amount) {
        const text = `transfer amount is too small, the min amount is ${MINI_LEAST} or total account balance`;
        return refused(ROOT, INVALID_COINS, text);
      }
    }
  }
  return undefined;
};

/** @param message - Its form has been found right. */
export const transferEntry = (state: State, message: Send, { account, txHash, memo }: Context): Handled => {
  const { accounts, fees } = state;
  const { inputs, outputs } = message;
  if (inputs.some(({ address }) => addressIn(accounts, address) !== account.address))
    return { result: refused(ROOT, UNAUTHORIZED, 'wrong number of signers') };
  const fee = messageFee(fees, message);
  const short = feeFault(account, fee);
  if (short !== undefined) return { result: short };

  // From here on the fee counts as paid; it is taken once nothing can fail any more.
  const given: Amounts = new Map([[NATIVE, fee.amount]]);
  const freeOf = (asset: string): bigint => account.of(asset).free - (given.get(asset) ?? 0n);
  const mini = miniFault(message, freeOf);
  if (mini !== undefined) return { result: mini };
  for (const { coins } of inputs) {
    if (coins.some(({ asset, amount }) => freeOf(asset) < amount)) {
      const text = `${coinsText(freeCoins(account, given))} < ${coinsText(coins)}`;
      return { result: refused(ROOT, INSUFFICIENT_COINS, text) };
    }
    for (const coin of coins) add(given, coin);
  }
  const to = outputs.map(({ address, coins }) => ({ address: addressIn(accounts, address) ?? address, coins }));
  const gained = new Map<string, Amounts>();
  for (const { address, coins } of to) {
    const amounts: Amounts = gained.get(address) ?? new Map();
    gained.set(address, amounts);
    for (const coin of coins) add(amounts, coin);
    const receiver = accounts.get(address);
    const has = (asset: string): bigint => (receiver === account ? freeOf(asset) : (receiver?.of(asset).free ?? 0n));
    if (coins.some(({ asset }) => has(asset) + (amounts.get(asset) ?? 0n) > MAX))
      return { result: invalidCoins(coins) };
  }

  const paid = payFee(account, fee);
  for (const { coins } of inputs) for (const { asset, amount } of coins) account.balance(asset).free -= amount;
  for (const { address, coins } of to) {
    const receiver = accounts.open(address);
    for (const { asset, amount } of coins) receiver.balance(asset).free += amount;
  }
  return {
    result: { ok: true, code: 0, log: 'Msg 0: ' },
    ...paid,
    touched: [...gained.keys()].filter((address) => address !== account.address),
    transfer: { txHash, memo, from: account.address, to },
  };
};
