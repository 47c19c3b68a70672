/**
 * Cases of kind `publish`: who gets the block fee, and the names of codes.
 * In: cases. Out: their differences.
 */
import { BlockFees } from '../../packages/node/src/chain/fees.ts';
import { ORDER_STATUSES, TICK_TYPES } from '../../packages/protocol/src/index.ts';
import { type CaseKinds, expecting } from './case.ts';
import { type AmountsJson, addressOf, stateOf } from './caseState.ts';

/** The chain's own codes (matching rules §14). */
const STATUSES = [
  'Ack',
  'Canceled',
  'Expired',
  'IocNoFill',
  'IocExpire',
  'PartialFill',
  'FullyFill',
  'FailedBlocking',
  'FailedMatching',
];

const OPEN: ReadonlySet<string> = new Set(['Ack', 'PartialFill', 'FailedBlocking']);

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

export const publishCases: CaseKinds = {
  'publish.blockFee': expecting(
    (input: {
      readonly blockFee: AmountsJson;
      readonly type: 'proposer' | 'all';
      readonly validators: number;
      readonly proposerIndex: number;
      readonly balancesBefore: readonly string[];
    }) => {
      const { accounts } = stateOf();
      const validators = input.balancesBefore.map((free, at) => {
        const account = accounts.open(addressOf(at + 1));
        account.native.free = BigInt(free);
        return account;
      });
      const fees = new BlockFees();
      for (const [asset, amount] of Object.entries(input.blockFee)) fees.add(asset, BigInt(amount));
      if (input.type === 'all') fees.makeForAll();
      const receivers = fees.distribute(validators[input.proposerIndex]!, validators.slice(0, input.validators));
      return {
        fee: fees.text,
        publishedValidators: receivers.length,
        balancesAfter: validators.map(({ native }) => String(native.free)),
      };
    },
  ),

  'publish.statusNames': expecting(({ codes }: { readonly codes: readonly number[] }) => {
    const names = codes.map((code) => ORDER_STATUSES.find((status) => status === STATUSES[code]));
    return { names, open: names.map((name) => name !== undefined && OPEN.has(name)) };
  }),

  'publish.tickNames': expecting(({ codes }: { readonly codes: readonly number[] }) => ({
    names: codes.map((code) => capital(TICK_TYPES[code] ?? '')),
  })),
};
