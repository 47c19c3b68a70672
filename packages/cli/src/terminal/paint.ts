/**
 * Colours, where they are wanted.
 * In: a world. Out: functions from text to text; without colours, the text itself.
 */
import picocolors from 'picocolors';
import type { World } from '../world.ts';

export type Paint = ReturnType<typeof picocolors.createColors>;

/** On a terminal, unless `NO_COLOR` (no-color.org) or a terminal without any says otherwise; `FORCE_COLOR` paints pipes too. */
export const isColorful = ({ env }: Pick<World, 'env'>, stream: { readonly isTTY?: boolean }): boolean => {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0';
  return stream.isTTY === true && env.TERM !== 'dumb';
};

export const colors = (isOn: boolean): Paint => picocolors.createColors(isOn);

/** For what goes to stdout, or to another stream. */
export const paintFor = (world: World, stream: { readonly isTTY?: boolean } = world.stdout): Paint =>
  colors(isColorful(world, stream));
