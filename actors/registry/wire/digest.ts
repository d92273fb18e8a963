/** What makes two attempts the same transaction (D6). */
import { hash } from 'node:crypto';
import type { Transact } from '../../terminal/transact.js';

export type Content = Pick<
  Transact,
  'kind' | 'card' | 'amount' | 'currency' | 'terminalTime' | 'device' | 'partial' | 'original'
>;

/**
 * First 48 bits of SHA-256 over everything that makes the content; no field can hold the separator. `own`: the
 * deployment's currency; leaving it out or naming it is the same content.
 */
export function digestOf(said: Content, own: string): number {
  const { kind, card, amount, terminalTime, device, partial, original } = said;
  const currency = said.currency === '' ? own : said.currency;
  // Joined it is one string at once; put together with + it is as many as it has parts.
  let content = [kind, card, amount, currency, terminalTime].join('\n');
  if (device !== 1 || partial || original !== undefined) {
    const { terminal, incarnation, number } = original ?? { terminal: '', incarnation: 0, number: 0 };
    content += `\n${device}\n${partial ? 'partial' : ''}\n${terminal}\n${incarnation}\n${number}`;
  }
  return Number.parseInt(hash('sha256', content, 'hex').slice(0, 12), 16);
}
