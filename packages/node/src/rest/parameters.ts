/**
 * The parameters of a request, each checked.
 * In: the query of a URL. Out: values of the kind that was asked for; a `RestError` 400 that says what is allowed.
 *
 * A parameter without a value counts as absent: some clients write all they know. Unknown ones are ignored, `apikey` among
 * them (spec §15).
 */
import { isAddress, type Milliseconds, parseOrderId, type Side } from '@dexwire/protocol';
import { quoted, RestError } from './restError.ts';

const WHOLE = /^\d{1,16}$/;
export const SYMBOL = /^[A-Z\d.-]{1,24}_[A-Z\d.-]{1,24}$/;
export const ASSET = /^[A-Z\d.-]{1,24}$/;

const bad = (name: string, found: string, allowed: string): RestError =>
  new RestError(400, `${name}: found ${quoted(found)}, allowed is ${allowed}`);

/** @throws RestError 400. */
export const checkAddress = (name: string, text: string, prefix: string): string => {
  if (isAddress(text, prefix)) return text.toLowerCase();
  throw bad(name, text, `an address of this network, ${prefix}1...`);
};

/** An order id, in upper case. @throws RestError 400. */
export const checkOrderId = (name: string, text: string): string => {
  const id = text.toUpperCase();
  try {
    parseOrderId(id);
  } catch {
    throw bad(name, text, '40 hex digits, a dash and a sequence');
  }
  return id;
};

/** Rows of one page. */
export const MOST_ROWS = 1_000;

/** The same unless told otherwise. */
export const USUAL_ROWS = 500;

/** Buy and sell (documented). */
export const SIDE_CODES = ['1', '2'] as const;

/** Whether to count. */
export const TOTAL_CODES = ['0', '1'] as const;

/** Which part of a list is wanted. */
export interface Page {
  readonly limit: number;
  readonly offset: number;
}

export class Parameters {
  readonly #search: URLSearchParams;

  constructor(search: URLSearchParams) {
    this.#search = search;
  }

  text(name: string): string | undefined {
    const values = this.#search.getAll(name);
    if (values.length > 1) throw new RestError(400, `${name}: found ${values.length} times, allowed is once`);
    return values[0] === '' ? undefined : values[0];
  }

  /** Each value of a list: given several times, or joined with commas. */
  texts(name: string): string[] {
    return this.#search
      .getAll(name)
      .flatMap((values) => values.split(','))
      .filter((value) => value !== '');
  }

  whole(name: string, least: number, most: number = Number.MAX_SAFE_INTEGER): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (WHOLE.test(text) && value >= least && value <= most) return value;
    throw bad(name, text, `a whole number from ${least} to ${most}`);
  }

  oneOf<const Value extends string>(name: string, allowed: readonly Value[]): Value | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = allowed.find((one) => one === text);
    if (value !== undefined) return value;
    throw bad(name, text, allowed.join(', '));
  }

  /** Some of the allowed values; none: no choice was made. */
  someOf<const Value extends string>(name: string, allowed: readonly Value[]): readonly Value[] {
    return this.texts(name).map((text) => {
      const value = allowed.find((one) => one === text);
      if (value !== undefined) return value;
      throw bad(name, text, allowed.join(', '));
    });
  }

  required<Value>(name: string, value: Value | undefined, example: string): Value {
    if (value !== undefined) return value;
    throw new RestError(400, `${name}: missing, allowed is ${example}`);
  }

  /** A pair's symbol, in upper case. */
  symbol(name: string): string | undefined {
    return this.#name(name, SYMBOL, 'a symbol such as NNB-0AD_BNB');
  }

  asset(name: string): string | undefined {
    return this.#name(name, ASSET, 'an asset such as NNB-0AD');
  }

  /** @param prefix - Of the network's addresses. */
  address(name: string, prefix: string): string | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : checkAddress(name, text, prefix);
  }

  orderId(name: string): string | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : checkOrderId(name, text);
  }

  /** 1 buy, 2 sell (documented). */
  side(): Side | undefined {
    const code = this.oneOf('side', SIDE_CODES);
    return code && (code === '1' ? 'buy' : 'sell');
  }

  page(usual: number): Page {
    return { limit: this.whole('limit', 1, MOST_ROWS) ?? usual, offset: this.whole('offset', 0) ?? 0 };
  }

  /** Whether the number of all that matches is wanted too (documented: 0 or 1). */
  total(): boolean {
    return this.oneOf('total', TOTAL_CODES) === '1';
  }

  /**
   * A window of time, both ends included.
   *
   * @param longest - At most so much between the two ends, if both are given.
   */
  window(
    startName: string,
    endName: string,
    longest: Milliseconds = Number.MAX_SAFE_INTEGER,
  ): { readonly start: Milliseconds | undefined; readonly end: Milliseconds | undefined } {
    const start = this.whole(startName, 0);
    const end = this.whole(endName, 0);
    if (start !== undefined && end !== undefined) {
      if (start > end) throw bad(startName, String(start), `a time up to ${endName}, ${end}`);
      if (end - start > longest)
        throw bad(startName, String(start), `a time of at most ${longest} ms before ${endName}, ${end}`);
    }
    return { start, end };
  }

  #name(name: string, form: RegExp, allowed: string): string | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const upper = text.toUpperCase();
    if (form.test(upper)) return upper;
    throw bad(name, text, allowed);
  }
}
