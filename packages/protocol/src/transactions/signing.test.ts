import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import fc from 'fast-check';
import { test } from 'vitest';
import { anyMessage, bytesOf, CANCEL, hexOf, SIGNED, TRANSFER } from '../../../../tests/support/workedTransactions.ts';
import { KeyError, TransactionError } from '../errors.ts';
import type { Message } from './message.ts';
import { decodeTransaction, encodeTransaction, transactionHash } from './signedTransaction.ts';
import { type SigningTerms, signBytes, signTransaction, verifySignature } from './signing.ts';

const KEY = TRANSFER.privateKey;
const PUBLIC_KEY = bytesOf(TRANSFER.publicKey);
const FROM = 'bnb10a6kkxlf823w9lwr6l9hzw4uyphcw7qzdfysrj';
const TERMS = { chainId: 'Binance-Chain-Tigris', accountNumber: 7, sequence: 3 };
const MINT: Message = { type: 'mint', from: FROM, symbol: 'ABC-123', amount: 500_000_000n };

const textOf = (message: Message, terms: SigningTerms = TERMS): string =>
  new TextDecoder().decode(signBytes(message, terms));

/** The JSON of one message, out of what is signed. */
const messageText = (message: Message): string => /"msgs":\[(.*)\],"sequence"/s.exec(textOf(message))?.[1] ?? '';

/** A signature of any text. */
const signatureOf = (text: string): Uint8Array => secp256k1.sign(new TextEncoder().encode(text), bytesOf(KEY));

/** The same signature with the other s. */
const otherS = (signature: Uint8Array): Uint8Array => {
  const order = secp256k1.Point.Fn.ORDER;
  const s = order - BigInt(`0x${hexOf(signature.subarray(32))}`);
  return bytesOf(hexOf(signature.subarray(0, 32)) + s.toString(16).padStart(64, '0'));
};

test('the worked transactions are signed over the text that the chain makes of them', () => {
  for (const { message, terms, json } of [TRANSFER, CANCEL]) assert.equal(textOf(message, terms), json);
});

test('the worked transactions get the signatures that other programs and devices gave them', () => {
  for (const { name, message, terms, privateKey, publicKey, signature } of SIGNED) {
    const [signed] = signTransaction(message, terms, privateKey).signatures;
    assert.equal(hexOf(signed?.signature ?? new Uint8Array()), signature, name);
    assert.equal(hexOf(signed?.publicKey ?? new Uint8Array()), publicKey, name);
    assert.equal(verifySignature(message, terms, bytesOf(publicKey), bytesOf(signature)), true, name);
  }
});

test('a transaction signed anew has the bytes and the hash of the original', () => {
  for (const { message, terms, privateKey, bytes, hash } of [TRANSFER, CANCEL]) {
    const encoded = encodeTransaction(signTransaction(message, terms, bytesOf(privateKey)));
    assert.equal(hexOf(encoded), bytes);
    assert.equal(transactionHash(encoded), hash);
  }
});

test('a signature for another chain is none: the fixture that names Ganges was signed for Nile', () => {
  const { message, terms, publicKey, signature } = CANCEL;
  const verified = ['Binance-Chain-Nile', 'Binance-Chain-Ganges', 'Binance-Chain-Tigris'].map((chainId) =>
    verifySignature(message, { ...terms, chainId }, bytesOf(publicKey), bytesOf(signature)),
  );
  assert.deepEqual(verified, [true, false, false]);
});

