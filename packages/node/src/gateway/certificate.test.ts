import assert from 'node:assert/strict';
import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
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
  const constraints = new x509.X509Certificate(made.ca).getExtension(x509.BasicConstraintsExtension);
  assert.deepEqual([constraints?.ca, constraints?.pathLength, constraints?.critical], [true, 0, true]);
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

/** A certificate that vouches for itself, of a kind of key that OpenSSL is asked not to take. */
const weak = await (async (): Promise<Certificate> => {
  const kind = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 512,
    publicExponent: Uint8Array.of(1, 0, 1),
  };
  const keys = await crypto.subtle.generateKey(kind, true, ['sign', 'verify']);
  const of = { name: 'CN=weak', keys, signingAlgorithm: kind, notBefore: new Date(NOW), notAfter: new Date(NOW + 1) };
  const cert = await x509.X509CertificateGenerator.createSelfSigned(of, crypto);
  const der = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { key: x509.PemConverter.encode(der, 'PRIVATE KEY'), cert: cert.toString('pem') };
})();

const CUT = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

const BAD: readonly (readonly [what: string, Certificate, RegExp])[] = [
  ['a certificate that is none', { ...made, cert: 'node.pem' }, /certificate cannot be read; pass PEM text/],
  ['a key that is none', { ...made, key: made.cert }, /key cannot be read; pass the PEM text of a private key/],
  ['the key of another certificate', { ...made, key: other.key }, /do not belong together; pass the key/],
  ['a certificate with too short a key', weak, /cannot be used; pass one with a key of 2048 bits or more/],
  ['a certificate with a broken one behind it', { ...made, cert: made.cert + CUT }, /cannot be used; .* whole ones/],
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
        for (const { key } of [made, other, weak]) assert.ok(!told.includes(key.slice(40, 60)));
        return true;
      },
    );
  });
}
