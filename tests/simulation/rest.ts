/**
 * REST over a network that fails: `fetch` for the client, in virtual time.
 * In: requests, and what is wrong at the time. Out: replies of the node's own REST, late, spoilt, or none at all.
 */
import type { Fetch } from '../../packages/client/src/rest/ask.ts';
import type { Chance } from './chance.ts';
import type { ProcessClock } from './processClock.ts';
import type { WorldTime } from './worldTime.ts';

/** What is wrong with REST. */
export type RestMode = 'well' | 'fail' | 'slow' | 'garbage' | 'hang';

export interface RestNetworkOptions {
  readonly time: WorldTime;
  readonly client: ProcessClock;
  readonly chance: Chance;
  /** Of the node, in no time. */
  readonly reply: (url: string) => Promise<{ readonly status: number; readonly text: string }>;
  readonly isDown: () => boolean;
  readonly count: (kind: string) => void;
  readonly trace: (line: string) => void;
}

const FAST_MS = [5, 120] as const;
const SLOW_MS = [3_000, 20_000] as const;

const FAILURES = [429, 500, 502, 503] as const;

/** What a proxy or a broken gateway may say with status 200. */
const GARBAGE = ['', '<html>', '{"height":1,"bids":[["1"', '{"bids":[["x","1"]],"asks":[]}', 'null', '[]'] as const;

const responseOf = (status: number, text: string): Response =>
  // The runtime reads a body in turns of its own; here it is there at once.
  Object.assign(new Response(null, { status }), { text: async () => text });

export class RestNetwork {
  readonly #options: RestNetworkOptions;
  mode: RestMode = 'well';
  /** Requests that were neither answered nor given up. */
  pending = 0;
  asked = 0;

  constructor(options: RestNetworkOptions) {
    this.#options = options;
  }

  readonly fetch: Fetch = (url, init) => {
    const { time, client, chance, count, trace } = this.#options;
    const { mode } = this;
    const signal = init?.signal;
    this.pending += 1;
    this.asked += 1;
    trace(`fetch ${url} ${mode}`);
    return new Promise<Response>((resolve, reject) => {
      let isOver = false;
      const end = (): boolean => {
        if (isOver) return false;
        isOver = true;
        this.pending -= 1;
        signal?.removeEventListener('abort', abort);
        return true;
      };
      const abort = (): void => {
        if (end()) reject(signal?.reason);
      };
      signal?.addEventListener('abort', abort);
      if (signal?.aborted) {
        abort();
        return;
      }
      const answer = (status: number, text: string): void => {
        const wait = Math.max(chance.whole(...FAST_MS), client.frozenUntil - time.now());
        time.setTimeout(() => {
          if (!end()) return;
          count(status === 200 ? 'REST reply' : 'REST failure');
          resolve(responseOf(status, text));
        }, wait);
      };
      const fail = (): void => {
        count('REST failure');
        if (end()) reject(new TypeError('fetch failed'));
      };
      if (mode === 'hang') return;
      time.setTimeout(
        () => {
          if (isOver) return;
          if (this.#options.isDown()) fail();
          else if (mode === 'fail') {
            if (chance.often(0.3)) fail();
            else answer(chance.pick(FAILURES), '{"code":500,"message":"no"}');
          } else if (mode === 'garbage') answer(200, chance.pick(GARBAGE));
          else time.work(this.#options.reply(url).then(({ status, text }) => answer(status, text)));
        },
        mode === 'slow' ? chance.whole(...SLOW_MS) : chance.whole(...FAST_MS),
      );
    });
  };
}
