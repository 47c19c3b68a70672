/**
 * A treasurer: gives the fees that the proposer has earned back to whoever has least, so that trading never ends.
 * In: balances. Out: transfers from the proposer.
 */
import { type Desk, NATIVE } from './desk.ts';
import { WHOLE } from './orderSizes.ts';
import type { Trader } from './trader.ts';
import { turnsAt } from './turns.ts';

export interface TreasurerOptions {
  /** Who gets fees back. */
  readonly addresses: readonly string[];
  readonly perBlock: number;
}

/** What the proposer keeps, units: ten thousand BNB. */
const KEPT = 10_000n * WHOLE;

/** Fees that are not worth a transfer, units. */
const LEAST = WHOLE / 100n;

export const treasurer = ({ addresses, perBlock }: TreasurerOptions): Trader => {
  const act = (desk: Desk): void => {
    const { proposer, accounts } = desk.state;
    const held = (address: string): bigint => accounts.get(address)?.of(NATIVE).free ?? 0n;
    const receivers = addresses.filter((address) => address !== proposer);
    if (receivers.length === 0 || desk.isInUse(proposer)) return;
    for (const _ of turnsAt(desk.height, perBlock)) {
      const amount = held(proposer) - KEPT;
      if (amount < LEAST) continue;
      const poorest = receivers.reduce((least, address) => (held(address) < held(least) ? address : least));
      desk.send(proposer, [{ address: poorest, coins: [{ asset: NATIVE, amount }] }], 'fees returned');
    }
  };

  return { name: 'treasurer', source: 107, act };
};
