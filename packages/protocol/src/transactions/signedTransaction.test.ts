import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import {
  anyTransaction,
  bytesOf,
  CANCEL,
  hexOf,
  TRANSFER,
  type WholeTransaction,
} from '../../../../tests/support/workedTransactions.ts';
import { TransactionError } from '../errors.ts';
import type { Message } from './message.ts';
import { decodeTransaction, encodeTransaction, type SignedTransaction, transactionHash } from './signedTransaction.ts';

const WHOLE = [TRANSFER, CANCEL];

const transactionOf = ({ message, terms, publicKey, signature }: WholeTransaction): SignedTransaction => ({
  message,
  signatures: [
    {
      publicKey: bytesOf(publicKey),
      signature: bytesOf(signature),
      accountNumber: BigInt(terms.accountNumber),
      sequence: BigInt(terms.sequence),
    },
  ],
  memo: terms.memo ?? '',
  source: BigInt(terms.source ?? 0),
  data: new Uint8Array(),
});

const SMALL: SignedTransaction = { ...transactionOf(TRANSFER), signatures: [], memo: '' };

/** What is left of a transaction's bytes when their length is right again. */
const sized = (hex: string): string => {
  const bytes: number[] = [];
  let length = hex.length / 2;
  for (; length >= 0x80; length = Math.floor(length / 0x80)) bytes.push((length & 0x7f) | 0x80);
  bytes.push(length);
  return hexOf(Uint8Array.from(bytes)) + hex;
};

const PREFIX = 'f0625dee';
const body = (hex: string): string => sized(PREFIX + hex);
const element = (key: string, hex: string): string => key + sized(hex);

const BURN = '7ed2d2a0';
const FROM = `0a14${'01'.repeat(20)}`;
const SYMBOL = '12074142432d313233';
const burn = (fields: string): string => body(element('0a', BURN + fields));
const ENTIRE = element('0a', `${BURN}${FROM}${SYMBOL}1805`);

const refuse = (hex: string, path: string, problem: RegExp): void => {
  assert.throws(() => decodeTransaction(bytesOf(hex), 'bnb'), {
    name: 'TransactionError',
    code: 'TRANSACTION_INVALID',
    path,
    message: problem,
  });
};

/** Either a typed error, or the one encoding of what was read. */
const readsOrRefuses = (bytes: Uint8Array): void => {
  let transaction: SignedTransaction;
  try {
    transaction = decodeTransaction(bytes, 'tbnb');
  } catch (error) {
    assert.ok(error instanceof TransactionError, String(error));
    return;
  }
  assert.equal(hexOf(encodeTransaction(transaction)), hexOf(bytes));
};

test('the worked transactions have the bytes and hashes that the programs of the chain gave them', () => {
  for (const worked of WHOLE) {
    const bytes = encodeTransaction(transactionOf(worked));
    assert.equal(hexOf(bytes), worked.bytes);
    assert.equal(transactionHash(bytes), worked.hash);
  }
});

test('the worked transactions are read as they were meant', () => {
  for (const worked of WHOLE)
    assert.deepEqual(decodeTransaction(bytesOf(worked.bytes), worked.prefix), transactionOf(worked));
});

test('the address of a transaction is told for the network that was asked for', () => {
  const { message } = decodeTransaction(bytesOf(TRANSFER.bytes), 'tbnb');
  assert.ok(message.type === 'send');
  assert.equal(message.inputs[0]?.address, 'tbnb10a6kkxlf823w9lwr6l9hzw4uyphcw7qzrud5rr');
});

test('any transaction that the wire can carry survives its bytes', () => {
  fc.assert(
    fc.property(anyTransaction(), (transaction) => {
      const read = decodeTransaction(encodeTransaction(transaction), 'tbnb');
      // Records of the generator have no prototype.
      assert.deepEqual(structuredClone(read), structuredClone(transaction));
    }),
    { numRuns: 500 },
  );
});

