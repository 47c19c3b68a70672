#!/usr/bin/env node
/**
 * The command `dexwire`.
 * In: arguments, the process. Out: what its verbs say; an exit code.
 */
import process from 'node:process';
import { run } from './program.ts';
import { processWorld } from './world.ts';

// Not `process.exit`, which would cut off what a pipe has not taken yet.
process.exitCode = await run(processWorld(), process.argv.slice(2));