test('a signature covers each of the terms and each member of the message', () => {
  const { message, terms, publicKey, signature } = SIGNED[3]!;
  const isValid = (changedTerms: object, changedMessage: object = {}): boolean =>
    verifySignature(
      { ...message, ...changedMessage } as Message,
      { ...terms, ...changedTerms },
      bytesOf(publicKey),
      bytesOf(signature),
    );
  assert.equal(isValid({}), true);
  for (const change of [{ accountNumber: 35 }, { sequence: 33 }, { memo: 'x' }, { source: 0 }])
    assert.equal(isValid(change), false, JSON.stringify(change));
  for (const name of ['id', 'symbol']) assert.equal(isValid({}, { [name]: 'x' }), false, name);
  for (const name of ['orderType', 'side', 'timeInForce']) assert.equal(isValid({}, { [name]: 3 }), false, name);
  for (const name of ['price', 'quantity']) assert.equal(isValid({}, { [name]: 1n }), false, name);
  assert.equal(isValid({}, { sender: '' }), false);
});

test('what is signed is verified by another library too', () => {
  const [signed] = signTransaction(MINT, TERMS, KEY).signatures;
  const point = secp256k1.Point.fromBytes(PUBLIC_KEY).toBytes(false);
  const key = createPublicKey({
    format: 'der',
    type: 'spki',
    key: Buffer.concat([bytesOf('3056301006072a8648ce3d020106052b8104000a034200'), point]),
  });
  assert.equal(
    verify('sha256', signBytes(MINT, TERMS), { key, dsaEncoding: 'ieee-p1363' }, signed?.signature ?? new Uint8Array()),
    true,
  );
});

test('the same transaction gets the same signature each time, and s is the low one', () => {
  const half = secp256k1.Point.Fn.ORDER / 2n;
  fc.assert(
    fc.property(anyMessage(), fc.maxSafeNat(), (message, sequence) => {
      const terms = { ...TERMS, sequence };
      const [first, second] = [1, 2].map(() => signTransaction(message, terms, KEY).signatures[0]!.signature);
      assert.deepEqual(first, second);
      assert.ok(BigInt(`0x${hexOf(first!.subarray(32))}`) <= half);
      assert.equal(first!.length, 64);
    }),
    { numRuns: 20 },
  );
});

test('members are sorted and all there, zero or not, with int64 as numbers', () => {
  const token = { from: FROM, name: '', symbol: 'ABC', totalSupply: 9_000_000_000_000_000_000n, mintable: false };
  const pair = { from: FROM, baseAsset: 'A', quoteAsset: 'B', initPrice: 1n };
  assert.equal(
    messageText({
      type: 'newOrder',
      sender: FROM,
      id: 'X-4',
      symbol: 'A_B',
      orderType: 2,
      side: 1,
      price: 9_007_199_254_740_993n,
      quantity: 2n ** 63n - 1n,
      timeInForce: 3,
    }),
    `{"id":"X-4","ordertype":2,"price":9007199254740993,"quantity":9223372036854775807,"sender":"${FROM}","side":1,"symbol":"A_B","timeinforce":3}`,
  );
  assert.equal(
    messageText({ type: 'cancelOrder', sender: FROM, symbol: '', refId: '' }),
    `{"refid":"","sender":"${FROM}","symbol":""}`,
  );
  assert.equal(
    messageText({ type: 'issue', ...token }),
    `{"from":"${FROM}","mintable":false,"name":"","symbol":"ABC","total_supply":9000000000000000000}`,
  );
  for (const type of ['issueMini', 'issueTiny'] as const)
    assert.equal(
      messageText({ type, ...token, tokenUri: '' }),
      `{"from":"${FROM}","mintable":false,"name":"","symbol":"ABC","token_uri":"","total_supply":9000000000000000000}`,
    );
  assert.equal(
    messageText({ type: 'list', ...pair, proposalId: 0n }),
    `{"base_asset_symbol":"A","from":"${FROM}","init_price":1,"proposal_id":0,"quote_asset_symbol":"B"}`,
  );
  assert.equal(
    messageText({ type: 'listMini', ...pair }),
    `{"base_asset_symbol":"A","from":"${FROM}","init_price":1,"quote_asset_symbol":"B"}`,
  );
  assert.equal(messageText({ type: 'send', inputs: [], outputs: [] }), '{"inputs":[],"outputs":[]}');
  assert.equal(
    messageText({ type: 'send', inputs: [{ address: '', coins: [] }], outputs: [] }),
    '{"inputs":[{"address":"","coins":[]}],"outputs":[]}',
  );
});

