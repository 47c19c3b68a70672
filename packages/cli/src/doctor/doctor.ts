/**
 * `dexwire doctor`: an endpoint, looked at from the outside in.
 * In: whom to look at. Out: a line for each check, with what to do where something is wrong.
 */
import { setMaxListeners } from 'node:events';
import { toJson } from '@dexwire/protocol';
import { lagHistogram } from 'dexwire';
import type { DoctorOptions } from '../commands/doctor.ts';
import { dial } from '../dial.ts';
import { CliError } from '../errors.ts';
import { outputTo } from '../terminal/output.ts';
import { paintFor } from '../terminal/paint.ts';
import { plain } from '../terminal/plain.ts';
import type { World } from '../world.ts';
import type { Check } from './check.ts';
import { checkLimits } from './limits.ts';
import { reach } from './reach.ts';
import { examineStreams } from './streams.ts';
import { examineVenue } from './venue.ts';

const NAME_WIDTH = 15;
const COLOR = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

/** @throws CliError `UNREACHABLE`, `FAILED`; the signal's reason. */
export const doctor = async (world: World, options: DoctorOptions): Promise<void> => {
  const { line } = outputTo(world.stdout, world);
  const paint = paintFor(world);
  const found: Check[] = [];
  const tell = async (check: Check): Promise<void> => {
    found.push(check);
    const { name, verdict, detail, advice } = check;
    if (options.json) return line(toJson({ kind: 'check', name, verdict, detail, ...(advice && { advice }) }));
    await line(`${paint[COLOR[verdict]](verdict.padEnd(4))}  ${name.padEnd(NAME_WIDTH)} ${plain(detail)}`);
    if (advice) await line(`      ${' '.repeat(NAME_WIDTH)} ${paint.bold(`-> ${plain(advice)}`)}`);
  };
  const lags = lagHistogram();
  setMaxListeners(0, world.signal);
  const dex = dial(world, options, { metrics: lags, onError: () => {} }); // what cannot be read is counted, and told as a check
  try {
    const { ws, hint } = dex.network;
    const { ca, clock } = dex;
    if (!options.json) await line(paint.bold(`${plain(ws)}\n`));
    await tell(checkLimits());
    const endpoint = {
      url: ws,
      ca: ca === undefined ? undefined : [ca].flat().join('\n'),
      hint,
      timeout: options.connectTimeout,
      now: () => clock.now(),
      signal: world.signal,
    };
    for await (const check of reach(endpoint)) await tell(check);
    if (!found.some(({ isUnreachable }) => isUnreachable)) {
      const wanted = options.symbol?.toUpperCase();
      let symbol = wanted;
      const told = (symbols: readonly string[]): void => {
        symbol = symbols.find((one) => wanted === undefined || one === wanted);
      };
      for await (const check of examineVenue(dex, { wanted, told, signal: world.signal })) await tell(check);
      const listening = { symbol, forMs: options.for, lags, signal: world.signal };
      for (const check of await examineStreams(dex, listening)) await tell(check);
    }
  } finally {
    await dex.close();
  }
  const bad = found.filter(({ verdict }) => verdict === 'fail' || (options.strict && verdict === 'warn'));
  if (!bad.length) return;
  const names = bad.map(({ name }) => name).join(', ');
  throw new CliError(
    bad.some(({ isUnreachable }) => isUnreachable) ? 'UNREACHABLE' : 'FAILED',
    `something is wrong: ${names}`,
  );
};
