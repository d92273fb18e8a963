import type { ProhibitionList } from '../actors/prohibitions/list.js';
import type { ProhibitionStream } from '../actors/prohibitions/ports.js';
import type { Bus, Cancel, Clock, JournalStore, SnapshotStore } from '../actors/runtime/ports.js';
import type { Subjects } from '../actors/runtime/subjects.js';
import type { Log } from './log.js';

/** What a gateway must know about the deployment that it serves: from the genesis frames. */
export interface GatewayDeployment {
  readonly name: string;
  readonly partitions: number;
  /** A DeploymentRules message. */
  readonly rules: Uint8Array;
}

export interface GatewayOptions {
  readonly bus: Bus;
  /** Calls back whenever the bus was lost and is back; absent: it never is. */
  readonly onReconnect?: ((callback: () => void) => Cancel) | undefined;
  readonly clock: Clock;
  readonly subjects: Subjects;
  readonly deployment: GatewayDeployment;
  readonly prohibitions: ProhibitionStream;
  /** Of this process; the gateway feeds it from the stream. */
  readonly list: ProhibitionList;
  /** Read only. */
  readonly journals: JournalStore;
  /** Read only. */
  readonly snapshots: (partition: number) => SnapshotStore;
  /** What is away although payments go on without it, in words; default: nothing ever is. */
  readonly degraded?: (() => readonly string[]) | undefined;
  readonly operatorSecret: string;
  /** PIN_KEY_BYTES; the same at every gateway of the deployment, for ever. */
  readonly pinKey: Uint8Array;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly log: Log;
}