test('to mint, burn, freeze or unfreeze as much of a token is to sign the same bytes, in transactions of their own', () => {
  const messages = (['mint', 'burn', 'freeze', 'unfreeze'] as const).map((type): Message => ({ ...MINT, type }));
  assert.equal(messageText(MINT), `{"amount":500000000,"from":"${FROM}","symbol":"ABC-123"}`);
  const signed = messages.map((message) => signTransaction(message, TERMS, KEY));
  assert.equal(new Set(messages.map((message) => textOf(message))).size, 1);
  assert.equal(new Set(signed.map(({ signatures }) => hexOf(signatures[0]!.signature))).size, 1);
  assert.equal(new Set(signed.map((transaction) => transactionHash(encodeTransaction(transaction)))).size, 4);
});

test('integers of the terms are text of all digits', () => {
  const text = textOf(MINT, { ...TERMS, accountNumber: 2n ** 63n - 1n, sequence: -1n, source: 2 ** 53 - 1 });
  assert.match(text, /^\{"account_number":"9223372036854775807",/);
  assert.match(text, /,"sequence":"-1","source":"9007199254740991"\}$/);
});

test('an address in capitals is signed as the chain writes it', () => {
  assert.equal(textOf({ ...MINT, from: FROM.toUpperCase() }), textOf(MINT));
});

test('a memo is signed with the escapes that JavaScript makes, and as UTF-8', () => {
  const memo = '<&>\u2028"\\\b\f\n\u0001é😀';
  assert.ok(textOf(MINT, { ...TERMS, memo }).includes(`"memo":"<&>\u2028\\"\\\\\\b\\f\\n\\u0001é😀"`));
});

test('a signature over the text with the escapes of Go is valid too', () => {
  const terms = { ...TERMS, memo: '<b>&\u2028\u2029\b\f\n\\b\\' };
  const escaped = textOf(MINT, terms).replace(
    /"memo":".*","msgs"/s,
    '"memo":"\\u003cb\\u003e\\u0026\\u2028\\u2029\\u0008\\u000c\\n\\\\b\\\\","msgs"',
  );
  assert.equal(JSON.parse(escaped).memo, terms.memo);
  assert.equal(verifySignature(MINT, terms, PUBLIC_KEY, signatureOf(escaped)), true);
  assert.equal(
    verifySignature(MINT, terms, PUBLIC_KEY, signTransaction(MINT, terms, KEY).signatures[0]!.signature),
    true,
  );
  const half = escaped.replace('\\u003c', '<');
  assert.equal(verifySignature(MINT, terms, PUBLIC_KEY, signatureOf(half)), false);
});

test('the escapes of Go are tried in texts of the message as well', () => {
  const message: Message = { ...MINT, symbol: 'A&B' };
  const escaped = textOf(message).replace('A&B', 'A\\u0026B');
  assert.equal(verifySignature(message, TERMS, PUBLIC_KEY, signatureOf(escaped)), true);
});

test('the second signature of the same text, with the high s, is refused', () => {
  for (const { message, terms, publicKey, signature } of SIGNED) {
    const other = otherS(bytesOf(signature));
    assert.equal(secp256k1.verify(other, signBytes(message, terms), bytesOf(publicKey), { lowS: false }), true);
    assert.equal(verifySignature(message, terms, bytesOf(publicKey), other), false);
  }
});

