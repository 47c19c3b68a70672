/**
 * Chance for the fuzz: cheap, and the same again for the same seed.
 * In: a seed. Out: numbers and choices, texts, bytes and amounts, among them those that programs stumble over.
 */
import { seededRandom } from '../support/random.ts';

const MAX = 2n ** 63n - 1n;

/** Texts that mean something to a language, a parser or a table, though they are no symbol, address or number. */
const ODD_TEXTS: readonly string[] = [
  ...['', ' ', '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'null', 'undefined'],
  ...[
    '$all',
    '$ALL',
    '_',
    '__',
    '-',
    '--',
    'BNB_',
    '_BNB',
    'BNB__BNB',
    'BNB_BNB',
    'BNB_BNB_BNB',
    'bnb',
    'BNB-',
    'A-00G',
  ],
  ...['BNB-000', 'BNB.B', '__PROTO___BNB', 'BNB___proto__', 'ABC-123M', 'ABC-12AM', 'BNB\u0000', '\u0000', '\ud800'],
  ...[
    'BU\u017fD-BD1',
    '\u0130-000',
    '\u00df\u00df-000',
    '\u202eBNB',
    '\ufeffBNB',
    '\u{1f680}\u{1f680}',
    'BNB\n',
    '%00',
    '%',
  ],
  ...["'--", '"', '\\', '<b>', '../..', '0x10', '1e309', '-1', '-0', 'NaN', 'Infinity', '9223372036854775808', '0.1'],
];

const ODD_AMOUNTS: readonly bigint[] = [
  ...[0n, 1n, 2n, -1n, 99_999_999n, 100_000_000n, 100_000_001n, 2n ** 53n, 2n ** 62n, MAX, MAX - 1n, MAX + 1n],
  ...[MAX - 99_999_999n, -MAX, -MAX - 1n, 9n * 10n ** 18n, 9n * 10n ** 18n + 1n, 2n ** 64n - 1n, 2n ** 64n, 10n ** 30n],
];

const ODD_NUMBERS: readonly number[] = [
  ...[0, 1, 2, 3, 4, -1, -0, 0.5, 255, 256, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 2 ** 63, 1e300, -1e300],
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
];

export class Chance {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** A whole number from 0, below `count`. */
  below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  /** True once in so many times. */
  once(times: number): boolean {
    return this.#random() * times < 1;
  }

  /** @param list - Not empty. */
  one<Item>(list: readonly Item[]): Item {
    return list[this.below(list.length)]!;
  }

  /** One of several, each as often as its weight says. */
  weighted<Item>(choices: readonly (readonly [weight: number, item: Item])[]): Item {
    let left = this.#random() * choices.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, item] of choices) {
      left -= weight;
      if (left < 0) return item;
    }
    return choices[0]![1];
  }

  /** A copy in another order. */
  shuffled<Item>(list: readonly Item[]): Item[] {
    const rest = [...list];
    return list.map(() => rest.splice(this.below(rest.length), 1)[0]!);
  }

  /** From 0, below `count`, which may be past 2^53. */
  unitsBelow(count: bigint): bigint {
    const part = BigInt(this.below(2 ** 30)) * 2n ** 30n + BigInt(this.below(2 ** 30));
    return (count * part) / 2n ** 60n;
  }

  oddText(): string {
    if (this.once(200)) return 'A'.repeat(20_000);
    return this.once(3) ? this.noise(24) : this.one(ODD_TEXTS);
  }

  /** An amount that is at or past one of its bounds, or lies anywhere within 64 bits. */
  oddAmount(): bigint {
    return this.once(4) ? this.unitsBelow(2n ** 64n) - 2n ** 63n : this.one(ODD_AMOUNTS);
  }

  oddNumber(): number {
    return this.once(4) ? Math.floor((this.#random() - 0.5) * 2 ** 40) : this.one(ODD_NUMBERS);
  }

  /** Characters of all kinds, half of them ASCII; surrogates may stand alone. */
  noise(most: number): string {
    let text = '';
    for (let left = this.below(most + 1); left > 0; left -= 1)
      text += String.fromCharCode(this.below(this.once(2) ? 0x80 : 0x10000));
    return text;
  }

  /** Mostly no UTF-8. */
  bytes(most: number): Uint8Array {
    return Uint8Array.from({ length: this.below(most + 1) }, () => this.below(256));
  }

  /** A text with a few of its characters changed, taken out or doubled, or cut short. */
  garbled(text: string): string {
    let garbled = text;
    for (let left = 1 + this.below(3); left > 0; left -= 1) {
      const at = this.below(garbled.length + 1);
      const to = at + this.below(4);
      const middle = this.one(['', this.noise(2), garbled.slice(at, to).repeat(2), '"', ',', '{', ']', '0', '\\']);
      garbled = this.once(6) ? garbled.slice(0, at) : garbled.slice(0, at) + middle + garbled.slice(to);
    }
    return garbled;
  }

  /** Letters in any case. */
  anyCase(text: string): string {
    return text.replace(/[a-z]/gi, (letter) => (this.once(2) ? letter.toUpperCase() : letter.toLowerCase()));
  }

  /** What `JSON.parse` may give, of any kind. */
  oddValue(depth = 2): unknown {
    const kind = this.below(depth > 0 ? 8 : 6);
    if (kind === 0) return null;
    if (kind === 1) return this.once(2);
    if (kind === 2) return this.oddNumber();
    if (kind < 6) return this.oddText();
    const members = Array.from({ length: this.below(4) }, () => this.oddValue(depth - 1));
    if (kind === 6) return members;
    return Object.fromEntries(members.map((member) => [this.oddText().slice(0, 40), member]));
  }
}
