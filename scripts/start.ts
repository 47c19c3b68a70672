/**
 * `npm start`: a DEX on this machine with its traders, and all twelve streams through the client, first once and then live.
 * In: nothing, or the arguments of `npm run node`. Out: a line for each event, until Ctrl-C.
 */
import { processWorld, run } from '@dexwire/cli';

process.exitCode = await run(processWorld(), ['node', '--show', ...process.argv.slice(2)], {
  usage: 'npm start [-- options]',
});