test('whatever is no signature or no key is not valid, and nothing is thrown', () => {
  const valid = bytesOf(TRANSFER.signature);
  const { message, terms } = TRANSFER;
  const isValid = (publicKey: Uint8Array, signature: Uint8Array): boolean =>
    verifySignature(message, terms, publicKey, signature);
  assert.equal(isValid(PUBLIC_KEY, valid), true);
  const long = secp256k1.Point.fromBytes(PUBLIC_KEY).toBytes(false);
  for (const key of [long, new Uint8Array(), new Uint8Array(33), new Uint8Array(33).fill(255)])
    assert.equal(isValid(key, valid), false);
  const der = secp256k1.Signature.fromBytes(valid, 'compact').toBytes('der');
  for (const signature of [
    der,
    new Uint8Array(),
    valid.subarray(1),
    Uint8Array.of(...valid, 0),
    new Uint8Array(64),
    new Uint8Array(64).fill(255),
  ])
    assert.equal(isValid(PUBLIC_KEY, signature), false);
  assert.equal(verifySignature({ ...MINT, amount: 2n ** 64n }, terms, PUBLIC_KEY, valid), false);
  assert.equal(verifySignature(message, { ...terms, memo: '\ud800' }, PUBLIC_KEY, valid), false);
  assert.equal(Reflect.apply(verifySignature, undefined, []), false);
});

test('any 33 and 64 bytes are a key and a signature, or they are not', () => {
  const [key, signature] = [33, 64].map((length) => fc.uint8Array({ minLength: length, maxLength: length }));
  fc.assert(
    fc.property(key!, signature!, (publicKey, bytes) => {
      assert.equal(verifySignature(MINT, TERMS, publicKey, bytes), false);
    }),
    { numRuns: 30 },
  );
});

test('any transaction that is signed is valid after its way over the wire', () => {
  fc.assert(
    fc.property(anyMessage(), fc.string({ unit: 'binary' }), (message, memo) => {
      const signed = signTransaction(message, { ...TERMS, memo, source: -1n }, KEY);
      const { signatures, ...read } = decodeTransaction(encodeTransaction(signed), 'tbnb');
      const { publicKey, signature, ...numbers } = signatures[0]!;
      const terms = { chainId: TERMS.chainId, memo: read.memo, source: read.source, ...numbers };
      assert.equal(verifySignature(read.message, terms, publicKey!, signature), true);
    }),
    { numRuns: 30 },
  );
});

test('what cannot be carried cannot be signed', () => {
  const refuse = (message: Message, terms: object, path: string): void => {
    assert.throws(() => signBytes(message, { ...TERMS, ...terms }), { name: 'TransactionError', path });
  };
  refuse(MINT, { accountNumber: 2 ** 53 }, 'accountNumber');
  refuse(MINT, { sequence: 1.5 }, 'sequence');
  refuse(MINT, { source: 2n ** 63n }, 'source');
  refuse(MINT, { memo: '\udfff' }, 'memo');
  refuse(MINT, { chainId: undefined }, 'chainId');
  refuse({ ...MINT, symbol: '\ud83d' }, {}, 'message.symbol');
  refuse({ type: 'send', inputs: [], outputs: Reflect.get({}, 'none') }, {}, 'message.outputs');
  refuse({ ...MINT, from: 'bnb1' }, {}, 'message.from');
  refuse({ ...MINT, amount: -(2n ** 63n) - 1n }, {}, 'message.amount');
  assert.throws(() => signTransaction(MINT, { ...TERMS, sequence: -1.5 }, KEY), TransactionError);
});

test('what is no private key is a typed error that shows nothing of it', () => {
  for (const key of ['', KEY.slice(1), `${KEY.slice(0, 63)}x`])
    assert.throws(
      () => signTransaction(MINT, TERMS, key),
      (error: unknown) => error instanceof KeyError && !/3dcc267e|dca86e03/.test(`${error.message}${error.stack}`),
    );
});

test('the digest is SHA-256 of the bytes, once', () => {
  const digest = createHash('sha256').update(TRANSFER.json).digest();
  assert.equal(secp256k1.verify(bytesOf(TRANSFER.signature), digest, PUBLIC_KEY, { prehash: false }), true);
});
