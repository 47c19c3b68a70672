/**
 * A question to REST, by the plainest means of Node.js: its `fetch` costs a tenth of a second of CPU before the first answer.
 * In: a base URL, a path, whom to trust. Out: the parsed answer.
 */
import type { IncomingMessage } from 'node:http';
import type { Dex } from 'dexwire';
import { CliError, messageOf } from './errors.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** Where REST is: as was said, or beside the streams, as the venue has it. */
export const restOf = ({ network: { ws, rest } }: Pick<Dex, 'network'>): string | undefined => {
  if (rest !== undefined) return rest.replace(/\/+$/, '');
  const { origin, pathname } = new URL(ws);
  const path = pathname.replace(/\/(ws|stream)(\/.*)?$/, '/v1');
  return path === pathname ? undefined : `${origin.replace(/^ws/, 'http')}${path}`;
};

const TIMEOUT_MS = 5000;
/** Of a list of ten thousand pairs. */
const MOST_BYTES = 16_000_000;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/**
 * @param signal - Gives it up.
 * @throws CliError `UNREACHABLE`.
 */
export const askRest = async (
  { ca, network: { hint } }: Pick<Dex, 'ca' | 'network'>,
  url: string,
  signal?: AbortSignal,
): Promise<Answer> => {
  const { request } = url.startsWith('https:') ? await import('node:https') : await import('node:http');
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void =>
      reject(new CliError('UNREACHABLE', `${url}: ${messageOf(cause)}${hint ? `; ${hint}` : ''}`, { cause }));
    const sent = request(url, {
      agent: false,
      timeout: TIMEOUT_MS,
      ...(signal && { signal }),
      ...(ca !== undefined && { ca: [ca].flat() as string[] }),
    });
    sent.once('timeout', () => sent.destroy(new Error(`no answer in ${TIMEOUT_MS} ms`)));
    sent.once('error', fail);
    sent.once('close', () => fail(new Error('closed without an answer'))); // as what answers each request with a WebSocket does
    sent.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > MOST_BYTES) response.destroy(new Error('the answer is too long'));
      });
      response.once('error', fail);
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parsed(text) }),
      );
    });
    sent.end();
  });
};
