/**
 * Fee strings: the chain counts units, the gateway writes decimals.
 * In: the chain's form, `BNB:39999;#Cxl:1`. Out: the gateway's, `BNB:0.00039999;#Cxl:1`. Source: spec §6.
 */
import { unitsText } from './unitsText.ts';

/** @param fee - Parts joined by `;`: an asset, `:` and units, or a count such as `#Exp:1`, which stays as it is. Empty: no fee. */
export const feeText = (fee: string): string => (fee === '' ? '' : fee.split(';').map(partText).join(';'));

const partText = (part: string): string => {
  const colon = part.indexOf(':');
  return part.startsWith('#') ? part : `${part.slice(0, colon)}:${unitsText(BigInt(part.slice(colon + 1)))}`;
};
