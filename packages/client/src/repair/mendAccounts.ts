/**
 * The balances of an address as they are now, in place of each update that led there.
 * In: what was missed. Out: one account update.
 *
 * Its height is one that REST had before it was asked: the balances are those of that block or of a later one, and transactions
 * of the running block may be in them. Whatever they do comes again with the update of their own block.
 */
import type { AccountUpdate, Balance } from '@dexwire/protocol';
import { decimalAt, textAt } from '../rest/members.ts';
import { listAt, type Mend, Refused } from './reading.ts';

const readBalance = (from: unknown): Balance => ({
  asset: textAt(from, 'symbol'),
  free: decimalAt(from, 'free'),
  frozen: decimalAt(from, 'frozen'),
  locked: decimalAt(from, 'locked'),
});

const readBalances = (body: unknown): Balance[] => listAt(body, 'balances', readBalance);

/** No digit but 0. */
const isZero = (decimal: string): boolean => !/[1-9]/.test(decimal);

/** The order of the stream: with a free amount, then only frozen, then only locked; by name. */
const rank = ({ free, frozen }: Balance): number => (isZero(free) ? (isZero(frozen) ? 2 : 1) : 0);
const inOrder = (a: Balance, b: Balance): number => rank(a) - rank(b) || (a.asset < b.asset ? -1 : 1);

export const mendAccounts: Mend = async ({ subject, to }, reading, _most, keep) => {
  const { height } = await reading.latest(to);
  let balances: Balance[];
  try {
    balances = await reading.get(`/account/${encodeURIComponent(subject)}`, readBalances);
  } catch (error) {
    // Nothing was ever sent to it, so there is nothing to tell.
    if (error instanceof Refused && error.status === 404) return 'none';
    throw error;
  }
  const held = balances.filter(({ free, frozen, locked }) => ![free, frozen, locked].every(isZero));
  const update: AccountUpdate = { eventType: 'outboundAccountInfo', height, balances: held.sort(inOrder) };
  keep(() => [{ kind: 'events', events: [update], height, repaired: true, current: true }]);
  return 'none';
};
