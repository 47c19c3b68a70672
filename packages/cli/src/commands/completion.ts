/**
 * `dexwire completion`: its arguments. The work is done in `help/completion.ts`.
 */
import { Argument } from 'commander';
import type { Shell } from '../help/completion.ts';
import type { AddVerb } from '../program.ts';

const HELP = `
  source <(dexwire completion bash)                                     in ~/.bashrc
  dexwire completion zsh > "\${fpath[1]}/_dexwire"
  dexwire completion fish > ~/.config/fish/completions/dexwire.fish`;

export const addCompletion: AddVerb = (program, world) => {
  program
    .command('completion')
    .summary('print completion for a shell')
    .description('Prints what makes a shell complete verbs, options and topics.')
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', HELP)
    .action(async (shell: Shell) => {
      const { completion } = await import('../help/completion.ts');
      world.stdout.write(completion(program, shell));
    });
};