test('no start of a transaction is one', () => {
  for (const { bytes, prefix } of WHOLE) {
    for (let end = 0; end < bytes.length / 2; end += 1)
      assert.throws(() => decodeTransaction(bytesOf(bytes).subarray(0, end), prefix), TransactionError);
  }
});

test('a shortened transaction with its length set right is refused, or it is another transaction', () => {
  for (const { bytes } of WHOLE) {
    const whole = bytes.slice(4);
    for (let end = 0; end <= whole.length; end += 2) readsOrRefuses(bytesOf(sized(whole.slice(0, end))));
  }
});

test('any change of a transaction is refused, or it is another transaction', () => {
  const change = fc.record({ at: fc.nat(), remove: fc.nat({ max: 3 }), insert: fc.uint8Array({ maxLength: 3 }) });
  const changed = fc
    .tuple(anyTransaction(), fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([transaction, changes]) => {
      const bytes = [...encodeTransaction(transaction)];
      bytes.splice(0, bytes.findIndex((byte) => byte < 0x80) + 1);
      for (const { at, remove, insert } of changes) bytes.splice(at % (bytes.length + 1), remove, ...insert);
      return bytesOf(sized(hexOf(Uint8Array.from(bytes))));
    });
  fc.assert(fc.property(changed, readsOrRefuses), { numRuns: 1_000 });
});

