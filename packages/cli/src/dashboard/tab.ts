/**
 * `dexwire dashboard --tab`: the page with a node inside, as a folder that needs no server.
 * In: where to put it. Out: the folder, and what to open.
 */
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CliError, messageOf } from '../errors.ts';
import type { World } from '../world.ts';
import { pageFolder } from './pages.ts';

/** @throws CliError `USAGE` for a folder with something else in it; `FAILED`. */
export const writeTab = (world: World, out: string): void => {
  const target = resolve(out);
  const isOther = existsSync(target) && readdirSync(target).length > 0 && !existsSync(join(target, 'index.html'));
  if (isOther)
    throw new CliError('USAGE', `--out: ${target} has something else in it; name a new folder, or an empty one`);
  try {
    cpSync(pageFolder('tab'), target, { recursive: true });
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw new CliError('FAILED', `${target}: ${messageOf(cause)}`, { cause });
  }
  world.stdout.write(`${pathToFileURL(join(target, 'index.html'))}\n`);
};
