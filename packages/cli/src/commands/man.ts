/**
 * `dexwire man`: the man page. The work is done in `help/manPage.ts`.
 */
import type { AddVerb } from '../program.ts';

export const addMan: AddVerb = (program, world) => {
  program
    .command('man')
    .summary('print the man page')
    .description('Prints the man page; npm puts it in its place where the package is installed globally.')
    .addHelpText('after', '\n  dexwire man | man -l -')
    .action(async () => {
      const { manPage } = await import('../help/manPage.ts');
      world.stdout.write(manPage(program));
    });
};
