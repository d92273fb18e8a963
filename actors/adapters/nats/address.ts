import type { NodeConnectionOptions } from '@nats-io/transport-node';
import { NatsAddressError } from '../errors.js';

export type NatsAddress = Pick<NodeConnectionOptions, 'servers' | 'user' | 'pass' | 'tls'>;

const ADDRESS = /^(?:(nats|tls):\/\/)?(?:([^@/]*)@)?([^@/]+)$/;

/**
 * Of `nats://user:password@host:port` what the client takes, which knows of hosts and ports only. Several servers with
 * commas; scheme, user and password (percent-encoded) may stand with one of them, and count for all. With `tls://`
 * every connection is encrypted.
 * @throws NatsAddressError without the password
 */
export function parseNatsAddress(text: string): NatsAddress {
  const parts = text.split(',').map((each) => {
    const found = ADDRESS.exec(each.trim());
    if (found === null) throw new NatsAddressError('it is not nats://host:port, or several with commas');
    const [, scheme, login, server = ''] = found;
    return { scheme, login, server };
  });
  const schemes = new Set(parts.map(({ scheme }) => scheme).filter((scheme) => scheme !== undefined));
  if (schemes.size > 1)
    throw new NatsAddressError('nats:// and tls:// are mixed: one connection is one or the other');
  const logins = new Set(parts.map(({ login }) => login).filter((login) => login !== undefined));
  if (logins.size > 1) throw new NatsAddressError('its servers have different users: they must be the same');
  const [login] = logins;
  return {
    servers: parts.map(({ server }) => server),
    ...(login === undefined ? {} : loginOf(login)),
    ...(schemes.has('tls') ? { tls: {} } : {}),
  };
}

function loginOf(login: string): Pick<NatsAddress, 'user' | 'pass'> {
  const colon = login.indexOf(':');
  if (colon < 1) throw new NatsAddressError('before the @ there must be user:password');
  return { user: decoded(login.slice(0, colon)), pass: decoded(login.slice(colon + 1)) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new NatsAddressError('user or password hold a % that begins no %XX: write it as %25');
  }
}
