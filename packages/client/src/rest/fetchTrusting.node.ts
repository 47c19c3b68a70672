/**
 * REST for Node.js, whose `fetch` trusts whom the whole process trusts, and nobody in particular once an environment variable
 * says so: what is https goes through `node:https`, whose default agent keeps its connections.
 * In: certificates to trust. Out: a `fetch`, as far as the client asks of one. Certificates are verified.
 */
import { request } from 'node:https';
import { checkCa } from '../checkCa.node.ts';
import type { Fetch } from './ask.ts';

/** A `Response` must not be given a body with these, not even an empty one. */
const BODILESS = new Set([204, 205, 304]);

const overHttps =
  (ca: string[] | undefined): Fetch =>
  (url, { method = 'GET', headers, body, signal } = {}) =>
    new Promise((resolve, reject) => {
      const fields = Object.fromEntries(new Headers(headers));
      const sent = request(
        url,
        { method, headers: fields, rejectUnauthorized: true, ...(ca && { ca }), ...(signal && { signal }) },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.once('end', () => {
            const { statusCode: status = 0 } = response;
            try {
              resolve(new Response(BODILESS.has(status) ? null : Buffer.concat(chunks), { status }));
            } catch (cause) {
              reject(cause); // such as a status that there is not
            }
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });

/**
 * @param ca - PEM of the certificates to trust, in place of those that Node.js knows; undefined: those. One that cannot be
 *   used rejects every request, as it ends every dial of a socket.
 */
export const fetchTrusting = (ca: string | readonly string[] | undefined): Fetch => {
  let secure: Fetch | undefined;
  return async (url, init) => {
    secure ??= overHttps(ca === undefined ? undefined : checkCa(ca));
    return (/^https:/i.test(url) ? secure : globalThis.fetch)(url, init);
  };
};
