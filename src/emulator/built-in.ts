/** The contract of this package, with its router and validators. All emulators of a process share it: none of it changes. */
import type { Contract } from '../openapi/contract.js';
import { loadContract } from '../openapi/load-contract.js';
import { createMatcher, type Matcher } from '../openapi/router.js';
import { createValidators, type Validators } from '../openapi/validators.js';
import { VERSION } from '../shared/version.js';

export interface BuiltIn {
  readonly contract: Contract;
  /** Finds the operations of the contract, without the webhooks of scripts. */
  readonly router: Matcher;
  /** For the operations of the contract, without the webhooks of scripts. */
  readonly validators: Validators;
}

let loaded: Promise<BuiltIn> | undefined;

/** Throws FileFaults for a bad contract. */
export function builtIn(): Promise<BuiltIn> {
  return (loaded ??= load());
}

async function load(): Promise<BuiltIn> {
  const contract = await loadContract(VERSION);
  return { contract, router: createMatcher(contract), validators: createValidators() };
}
