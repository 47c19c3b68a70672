/**
 * `dexwire watch`: from the names of streams to lines.
 * In: words, options. Out: a line for each event, and for whatever may have been missed, until enough was seen.
 */
import { setMaxListeners } from 'node:events';
import type { Dex, Item, Status, Subscription } from 'dexwire';
import type { WatchOptions } from '../commands/watch.ts';
import { dial } from '../dial.ts';
import { CliError, messageOf } from '../errors.ts';
import { explained } from '../listed.ts';
import { type Output, outputTo } from '../terminal/output.ts';
import { paintFor } from '../terminal/paint.ts';
import { roomOf } from '../terminal/table.ts';
import type { World } from '../world.ts';
import { fieldsOf } from './fields.ts';
import { columnsShow, jsonShow, type Line, type Show } from './show.ts';
import { type Wanted, wantedOf } from './wanted.ts';

/** What of a connection's life is news: not that it is dialled, opened for the first time, and closed as it should be. */
const isNews = (): ((status: Status) => boolean) => {
  /** Why each is not connected; said once, however often it is tried again. */
  const lost = new Map<string | undefined, string>();
  return (status) => {
    if (status.name === 'open') return lost.delete(status.url);
    if (status.name !== 'waiting') return status.name === 'stale' || status.name === 'live';
    const why = messageOf(status.cause);
    const isNew = lost.get(status.url) !== why;
    lost.set(status.url, why);
    return isNew;
  };
};

const subscribe = (dex: Dex, { stream, subjects }: Wanted, signal: AbortSignal): Subscription<object> => {
  const any = dex.subscribe as (stream: Wanted['stream'], wanted: object) => Subscription<object>;
  return any(stream, { signal, ...(stream.scope === 'address' ? { address: subjects[0] } : { symbols: subjects }) });
};

/** Whom an event is about: of a list for everybody, everybody. */
const subjectOf = ({ stream, subjects: [first = ''] }: Wanted, event: object): string =>
  stream.scope === 'symbol' ? String((event as { symbol?: string }).symbol ?? first) : first;

/** @throws CliError `USAGE`, `GAP`, `FAILED`; what the connection or a subscription ends with; the signal's reason. */
export const watch = async (world: World, words: readonly string[], options: WatchOptions): Promise<void> => {
  const wanted = wantedOf(words);
  const streams = wanted.map(({ stream }) => stream);
  const fields = options.fields === undefined ? undefined : fieldsOf(options.fields, streams);
  const show: Show = options.json
    ? jsonShow({ fields })
    : columnsShow({
        fields,
        paint: paintFor(world),
        room: roomOf(world.stdout),
        hasHeads: world.stdout.isTTY === true,
        hasTopics: new Set(streams.map(({ topic }) => topic)).size > 1,
      });
  const over = new AbortController();
  setMaxListeners(0, over.signal, world.signal); // many waits share them on purpose
  const outputs: Record<Line['to'], Output> = {
    stdout: outputTo(world.stdout, world),
    stderr: outputTo(world.stderr, world),
  };
  let seen = 0;
  const enough = (): boolean => options.count !== undefined && seen >= options.count;
  let failure: unknown;
  const end = (error?: unknown): void => {
    if (over.signal.aborted) return;
    failure = error;
    over.abort();
  };
  const print = async (lines: readonly Line[]): Promise<void> => {
    for (const { to, text } of lines) await outputs[to].line(text);
  };

  const take = async (one: Wanted, item: Item<object>): Promise<void> => {
    if (item.kind !== 'events') {
      await print(show.gap(item));
      if (item.kind === 'gap' && options.strict) end(new CliError('GAP', `events may have been missed: ${item.cause}`));
      return;
    }
    for (const event of item.events) {
      if (over.signal.aborted) return;
      seen++;
      const lines = show.event(one.stream, subjectOf(one, event), event, item);
      if (enough()) end(); // before it is printed, which may have to wait while others come
      await print(lines);
    }
  };

  const dex = dial(world, options);
  const follow = async (one: Wanted): Promise<void> => {
    for await (const item of subscribe(dex, one, over.signal)) await take(one, item);
  };
  const followStatus = async (): Promise<void> => {
    const news = isNews();
    for await (const status of dex.status(over.signal)) {
      if (!news(status)) continue;
      await print(show.status(status));
      if (status.name === 'stale' && options.strict) end(new CliError('GAP', 'the gateway has fallen silent'));
    }
  };
  const leave = (): void => end(world.signal.reason);
  world.signal.addEventListener('abort', leave);
  if (world.signal.aborted) leave();
  const timer = options.for === undefined ? undefined : world.clock.setTimeout(() => end(), options.for);
  try {
    const all = [followStatus(), ...wanted.map(follow)].map((one) => one.catch((error: unknown) => end(error)));
    await Promise.race([...all.slice(1), new Promise((resolve) => over.signal.addEventListener('abort', resolve))]);
    end();
    await Promise.all(all);
  } finally {
    world.clock.clearTimeout(timer);
    world.signal.removeEventListener('abort', leave);
    end();
    await dex.close();
  }
  if (failure !== undefined)
    throw await explained(
      failure,
      dex,
      wanted.flatMap(({ stream, subjects }) => (stream.scope === 'symbol' ? subjects : [])),
    );
  if (options.count !== undefined && !enough())
    throw new CliError('FAILED', `${seen} of ${options.count} events came in the time`);
};
