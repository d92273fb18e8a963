import type { HostingParts } from '../../../actors/hosting.js';
import type { Archive } from '../../../actors/runtime/ports.js';
import type { ServerRoom } from '../servers.js';

/** One rule of the system, broken on purpose: a simulation that does not notice it proves nothing. */
export interface Mutation {
  readonly name: string;
  /** What a worker is made of instead. */
  readonly parts?: (parts: HostingParts) => HostingParts;
  /** What an archiver writes to, and reads from. */
  readonly archive?: (archive: Archive) => Archive;
  /** What the servers, or their adapters, do otherwise. */
  readonly servers?: (servers: ServerRoom) => void;
}
