/**
 * Order ids: `<40 capital hex digits>-<sequence>`. The digits are the bytes of the owner's address (recorded: true of
 * every trade and order), the sequence is that of the owner's transaction.
 * In: an id, or an owner and a sequence. Out: the other; a `ValueError` for what is no order id.
 */
import { ADDRESS_BYTES, decodeAddress, encodeAddress } from './address.ts';
import { ValueError } from './errors.ts';

export interface OrderIdParts {
  /** Twenty bytes; `encodeAddress` makes them an address. */
  readonly owner: Uint8Array;
  /** At most 2^53 - 1. */
  readonly sequence: number;
}

const FORM = /^([\dA-F]{40})-(0|[1-9]\d{0,15})$/;

const invalid = (found: unknown): ValueError =>
  new ValueError('ORDER_ID_INVALID', found, `${2 * ADDRESS_BYTES} capital hex digits, a dash and a sequence`);

/**
 * Owner and sequence of an order id.
 *
 * @throws ValueError `ORDER_ID_INVALID`.
 */
export const parseOrderId = (id: string): OrderIdParts => {
  const [, hex = '', sequence = ''] = FORM.exec(id) ?? [];
  if (hex === '' || !Number.isSafeInteger(Number(sequence))) throw invalid(id);
  const owner = Uint8Array.from({ length: ADDRESS_BYTES }, (_, place) =>
    parseInt(hex.slice(2 * place, 2 * place + 2), 16),
  );
  return { owner, sequence: Number(sequence) };
};

/**
 * The address that placed an order.
 *
 * @param prefix - Network of the address: `bnb`, `tbnb`.
 * @throws ValueError `ORDER_ID_INVALID`.
 */
export const ownerAddress = <const Prefix extends string>(id: string, prefix: Prefix): `${Prefix}1${string}` =>
  encodeAddress(prefix, parseOrderId(id).owner);

/**
 * The id of an order.
 *
 * @param owner - An address of any prefix, or its twenty bytes.
 * @throws ValueError `ORDER_ID_INVALID`; `ADDRESS_INVALID` for a text that is no address.
 */
export const formatOrderId = (owner: string | Uint8Array, sequence: number): string => {
  const bytes = typeof owner === 'string' ? decodeAddress(owner).bytes : owner;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const id = `${hex.toUpperCase()}-${sequence}`;
  if (!Number.isSafeInteger(sequence) || !FORM.test(id)) throw invalid(id);
  return id;
};
