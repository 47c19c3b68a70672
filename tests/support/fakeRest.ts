/**
 * A REST API in memory, and a repair that asks it, on a clock that is stepped.
 * In: lists and bodies by path, and what becomes of the next replies. Out: what a repair comes to, and what it asked for, when.
 */
import type { Mended, Missed, Repair, RepairTools } from 'dexwire';
import { VirtualClock } from './virtualClock.ts';

const REST_NETWORK = { ws: 'ws://rest.test/api/ws', rest: 'http://rest.test/api/v1' };

type Query = URLSearchParams;
type Reply = unknown;

export const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status });

export class FakeRest {
  readonly clock = new VirtualClock(Date.UTC(2026, 0, 1));
  height = 100;
  /** Of the newest block; the venue's own time, unlike that of the clock. */
  time = Date.UTC(2021, 2, 1);
  /** The newest trade of the whole market up to a time, by which a block's time is known: one of the first block, unless given. */
  place: Reply | ((query: Query) => Reply) = (query: Query) => ({
    total: -1,
    trade: [{ blockHeight: 1, time: Number(query.get('end')) }],
  });
  /** By the path without its query: a body, or what makes one. */
  readonly bodies = new Map<string, Reply | ((query: Query) => Reply)>();
  /** What becomes of the next requests, in their order, in place of an answer. */
  readonly script: ((path: string) => Response | Promise<Response> | undefined)[] = [];
  readonly asked: { readonly path: string; readonly at: number }[] = [];

  /** Heeds no signal: whoever asks has to. */
  readonly fetch = async (url: string): Promise<Response> => {
    const { pathname, searchParams, search } = new URL(url);
    const path = pathname.replace('/api/v1', '');
    this.asked.push({ path: path + search, at: this.clock.now() });
    const scripted = this.script.shift()?.(path);
    if (scripted !== undefined) return scripted;
    const body = this.#bodyOf(path, searchParams);
    if (body === undefined) return json({ code: 404, message: 'not known' }, 404);
    const answer: Reply = typeof body === 'function' ? (body as (query: Query) => Reply)(searchParams) : body;
    return answer instanceof Response ? answer : json(answer);
  };

  /** A list that is told in pages. */
  list(path: string, name: string, rows: (query: Query) => readonly unknown[]): void {
    this.bodies.set(path, (query: Query) => {
      const [offset, limit] = [Number(query.get('offset') ?? 0), Number(query.get('limit') ?? 500)];
      const all = rows(query);
      return { total: query.get('total') === '1' ? all.length : -1, [name]: all.slice(offset, offset + limit) };
    });
  }

  tools(signal: AbortSignal = new AbortController().signal): RepairTools {
    return { network: REST_NETWORK, ca: undefined, clock: this.clock, signal };
  }

  /** What a repair comes to, as time goes on until it has. */
  async run(repair: Repair, missed: Missed): Promise<Mended> {
    const mended = repair(missed, this.tools());
    if (mended === undefined) throw new Error('no repair');
    return this.after(mended);
  }

  async after<T>(promise: Promise<T>): Promise<T> {
    let isDone = false;
    const end = (): void => {
      isDone = true;
    };
    promise.then(end, end);
    for (let steps = 0; !isDone && steps < 2000; steps += 1) await this.clock.pass(50);
    return promise;
  }

  get paths(): string[] {
    return this.asked.map(({ path }) => path);
  }

  #bodyOf(path: string, query: Query): Reply {
    const body = path === '/trades' && !query.has('symbol') ? this.place : this.bodies.get(path);
    return body ?? (path === '/node-info' ? this.#nodeInfo : undefined);
  }

  get #nodeInfo(): object {
    const time = new Date(this.time).toISOString().replace('Z', '000001Z');
    return { sync_info: { latest_block_height: this.height, latest_block_time: time } };
  }
}
