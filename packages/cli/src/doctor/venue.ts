/**
 * What the REST interface tells of a venue: whether it is there, which chain it is of, how its clock goes, what it lists.
 * In: a connection, the symbol that was asked for. Out: checks, and the symbols that are listed.
 */
import type { Dex } from 'dexwire';
import { messageOf } from '../errors.ts';
import { listedSymbols, notListed } from '../listed.ts';
import { type Answer, askRest, restOf } from '../rest.ts';
import { type Check, fail, ms, ok, warn } from './check.ts';

/** Beyond this, times of events and of this machine cannot be compared. */
const SKEW_MS = 1000;

const NO_REST =
  'say where REST is: --rest URL; without it nothing can be traded or repaired, and no clock or symbol is looked at';

const textAt = (from: unknown, ...path: string[]): string | undefined => {
  let value = from;
  for (const name of path) value = (value as Record<string, unknown> | null | undefined)?.[name];
  return typeof value === 'string' ? value : undefined;
};

const clockCheck = (answer: Answer, sent: number, got: number): Check => {
  const told = Date.parse(textAt(answer.body, 'ap_time') ?? textAt(answer.body, 'block_time') ?? '');
  if (answer.status !== 200 || Number.isNaN(told))
    return warn(
      'clock',
      `/time answers with status ${answer.status}`,
      'the clocks cannot be compared; lag may be wrong by any amount',
    );
  const half = (got - sent) / 2;
  const skew = told - (sent + half);
  // The answer has whole seconds only, cut off, and may be as old as half of its way.
  const known = `the venue's clock is ${ms(Math.abs(skew))} ${skew < 0 ? 'behind' : 'ahead of'} this machine's, give or take ${ms(half + SKEW_MS / 2)}`;
  if (Math.abs(skew) <= SKEW_MS + half) return ok('clock', known);
  return warn('clock', known, "set this machine's clock by NTP; a node in stepped time has a clock of its own");
};

const nodeCheck = ({ status, body }: Answer): Check => {
  const chain = textAt(body, 'node_info', 'network');
  if (status === 404)
    return warn('rest', '/node-info is not there', `a gateway that plays recordings has none; else ${NO_REST}`);
  if (status !== 200 || chain === undefined)
    return fail(
      'rest',
      `/node-info answers with ${status === 200 ? 'something else than a chain' : `status ${status}`}`,
      NO_REST,
    );
  const height = (body as { sync_info?: { latest_block_height?: unknown; catching_up?: unknown } }).sync_info;
  if (height?.catching_up === true)
    return warn('rest', `${chain}, still catching up at block ${height.latest_block_height}`, 'wait until it has');
  return ok('rest', `chain ${chain}, block ${String(height?.latest_block_height ?? '-')}`);
};

const listedCheck = (symbols: readonly string[], wanted: string | undefined): Check => {
  if (!symbols.length) return warn('listed', 'no symbol is listed', 'list a pair, or look at the genesis');
  if (wanted !== undefined && !symbols.includes(wanted))
    return fail('listed', notListed([wanted], symbols).message, 'say another --symbol, or none for the first one');
  return ok('listed', `${symbols.length} symbols, ${symbols.slice(0, 3).join(', ')} among them`);
};

export interface VenueOptions {
  /** The symbol that was asked for, if one was. */
  readonly wanted: string | undefined;
  /** Takes the symbols that are listed. */
  told(symbols: readonly string[]): void;
  readonly signal: AbortSignal;
}

/** From what REST is to what it lists; where it is not, there is nothing more to ask it. */
export async function* examineVenue(dex: Dex, { wanted, told, signal }: VenueOptions): AsyncGenerator<Check, void> {
  const base = restOf(dex);
  if (base === undefined) {
    yield warn('rest', 'it is not known where REST is', NO_REST);
    return;
  }
  try {
    const about = await askRest(dex, `${base}/node-info`, signal);
    yield nodeCheck(about);
    if (textAt(about.body, 'node_info', 'network') === undefined) return;
    const sent = dex.clock.now();
    const answer = await askRest(dex, `${base}/time`, signal);
    yield clockCheck(answer, sent, dex.clock.now());
    const symbols = await listedSymbols(dex, signal);
    told(symbols);
    yield listedCheck(symbols, wanted);
  } catch (error) {
    yield fail('rest', messageOf(error), NO_REST);
  }
}
