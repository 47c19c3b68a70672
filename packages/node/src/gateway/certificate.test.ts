import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'vitest';
import { NodeError } from '../errors.ts';
import { type Certificate, checkCertificate, makeCertificate } from './certificate.ts';

const NOW = Date.UTC(2026, 10, 25);

const made = await makeCertificate([], NOW);
const other = await makeCertificate([], NOW);

test('a self-made certificate is signed by its authority, which can sign no other authority', () => {
  const [leaf, authority] = [new X509Certificate(made.cert), new X509Certificate(made.ca)];
  assert.ok(leaf.verify(authority.publicKey));
  assert.deepEqual([leaf.ca, authority.ca], [false, true]);
  assert.ok(leaf.checkIssued(authority));
  checkCertificate(made);
});

test('a self-made certificate is good from a day before it was made, for less than 398 days', () => {
  const { validFrom, validTo } = new X509Certificate(made.cert);
  assert.deepEqual([Date.parse(validFrom), Date.parse(validTo)], [NOW - 86_400_000, NOW + 396 * 86_400_000]);
});

test('no two are the same: keys and serial numbers come from the chance of the platform', () => {
  assert.notEqual(made.key, other.key);
  assert.notEqual(new X509Certificate(made.cert).serialNumber, new X509Certificate(other.cert).serialNumber);
});

test('names of every kind stand in it as clients compare them, each once', async () => {
  const { cert } = await makeCertificate(
    ['dex.binance.org', 'localhost', '[fe80::1]', '10.0.0.7', 'bücher.example'],
    NOW,
  );
  const certificate = new X509Certificate(cert);
  for (const name of ['localhost', 'dex.binance.org', 'xn--bcher-kva.example'])
    assert.equal(certificate.checkHost(name), name);
  for (const address of ['127.0.0.1', '::1', 'fe80::1', '10.0.0.7'])
    assert.equal(certificate.checkIP(address), address);
  assert.equal(certificate.subjectAltName?.match(/localhost/g)?.length, 1);
});

const BAD: readonly (readonly [what: string, Certificate, RegExp])[] = [
  ['a certificate that is none', { ...made, cert: 'node.pem' }, /certificate cannot be read; pass PEM text/],
  ['a key that is none', { ...made, key: made.cert }, /key cannot be read; pass the PEM text of a private key/],
  ['the key of another certificate', { ...made, key: other.key }, /do not belong together; pass the key/],
];

for (const [what, certificate, message] of BAD) {
  test(`${what} is refused with what to do, and without a word of the key`, () => {
    assert.throws(
      () => checkCertificate(certificate),
      (error) => {
        assert.ok(error instanceof NodeError);
        assert.equal(error.code, 'TLS_INVALID');
        assert.match(error.message, message);
        const told = `${error.stack} ${String(error.cause)}`;
        assert.ok(!told.includes(made.key.slice(40, 60)) && !told.includes(other.key.slice(40, 60)));
        return true;
      },
    );
  });
}
