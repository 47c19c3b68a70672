/**
 * REST for Node.js, whose `fetch` trusts whom the whole process trusts: with a `ca` requests go through `node:https`.
 * In: certificates to trust. Out: a `fetch`, as far as the client asks of one. Certificates are verified.
 */
import { request } from 'node:https';
import type { Fetch } from './ask.ts';

const overHttps =
  (ca: string[]): Fetch =>
  (url, { method = 'GET', headers, body, signal } = {}) =>
    new Promise((resolve, reject) => {
      const fields = Object.fromEntries(new Headers(headers));
      const sent = request(
        url,
        { method, headers: fields, ca, rejectUnauthorized: true, ...(signal && { signal }) },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.once('error', reject);
          response.once('end', () =>
            resolve(new Response(Buffer.concat(chunks), { status: response.statusCode ?? 0 })),
          );
        },
      );
      sent.once('error', reject);
      sent.end(body);
    });

/** @param ca - PEM of the certificates to trust, in place of those that Node.js knows; undefined: those. */
export const fetchTrusting = (ca: string | readonly string[] | undefined): Fetch => {
  if (ca === undefined) return globalThis.fetch;
  const trusting = overHttps([ca].flat());
  return (url, init) => (url.startsWith('https:') ? trusting : globalThis.fetch)(url, init);
};
