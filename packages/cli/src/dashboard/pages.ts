/**
 * The page to trade by, as it is shipped with the command.
 * In: which of the two. Out: its folder; an error that says how to make one where there is none.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CliError } from '../errors.ts';

/** `page`: for a node that serves it; `tab`: with a node inside. */
export type PageKind = 'page' | 'tab';

/** Beside the command's own files, bundled or not. */
export const pageFolder = (kind: PageKind): string => {
  const folder = fileURLToPath(new URL(`../${kind}`, import.meta.url));
  if (!existsSync(folder))
    throw new CliError('FAILED', 'this build has no page: run node packages/cli/bundle.mjs in the workspace');
  return folder;
};
