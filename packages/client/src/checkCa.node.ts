/**
 * What a program says to trust, before anything goes by it: Node.js passes over what it cannot read.
 * In: what was given as `ca`. Out: PEM texts, each of whole certificates; or an error that says what to pass.
 */
import { X509Certificate } from 'node:crypto';
import { ConnectionError } from './errors.ts';

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';

/** Reads each certificate of a text, or throws. */
const readAll = (pem: string): void => {
  const [, ...certificates] = pem.split(BEGIN);
  if (!certificates.length) throw new TypeError(`no ${BEGIN} in it`);
  for (const rest of certificates) new X509Certificate(`${BEGIN}${rest.split(END)[0]}${END}\n`);
};

/** @throws ConnectionError `CA_UNUSABLE`. */
export const checkCa = (ca: string | readonly string[]): string[] => {
  try {
    const texts = [ca].flat().map(String);
    if (!texts.length) throw new TypeError('an empty list');
    for (const text of texts) readAll(text);
    return texts;
  } catch (cause) {
    throw new ConnectionError(
      'CA_UNUSABLE',
      `ca is not PEM: pass text with ${BEGIN}, up to its end, not the name of a file; leave ca away to trust whom Node.js does`,
      { cause },
    );
  }
};
