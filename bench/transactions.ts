/**
 * Transactions: signing, reading and verifying an order, against the venue's official SDK doing the same.
 * Out: a row each. Both sign the same order with the same key: the bytes are equal, which is looked at before.
 *
 * To sign is to make the bytes that are posted from a message and a key; to read is to get back message and signature; to
 * verify is to find, from what was read, whether the signature is right.
 */
import { strict as assert } from 'node:assert';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import {
  decodeTransaction,
  encodeTransaction,
  type Message,
  signTransaction,
  verifySignature,
} from '@dexwire/protocol/transactions';
import { besides, geometricMean, machine, type Result, type Row, sink } from './measure.ts';

const KEY = '3dcc267e1f7edca86e03f0963b2d0b7804552d3014caddcfc435a4d7bc240cf5';
const ADDRESS = 'tbnb10a6kkxlf823w9lwr6l9hzw4uyphcw7qzrud5rr';
const ID = '7F756B1BE93AA2E2FDC3D7CB713ABC206F877802-4';
const TERMS = { chainId: 'Binance-Chain-Nile', accountNumber: 7, sequence: 3 };
const MESSAGE: Message = {
  type: 'newOrder',
  sender: ADDRESS,
  id: ID,
  symbol: 'ABC-123_BNB',
  orderType: 2,
  side: 1,
  price: 50_000_000n,
  quantity: 200_000_000n,
  timeInForce: 1,
};

/** What of the SDK is called. */
interface Sdk {
  readonly Transaction: new (
    data: object,
  ) => {
    sign(key: string): { serialize(): string };
    getSignBytes(): Buffer;
  };
  readonly amino: { unMarshalBinaryLengthPrefixed(bytes: Buffer, type: object): { readonly val: SdkRead } };
  readonly crypto: { verifySignature(signature: string, signBytes: string, publicKey: string): boolean };
  readonly types: {
    readonly AminoPrefix: { readonly StdTx: string };
    readonly NewOrderMsg: {
      new (order: object, address: string): object;
      defaultMsg(): object;
    };
  };
}

interface SdkRead {
  readonly signatures: readonly [{ readonly pub_key: Buffer; readonly signature: Buffer }];
}

// Its packages are those of the tests; the benches are run from their own folder.
const sdk: Sdk = createRequire(pathToFileURL(`${process.cwd()}/../tests/sdk/`))('@binance-chain/javascript-sdk');
const AGAINST = '@binance-chain/javascript-sdk';

/** The SDK writes prices into what it is given, so each transaction has an order of its own. */
const sdkTransaction = () =>
  new sdk.Transaction({
    ...TERMS,
    memo: '',
    source: 0,
    baseMsg: new sdk.types.NewOrderMsg(
      { id: ID, symbol: 'ABC-123_BNB', ordertype: 2, side: 1, price: 0.5, quantity: 2, timeinforce: 1 },
      ADDRESS,
    ),
  });

/** A transaction without values, by which the SDK reads one; it writes into it. */
const sdkShape = (): object => ({
  msg: [sdk.types.NewOrderMsg.defaultMsg()],
  signatures: [{ pub_key: Buffer.alloc(0), signature: Buffer.alloc(0), account_number: 0, sequence: 0 }],
  memo: '',
  source: 0,
  data: '',
  aminoPrefix: sdk.types.AminoPrefix.StdTx,
});

const sign = (): Uint8Array => encodeTransaction(signTransaction(MESSAGE, TERMS, KEY));
const sdkSign = (): string => sdkTransaction().sign(KEY).serialize();

const bytes = sign();
const hex = sdkSign();
assert.equal(Buffer.from(bytes).toString('hex'), hex);

const read = () => decodeTransaction(bytes, 'tbnb');
const sdkRead = (): SdkRead => sdk.amino.unMarshalBinaryLengthPrefixed(Buffer.from(hex, 'hex'), sdkShape()).val;

const { message, signatures } = read();
const { publicKey, signature } = signatures[0] ?? {};
assert.ok(publicKey && signature);
const verify = (): boolean => verifySignature(message, TERMS, publicKey, signature);
const {
  signatures: [told],
} = sdkRead();
const sdkVerify = (): boolean =>
  sdk.crypto.verifySignature(
    told.signature.toString('hex'),
    sdkTransaction().getSignBytes().toString('hex'),
    told.pub_key.subarray(-33).toString('hex'),
  );
assert.ok(verify() && sdkVerify());

const keep = (work: () => unknown) => (): void => {
  sink.value = work();
};

const rows: Row[] = [];
for (const [name, own, bar] of [
  ['sign', sign, sdkSign],
  ['read', read, sdkRead],
  ['verify', verify, sdkVerify],
] as const) {
  const { ratio, perSecond, barPerSecond } = besides(keep(own), keep(bar), { forMs: 60 });
  const figures = { [`${name}s/s`]: perSecond, 'of the bar': barPerSecond };
  rows.push({ contender: `dexwire ${name}`, against: AGAINST, ratio, figures });
}
rows.unshift({ contender: 'dexwire', against: AGAINST, ratio: geometricMean(rows.map(({ ratio }) => ratio)) });

const result: Result = { bench: 'transactions', machine: machine(), rows };
console.log(JSON.stringify(result));
