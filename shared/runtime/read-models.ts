import type { Position } from '@refrain/event-log';
import type { ReadModel, RebuildableModel } from './handle.ts';
import type { Ports } from './ports.ts';

/** How far a read model has got. STABLE: a surface of the doors. */
export interface ReadModelView {
  readonly name: string;
  /** It answers from a building that has read as far as the log once went. */
  readonly serving: boolean;
  /** Commits that it has not read yet; of a model that does not answer, those of its new building. */
  readonly behind: number;
  /** The new building that is under way, and how many commits it has not read yet. */
  readonly building?: { readonly read: number; readonly behind: number };
}

/** The read models of this process: how they stand, and the wish to build them anew. */
export class ReadModels {
  readonly #ports: Pick<Ports, 'log'>;
  readonly #service: string;
  readonly #models: RebuildableModel[] = [];

  constructor(ports: Pick<Ports, 'log'>, service: string) {
    this.#ports = ports;
    this.#service = service;
  }

  add(model: ReadModel | RebuildableModel): readonly ReadModel[] {
    if (!('rebuild' in model)) return [model];
    this.#models.push(model);
    return [model, model.beside];
  }

  async list(): Promise<ReadModelView[]> {
    const end = await this.#ports.log.lastSequence(this.#service);
    const behindOf = (position: Position | undefined): number => Math.max(0, end - (position?.seq ?? 0));
    return this.#models.map((model) => {
      const serving = !model.isIdle?.();
      const read = model.beside.position()?.seq ?? 0;
      const building = { read, behind: Math.max(0, end - read) };
      return {
        name: model.name,
        serving,
        behind: serving ? behindOf(model.position()) : building.behind,
        ...(!model.beside.isIdle?.() && { building }),
      };
    });
  }

  /** Begins to build all of them anew. Where that is under way it goes on. */
  async rebuild(): Promise<ReadModelView[]> {
    for (const model of this.#models) model.rebuild();
    return await this.list();
  }
}
