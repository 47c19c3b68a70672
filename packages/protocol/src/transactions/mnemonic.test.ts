import assert from 'node:assert/strict';
import { createECDH, createHmac, pbkdf2Sync } from 'node:crypto';
import fc from 'fast-check';
import { test } from 'vitest';
import { bytesOf } from '../../../../tests/support/workedTransactions.ts';
import { KeyError } from '../errors.ts';
import { addressOfPrivateKey } from './keys.ts';
import { generateMnemonic, privateKeyOfMnemonic } from './mnemonic.ts';

/** Of the tests of the chain's JavaScript package and of Trezor's firmware, which tell key and addresses. */
const WORDS =
  'offer caution gift cross surge pretty orange during eye soldier popular holiday mention east eight office fashion ill parrot vault rent devote earth cousin';
const KEY = '90335b9d2153ad1a9799a3ccc070bd64b4164e9642ee1dd48053c33f9a3a05e9';

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** BIP-39 and BIP-32 once more, by Node.js alone. */
const derive = (words: string, steps: readonly [step: number, hardened: boolean][], passphrase: string): string => {
  const seed = pbkdf2Sync(words, `mnemonic${passphrase.normalize('NFKD')}`, 2048, 64, 'sha512');
  let node = createHmac('sha512', 'Bitcoin seed').update(seed).digest();
  for (const [step, hardened] of steps) {
    const [key, chainCode] = [node.subarray(0, 32), node.subarray(32)];
    const curve = createECDH('secp256k1');
    curve.setPrivateKey(key);
    const index = Buffer.alloc(4);
    index.writeUInt32BE(hardened ? step + 2 ** 31 : step);
    const head = hardened ? Buffer.concat([Buffer.of(0), key]) : curve.getPublicKey(null, 'compressed');
    const next = createHmac('sha512', chainCode).update(head).update(index).digest();
    const sum = (BigInt(`0x${next.subarray(0, 32).toString('hex')}`) + BigInt(`0x${key.toString('hex')}`)) % ORDER;
    node = Buffer.concat([Buffer.from(sum.toString(16).padStart(64, '0'), 'hex'), next.subarray(32)]);
  }
  return node.subarray(0, 32).toString('hex');
};

const refuse = (act: () => unknown, ...secrets: string[]): void => {
  assert.throws(act, (error: unknown) => {
    assert.ok(error instanceof KeyError, String(error));
    assert.equal(error.code, 'KEY_INVALID');
    assert.equal(error.cause, undefined);
    for (const secret of secrets) assert.ok(!`${error.message}${error.stack}`.includes(secret), error.message);
    return true;
  });
};

test('the words of the original package have its key, and the addresses that wallets show', () => {
  assert.equal(privateKeyOfMnemonic(WORDS), KEY);
  assert.equal(addressOfPrivateKey(KEY, 'tbnb'), 'tbnb1hgm0p7khfk85zpz5v0j8wnej3a90w709zzlffd');
  const second = privateKeyOfMnemonic(WORDS, { index: 1 });
  assert.equal(addressOfPrivateKey(second, 'bnb'), 'bnb1egswqkszzfc2uq78zjslc6u2uky4pw46x4rstd');
});

test('entropy has the words that BIP-39 publishes for it', () => {
  const published = [
    ['00000000000000000000000000000000', `${'abandon '.repeat(11)}about`],
    ['7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f', 'legal winner thank year wave sausage worth useful legal winner thank yellow'],
    [
      '80808080808080808080808080808080',
      'letter advice cage absurd amount doctor acoustic avoid letter advice cage above',
    ],
    ['ffffffffffffffffffffffffffffffff', `${'zoo '.repeat(11)}wrong`],
    ['0000000000000000000000000000000000000000000000000000000000000000', `${'abandon '.repeat(23)}art`],
    ['ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff', `${'zoo '.repeat(23)}vote`],
  ] as const;
  for (const [entropy, words] of published) assert.equal(generateMnemonic(bytesOf(entropy)), words);
});

test('keys of any account, index and passphrase are those that another derivation gives', () => {
  const step = fc.integer({ min: 0, max: 2 ** 31 - 1 });
  const entropy = fc.constantFrom(16, 32).chain((length) => fc.uint8Array({ minLength: length, maxLength: length }));
  fc.assert(
    fc.property(entropy, step, step, fc.string(), (bytes, account, index, passphrase) => {
      const words = generateMnemonic(bytes);
      const path = [
        [44, true],
        [714, true],
        [account, true],
        [0, false],
        [index, false],
      ] as const;
      assert.equal(
        privateKeyOfMnemonic(words, { account, index, passphrase }),
        derive(
          words,
          path.map(([at, hardened]) => [at, hardened]),
          passphrase,
        ),
      );
    }),
    { numRuns: 10 },
  );
});

test('white space around and between words does not matter', () => {
  assert.equal(privateKeyOfMnemonic(`\n ${WORDS.replaceAll(' ', '  \t')}\r\n`), KEY);
});

test('what are no words is a typed error that shows none of them', () => {
  const words = WORDS.split(' ');
  const wrong = [
    '',
    'offer',
    words.slice(0, 23).join(' '),
    [...words.slice(1), 'offer'].join(' '),
    WORDS.replace('cousin', 'cousine'),
    `${WORDS} cousin`,
    WORDS.toUpperCase(),
    '\ud800',
  ];
  for (const mnemonic of wrong) refuse(() => privateKeyOfMnemonic(mnemonic), 'offer', 'cousin', 'OFFER');
  refuse(() => Reflect.apply(privateKeyOfMnemonic, undefined, [undefined]));
});

test('what is no passphrase, account or index is a typed error that shows nothing', () => {
  refuse(() => privateKeyOfMnemonic(WORDS, { passphrase: 'secret\ud800' }), 'secret', 'offer');
  for (const step of [-1, 1.5, 2 ** 31, Number.NaN]) {
    refuse(() => privateKeyOfMnemonic(WORDS, { account: step }), 'offer');
    refuse(() => privateKeyOfMnemonic(WORDS, { index: step }), 'offer');
  }
});

test('entropy of another length is refused', () => {
  for (const length of [0, 15, 20, 24, 28, 33, 64]) refuse(() => generateMnemonic(new Uint8Array(length)));
  refuse(() => Reflect.apply(generateMnemonic, undefined, ['00'.repeat(16)]));
});
