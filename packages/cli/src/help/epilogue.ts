/**
 * What stands below the list of verbs.
 * In: a world. Out: examples and exit codes, as text.
 */
import { EXIT_MEANINGS } from '../exit.ts';
import { paintFor } from '../terminal/paint.ts';
import type { World } from '../world.ts';

export const EXAMPLES = `  dexwire node                                          a DEX on this machine, in one terminal
  dexwire watch trades BNB_BTCB-1DE                     its trades, in another
  dexwire watch BNB_BTCB-1DE@kline_1m --json | jq .     candles, for programs
  dexwire book BNB_BTCB-1DE                             the order book, live
  DEXWIRE_KEY=... dexwire order buy BNB_BUSD-BD1 --quantity 1 --price 299.5
`;

/** Such as ` 0  done`. */
const exitTable = (): string =>
  EXIT_MEANINGS.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`).join('\n');

export const epilogueOf = ({ stdout, ...world }: World): string => {
  const { bold } = paintFor({ ...world, stdout });
  return `\n${bold('Examples:')}\n${EXAMPLES}\n${bold('Exit codes:')}\n${exitTable()}\n`;
};
