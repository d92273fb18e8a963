/** The proxies through which every connection of the system passes: who cuts a wire here cuts it for one process. */
import type { Link } from '../../../simulator/chaos/linkFaults.js';
import type { Passage } from '../../../simulator/chaos/passage.js';
import { TcpProxy } from '../../../simulator/chaos/tcpProxy.js';

export class Links {
  readonly #proxies = new Map<string, TcpProxy>();

  /** A port (this one, or any that is free) that leads to one of these at a time. */
  async open(
    link: Link,
    at: number,
    targets: () => readonly number[],
    { part = 0, port }: { readonly part?: number; readonly port?: number | undefined } = {},
  ): Promise<number> {
    const proxy = await TcpProxy.listen({ targets, port });
    this.#proxies.set(`${link} ${at} ${part}`, proxy);
    return proxy.port;
  }

  disturb(link: Link, at: number, passage: Passage): void {
    for (const proxy of this.#of(link, at)) proxy.disturb(passage);
  }

  heal(link: Link, at: number): void {
    for (const proxy of this.#of(link, at)) proxy.heal();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#proxies.values()].map((proxy) => proxy.close()));
  }

  #of(link: Link, at: number): readonly TcpProxy[] {
    const name = `${link} ${at} `;
    return [...this.#proxies].flatMap(([key, proxy]) => (key.startsWith(name) ? [proxy] : []));
  }
}
