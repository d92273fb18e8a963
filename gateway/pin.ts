import { createHmac } from 'node:crypto';
import { MAX_PIN_DIGITS, MIN_PIN_DIGITS } from '../actors/bounds.js';

/** Bytes of the key, a secret that all gateways of a deployment share. */
export const PIN_KEY_BYTES = 32;

/** Bytes of a PIN's hash, for every actor: half of an HMAC-SHA256 is as hard to guess as its key is. */
const PIN_HASH_BYTES = 16;

const NONE = new Uint8Array();
const digits = new RegExp(`^[0-9]{${MIN_PIN_DIGITS},${MAX_PIN_DIGITS}}$`);

/** What is wrong with a PIN that was said, or nothing; an empty one says nothing. The PIN itself is never repeated. */
export function pinProblem(field: string, pin: string): string | undefined {
  if (pin === '' || digits.test(pin)) return undefined;
  return `${field}: must be ${MIN_PIN_DIGITS} to ${MAX_PIN_DIGITS} digits`;
}

/**
 * A PIN ends here: only this hash goes on. It holds the card, so that equal PINs have different hashes; without the key
 * it tells nothing, although there are few PINs to try. Empty for an empty PIN: there is none.
 */
export function hashPin(key: Uint8Array, card: string, pin: string): Uint8Array {
  if (pin === '') return NONE;
  const digest = createHmac('sha256', key).update(`emoney.pin.v1\0${card}\0${pin}`).digest();
  return digest.subarray(0, PIN_HASH_BYTES);
}

/** Tells one key from another, and nothing else of it: 16 hexadecimal digits, for everybody to see. */
export function pinKeyFingerprint(key: Uint8Array): string {
  return createHmac('sha256', key).update('emoney.pin-key.v1').digest('hex').slice(0, 16);
}

/** The key as EMONEY_PIN_KEY and files hold it: hexadecimal. Undefined: it is no key. */
export function parsePinKey(text: string): Uint8Array | undefined {
  const key = Buffer.from(text, 'hex');
  return key.length === PIN_KEY_BYTES && text.length === 2 * PIN_KEY_BYTES ? key : undefined;
}
