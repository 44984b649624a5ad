import type { AnyContract } from '@refrain/contract-kit';
import type { ServiceDefinition } from '@refrain/runtime';
import { brokenEdition, editionOf, newerEdition } from './newer-edition.ts';
import type { NewerVersion } from './scenario.ts';

/** Which build each process of a run has: the one of the sources, or what deploys made of it. */
export class Builds {
  /** As they are before any deploy. */
  readonly #contracts: ReadonlyMap<string, AnyContract>;
  readonly #newer = new Map<string, NewerVersion[]>();
  /** Which reaction throws in the build that a process runs. */
  readonly #broken = new Map<string, number>();

  constructor(definitions: readonly ServiceDefinition[]) {
    this.#contracts = new Map(definitions.map(({ contract }) => [contract.$contract.service, contract]));
  }

  update(process: string, version: NewerVersion): void {
    this.#newer.set(process, [...(this.#newer.get(process) ?? []), version]);
  }

  spoil(process: string, reaction: number): void {
    this.#broken.set(process, reaction);
  }

  /** False where it has no mistake. */
  mend(process: string): boolean {
    return this.#broken.delete(process);
  }

  of(process: string, sources: ServiceDefinition): ServiceDefinition {
    const newest = this.#newest(process, sources);
    const broken = this.#broken.get(process);
    return broken === undefined ? newest : brokenEdition(newest, broken);
  }

  /** Each deploy was made from the build before it. */
  #newest(process: string, sources: ServiceDefinition): ServiceDefinition {
    const contracts = new Map(this.#contracts);
    return (this.#newer.get(process) ?? []).reduce((build, { service, type }) => {
      const contract = contracts.get(service) as AnyContract;
      contracts.set(service, editionOf(contract, type));
      return newerEdition(build, { contract, type });
    }, sources);
  }
}
