/** Errors of the runtime and its ports. Each has a stable `code` and a message that says what to do next. */
export abstract class RuntimeError extends Error {
  abstract readonly code: string;
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

/** Bytes that are no command: the sender's fault, answered as a rejection. */
export class MalformedError extends RuntimeError {
  readonly code = 'MALFORMED';
}

/** A stored frame cannot be read, or does not continue the chain: its partition stops. */
export class JournalDamagedError extends RuntimeError {
  readonly code = 'JOURNAL_DAMAGED';
}

/** A sequence is missing in a journal: its partition stops. */
export class JournalHoleError extends RuntimeError {
  readonly code = 'JOURNAL_HOLE';
}

/** A checkpoint or index names frames that the journal does not have: acknowledged frames are gone (D11). */
export class FramesGoneError extends RuntimeError {
  readonly code = 'FRAMES_GONE';
}

export class JournalMissingError extends RuntimeError {
  readonly code = 'JOURNAL_MISSING';
}

export class JournalConfigurationError extends RuntimeError {
  readonly code = 'JOURNAL_CONFIGURATION';
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
