import { createHmac, timingSafeEqual } from 'node:crypto';

/** Which card a phone is a device of, and which device. */
export interface PhoneIdentity {
  readonly terminal: string;
  readonly card: string;
  readonly device: number;
}

const form = /^([1-9][0-9]{0,9})\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]{43}$/;

/**
 * The deployment's key for phones, derived from that of the PINs. Sound, because HMAC-SHA256 is a pseudorandom function:
 * what it gives for this label tells nothing about the key, nor about what it gives for another label; a PIN's begins
 * otherwise. So the gateways of a deployment share one secret, and not two.
 */
export function phoneKeyOf(pinKey: Uint8Array, deployment: string): Uint8Array {
  return createHmac('sha256', pinKey).update(`emoney.phone-key.v1\0${deployment}`).digest();
}

/**
 * What a phone says in HELLO: its device and card, and the proof that an operator gave it. It is of one terminal's id, one
 * card and one device, so it ends when the card is moved. Opaque to everyone but gateways.
 */
export function phoneToken(key: Uint8Array, { terminal, card, device }: PhoneIdentity): string {
  const content = `emoney.phone.v1\0${terminal}\0${card}\0${device}`;
  const proof = createHmac('sha256', key).update(content).digest('base64url');
  return `${device}.${Buffer.from(card).toString('base64url')}.${proof}`;
}

/** What the token proves about this terminal; undefined: nothing. */
export function provenBy(key: Uint8Array, terminal: string, token: string): PhoneIdentity | undefined {
  const match = form.exec(token);
  if (match === null) return undefined;
  const card = Buffer.from(match[2] ?? '', 'base64url').toString();
  const identity = { terminal, card, device: Number(match[1]) };
  const right = Buffer.from(phoneToken(key, identity));
  const said = Buffer.from(token);
  // As long as the right one: the time of the comparison tells nothing about it.
  return right.length === said.length && timingSafeEqual(right, said) ? identity : undefined;
}
