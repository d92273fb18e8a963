import type { ListVersion } from '../actors/prohibitions/ports.js';
import { v1 } from '../proto/generated/emoney.js';
import type { Owner, Owners, Stop } from './owners.js';
import type { GatewayDeployment } from './options.js';

const { PartitionState } = v1;

export interface SystemFacts {
  readonly deployment: GatewayDeployment;
  readonly owners: Owners;
  readonly list: ListVersion | undefined;
  /** Of this gateway. */
  readonly terminals: number;
  /** What is wrong although payments go on. */
  readonly degraded: readonly string[];
}

/** The deployment as this gateway sees it: what the genesis frames fixed, and who was last heard to own what. */
export function systemOf({
  deployment,
  owners,
  list,
  terminals,
  degraded,
}: SystemFacts): v1.SystemDescription.$Properties {
  const partitions = Array.from({ length: deployment.partitions }, (_, partition) => {
    const owner = owners.of(partition);
    const stop = owners.stopOf(partition);
    return {
      state: stateOf(owners.heardOf(partition), stop),
      stoppedBecause: stop?.reason ?? '',
      stoppedBy: stop?.worker ?? '',
      partition,
      worker: owner?.worker ?? '',
      epoch: owner?.epoch ?? 0,
      lastSequence: owner?.sequence ?? 0,
    };
  });
  return {
    deployment: deployment.name,
    partitionCount: deployment.partitions,
    partitions,
    rules: v1.DeploymentRules.decode(deployment.rules),
    list: list ?? null,
    connectedTerminals: terminals,
    degraded: [...degraded],
  };
}

function stateOf(owner: Owner | undefined, stop: Stop | undefined): v1.PartitionState {
  if (owner?.serving === true) return PartitionState.PARTITION_STATE_SERVING;
  if (stop !== undefined) return PartitionState.PARTITION_STATE_STOPPED;
  if (owner === undefined) return PartitionState.PARTITION_STATE_UNHEARD;
  return owner.released
    ? PartitionState.PARTITION_STATE_HANDED_OVER
    : PartitionState.PARTITION_STATE_RECOVERING;
}
