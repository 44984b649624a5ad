import type { Mutant } from './mutant.ts';
import { type Finding, type Tool, ToolBroken } from './tools.ts';
import { copyTree } from './tree.ts';

/** What became of one planted bug. */
export interface Hunt {
  readonly mutant: string;
  readonly about: string;
  /** Who found it; absent: nobody. */
  readonly tool?: string;
  readonly finding?: Finding;
  readonly seconds: number;
  /** The patch does not apply any more, or what it leaves does not run. */
  readonly problem?: string;
}

export interface HuntOptions {
  readonly tools: readonly Tool[];
  /** Most seeds that a tool may try. */
  readonly seeds: number;
  readonly say?: (text: string) => void;
}

/**
 * What the tools find in the tree as it is; nothing, or what they find elsewhere tells nothing either.
 * @throws ToolBroken when one does not run.
 */
export async function control({ tools, seeds }: HuntOptions): Promise<(Finding & { tool: string })[]> {
  const tree = copyTree();
  try {
    const found: (Finding & { tool: string })[] = [];
    for (const tool of tools) {
      const { output, code } = await tree.run(tool.command(seeds));
      const finding = tool.read(output, code);
      if (finding) found.push({ tool: tool.name, ...finding });
    }
    return found;
  } finally {
    tree.remove();
  }
}

/** Plants one bug in a copy of the tree, and lets the tools look for it, one after the other. */
export async function hunt(mutant: Mutant, { tools, seeds, say = () => {} }: HuntOptions): Promise<Hunt> {
  const { name, about, patch, files } = mutant;
  const startedAt = performance.now();
  const end = (more: Partial<Hunt>): Hunt => ({
    mutant: name,
    about,
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
    ...more,
  });
  const tree = copyTree();
  try {
    const problem = tree.problemOf(patch);
    if (problem !== undefined) return end({ problem: `the patch does not apply: ${problem}` });
    tree.apply(patch);
    for (const tool of tools) {
      if (tool.blindTo && files.every((file) => tool.blindTo?.test(file))) continue;
      say(`${name}: ${tool.name}`);
      const { output, code } = await tree.run(tool.command(seeds));
      const finding = tool.read(output, code);
      if (finding) return end({ tool: tool.name, finding });
    }
    return end({});
  } catch (error) {
    if (error instanceof ToolBroken) return end({ problem: `it does not run: ${error.message}` });
    throw error;
  } finally {
    tree.remove();
  }
}