test('one flipped bit makes another transaction or none', () => {
  for (const { bytes } of WHOLE) {
    for (let bit = 0; bit < bytes.length * 4; bit += 1) {
      const flipped = bytesOf(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      readsOrRefuses(flipped);
    }
  }
});

test('any bytes at all are a transaction or a typed error', () => {
  const tail = fc.uint8Array({ maxLength: 60 }).map(hexOf);
  const bytes = fc.oneof(
    fc.uint8Array(),
    tail.map((hex) => bytesOf(body(hex))),
    tail.map((hex) => bytesOf(burn(hex))),
  );
  fc.assert(fc.property(bytes, readsOrRefuses), { numRuns: 1_000 });
});

test('the transaction that the refused ones below differ from is read', () => {
  const { message } = decodeTransaction(bytesOf(body(ENTIRE)), 'bnb');
  const from = 'bnb1qyqszqgpqyqszqgpqyqszqgpqyqszqgpsh7jvj';
  assert.deepEqual(message, { type: 'burn', from, symbol: 'ABC-123', amount: 5n });
});

test('no bytes at all are no transaction', () => {
  refuse('', '', /found the end, expected an integer/);
});

test('a length that is not that of what follows is refused', () => {
  const whole = body(ENTIRE);
  const length = parseInt(whole.slice(0, 2), 16);
  const withLength = (other: number): string => other.toString(16).padStart(2, '0') + whole.slice(2);
  assert.equal(withLength(length), whole);
  refuse(withLength(length - 1), '', /1 bytes too many/);
  refuse(withLength(length + 1), '', /found \d+ bytes, expected \d+/);
  refuse(`${whole}00`, '', /1 bytes too many/);
});

test('a length that no memory has room for is refused before anything is set aside', () => {
  refuse(`ffffffffffffffff7f${ENTIRE}`, '', /expected 9223372036854775807/);
  refuse(body('0affffffffffffffff7f'), 'message', /found 0 bytes/);
  refuse(burn('0affffffffffffffffff01'), 'message.from', /expected 18446744073709551615/);
});

test('another prefix is refused, of the transaction as of the message', () => {
  refuse(sized(`f0625def${ENTIRE}`), '', /expected F0625DEE/);
  refuse(sized('f0625d'), '', /found 3 bytes, expected 4/);
  refuse(body(element('0a', '7b1d34e7')), 'message', /found the prefix 7b1d34e7/);
  refuse(body(element('0a', '7ed2d2')), 'message', /found 3 bytes, expected 4/);
});

test('no message, an empty one or two of them are refused', () => {
  refuse(body(''), 'message', /found none, expected one/);
  refuse(body('1a026869'), 'message', /found none, expected one/);
  refuse(body('0a00'), 'message', /found 0 bytes, expected 4/);
  refuse(body(ENTIRE + ENTIRE), 'message', /found several, expected one/);
});

test('a zero that is written out is refused', () => {
  refuse(burn(`${FROM}${SYMBOL}1800`), 'message.amount', /found a zero, expected it to be left out/);
  refuse(body(`${ENTIRE}2000`), 'source', /found a zero/);
  refuse(body(ENTIRE + element('12', '1800')), 'signatures[0].accountNumber', /found a zero/);
});

test('an empty value that is written out is refused', () => {
  refuse(burn(`0a00${SYMBOL}`), 'message.from', /found an empty value, expected it to be left out/);
  refuse(burn(`${FROM}1200`), 'message.symbol', /found an empty value/);
  refuse(body(`${ENTIRE}1a00`), 'memo', /found an empty value/);
  refuse(body(`${ENTIRE}2a00`), 'data', /found an empty value/);
  refuse(body(ENTIRE + element('12', '0a00')), 'signatures[0].publicKey', /found an empty value/);
  refuse(body(ENTIRE + element('12', '1200')), 'signatures[0].signature', /found an empty value/);
});

test('an integer with needless bytes is refused, as a value, as a length and as a key', () => {
  refuse(burn(`${FROM}${SYMBOL}188500`), 'message.amount', /needless bytes/);
  refuse(burn(`${FROM}${SYMBOL}18858000`), 'message.amount', /needless bytes/);
  refuse(burn(`${FROM}1287004142432d313233`), 'message.symbol', /needless bytes/);
  refuse(burn(`8a0014${'01'.repeat(20)}`), 'message', /one more field \(key 138\)/);
  const whole = body(ENTIRE);
  const length = parseInt(whole.slice(0, 2), 16);
  refuse(`${(length | 0x80).toString(16)}00${whole.slice(2)}`, '', /needless bytes/);
});

test('an integer of more than 64 bits, or without an end, is refused', () => {
  refuse(burn(`${FROM}${SYMBOL}18${'ff'.repeat(9)}02`), 'message.amount', /more than 64 bits/);
  refuse(burn(`${FROM}${SYMBOL}18${'ff'.repeat(10)}01`), 'message.amount', /more than 10 bytes/);
  refuse(burn(`${FROM}${SYMBOL}18ff`), 'message.amount', /found the end, expected an integer/);
});

test('a negative amount has ten bytes', () => {
  const { message } = decodeTransaction(bytesOf(burn(`${FROM}${SYMBOL}18${'ff'.repeat(9)}01`)), 'bnb');
  assert.ok(message.type === 'burn');
  assert.equal(message.amount, -1n);
});

test('fields out of order, twice or unknown are refused', () => {
  refuse(burn(SYMBOL + FROM), 'message', /one more field \(key 10\)/);
  refuse(burn(`${FROM}${SYMBOL}${SYMBOL}`), 'message', /one more field \(key 18\)/);
  refuse(burn(`${FROM}${SYMBOL}18051805`), 'message', /one more field \(key 24\)/);
  refuse(burn(`${FROM}${SYMBOL}18052001`), 'message', /one more field \(key 32\)/);
  refuse(burn(`${FROM}${SYMBOL}180500`), 'message', /one more field \(key 0\)/);
  refuse(body(`${ENTIRE}1a0268691a026869`), '', /one more field \(key 26\)/);
  refuse(body(`${ENTIRE}20011a026869`), '', /one more field \(key 26\)/);
  refuse(body(`${ENTIRE}3001`), '', /one more field \(key 48\)/);
  refuse(body(`1a026869${ENTIRE}`), 'message', /found none/);
  refuse(body(ENTIRE + element('12', '20011801')), 'signatures[0]', /one more field \(key 24\)/);
});

test('a field of another wire type is refused', () => {
  refuse(burn('0814'), 'message.from', /found wire type 0, expected 2/);
  refuse(burn(`${FROM}${SYMBOL}1a0105`), 'message.amount', /found wire type 2, expected 0/);
  refuse(burn(`${FROM}${SYMBOL}190000000000000005`), 'message.amount', /found wire type 1, expected 0/);
  refuse(body('0801'), 'message', /found wire type 0, expected 2/);
});

test('text that is no UTF-8 is refused', () => {
  for (const hex of ['ff', 'c080', 'eda080', 'f4908080', 'e282']) {
    refuse(burn(FROM + element('12', hex)), 'message.symbol', /no UTF-8/);
    refuse(body(ENTIRE + element('1a', hex)), 'memo', /no UTF-8/);
  }
});

test('an address of another length is refused, and one that is not there is empty', () => {
  for (const count of [1, 19, 21, 32]) refuse(burn(element('0a', '01'.repeat(count))), 'message.from', /expected 20/);
  const { message } = decodeTransaction(bytesOf(burn(SYMBOL)), 'bnb');
  assert.deepEqual(message, { type: 'burn', from: '', symbol: 'ABC-123', amount: 0n });
});

test('a flag is 1 or it is not there', () => {
  const issue = (flag: string): string => body(element('0a', `17efab80${FROM}${flag}`));
  const read = (flag: string): Message => decodeTransaction(bytesOf(issue(flag)), 'bnb').message;
  assert.equal(Reflect.get(read('2801'), 'mintable'), true);
  assert.equal(Reflect.get(read(''), 'mintable'), false);
  refuse(issue('2800'), 'message.mintable', /found a zero/);
  refuse(issue('2802'), 'message.mintable', /found 2, expected 1/);
});

test('codes of an order have 8 bits with a sign', () => {
  const order = (side: string): string => body(element('0a', `ce6dc043${FROM}28${side}`));
  const side = (hex: string): unknown => Reflect.get(decodeTransaction(bytesOf(order(hex)), 'bnb').message, 'side');
  assert.equal(side('7f'), 127);
  assert.equal(side(`80${'ff'.repeat(8)}01`), -128);
  refuse(order('8001'), 'message.side', /found 128, expected 8 bits/);
  refuse(order('8102'), 'message.side', /found 257, expected 8 bits/);
  refuse(order(`fffe${'ff'.repeat(7)}01`), 'message.side', /found -129, expected 8 bits/);
});

test('a public key is compressed and of secp256k1, or it is not there', () => {
  const signed = (hex: string): string => body(ENTIRE + element('12', hex === '' ? '' : element('0a', hex)));
  const read = (hex: string) => decodeTransaction(bytesOf(signed(hex)), 'bnb').signatures[0]?.publicKey;
  assert.equal(read(''), undefined);
  assert.deepEqual(read(`eb5ae98721${TRANSFER.publicKey}`), bytesOf(TRANSFER.publicKey));
  for (const other of [
    TRANSFER.publicKey,
    `1624de6420${'01'.repeat(32)}`,
    `1624de6421${TRANSFER.publicKey}`,
    `eb5ae98720${TRANSFER.publicKey}`,
    `eb5ae98721${TRANSFER.publicKey}00`,
    `eb5ae98721${TRANSFER.publicKey.slice(2)}`,
    'eb5ae98721',
  ])
    refuse(signed(other), 'signatures[0].publicKey', /another kind of key/);
});

test('no signature, several, short ones, and data are read: the chain has its own words for them', () => {
  const none = decodeTransaction(bytesOf(body(ENTIRE)), 'bnb');
  assert.deepEqual([none.signatures, none.data], [[], new Uint8Array()]);
  const more = decodeTransaction(bytesOf(body(`${ENTIRE}120012041202ffff2a01ff`)), 'bnb');
  const blank = { publicKey: undefined, accountNumber: 0n, sequence: 0n };
  assert.deepEqual(more.signatures, [
    { ...blank, signature: new Uint8Array() },
    { ...blank, signature: Uint8Array.of(0xff, 0xff) },
  ]);
  assert.deepEqual(more.data, Uint8Array.of(0xff));
});

test('what was read stays what it was when the bytes are used again', () => {
  const bytes = Buffer.from(TRANSFER.bytes, 'hex');
  const transaction = decodeTransaction(bytes, 'bnb');
  bytes.fill(0);
  assert.deepEqual(transaction, transactionOf(TRANSFER));
});

test('an error tells the place among many, and after which byte', () => {
  const coin = '12060a01411080';
  refuse(
    body(element('0a', `2a2c87fa${element('0a', `${FROM}12030a0141${coin}02`)}${element('12', '1a00')}`)),
    'message.outputs[0]',
    /^TRANSACTION_INVALID at message\.outputs\[0\]: found one more field .*, before byte \d+$/,
  );
});

test('what the wire cannot carry is not written', () => {
  const carries = (change: object, path: string, problem: RegExp): void => {
    assert.throws(() => encodeTransaction({ ...SMALL, ...change }), {
      name: 'TransactionError',
      code: 'TRANSACTION_INVALID',
      path,
      message: problem,
    });
  };
  const mint = { type: 'mint', from: 'bnb1qyqszqgpqyqszqgpqyqszqgpqyqszqgpsh7jvj', symbol: 'ABC-123', amount: 5n };
  carries({ source: 2n ** 63n }, 'source', /a bigint of 64 bits/);
  carries({ source: -(2n ** 63n) - 1n }, 'source', /a bigint of 64 bits/);
  carries({ source: 1 }, 'source', /a bigint of 64 bits/);
  carries({ memo: 'a\ud800' }, 'memo', /without halves of characters/);
  carries({ memo: '\udc00a' }, 'memo', /without halves of characters/);
  carries({ memo: undefined }, 'memo', /found undefined/);
  carries({ data: undefined }, 'data', /expected bytes/);
  carries({ message: { ...mint, amount: 2n ** 63n } }, 'message.amount', /64 bits/);
  carries({ message: { ...mint, from: 'bnb1qqqq' } }, 'message.from', /expected an address/);
  carries({ message: { ...mint, type: 'melt' } }, 'message.type', /found "melt", expected one of newOrder/);
  carries({ message: { ...mint, type: 'toString' } }, 'message.type', /found "toString"/);
  carries({ message: { ...mint, type: 'issue' } }, 'message.name', /found undefined, expected text/);
  carries({ message: { type: 'send', outputs: [] } }, 'message.inputs', /found undefined, expected a list/);
  carries({ message: { type: 'send', inputs: [null] } }, 'message.inputs[0]', /found null, expected an object/);
  carries({ signatures: undefined }, 'signatures', /found undefined, expected a list/);
  for (const side of [128, -129, 1.5, Number.NaN, '1'])
    carries(
      { message: { type: 'newOrder', sender: '', id: '', symbol: '', orderType: 2, side } },
      'message.side',
      /from -128 to 127/,
    );
  const signature = { publicKey: undefined, signature: new Uint8Array(), accountNumber: 0n, sequence: 0n };
  carries({ signatures: [signature, { ...signature, sequence: 2n ** 64n }] }, 'signatures[1].sequence', /64 bits/);
  carries(
    { signatures: [{ ...signature, publicKey: new Uint8Array(32) }] },
    'signatures[0].publicKey',
    /found 32 bytes, expected 33 bytes/,
  );
});

test('what is no bytes is refused with a typed error', () => {
  for (const value of [undefined, null, 'c601', [1, 2]])
    assert.throws(() => Reflect.apply(decodeTransaction, undefined, [value, 'bnb']), TransactionError);
});
