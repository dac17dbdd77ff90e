/** The build replaces this module by the compiled code, as compiling takes time at every start. */
import { compileSchema } from '../shared/schema-validator.js';
import { SCENARIO_SCHEMA } from './scenario-schema.js';

export const { validate } = compileSchema(SCENARIO_SCHEMA);
