/**
 * One question to REST: bounded in time, and given up when its asker ends.
 * In: a base URL, `fetch`, a clock, a path. Out: status and text of the reply, whatever they say.
 */
import type { Clock } from '../clock.ts';
import { abortable } from '../wait.ts';

/** Such as `globalThis.fetch`. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

export interface RestSettings {
  /** Such as `http://127.0.0.1:27100/api/v1`. */
  readonly base: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** Milliseconds that a reply may take. */
  readonly timeout: number;
  /** Of all requests, of any number at a time, where an `AbortSignal` itself warns of more than ten listeners. */
  readonly ending: {
    readonly signal: AbortSignal;
    /** @returns What makes it deaf again. */
    listen(listener: () => void): () => void;
  };
}

interface Reply {
  readonly status: number;
  readonly text: string;
}

/** @throws What `fetch` throws, an `Error` when time is up, the reason of the ending. */
export const ask = async (
  { base, fetch, clock, timeout, ending }: RestSettings,
  path: string,
  init: RequestInit = {},
): Promise<Reply> => {
  ending.signal.throwIfAborted();
  const own = new AbortController();
  const deafen = ending.listen(() => own.abort(ending.signal.reason));
  const timer = clock.setTimeout(() => own.abort(new Error(`no reply in ${timeout} ms`)), timeout);
  try {
    const reply = async (): Promise<Reply> => {
      const response = await fetch(`${base}${path}`, { ...init, signal: own.signal });
      return { status: response.status, text: await response.text() };
    };
    return await abortable(own.signal, reply()); // also when `fetch` does not heed the signal
  } finally {
    clock.clearTimeout(timer);
    deafen();
  }
};

/**
 * Where REST is. For a network that says only where its WebSockets are: beside them, as the venue has it; `undefined` for
 * another path than `/api/ws`.
 */
export const restBeside = ({ ws, rest }: { readonly ws: string; readonly rest?: string }): string | undefined => {
  if (rest !== undefined) return rest.replace(/\/+$/, '');
  const url = new URL(ws);
  const path = url.pathname.replace(/\/(ws|stream)(\/.*)?$/, '/v1');
  return path === url.pathname ? undefined : `${url.origin.replace(/^ws/, 'http')}${path}`;
};
