import { RuntimeError } from '../runtime/errors.js';

/** The journal's server did not answer a question in time, or not with an answer. Ask again; nothing is implied. */
export class JournalUnavailableError extends RuntimeError {
  readonly code = 'JOURNAL_UNAVAILABLE';
}

/** Nobody answers for a stream: its server is just starting, or the stream is not there. */
export class NoRespondersError extends JournalUnavailableError {}

/** NATS_URL, or NATS_SYSTEM_URL, names no server that could be asked. */
export class NatsAddressError extends RuntimeError {
  readonly code = 'NATS_ADDRESS';
}

/** The prohibition list's stream is not there, or did not answer. Repeat; publishing twice is harmless. */
export class ListUnavailableError extends RuntimeError {
  readonly code = 'LIST_UNAVAILABLE';
}

/** Another process works on the folder of this history: two workers need two folders. */
export class HistoryLockedError extends RuntimeError {
  readonly code = 'HISTORY_LOCKED';

  constructor(folder: string, options?: ErrorOptions) {
    super(`another process uses ${folder}: give each worker a data folder of its own`, options);
  }
}
