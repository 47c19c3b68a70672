/**
 * Signed transactions from outside: made or checked by the programs of the original chain.
 * In: nothing. Out: the transactions, with key, JSON text, bytes and hash; and generators of any transactions at all.
 */
import fc from 'fast-check';
import { encodeAddress } from '../../packages/protocol/src/index.ts';
import type {
  CoinUnits,
  Message,
  SignedTransaction,
  SigningTerms,
  TransferSide,
} from '../../packages/protocol/src/transactions/index.ts';

export const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export interface WorkedTransaction {
  readonly name: string;
  readonly prefix: string;
  readonly privateKey: string;
  readonly publicKey: string;
  readonly message: Message;
  readonly terms: SigningTerms;
  /** Hex. */
  readonly signature: string;
}

export interface WholeTransaction extends WorkedTransaction {
  /** The text that is signed. */
  readonly json: string;
  /** Hex. */
  readonly bytes: string;
  readonly hash: string;
}

/** Transfer of 1.5 BNB: made by the npm package `@binance-chain/javascript-sdk` 4.2.2, key from `python-binance-chain`. */
export const TRANSFER: WholeTransaction = {
  name: 'transfer',
  prefix: 'bnb',
  privateKey: '3dcc267e1f7edca86e03f0963b2d0b7804552d3014caddcfc435a4d7bc240cf5',
  publicKey: '02cce2ee4e37dc8c65d6445c966faf31ebfe578a90695138947ee7cab8ae9a2c08',
  message: {
    type: 'send',
    inputs: [
      {
        address: 'bnb10a6kkxlf823w9lwr6l9hzw4uyphcw7qzdfysrj',
        coins: [{ asset: 'BNB', amount: 150_000_000n }],
      },
    ],
    outputs: [
      {
        address: 'bnb1qyqszqgpqyqszqgpqyqszqgpqyqszqgpsh7jvj',
        coins: [{ asset: 'BNB', amount: 150_000_000n }],
      },
    ],
  },
  terms: { chainId: 'Binance-Chain-Tigris', accountNumber: 7, sequence: 3, memo: 'hi' },
  signature:
    'ef57672b1fef0448f94e52aed1bb3a24da206759172a0f2bba24fd5d4120a1ba' +
    '566ec49ee7ccf7c4a6b3c5df4d7c84503a21e749faf4ce532e6d1a20316ebfdc',
  json: '{"account_number":"7","chain_id":"Binance-Chain-Tigris","data":null,"memo":"hi","msgs":[{"inputs":[{"address":"bnb10a6kkxlf823w9lwr6l9hzw4uyphcw7qzdfysrj","coins":[{"amount":150000000,"denom":"BNB"}]}],"outputs":[{"address":"bnb1qyqszqgpqyqszqgpqyqszqgpqyqszqgpsh7jvj","coins":[{"amount":150000000,"denom":"BNB"}]}]}],"sequence":"3","source":"0"}',
  bytes: hexOf(
    bytesOf(`c601 f0625dee
      0a4c 2a2c87fa
        0a22 0a14 7f756b1be93aa2e2fdc3d7cb713abc206f877802 120a 0a03424e42 1080a3c347
        1222 0a14 0101010101010101010101010101010101010101 120a 0a03424e42 1080a3c347
      126e 0a26 eb5ae98721 02cce2ee4e37dc8c65d6445c966faf31ebfe578a90695138947ee7cab8ae9a2c08
        1240 ef57672b1fef0448f94e52aed1bb3a24da206759172a0f2bba24fd5d4120a1ba
             566ec49ee7ccf7c4a6b3c5df4d7c84503a21e749faf4ce532e6d1a20316ebfdc
        1807 2003
      1a02 6869`),
  ),
  hash: 'E61E79D2A6EF8AF261EC46A045D468787972C48A6C831A51818CB406B08AF756',
};

/** Of the words that the tests of the original's JavaScript package use. */
const FIXTURE = {
  prefix: 'tbnb',
  privateKey: '90335b9d2153ad1a9799a3ccc070bd64b4164e9642ee1dd48053c33f9a3a05e9',
  publicKey: '029729a52e4e3c2b4a4e52aa74033eedaf8ba1df5ab6d1f518fd69e67bbd309b0e',
};
const TERMS = { chainId: 'Binance-Chain-Nile', accountNumber: 34, source: 1 };
const SENDER = 'tbnb1hgm0p7khfk85zpz5v0j8wnej3a90w709zzlffd';

/** The package's fixture `cancelOrder.json`. It names another chain than the one that its bytes are for. */
export const CANCEL: WholeTransaction = {
  ...FIXTURE,
  name: 'cancel',
  message: {
    type: 'cancelOrder',
    sender: SENDER,
    symbol: 'BCHSV.B-10F_BNB',
    refId: 'BA36F0FAD74D8F41045463E4774F328F4AF779E5-29',
  },
  terms: { ...TERMS, sequence: 33 },
  signature:
    'd93fb0402b2b30e7ea08e123bb139ad68bf0a1577f38592eb22d11e127f09bbd' +
    '3380f29b4bf15bdfa973454c5c8ed444f2e256e956fe98cfd21e886a946e21e5',
  json: '{"account_number":"34","chain_id":"Binance-Chain-Nile","data":null,"memo":"","msgs":[{"refid":"BA36F0FAD74D8F41045463E4774F328F4AF779E5-29","sender":"tbnb1hgm0p7khfk85zpz5v0j8wnej3a90w709zzlffd","symbol":"BCHSV.B-10F_BNB"}],"sequence":"33","source":"1"}',
  bytes:
    'd001f0625dee0a58166e681b0a14ba36f0fad74d8f41045463e4774f328f4af779e5120f42434853562e422d3130465f424e421a2b424133364630464144373444384634313034353436334534373734463332384634414637373945352d3239126e0a26eb5ae98721029729a52e4e3c2b4a4e52aa74033eedaf8ba1df5ab6d1f518fd69e67bbd309b0e1240d93fb0402b2b30e7ea08e123bb139ad68bf0a1577f38592eb22d11e127f09bbd3380f29b4bf15bdfa973454c5c8ed444f2e256e956fe98cfd21e886a946e21e5182220212001',
  hash: '962ABDD64CBDDA2BBDC52FAE827780F1A0453A167DFB8DD6F9FA0DA9D8BEEB8F',
};

