/** The build replaces this module by the compiled code, as compiling takes time at every start. */
import { compileSchema } from '../shared/schema-validator.js';
import { BOT_SCHEMA } from './bot-schema.js';

export const { validate } = compileSchema(BOT_SCHEMA);
