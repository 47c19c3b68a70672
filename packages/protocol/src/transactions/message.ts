/**
 * What an account may ask of the chain, as plain values: the fields of each message and of the transaction around it.
 * In: nothing. Out: types. Addresses are bech32 text; amounts, prices and supplies count units of 1e-8, int64.
 * Source: the chain's own names and order of fields (reference).
 */

/** An amount of one asset, in units of 1e-8. The chain calls the asset a denomination. */
export interface CoinUnits {
  readonly asset: string;
  readonly amount: bigint;
}

/** One side of a transfer. */
export interface TransferSide {
  readonly address: string;
  /** By asset in byte order, each once, all above zero; anything else is refused. */
  readonly coins: readonly CoinUnits[];
}

export interface NewOrder {
  readonly type: 'newOrder';
  readonly sender: string;
  /** `<address bytes, upper-case hex>-<sequence + 1>`: the sequence after this transaction (reference). */
  readonly id: string;
  readonly symbol: string;
  /** 2, limit; nothing else is accepted. */
  readonly orderType: number;
  /** 1 buy, 2 sell. */
  readonly side: number;
  /** Units of the quote asset for one whole base asset. */
  readonly price: bigint;
  readonly quantity: bigint;
  /** 1 GTE, 3 IOC. */
  readonly timeInForce: number;
}

export interface CancelOrder {
  readonly type: 'cancelOrder';
  readonly sender: string;
  readonly symbol: string;
  /** Id of the order to cancel. */
  readonly refId: string;
}

export interface Send {
  readonly type: 'send';
  readonly inputs: readonly TransferSide[];
  readonly outputs: readonly TransferSide[];
}

export interface IssueToken {
  readonly type: 'issue';
  readonly from: string;
  readonly name: string;
  /** Without suffix; the chain adds one. */
  readonly symbol: string;
  readonly totalSupply: bigint;
  readonly mintable: boolean;
}

/** Mini tokens go up to 1,000,000 whole tokens, tiny ones to 10,000. */
export interface IssueMiniToken {
  readonly type: 'issueMini' | 'issueTiny';
  readonly from: string;
  readonly name: string;
  readonly symbol: string;
  readonly totalSupply: bigint;
  readonly mintable: boolean;
  readonly tokenUri: string;
}

export interface ChangeTokens {
  readonly type: 'mint' | 'burn' | 'freeze' | 'unfreeze';
  readonly from: string;
  /** With suffix. */
  readonly symbol: string;
  readonly amount: bigint;
}

export interface ListPair {
  readonly type: 'list';
  readonly from: string;
  /** Of the vote that allowed it; above zero. */
  readonly proposalId: bigint;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  readonly initPrice: bigint;
}

export interface ListMiniPair {
  readonly type: 'listMini';
  readonly from: string;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  readonly initPrice: bigint;
}

export type Message =
  | NewOrder
  | CancelOrder
  | Send
  | IssueToken
  | IssueMiniToken
  | ChangeTokens
  | ListPair
  | ListMiniPair;

/** Who signed a transaction, and when among his others. */
export interface Signature {
  /** 33 bytes, compressed. Bytes without one are read; the chain refuses them. */
  readonly publicKey: Uint8Array | undefined;
  /** 64 bytes, r before s, if it is to be valid; any number of bytes is carried. */
  readonly signature: Uint8Array;
  /** Of the signer, int64: given out once by the chain. */
  readonly accountNumber: bigint;
  /** Of the signer, int64: how many transactions of his the chain has accepted before. */
  readonly sequence: bigint;
}

/** A message and what goes with it. */
export interface Transaction {
  readonly message: Message;
  /** How many transactions of the sender the chain has accepted before this one. */
  readonly sequence: number;
  /** At most 128 bytes of UTF-8. */
  readonly memo: string;
  /** A number that programs give themselves: 0 unless told otherwise, 1 the venue's web wallet. */
  readonly source: number;
  /** 64 upper-case hex digits; tells transactions apart, and gives issued tokens their suffix. */
  readonly hash: string;
  /** Absent: it came in by a door that asks for none. */
  readonly signature?: Signature;
}

/** Who signs: the sender, and the first input of a transfer. */
export const signerOf = (message: Message): string | undefined => {
  switch (message.type) {
    case 'newOrder':
    case 'cancelOrder':
      return message.sender;
    case 'send':
      return message.inputs[0]?.address;
    default:
      return message.from;
  }
};
