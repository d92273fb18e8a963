/** Stable codes of everything that can go wrong here; programs compare codes, people read messages. */
export type ServerErrorCode =
  | 'SERVER_NOT_FOUND'
  | 'SERVER_UNUSABLE'
  | 'SERVER_START_FAILED'
  | 'SERVER_NOT_READY'
  | 'ADDRESS_IN_USE'
  | 'ALREADY_RUNNING'
  | 'FOREIGN_FOLDER'
  | 'FOLDER_UNUSABLE';

/** Base of all errors of this folder. The message says what happened and what to do next. */
export class ServerError extends Error {
  readonly code: ServerErrorCode;

  constructor(code: ServerErrorCode, message: string) {
    super(message);
    this.code = code;
    this.name = new.target.name;
  }
}

/** Neither present nor fetchable. One line: what to install and what was tried. */
export class ServerNotFound extends ServerError {
  constructor(name: string, least: string, hint: string, tried: readonly string[]) {
    super('SERVER_NOT_FOUND', `${name} ${least} or later is needed: ${hint} (tried: ${tried.join('; ')})`);
  }
}

/** The binary that an environment variable names does not run or is too old. */
export class ServerUnusable extends ServerError {
  constructor(variable: string, path: string, reason: string) {
    super('SERVER_UNUSABLE', `${variable}=${path} cannot be used: ${reason}; correct or unset ${variable}`);
  }
}

/** The child ended, or could not be started at all, before it was ready. */
export class ServerStartFailed extends ServerError {
  constructor(name: string, reason: string, lastLines: string) {
    super('SERVER_START_FAILED', `${name} did not start: ${reason}${quoted(lastLines)}`);
  }
}

/** The child lives but was not ready by the deadline; the message says what was missing. */
export class ServerNotReady extends ServerError {
  constructor(name: string, missing: string, deadlineMs: number, lastLines: string) {
    super(
      'SERVER_NOT_READY',
      `${name} was not ready within ${deadlineMs} ms: ${missing}${quoted(lastLines)}`,
    );
  }
}

/** Somebody else listens on the port that was asked for. */
export class AddressInUse extends ServerError {
  constructor(name: string, ports: readonly number[]) {
    super(
      'ADDRESS_IN_USE',
      `${name}: port ${ports.join(' or ')} is taken: choose another, or none for a free one`,
    );
  }
}

/** A living program holds the data folder. */
export class AlreadyRunning extends ServerError {
  readonly pid: number;

  constructor(pid: number, folder: string) {
    super(
      'ALREADY_RUNNING',
      `already running: pid ${pid}, data folder ${folder}: stop it, or choose another folder`,
    );
    this.pid = pid;
  }
}

/** The folder holds files that are not ours; nothing in it was touched. */
export class ForeignFolder extends ServerError {
  constructor(folder: string, marker: string) {
    super(
      'FOREIGN_FOLDER',
      `${folder} holds files but no ${marker}, so it is not ours: name an empty or a new folder`,
    );
  }
}

/** The folder cannot be made, read or written. */
export class FolderUnusable extends ServerError {
  constructor(folder: string, cause: unknown) {
    super('FOLDER_UNUSABLE', `${folder} cannot be used: ${reasonOf(cause)}: name another folder`);
    this.cause = cause;
  }
}

/** Of the system's codes those that a person meets, in words. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'it is, or lies below, a file',
  ENOENT: 'the file system does not let it be made',
};

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return REASONS[code] ?? (cause instanceof Error ? cause.message : String(cause));
}

function quoted(lastLines: string): string {
  return lastLines === '' ? '' : `; the last lines of its log:\n${lastLines}`;
}
