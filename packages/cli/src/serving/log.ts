/**
 * What a node tells of itself while it runs.
 * In: a level, what happens. Out: lines on stderr, so that stdout has what programs read.
 */
import type { NodeOptions, Served } from '@dexwire/node';
import { LOG_LEVELS, type NodeVerbOptions } from '../commands/node.ts';
import { plain } from '../terminal/plain.ts';
import type { World } from '../world.ts';

export interface NodeLog {
  /** What the node is started with. */
  readonly ties: Pick<NodeOptions, 'onError' | 'actors'>;
  /** From here on there is something to tell. */
  began(served: Served): void;
}

const MINUTE_MS = 60_000;

export const nodeLog = ({ stderr, clock }: World, { logLevel }: Pick<NodeVerbOptions, 'logLevel'>): NodeLog => {
  const level = LOG_LEVELS.indexOf(logLevel);
  const say = (least: (typeof LOG_LEVELS)[number], text: string): void => {
    if (level < LOG_LEVELS.indexOf(least)) return;
    stderr.write(`${new Date(clock.now()).toISOString()} ${least.padEnd(5)} ${plain(text)}\n`);
  };
  let served: Served | undefined;
  let clients = 0;
  let toldAt = Number.NEGATIVE_INFINITY;
  const onBlock = ({
    height,
    state,
  }: {
    readonly height: number;
    readonly state: { readonly openOrders: { readonly size: number } };
  }): void => {
    if (!served) return;
    const now = served.control.sessions().length;
    if (now !== clients) say('info', `clients: ${now}, before ${clients}`);
    clients = now;
    const text = `block ${height}, ${state.openOrders.size} open orders, ${now} clients`;
    say('debug', text);
    if (logLevel !== 'info' || clock.now() - toldAt < MINUTE_MS) return;
    toldAt = clock.now();
    say('info', text);
  };
  return {
    ties: {
      onError: (error) => say('error', error instanceof Error ? (error.stack ?? error.message) : String(error)),
      actors: level > LOG_LEVELS.indexOf('error') ? [{ onBlock }] : [],
    },
    began: (one) => {
      served = one;
    },
  };
};
