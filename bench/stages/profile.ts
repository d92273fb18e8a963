/** What a .cpuprofile of V8 holds (Chrome DevTools Protocol, Profiler.Profile), as far as it is read here. */

export interface CallFrame {
  /** Empty for an anonymous function; in brackets for what is no function: (idle), (program), (garbage collector). */
  readonly functionName: string;
  /** A file URL, a node: module, or empty. */
  readonly url: string;
}

export interface ProfileNode {
  readonly id: number;
  readonly callFrame: CallFrame;
  readonly children?: readonly number[];
}

export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** Microseconds of the machine's monotonic clock, the one of process.hrtime(). */
  readonly startTime: number;
  /** Node that was innermost, by sample. */
  readonly samples: readonly number[];
  /** Microseconds since the sample before; of the first: since `startTime`. */
  readonly timeDeltas: readonly number[];
}

/** Microseconds by stage of what was sampled between two moments of the monotonic clock. */
export function timesOf<Stage extends string>(
  { nodes, startTime, samples, timeDeltas }: CpuProfile,
  stageOf: (stack: readonly CallFrame[]) => Stage,
  from = -Infinity,
  to = Infinity,
): ReadonlyMap<Stage, number> {
  const stages = stagesOf(nodes, stageOf);
  const times = new Map<Stage, number>();
  let at = startTime;
  for (const [index, node] of samples.entries()) {
    at += timeDeltas[index] ?? 0;
    // What was seen at one sample is taken to last until the next.
    const lasted = timeDeltas[index + 1] ?? 0;
    const stage = stages.get(node);
    if (stage === undefined || at < from || at >= to) continue;
    times.set(stage, (times.get(stage) ?? 0) + lasted);
  }
  return times;
}

/** By the node's id. A stack is given innermost frame first. */
function stagesOf<Stage>(
  nodes: readonly ProfileNode[],
  stageOf: (stack: readonly CallFrame[]) => Stage,
): ReadonlyMap<number, Stage> {
  const byId = new Map(nodes.map((node) => [node.id, node] as const));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  return new Map(
    nodes.map(({ id }) => {
      const stack: CallFrame[] = [];
      for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
        const node = byId.get(at);
        if (node !== undefined) stack.push(node.callFrame);
      }
      return [id, stageOf(stack)] as const;
    }),
  );
}
