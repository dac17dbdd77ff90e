/** How the suite runs here. */

/** How many cases a property test makes: 2,000 in the suite, more where PROPERTY_RUNS says so. */
export const RUNS = Number(process.env.PROPERTY_RUNS ?? 2000);

/** Whether a test that needs more than Node, such as curl or a browser, must run. Elsewhere it is skipped where that is missing. */
export const SKIPS_FORBIDDEN = process.env.FORBID_SKIPS !== undefined;
