/**
 * What a message costs, and whether its sender can pay: BNB, taken from the free balance before the message runs.
 * In: the fee table, a message, the sender's account. Out: a fee and who gets it; the refusal of one who has too little.
 *
 * Orders and cancels are free here: what they cost is charged when they are filled, cancelled or expire.
 */
import type { CoinUnits, Message, Send } from '@dexwire/protocol/transactions';
import type { Handled } from '../chain/handled.ts';
import { NATIVE } from '../chain/ledger.ts';
import { type Refused, ROOT, refused } from '../chain/result.ts';
import type { FeeTable } from '../chain/state.ts';
import type { Account } from './accounts.ts';

export interface MessageFee {
  /** Units of 1e-8 BNB; 0: free. */
  readonly amount: bigint;
  readonly feeFor: NonNullable<Handled['feeFor']>;
}

/** A transfer with so many coin entries or more pays for each of them (reference; public texts say "more than"). */
export const MULTI_SEND_FROM = 2;

const INSUFFICIENT_FUNDS = 5;

const FREE: MessageFee = { amount: 0n, feeFor: 'proposer' };

/** Coin entries of the side that has more, over all its addresses. */
const entriesOf = ({ inputs, outputs }: Send): number => {
  const [sent, received] = [inputs, outputs].map((sides) => sides.reduce((sum, { coins }) => sum + coins.length, 0));
  return Math.max(sent ?? 0, received ?? 0);
};

export const messageFee = (fees: FeeTable, message: Message): MessageFee => {
  switch (message.type) {
    case 'newOrder':
    case 'cancelOrder':
      return FREE;
    case 'send': {
      const entries = entriesOf(message);
      const amount = entries < MULTI_SEND_FROM ? fees.send : fees.multiSend * BigInt(entries);
      return { amount, feeFor: 'proposer' };
    }
    case 'burn':
      return { amount: fees.burn, feeFor: 'proposer' };
    case 'freeze':
    case 'unfreeze':
      return { amount: fees.freeze, feeFor: 'proposer' };
    default:
      return { amount: fees[message.type], feeFor: 'all' };
  }
};

/** `12500BNB,7XYZ-12AM`. */
export const coinsText = (coins: readonly CoinUnits[]): string =>
  coins.map(({ asset, amount }) => `${amount}${asset}`).join();

/** What an account has free, by asset in byte order (they are ASCII), less what is already given away. */
export const freeCoins = (account: Account, given?: ReadonlyMap<string, bigint>): CoinUnits[] =>
  [...account.balances]
    .map(([asset, { free }]) => ({ asset, amount: free - (given?.get(asset) ?? 0n) }))
    .filter(({ amount }) => amount > 0n)
    .sort((a, b) => (a.asset < b.asset ? -1 : 1));

/** The refusal of an account that cannot pay. */
export const feeFault = (account: Account, { amount }: MessageFee): Refused | undefined => {
  if (account.of(NATIVE).free >= amount) return undefined;
  const got = coinsText(freeCoins(account));
  return refused(ROOT, INSUFFICIENT_FUNDS, `insufficient fund. you got ${got}, but ${amount}${NATIVE} fee needed.`);
};

/** Takes a fee that `feeFault` found payable. @returns What the block is told of it. */
export const payFee = (account: Account, { amount, feeFor }: MessageFee): Pick<Handled, 'fee' | 'feeFor'> => {
  if (amount === 0n) return {};
  account.balance(NATIVE).free -= amount;
  return { fee: amount, feeFor };
};
