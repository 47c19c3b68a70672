/**
 * The venue's own SDK, `@binance-chain/javascript-sdk` 4.2.2, as npm has it. It lives in a `node_modules` of its own, apart
 * from the workspace, with the dependencies of its time; a program of yours just imports it.
 * In: the installed package. Out: its client, with types for what we call: its own would bring those of an old Node.js.
 */
import { createRequire } from 'node:module';

export const SDK_NAME = '@binance-chain/javascript-sdk';

/** How the SDK wraps each answer. */
interface Reply<Result> {
  readonly result: Result;
  readonly status: number;
}

/** What became of a transaction. */
export interface Outcome {
  readonly hash: string;
  readonly ok: boolean;
  readonly code: number;
  readonly log: string;
  readonly data?: string;
}

type Broadcast = Promise<Reply<readonly [Outcome]>>;
type Amount = number | string;

interface Coin {
  readonly denom: string;
  readonly amount: Amount;
}

interface KeyPair {
  readonly privateKey: string;
  readonly address: string;
}

interface SdkBalance {
  readonly symbol: string;
  readonly free: string;
  readonly locked: string;
  readonly frozen: string;
}

interface SdkAccount {
  readonly address: string;
  readonly account_number: number;
  readonly sequence: number;
  readonly balances: readonly SdkBalance[];
}

interface SdkOrder {
  readonly orderId: string;
  readonly symbol: string;
  readonly price: string;
  readonly quantity: string;
  readonly status: string;
}

interface SdkMarket {
  readonly base_asset_symbol: string;
  readonly quote_asset_symbol: string;
  readonly list_price: string;
}

interface SdkTransaction extends Outcome {
  readonly height: string;
}

interface TokenManagement {
  issue(from: string, name: string, symbol: string, supply: number, mintable?: boolean): Broadcast;
  issueMiniToken(
    from: string,
    name: string,
    symbol: string,
    supply: number,
    mintable: boolean,
    tokenUri: string,
  ): Broadcast;
  issueTinyToken(
    from: string,
    name: string,
    symbol: string,
    supply: number,
    mintable: boolean,
    tokenUri: string,
  ): Broadcast;
  setTokenUri(uri: { readonly fromAddress: string; readonly symbol: string; readonly tokenUri: string }): Broadcast;
  mint(from: string, symbol: string, amount: Amount): Broadcast;
  burn(from: string, symbol: string, amount: Amount): Broadcast;
  freeze(from: string, symbol: string, amount: Amount): Broadcast;
  unfreeze(from: string, symbol: string, amount: Amount): Broadcast;
  timeLock(from: string, description: string, amount: readonly Coin[], lockTime: number): Broadcast;
}

/** A signed transaction. */
interface SdkSigned {
  serialize(): string;
}

export interface BncClient {
  readonly tokens: TokenManagement;
  chainId: string | null;
  readonly account_number?: number | string;
  chooseNetwork(network: 'testnet' | 'mainnet'): void;
  initChain(): Promise<this>;
  setPrivateKey(privateKey: string, localOnly?: boolean): Promise<this>;
  getPrivateKey(): string | null;
  removePrivateKey(): this;
  setAccountNumber(accountNumber: number): void;
  useAsyncBroadcast(useAsyncBroadcast?: boolean): this;
  setBroadcastDelegate(delegate: (signed: SdkSigned) => Promise<unknown>): this;
  useDefaultBroadcastDelegate(): this;
  getClientKeyAddress(): string;
  checkAddress(address: string, prefix?: string): boolean;
  createAccount(): KeyPair;
  createAccountWithKeystore(password: string): KeyPair & { readonly keystore: object };
  createAccountWithMneomnic(): KeyPair & { readonly mnemonic: string };
  recoverAccountFromKeystore(keystore: object, password: string): KeyPair;
  recoverAccountFromMnemonic(mnemonic: string): KeyPair;
  /** Spelled so; the same. */
  recoverAccountFromMneomnic(mnemonic: string): KeyPair;
  recoverAccountFromPrivateKey(privateKey: string): KeyPair;
  transfer(from: string, to: string, amount: Amount, asset: string, memo?: string, sequence?: number | null): Broadcast;
  multiSend(from: string, outputs: readonly { readonly to: string; readonly coins: readonly Coin[] }[]): Broadcast;
  /** Side: 1 buy, 2 sell. Time in force: 1 GTE, 3 IOC. */
  placeOrder(
    from: string,
    symbol: string,
    side: 1 | 2,
    price: number,
    quantity: number,
    sequence?: number | null,
    timeInForce?: 1 | 3,
  ): Broadcast;
  cancelOrder(from: string, symbol: string, orderId: string, sequence?: number | null): Broadcast;
  list(from: string, proposalId: number, baseAsset: string, quoteAsset: string, initPrice: number): Broadcast;
  listMiniToken(pair: {
    readonly from: string;
    readonly baseAsset: string;
    readonly quoteAsset: string;
    readonly initPrice: number;
  }): Broadcast;
  setAccountFlags(address: string, flags: number): Broadcast;
  sendRawTransaction(hex: string, sync?: boolean): Broadcast;
  getAccount(address?: string): Promise<Reply<SdkAccount> | null>;
  getBalance(address?: string): Promise<readonly SdkBalance[]>;
  getMarkets(limit?: number, offset?: number): Promise<Reply<readonly SdkMarket[]>>;
  getDepth(symbol?: string): Promise<Reply<{ readonly asks: readonly unknown[]; readonly bids: readonly unknown[] }>>;
  getOpenOrders(address?: string): Promise<Reply<{ readonly order: readonly SdkOrder[] }>>;
  /** An empty list, and a word on stderr, where the node knows no such transaction. */
  getTx(hash: string): Promise<Reply<SdkTransaction> | readonly never[]>;
  getTransactions(
    address?: string,
    offset?: number,
  ): Promise<Reply<{ readonly total: number; readonly tx: readonly Readonly<Record<string, unknown>>[] }>>;
  getTxs(
    address: string,
    startTime: number,
    endTime: number,
  ): Promise<Reply<{ readonly total: number; readonly txs: readonly Readonly<Record<string, unknown>>[] }>>;
}

interface Sdk {
  readonly BncClient: new (server: string, useAsyncBroadcast?: boolean, source?: number) => BncClient;
}

/** The loader of CommonJS, as any program of the SDK's time has it. */
export const requireSdk = createRequire(import.meta.url);

export const { BncClient }: Sdk = requireSdk(SDK_NAME);
