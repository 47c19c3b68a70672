/**
 * A freezer: freezes a little of a token, and later thaws all that is frozen.
 * In: balances, chance. Out: freeze and unfreeze transactions of one account that is nobody else's.
 */
import { type Desk, NATIVE } from './desk.ts';
import { WHOLE } from './orderSizes.ts';
import type { Trader } from './trader.ts';
import { turnsAt } from './turns.ts';

export interface FreezerOptions {
  readonly address: string;
  readonly perBlock: number;
}

/** Of what it has, it freezes at most this part. */
const PART = 100n;

export const freezer = ({ address, perBlock }: FreezerOptions): Trader => {
  const act = (desk: Desk): void => {
    for (const _ of turnsAt(desk.height, perBlock)) {
      const account = desk.state.accounts.get(address);
      const held = [...(account?.balances ?? [])].filter(([asset]) => asset !== NATIVE).sort(byName);
      const frozen = held.filter(([, balance]) => balance.frozen > 0n);
      // The least of a mini token is a whole one.
      const freezable = held.filter(([, balance]) => balance.free / PART >= WHOLE);
      if (frozen.length > 0 && (freezable.length === 0 || desk.chance.often(500))) {
        const [symbol, balance] = desk.chance.one(frozen);
        desk.submit({ type: 'unfreeze', from: address, symbol, amount: balance.frozen });
      } else if (freezable.length > 0) {
        const [symbol, { free }] = desk.chance.one(freezable);
        desk.submit({ type: 'freeze', from: address, symbol, amount: desk.chance.units(WHOLE, free / PART) });
      }
    }
  };

  return { name: 'freezer', source: 106, act };
};

const byName = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1;
