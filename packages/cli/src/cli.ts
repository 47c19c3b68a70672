#!/usr/bin/env node
/**
 * The command `dexwire`.
 * In: arguments, the process. Out: what its verbs say; an exit code.
 */
import process from 'node:process';
import { programOf } from './program.ts';
import { processWorld } from './world.ts';

await programOf(processWorld()).parseAsync(process.argv);
