/** The contract of this package, with its router and validators. All emulators of a process share it: none of it changes. */
import type { Contract } from '../contract/contract.js';
import { loadContract } from '../contract/load.js';
import { createMatcher, type Matcher } from '../contract/match.js';
import { createValidators, type Validators } from '../contract/validators.js';
import { VERSION } from '../version.js';

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
