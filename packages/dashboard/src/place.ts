/**
 * Where the page is: symbol, interval and address, as they stand in the URL, so that a link shows what was seen.
 * In: the query of a URL. Out: a place, and the query of it.
 */
import { isAddress, KLINE_INTERVALS, type KlineInterval } from 'dexwire';

export interface Place {
  /** Empty until it is known which there are. */
  readonly symbol: string;
  readonly interval: KlineInterval;
  /** Empty: nobody's account is shown. */
  readonly address: string;
}

const SYMBOL = /^[A-Z\d.-]+_[A-Z\d.-]+$/;

const isInterval = (text: string): text is KlineInterval => KLINE_INTERVALS.some((interval) => interval === text);

export const isVenueAddress = (text: string): boolean => isAddress(text, 'bnb') || isAddress(text, 'tbnb');

/** What is none of its kind is left away. */
export const readPlace = (search: string): Place => {
  const query = new URLSearchParams(search);
  const symbol = (query.get('symbol') ?? '').toUpperCase();
  const interval = query.get('interval') ?? '';
  const address = (query.get('address') ?? '').trim().toLowerCase();
  return {
    symbol: SYMBOL.test(symbol) ? symbol : '',
    interval: isInterval(interval) ? interval : '1m',
    address: isVenueAddress(address) ? address : '',
  };
};

export const writePlace = ({ symbol, interval, address }: Place): string => {
  const query = new URLSearchParams();
  if (symbol !== '') query.set('symbol', symbol);
  query.set('interval', interval);
  if (address !== '') query.set('address', address);
  return `?${query}`;
};
