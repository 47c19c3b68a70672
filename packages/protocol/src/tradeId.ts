/**
 * Trade ids: `<height>-<index>`. The index counts all trades of a block over all symbols, from 0 (recorded, reference).
 * In: an id, or its parts. Out: the other; a `ValueError` for what is no trade id.
 */
import { ValueError } from './errors.ts';
import type { Height } from './units.ts';

export interface TradeIdParts {
  /** Block of the trade. */
  readonly height: Height;
  /** Place among the block's trades, from 0; symbols share the count. */
  readonly index: number;
}

const FORM = /^(0|[1-9]\d{0,15})-(0|[1-9]\d{0,15})$/;

const checked = ({ height, index }: TradeIdParts, id: string): string => {
  if (FORM.test(id) && Number.isSafeInteger(height) && Number.isSafeInteger(index)) return id;
  throw new ValueError('TRADE_ID_INVALID', id, 'a height, a dash and an index');
};

/**
 * Height and index of a trade id. The empty text that stands for "no trade" in an order report is no id.
 *
 * @throws ValueError `TRADE_ID_INVALID`.
 */
export const parseTradeId = (id: string): TradeIdParts => {
  const [, height, index] = FORM.exec(id) ?? [];
  const parts = { height: Number(height), index: Number(index) };
  checked(parts, id);
  return parts;
};

/**
 * The id of a trade.
 *
 * @throws ValueError `TRADE_ID_INVALID` for parts that are no whole numbers from 0 to 2^53 - 1.
 */
export const formatTradeId = (parts: TradeIdParts): string => checked(parts, `${parts.height}-${parts.index}`);
