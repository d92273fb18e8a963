/** Bytes that cannot be read are the sender's fault: one error, whose message names the field. */
import { MalformedError } from '../../runtime/errors.js';
import { GuardError } from './guards.js';

/** Runs a decoder. Throws MalformedError for bytes that are no protobuf and for values out of range. */
export function guarded<Plain>(what: string, decode: () => Plain): Plain {
  try {
    return decode();
  } catch (error) {
    if (error instanceof MalformedError) throw error;
    // What is no GuardError comes from protobufjs, whose errors have no class of their own.
    const problem = error instanceof GuardError ? error.message : `unreadable (${String(error)})`;
    throw new MalformedError(`${what}: ${problem}`, { cause: error });
  }
}
