/**
 * What was asked for, started.
 * In: arguments. Out: a node or the recordings, behind their port.
 */
import { type Node, type NodeOptions, type Served, startNode, startRecordings } from '@dexwire/node';
import type { Arguments } from './arguments.ts';

/**
 * @param more - Of the node; recordings take their `onError`.
 * @throws NodeError, GenesisError, ScenarioError.
 */
export const startServed = (
  { recordings, verbatim, options, port }: Arguments,
  { onError, actors }: Pick<NodeOptions, 'onError' | 'actors'> = {},
): Promise<Served | Node> => {
  const where = { ...(port !== undefined && { port }), ...(onError && { onError }) };
  return recordings
    ? startRecordings({
        ...where,
        verbatim,
        ...(options.seed !== undefined && { seed: options.seed }),
        ...(options.control && { control: true }),
        ...(options.hosts && { hosts: options.hosts }),
        ...(options.tls && { tls: options.tls }),
      })
    : startNode({ ...options, ...where, ...(actors && { actors }) });
};
