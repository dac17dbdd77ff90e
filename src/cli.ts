#!/usr/bin/env node
/** The bin: the command line of this process. */
import { runProgram } from './cli/program.js';
import { watchOutput } from './cli/output/output.js';
import { processTerminal } from './cli/output/terminal.js';

watchOutput();
await runProgram(process.argv.slice(2), processTerminal);
