/** Errors of the runtime and its ports. Each has a stable `code` and a message that says what to do next. */
export abstract class RuntimeError extends Error {
  abstract readonly code: string;
  /** What an operator can do about a partition that stopped with it; empty: the message says it, or nothing helps. */
  readonly wayOut: string = '';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** These wait for an operator; everything else may pass by itself, and is tried again. */
const PERMANENT: ReadonlySet<unknown> = new Set([
  'JOURNAL_DAMAGED',
  'JOURNAL_HOLE',
  'JOURNAL_MISSING',
  'JOURNAL_CONFIGURATION',
  'FRAMES_GONE',
  'DEPLOYMENT_MISMATCH',
]);

export function isPermanent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && PERMANENT.has(error.code);
}

/** A partition that cannot be recovered because of it is left alone: each attempt would write an epoch frame. */
export function haltsPartition(error: unknown): boolean {
  return isPermanent(error) || error instanceof ArchiveMissingError || error instanceof ArchiveDamagedError;
}

/** Bytes that are no command: the sender's fault, answered as a rejection. */
export class MalformedError extends RuntimeError {
  readonly code = 'MALFORMED';
}

const RESTORE =
  'Restore the stream of this partition (from its replicas or a backup), then restart its workers; nothing skips a ' +
  'frame. See docs/OPERATIONS.md, "A partition that stopped"';

/** A stored frame cannot be read, or does not continue the chain: its partition stops. */
export class JournalDamagedError extends RuntimeError {
  readonly code = 'JOURNAL_DAMAGED';
  override readonly wayOut: string = RESTORE;
}

/** A stored frame, or an event in it, is of a format that this version does not know: its partition stops here. */
export class FormatUnknownError extends JournalDamagedError {
  override readonly wayOut =
    'Upgrade this worker: a newer version wrote it. If this is the newest, the frame is damaged: restore the stream. ' +
    'See docs/OPERATIONS.md, "A partition that stopped"';
}

/** A sequence is missing in a journal: its partition stops. */
export class JournalHoleError extends RuntimeError {
  readonly code = 'JOURNAL_HOLE';
  override readonly wayOut = RESTORE;
}

/** A checkpoint or index names frames that the journal does not have: acknowledged frames are gone (D11). */
export class FramesGoneError extends RuntimeError {
  readonly code = 'FRAMES_GONE';
}

/** The journal is shorter than what was found in it, but not than what was acknowledged to this process. */
export class UnacknowledgedGoneError extends RuntimeError {
  readonly code = 'UNACKNOWLEDGED_GONE';
}

/** SEALED is stored, and was never acknowledged: the owner leaves, whoever takes the partition stores another. */
export class SealUnacknowledgedError extends RuntimeError {
  readonly code = 'SEAL_UNACKNOWLEDGED';
}

export class JournalMissingError extends RuntimeError {
  readonly code = 'JOURNAL_MISSING';
}

/**
 * Frames are asked for whose stream is not there any more: they are in the archive, which this process was not given, or
 * which has not (all of) them. Who needs them must wait for an operator; what does not need them goes on.
 */
export class ArchiveMissingError extends RuntimeError {
  readonly code = 'ARCHIVE_MISSING';
}

/** The archive's folder cannot be read now: its mount, or this process's limits. Nothing is said of what it holds. */
export class ArchiveUnavailableError extends RuntimeError {
  readonly code = 'ARCHIVE_UNAVAILABLE';
}

/** A file of the archive is not what was written. */
export class ArchiveDamagedError extends RuntimeError {
  readonly code = 'ARCHIVE_DAMAGED';
}

export class JournalConfigurationError extends RuntimeError {
  readonly code = 'JOURNAL_CONFIGURATION';
}

/** A base is not what was written: it is left aside, and the one before it, or the journal, takes its place. */
export class BaseDamagedError extends RuntimeError {
  readonly code = 'BASE_DAMAGED';
}

/** The deployment was created with other properties than this process is configured with. */
export class DeploymentMismatchError extends RuntimeError {
  readonly code = 'DEPLOYMENT_MISMATCH';
}

/** Redis cannot be asked now. Nothing is lost: what is needed is rebuilt from the journal. */
export class StoreUnavailableError extends RuntimeError {
  readonly code = 'STORE_UNAVAILABLE';
}

/** Another owner has written to the journal: this one stops (D18). */
export class FencedError extends RuntimeError {
  readonly code = 'FENCED';
}

/** The owner's clock differs too much from the server's stamp (D13). */
export class ClockSkewError extends RuntimeError {
  readonly code = 'CLOCK_SKEW';
}

/** The machine's clock was set while it served (D13): whoever takes the partition compares it with the server's again. */
export class ClockSetError extends RuntimeError {
  readonly code = 'CLOCK_SET';
}
