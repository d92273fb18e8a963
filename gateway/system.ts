import type { ListVersion } from '../actors/prohibitions/ports.js';
import { v1 } from '../proto/generated/emoney.js';
import type { Owners } from './owners.js';
import type { GatewayDeployment } from './options.js';

export interface SystemFacts {
  readonly deployment: GatewayDeployment;
  readonly owners: Owners;
  readonly list: ListVersion | undefined;
  /** Of this gateway. */
  readonly terminals: number;
}

/** The deployment as this gateway sees it: what the genesis frames fixed, and who was last heard to own what. */
export function systemOf({
  deployment,
  owners,
  list,
  terminals,
}: SystemFacts): v1.SystemDescription.$Properties {
  const partitions = Array.from({ length: deployment.partitions }, (_, partition) => {
    const owner = owners.of(partition);
    return {
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
  };
}
