/**
 * The command line as a whole: its verbs, and what all of them have.
 * In: a world. Out: a program that reads arguments. Each verb has its room in `commands/` and adds itself.
 */
import { Command } from 'commander';
import type { World } from './world.ts';

/** Adds one verb. */
export type AddVerb = (program: Command, world: World) => void;

const VERBS: readonly AddVerb[] = [];

export const programOf = (world: World): Command => {
  const program = new Command('dexwire')
    .description('The streaming API of the Binance DEX: watch, trade, record, replay, and run a local one.')
    .showHelpAfterError()
    .showSuggestionAfterError();
  for (const add of VERBS) add(program, world);
  return program;
};
