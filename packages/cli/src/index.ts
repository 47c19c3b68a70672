/**
 * The command line, for programs that want it as a part. The only door of this package besides the command itself.
 */
export { CliError, type CliFault, EndedError } from './errors.ts';
export { EXIT } from './exit.ts';
export { main } from './main.ts';
export { type AddVerb, type ProgramOptions, programOf, run } from './program.ts';
export { recordGaps } from './recording/recordGaps.ts';
export { recordSockets } from './recording/recordSockets.ts';
export { processWorld, type World } from './world.ts';
