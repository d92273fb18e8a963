import { connectPhone, type Phone } from '../../client/index.js';
import type { OperatorLink } from '../operatorLink.js';
import { refuse } from '../population.js';
import type { Holder } from './holder.js';

export interface PhonesOptions {
  /** ws://host:port/v1 */
  readonly url: string;
  readonly operator: OperatorLink;
  /** Milliseconds. */
  readonly clock: () => number;
}

/** The phones of the city, each with a connection of its own. */
export class Phones {
  readonly #options: PhonesOptions;
  readonly #connected = new Set<Phone>();

  constructor(options: PhonesOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#connected.size;
  }

  /** Registers a phone as the card's present device, and connects it, which is an access. */
  async connect(holder: Holder): Promise<Phone> {
    const { url, operator, clock } = this.#options;
    const { card, device } = holder;
    const terminal = phoneId(card, device);
    const { token } = await operator.use(async (session) => {
      refuse(terminal, (await session.registerTerminal(terminal, { role: 'PHONE', card, device })).outcome);
      return session.phoneToken(terminal);
    });
    const phone = await connectPhone({ url, terminal, token, clock });
    this.#connected.add(phone);
    return phone;
  }

  async close(phone: Phone): Promise<void> {
    this.#connected.delete(phone);
    await phone.close();
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#connected].map((phone) => this.close(phone)));
  }
}

function phoneId(card: string, device: number): string {
  return `${card}-p${device}`;
}
