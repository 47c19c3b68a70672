/**
 * What a venue lists: for whoever asked for something that it does not.
 * In: a connection. Out: symbols; an error that names those that would be good.
 */
import type { Dex } from 'dexwire';
import { CliError } from './errors.ts';
import { askRest, restOf } from './rest.ts';

const PAGE = 1000;
/** How many symbols an error tells. */
const SHOWN = 24;

const symbolOf = (row: unknown): string[] => {
  const { base_asset_symbol: base, quote_asset_symbol: quote } = (row ?? {}) as Record<string, unknown>;
  return typeof base === 'string' && typeof quote === 'string' ? [`${base}_${quote}`] : [];
};

/** All symbols, those of mini tokens last. @throws CliError `UNREACHABLE`. */
export const listedSymbols = async (dex: Dex, signal?: AbortSignal): Promise<string[]> => {
  const base = restOf(dex);
  if (base === undefined) throw new CliError('UNREACHABLE', 'it is not known where REST is: say --rest URL');
  const lists = await Promise.all(
    ['/markets', '/mini/markets'].map(async (path) => {
      const { status, body } = await askRest(dex, `${base}${path}?limit=${PAGE}`, signal);
      if (status !== 200 || !Array.isArray(body)) throw new CliError('UNREACHABLE', `${base}${path}: status ${status}`);
      return body.flatMap(symbolOf);
    }),
  );
  return lists.flat();
};

/** Those that have an asset in common with what was asked for come first. */
const nearest = (symbols: readonly string[], wanted: readonly string[]): string[] => {
  const assets = wanted.flatMap((symbol) => symbol.split('_')).map((asset) => asset.split('-')[0]);
  const isNear = (symbol: string): boolean => symbol.split('_').some((asset) => assets.includes(asset.split('-')[0]));
  return [...symbols.filter(isNear), ...symbols.filter((symbol) => !isNear(symbol))];
};

/** The complaint about symbols that a venue does not list. */
export const notListed = (unknown: readonly string[], symbols: readonly string[]): CliError => {
  const shown = nearest(symbols, unknown).slice(0, SHOWN);
  const more = symbols.length - shown.length;
  return new CliError(
    'USAGE',
    `${unknown.join(', ')} ${unknown.length === 1 ? 'is' : 'are'} not listed here; listed are ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
  );
};

/** @returns The error, or, if the gateway refused symbols that it does not list, one that says what it lists. */
export const explained = async (error: unknown, dex: Dex, wanted: readonly string[]): Promise<unknown> => {
  if ((error as { code?: unknown } | null)?.code !== 'COMMAND_REFUSED' || !wanted.length) return error;
  try {
    const symbols = await listedSymbols(dex);
    const unknown = wanted.filter((symbol) => !symbols.includes(symbol));
    return unknown.length ? notListed(unknown, symbols) : error;
  } catch {
    return error; // what is known is what the gateway said
  }
};
