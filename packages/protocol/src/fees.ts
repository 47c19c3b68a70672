/**
 * The fee text of an order report, `commission`: every form that has been seen or documented.
 * In: the text. Out: a list of what it says; or from such a list the modern text.
 *
 * Modern (recorded): `BNB:0.00039999;ABC-123:5`, parts joined with `;`, and perhaps `#Cxl:2` and `#Exp:1`, how many
 * cancels and expiries were charged (reference; whether they reach the stream is unknown). REST ends it with `;`.
 * Documented only: the amount first, `10000BNB`. The text is the owner's total of one block and stands on each of the
 * owner's reports of that block, so the totals of one block are never added up.
 */
import { isDecimal } from './decimal.ts';
import { ValueError } from './errors.ts';
import type { Decimal } from './units.ts';

export type Fee =
  /** An amount charged, in whole coins, as the text has it. */
  | { readonly kind: 'amount'; readonly asset: string; readonly amount: Decimal }
  /** How many charged cancels or expiries the amounts cover. */
  | { readonly kind: 'cancels' | 'expiries'; readonly count: number };

const ASSET_FIRST = /^([A-Z\d][A-Z\d.-]*):(\d[\d.]*)$/;
const COUNT = /^#(Cxl|Exp):(0|[1-9]\d{0,15})$/;
// The chain's amounts have eight places at most, so further digits begin the asset: `1.00000000100K-9BC`.
const AMOUNT_FIRST = /^(\d+(?:\.\d{1,8})?)(.+)$/;
const ASSET = /^\d*[A-Z][A-Z\d.-]*$/;

const parsePart = (part: string): Fee | undefined => {
  const [, counted, count] = COUNT.exec(part) ?? [];
  if (counted && Number.isSafeInteger(Number(count)))
    return { kind: counted === 'Cxl' ? 'cancels' : 'expiries', count: Number(count) };
  const [, asset, assetAmount] = ASSET_FIRST.exec(part) ?? [];
  if (asset && isDecimal(assetAmount)) return { kind: 'amount', asset, amount: assetAmount };
  const [, amount, amountAsset = ''] = AMOUNT_FIRST.exec(part) ?? [];
  if (isDecimal(amount) && ASSET.test(amountAsset)) return { kind: 'amount', asset: amountAsset, amount };
  return undefined;
};

/**
 * What a fee text says, in its order; an empty text is no fee. Amounts are taken as they stand: `ABC-123:5` is 5 coins.
 *
 * @throws ValueError `FEE_INVALID`.
 */
export const parseFees = (text: string): Fee[] =>
  text
    .split(';')
    .filter((part) => part !== '')
    .map((part) => {
      const fee = parsePart(part);
      if (fee) return fee;
      throw new ValueError('FEE_INVALID', part, 'ASSET:amount, #Cxl:count, #Exp:count or amount with asset');
    });

/**
 * The modern text of a list of fees: `BNB:0.00039999;#Cxl:2`, without a final `;`.
 *
 * @throws ValueError `FEE_INVALID` for a fee that could not be read back.
 */
export const formatFees = (fees: readonly Fee[]): string =>
  fees
    .map((fee) => {
      const part =
        fee.kind === 'amount'
          ? `${fee.asset}:${fee.amount}`
          : `#${fee.kind === 'cancels' ? 'Cxl' : 'Exp'}:${fee.count}`;
      if (parsePart(part)?.kind !== fee.kind) throw new ValueError('FEE_INVALID', part, 'a fee of an asset');
      return part;
    })
    .join(';');
