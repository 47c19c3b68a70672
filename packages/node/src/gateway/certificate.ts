/**
 * What the port proves itself by: a certificate that was given, or one that is made for this start.
 * In: PEM, or the names of this machine and the time. Out: key and certificate, and what clients have to trust.
 *
 * A self-made one is signed by an authority of its own, whose key is forgotten as soon as that is done: who trusts it
 * trusts this start of this node, and nothing else that anybody may sign (ADR 0027).
 */
import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { domainToASCII } from 'node:url';
import type { Milliseconds } from '@dexwire/protocol';
import { NodeError } from '../errors.ts';

/** PEM. */
export interface Certificate {
  /** Without a passphrase. It is never printed, nor part of an error. */
  readonly key: string;
  /** The certificate, and behind it those between it and what clients trust, if there are any. */
  readonly cert: string;
}

export interface SelfMadeCertificate extends Certificate {
  /** The authority behind it, for clients to trust. */
  readonly ca: string;
}

const DAY_MS: Milliseconds = 86_400_000;

/** Some clients take none that is good for longer than 398 days. */
const GOOD_FOR_DAYS = 397;

const ALWAYS = ['localhost', '127.0.0.1', '::1'];

const KEY_KIND = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNED_BY = { name: 'ECDSA', hash: 'SHA-256' };

const attempt = <T>(read: () => T, problem: string): T => {
  try {
    return read();
  } catch (cause) {
    throw new NodeError('TLS_INVALID', problem, { cause });
  }
};

/** @throws NodeError `TLS_INVALID` if they cannot be read, do not belong together, or OpenSSL does not take them. */
export const checkCertificate = ({ key, cert }: Certificate): void => {
  const certificate = attempt(
    () => new X509Certificate(cert),
    'the certificate cannot be read; pass PEM text that begins with -----BEGIN CERTIFICATE-----',
  );
  const privateKey = attempt(
    () => createPrivateKey(key),
    'the key cannot be read; pass the PEM text of a private key without a passphrase',
  );
  if (!certificate.checkPrivateKey(privateKey))
    throw new NodeError(
      'TLS_INVALID',
      'key and certificate do not belong together; pass the key that it was made with',
    );
  // The level of security asks for keys of some length, and certificates behind the first one are read only now.
  attempt(
    () => createSecureContext({ key, cert }),
    'the certificate cannot be used; pass one with a key of 2048 bits or more (RSA) or on P-256, and behind it whole ones only',
  );
};

/** As a certificate has it: IPv6 without brackets, domains in ASCII. */
const subjectOf = (name: string): { readonly type: 'ip' | 'dns'; readonly value: string } => {
  const plain = name.replace(/^\[(.*)\]$/, '$1');
  return isIP(plain) ? { type: 'ip', value: plain } : { type: 'dns', value: domainToASCII(plain) || plain };
};

const pem = (kind: string, bytes: ArrayBuffer): string =>
  `-----BEGIN ${kind}-----\n${Buffer.from(bytes)
    .toString('base64')
    .replace(/.{1,64}/g, '$&\n')}-----END ${kind}-----\n`;

/**
 * @param names - Domains and addresses by which clients reach this machine, besides `localhost` and the loopback addresses.
 * @param now - The machine's time, for clients go by it, whatever clock the sockets have.
 */
export const makeCertificate = async (names: readonly string[], now: Milliseconds): Promise<SelfMadeCertificate> => {
  // Loaded by those who ask for it only; the first one extends the global `Reflect`, which the second one needs.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const { subtle } = webcrypto;
  const [authority, own] = await Promise.all([
    subtle.generateKey(KEY_KIND, false, ['sign', 'verify']),
    subtle.generateKey(KEY_KIND, true, ['sign', 'verify']),
  ]);
  const issuer = 'CN=dexwire, O=A node on this machine';
  const period = {
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + (GOOD_FOR_DAYS - 1) * DAY_MS),
    signingAlgorithm: SIGNED_BY,
  };
  const ca = await x509.X509CertificateGenerator.createSelfSigned(
    {
      ...period,
      name: issuer,
      keys: authority,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
        await x509.SubjectKeyIdentifierExtension.create(authority.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  const leaf = await x509.X509CertificateGenerator.create(
    {
      ...period,
      subject: 'CN=localhost',
      issuer,
      publicKey: own.publicKey,
      signingKey: authority.privateKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([...new Set([...ALWAYS, ...names])].map(subjectOf)),
        await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey, false, webcrypto),
        await x509.SubjectKeyIdentifierExtension.create(own.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  const key = pem('PRIVATE KEY', await subtle.exportKey('pkcs8', own.privateKey));
  return { key, cert: `${leaf.toString('pem')}\n`, ca: `${ca.toString('pem')}\n` };
};
