/**
 * The command line, for programs that want it as a part. The only door of this package besides the command itself.
 */
export { type AddVerb, programOf } from './program.ts';
export { processWorld, type World } from './world.ts';
