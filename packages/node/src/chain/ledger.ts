/**
 * What the running block notes about one account: its fills until they are charged, its fees, what it may say of them.
 * In: settlement, fees and cancels. Out: the account's block fee as text, and what of it each order update repeats.
 */
import type { Account } from '../entry/accounts.ts';
import type { Removal } from './runningBlock.ts';
import type { Pair } from './state.ts';

/** Asset that fees are paid in, and that prices are compared through. */
export const NATIVE = 'BNB';

/** An account's fills on one side of one pair: a chain through `Fills`, in the order of the trades. */
export interface FillRun {
  readonly pair: Pair;
  readonly isBuy: boolean;
  readonly first: number;
  last: number;
}

export class Ledger {
  readonly account: Account;
  /** Which block it belongs to; a ledger of an earlier one is dead. */
  readonly serial: number;
  /** Where it stands among the ledgers of the block. */
  readonly place: number;
  /** Undefined: none yet. */
  runs: FillRun[] | undefined = undefined;
  /** Fees of the block, units of 1e-8; undefined: no fee in BNB, which is not the same as `BNB:0`. */
  native: bigint | undefined = undefined;
  others: Map<string, bigint> | undefined = undefined;
  chargedCancels = 0;
  chargedExpiries = 0;
  /** Orders that left in the running settlement and have their fixed fee to pay. */
  leavers: Removal[] | undefined = undefined;
  /** Whether an update of an order that left other than by a fill has told the fee: only the first does. */
  hasTold = false;
  #text: string | undefined = undefined;

  constructor(account: Account, serial: number, place: number) {
    this.account = account;
    this.serial = serial;
    this.place = place;
  }

  add(asset: string, amount: bigint): void {
    if (asset === NATIVE) this.native = this.native === undefined ? amount : this.native + amount;
    else {
      this.others ??= new Map();
      this.others.set(asset, (this.others.get(asset) ?? 0n) + amount);
    }
  }

  get hasFees(): boolean {
    return this.native !== undefined || this.others !== undefined;
  }

  /** `ABC-12F:50;BNB:7;#Cxl:1`. To be asked once all is charged, for it is made once. */
  get text(): string {
    this.#text ??= this.#write();
    return this.#text;
  }

  #write(): string {
    if (!this.hasFees) return '';
    let text = this.others === undefined ? `${NATIVE}:${this.native}` : feeText(this.native, this.others);
    if (this.chargedCancels > 0) text += `;#Cxl:${this.chargedCancels}`;
    if (this.chargedExpiries > 0) text += `;#Exp:${this.chargedExpiries}`;
    return text;
  }
}

/** Assets in byte order (they are ASCII), raw units: `ABC-12F:50;BNB:7`. Nothing at all is the empty text. */
export const feeText = (native: bigint | undefined, others: ReadonlyMap<string, bigint> | undefined): string => {
  const all = others === undefined ? [] : [...others];
  if (native !== undefined) all.push([NATIVE, native]);
  all.sort(([a], [b]) => (a < b ? -1 : 1));
  return all.map(([asset, amount]) => `${asset}:${amount}`).join(';');
};
