/**
 * Transactions: what an account asks of the chain. The door `@dexwire/protocol/transactions`.
 */
export { KeyError, MessageError, TransactionError } from '../errors.ts';
export { addressOfPrivateKey, addressOfPublicKey, publicKeyOf } from './keys.ts';
export {
  type CancelOrder,
  type ChangeTokens,
  type CoinUnits,
  type IssueMiniToken,
  type IssueToken,
  type ListMiniPair,
  type ListPair,
  type Message,
  type NewOrder,
  type Send,
  type Signature,
  signerOf,
  type Transaction,
  type TransferSide,
} from './message.ts';
export { formatMessage, type MessageJson, parseMessage, withOrderId } from './messageJson.ts';
export { generateMnemonic, privateKeyOfMnemonic } from './mnemonic.ts';
export {
  decodeTransaction,
  encodeTransaction,
  type SignedTransaction,
  transactionHash,
} from './signedTransaction.ts';
export { type SigningTerms, signBytes, signTransaction, verifySignature } from './signing.ts';
export { type Fault, MAX_UNITS, StrictJson } from './strictJson.ts';
export { type HashedWith, unsignedHash } from './unsignedHash.ts';
