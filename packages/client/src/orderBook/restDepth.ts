/**
 * The depth of one symbol by REST.
 * In: settings of REST, a symbol. Out: levels, best first.
 *
 * They are those of the block that runs: what came since the last one is in them already, and what a match will do to it is
 * not. So nothing is certain that only REST has told.
 */
import { type Decimal, isDecimal, type Level } from '@dexwire/protocol';
import { ask, type RestSettings } from '../rest/ask.ts';
import { bad, member, readList } from '../rest/members.ts';

export interface RestDepth {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  /** Orders are among the levels that have not met the others yet. */
  readonly isPending: boolean;
}

/** The most there are. Spec §10. */
const LEVELS = 1000;

const decimalAt = (level: unknown, place: number): Decimal => {
  const text: unknown = Array.isArray(level) ? level[place] : undefined;
  return isDecimal(text) ? text : bad('level', text);
};

const readLevel = (level: unknown): Level => [decimalAt(level, 0), decimalAt(level, 1)];

/** @throws An `Error` if there is no answer, or none that is a depth. */
export const restDepth = async (settings: RestSettings, symbol: string): Promise<RestDepth> => {
  const { status, text } = await ask(settings, `/depth?symbol=${encodeURIComponent(symbol)}&limit=${LEVELS}`);
  if (status !== 200) throw new Error(`status ${status}: ${text.slice(0, 200)}`);
  const body: unknown = JSON.parse(text);
  return {
    bids: readList(member(body, 'bids'), readLevel),
    asks: readList(member(body, 'asks'), readLevel),
    isPending: member(body, 'pending_match') === true,
  };
};
