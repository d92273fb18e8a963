import { JournalUnavailableError, NoRespondersError } from '../errors.js';

/** Nobody takes messages of the subject: the server is just starting, or the stream is deleted. */
export const NO_RESPONDERS = '503';

/** What was asked, and why there is no answer. */
export function unavailable(what: string, reason: string, cause?: unknown): JournalUnavailableError {
  const Type = reason.startsWith(NO_RESPONDERS) ? NoRespondersError : JournalUnavailableError;
  return new Type(`${what}: ${reason}`, { cause });
}
