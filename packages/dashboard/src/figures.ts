/**
 * Decimal texts as people read them. Nothing becomes a `number` on the way, so what is shown is what the node said.
 * In: decimal texts. Out: the same with the zeros cut, digits in groups; shares and changes as whole numbers of their own.
 */
import { type Decimal, decimalUnits } from 'dexwire';

/** Digits behind the point of every amount of the chain. */
const SCALE = 8;

export const ZERO = '0' as Decimal;

/** Digits behind the point that a tick or lot needs: 2 for `0.01000000`. */
export const digitsOf = (step: Decimal): number => (step.split('.')[1] ?? '').replace(/0+$/, '').length;

const THIN_BLANK = '\u2009';

const grouped = (whole: string): string => whole.replace(/\B(?=(\d{3})+$)/g, THIN_BLANK);

/**
 * With at least so many digits behind the point, and more where they are not zero. Thousands stand apart by a thin blank,
 * which no locale reads as a point.
 */
export const shown = (decimal: Decimal, digits: number): string => {
  const [whole = '', fraction = ''] = decimal.replace('-', '').split('.');
  const kept = fraction.replace(/0+$/, '').padEnd(digits, '0');
  return `${decimal.startsWith('-') ? '−' : ''}${grouped(whole)}${kept === '' ? '' : `.${kept}`}`;
};

/** The same without groups, as a form takes it. */
export const typed = (decimal: Decimal, digits: number): string => shown(decimal, digits).replaceAll(THIN_BLANK, '');

const LETTERS = ['', 'K', 'M', 'B', 'T'];

/** Some four digits, cut and not rounded, for where a column is narrow. The whole of it stands in the panel's tip. */
export const brief = (decimal: Decimal): string => {
  const [whole = '0', fraction = ''] = decimal.split('.');
  const power = Math.min(Math.floor((whole.length - 1) / 3), LETTERS.length - 1);
  if (power === 0) return shown(`${whole}.${fraction.slice(0, 4 - Math.min(whole.length, 3))}` as Decimal, 0);
  const at = whole.length - 3 * power;
  return `${whole.slice(0, at)}.${whole.slice(at, at + 3 - Math.min(at, 2))}${LETTERS[power]}`;
};

/** What part of a whole something is, in ten thousandths: for the length of a bar, which is no figure. */
export const shareOf = (part: Decimal, whole: Decimal): number => {
  const all = decimalUnits(whole, SCALE, 'trunc');
  if (all <= 0n) return 0;
  const share = (decimalUnits(part, SCALE, 'trunc') * 10_000n) / all;
  return Number(share > 10_000n ? 10_000n : share);
};

/** Up or down, and the change in percent with two digits, cut as the venue cuts its own. */
export interface Change {
  readonly direction: 'up' | 'down' | 'flat';
  readonly text: string;
}

/** Of hundredths of a percent. */
const changeText = (hundredths: bigint): Change => {
  const size = hundredths < 0n ? -hundredths : hundredths;
  const text = `${size / 100n}.${String(size % 100n).padStart(2, '0')}\u202f%`;
  if (hundredths === 0n) return { direction: 'flat', text };
  return hundredths > 0n ? { direction: 'up', text: `+${text}` } : { direction: 'down', text: `−${text}` };
};

export const changeOf = (from: Decimal, to: Decimal): Change => {
  const before = decimalUnits(from, SCALE, 'trunc');
  if (before === 0n) return changeText(0n);
  return changeText(((decimalUnits(to, SCALE, 'trunc') - before) * 10_000n) / before);
};

/** Of the venue's own ratio: `-0.0086` is a fall of 0.86 %. */
export const changeOfRatio = (ratio: Decimal): Change => changeText(decimalUnits(ratio, 4, 'trunc'));

/** `BNB_BUSD-BD1`: what people call it, and the marks that tell tokens of one name apart. */
export const nameOf = (symbol: string): { readonly base: string; readonly quote: string; readonly name: string } => {
  const [base = '', quote = ''] = symbol.split('_');
  return { base, quote, name: `${plain(base)}/${plain(quote)}` };
};

/** An asset without its mark. */
export const plain = (asset: string): string => asset.split('-')[0] ?? asset;

const two = (value: number): string => String(value).padStart(2, '0');

/** Of the day, in UTC, as the chart has it. */
export const timeOfDay = (milliseconds: number): string => {
  const date = new Date(milliseconds);
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
};

export const millisecondsOf = (nanoseconds: bigint): number => Number(nanoseconds / 1_000_000n);

/** How long: `0.4 s`, `12 s`, `3 min`. */
export const duration = (milliseconds: number): string => {
  if (milliseconds < 10_000) return `${(Math.max(milliseconds, 0) / 1000).toFixed(1)} s`;
  if (milliseconds < 120_000) return `${Math.floor(milliseconds / 1000)} s`;
  return `${Math.floor(milliseconds / 60_000)} min`;
};
