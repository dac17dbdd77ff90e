/** The build replaces this module by the compiled code, as compiling takes time at every start. */
import { compileSchema } from '../shared/schema-validator.js';
import { SCRIPT_SCHEMA } from './script-schema.js';

export const { validate } = compileSchema(SCRIPT_SCHEMA);
