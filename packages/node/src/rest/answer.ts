/**
 * How a request is answered: by a function of the view that knows nothing of HTTP.
 * In: nothing. Out: types, and what several answers share: times and lists in the forms of the replies.
 */
import type { Milliseconds } from '@dexwire/protocol';
import type { Page, Parameters } from './parameters.ts';
import type { RestView } from './restView.ts';

export interface Request {
  readonly parameters: Parameters;
  /** A part of the path by its name in the route. */
  part(name: string): string;
  /** Of the URL that was asked: `http://127.0.0.1:27100`. */
  readonly origin: string;
}

/** @returns The body; a text is the body as it is written already. @throws RestError. */
export type Answer = (view: RestView, request: Request) => unknown;

/** RFC 3339 in UTC, cut to whole seconds (recorded for the time), or to milliseconds. */
export const dateTime = (time: Milliseconds, digits: 0 | 3): string => {
  const text = new Date(time).toISOString();
  return digits === 3 ? text : `${text.slice(0, -5)}Z`;
};

/** One page of what matches, and how many match if that is wanted, else -1 (recorded). */
export const pageOf = <Item>(
  items: Iterable<Item>,
  matches: (item: Item) => boolean,
  { limit, offset }: Page,
  counted: boolean,
): { readonly total: number; readonly items: readonly Item[] } => {
  const page: Item[] = [];
  let seen = 0;
  for (const item of items) {
    if (!matches(item)) continue;
    if (seen >= offset && page.length < limit) page.push(item);
    seen += 1;
    if (!counted && page.length === limit) break;
  }
  return { total: counted ? seen : -1, items: page };
};

/** Names in byte order; they are ASCII. */
export const bySymbol = (a: { readonly symbol: string }, b: { readonly symbol: string }): number =>
  a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0;
