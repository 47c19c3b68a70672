/**
 * A sender: small transfers, so that each account gets something in its turn.
 * In: balances, chance. Out: transfers with memos, now and then one to several receivers.
 */
import { byAsset, type Desk, NATIVE } from './desk.ts';
import { WHOLE } from './orderSizes.ts';
import type { Trader } from './trader.ts';
import { turnsAt } from './turns.ts';

export interface SenderOptions {
  /** Who sends. */
  readonly addresses: readonly string[];
  /** Who gets something, one after the other. */
  readonly receivers: readonly string[];
  /** Transfers a block, of all senders together. */
  readonly perBlock: number;
}

/** Of what an account has, one coin of a transfer is at most this part. */
const PART = 1_000n;

/** And at most so much, units: a five-hundredth of a coin. It flows one way, and for weeks. */
const MOST = WHOLE / 500n;

const MEMOS = ['', 'rent', 'lunch', 'thanks', 'invoice 2017', 'for the coffee ☕', '100045'] as const;

export const sender = ({ addresses, receivers, perBlock }: SenderOptions): Trader => {
  const act = (desk: Desk): void => {
    for (const turn of turnsAt(desk.height, perBlock)) {
      const receiver = receivers[turn % receivers.length] ?? '';
      const senders = addresses.filter((address) => address !== receiver);
      if (senders.length === 0 || desk.isInUse(receiver)) continue;
      const from = desk.chance.one(senders);
      const others = receivers.filter((address) => address !== from && address !== receiver && !desk.isInUse(address));
      const isMulti = others.length > 0 && desk.chance.often(150);
      const coins = coinsOf(desk, from);
      if (coins.length === 0) continue;
      const outputs = [receiver, ...(isMulti ? [desk.chance.one(others)] : [])].map((address) => ({ address, coins }));
      desk.send(from, outputs, desk.chance.one(MEMOS));
    }
  };

  return { name: 'sender', source: 105, act };
};

/** What one receiver gets: some BNB, or now and then a token, or both. */
const coinsOf = (desk: Desk, from: string): { asset: string; amount: bigint }[] => {
  const isToken = desk.chance.often(300);
  const isBoth = desk.chance.often(300);
  const tokens = [...(desk.state.accounts.get(from)?.balances.keys() ?? [])]
    // A mini token goes in whole ones or not at all, which `MOST` forbids.
    .filter((asset) => asset !== NATIVE && desk.state.tokens.get(asset)?.kind === 'bep2')
    .sort();
  const assets = !isToken || tokens.length === 0 ? [NATIVE] : [desk.chance.one(tokens), ...(isBoth ? [NATIVE] : [])];
  return assets
    .map((asset) => {
      const part = desk.spendable(from, asset) / PART;
      const most = part < MOST ? part : MOST;
      return { asset, amount: most > 0n ? desk.chance.units(1n, most) : 0n };
    })
    .filter(({ amount }) => amount > 0n)
    .sort(byAsset);
};
