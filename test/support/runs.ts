/** How many cases a property test makes: 2,000 in the suite, more where PROPERTY_RUNS says so. */
export const RUNS = Number(process.env.PROPERTY_RUNS ?? 2000);
