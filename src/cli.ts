#!/usr/bin/env node
/** The bin: the command line of this process. */
import { runProgram } from './commands/program.js';
import { watchOutput } from './terminal/output.js';
import { processTerminal } from './terminal/terminal.js';

watchOutput();
await runProgram(process.argv.slice(2), processTerminal);
