#!/usr/bin/env node
/**
 * The command `dexwire`.
 * In: arguments, the process. Out: what its verbs say; an exit code.
 */
import process from 'node:process';
import { main } from './main.ts';
import { processWorld } from './world.ts';

await main(processWorld(), process.argv.slice(2));
