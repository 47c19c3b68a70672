/**
 * Trading: what an account places, cancels and sends, and what became of it. The door `dexwire/wallet`.
 */
export type { Fetch } from '../rest/ask.ts';
export type { CallOptions } from './call.ts';
export { WalletError, type WalletFault } from './errors.ts';
export type { Order } from './reading.ts';
export {
  type CancelOptions,
  type CoinAmount,
  type MultiSendOptions,
  type NewOrderOptions,
  type OpenOrdersOptions,
  type OrderOutcome,
  type Receiver,
  type SendOptions,
  type Wallet,
  type WalletOptions,
  wallet,
} from './wallet.ts';