/** What the same package and Trezor's devices sign with that key (tests of both). */
export const SIGNED: readonly WorkedTransaction[] = [
  TRANSFER,
  CANCEL,
  {
    ...FIXTURE,
    name: 'transfer of a fixture',
    message: {
      type: 'send',
      inputs: [{ address: SENDER, coins: [{ asset: 'BNB', amount: 1_000_000_000n }] }],
      outputs: [
        {
          address: 'tbnb1ss57e8sa7xnwq030k2ctr775uac9gjzglqhvpy',
          coins: [{ asset: 'BNB', amount: 1_000_000_000n }],
        },
      ],
    },
    terms: { ...TERMS, sequence: 31, memo: 'test' },
    signature:
      'faf5b908d6c4ec0c7e2e7d8f7e1b9ca56ac8b1a22b01655813c62ce89bf84a4c' +
      '7b14f58ce51e85d64c13f47e67d6a9187b8f79f09e0a9b82019f47ae190a4db3',
  },
  {
    ...FIXTURE,
    name: 'order of a fixture',
    message: {
      type: 'newOrder',
      sender: SENDER,
      id: 'BA36F0FAD74D8F41045463E4774F328F4AF779E5-33',
      symbol: 'ADA.B-B63_BNB',
      orderType: 2,
      side: 1,
      price: 100_000_000n,
      quantity: 100_000_000n,
      timeInForce: 1,
    },
    terms: { ...TERMS, sequence: 32 },
    signature:
      '851fc9542342321af63ecbba7d3ece545f2a42bad01ba32cff5535b18e54b6d3' +
      '106e10b6a4525993d185a1443d9a125186960e028eabfdd8d76cf70a3a7e3100',
  },
];

const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

const int64 = fc.oneof(fc.bigInt(INT64), fc.constantFrom(0n, 1n, -1n, 127n, 128n, INT64.min, INT64.max));
const int8 = fc.integer({ min: -128, max: 127 });
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', 'BNB', '\ufeffBNB', '<&>\u2028', '\u0000\b\f"\\'),
);

/** Any message that the wire can carry. The addresses are empty or of the network `tbnb`. */
export const anyMessage = (): fc.Arbitrary<Message> => {
  const address = fc.oneof(
    fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => encodeAddress('tbnb', bytes)),
    fc.constant(''),
  );
  const coin: fc.Arbitrary<CoinUnits> = fc.record({ asset: text, amount: int64 });
  const side: fc.Arbitrary<TransferSide> = fc.record({ address, coins: fc.array(coin, { maxLength: 3 }) });
  const sides = fc.array(side, { maxLength: 3 });
  const token = { from: address, name: text, symbol: text, totalSupply: int64, mintable: fc.boolean() };
  const pair = { from: address, baseAsset: text, quoteAsset: text, initPrice: int64 };
  const order = {
    sender: address,
    id: text,
    symbol: text,
    orderType: int8,
    side: int8,
    price: int64,
    quantity: int64,
    timeInForce: int8,
  };
  const changes = ['mint', 'burn', 'freeze', 'unfreeze'] as const;
  return fc.oneof<fc.Arbitrary<Message>[]>(
    fc.record({ type: fc.constant('newOrder'), ...order }),
    fc.record({ type: fc.constant('cancelOrder'), sender: address, symbol: text, refId: text }),
    fc.record({ type: fc.constant('send'), inputs: sides, outputs: sides }),
    fc.record({ type: fc.constant('issue'), ...token }),
    fc.record({ type: fc.constantFrom('issueMini', 'issueTiny'), ...token, tokenUri: text }),
    fc.record({ type: fc.constantFrom(...changes), from: address, symbol: text, amount: int64 }),
    fc.record({ type: fc.constant('list'), ...pair, proposalId: int64 }),
    fc.record({ type: fc.constant('listMini'), ...pair }),
  );
};

/** Any transaction that the wire can carry: signatures of any number and length, data too. */
export const anyTransaction = (): fc.Arbitrary<SignedTransaction> => {
  const signature = fc.record({
    publicKey: fc.option(fc.uint8Array({ minLength: 33, maxLength: 33 }), { nil: undefined }),
    signature: fc.uint8Array({ maxLength: 70 }),
    accountNumber: int64,
    sequence: int64,
  });
  return fc.record({
    message: anyMessage(),
    signatures: fc.array(signature, { maxLength: 2 }),
    memo: text,
    source: int64,
    data: fc.uint8Array({ maxLength: 3 }),
  });
};
