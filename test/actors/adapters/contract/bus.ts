import { expect } from 'chai';
import type { Bus } from '../../../../actors/runtime/ports.js';
import { until } from '../../../support/until.js';

export interface BusWorld {
  /** Another process's connection. */
  connect(): Promise<Bus>;
  dispose(): Promise<void>;
}

/** What every Bus guarantees, and what it does not: at most once, to whoever listens now. */
export function describeBus(name: string, create: () => Promise<BusWorld>): void {
  describe(`${name} as a bus`, () => {
    let world: BusWorld;
    let sender: Bus;
    let receiver: Bus;

    beforeEach(async () => {
      world = await create();
      [sender, receiver] = [await world.connect(), await world.connect()];
    });
    afterEach(() => world.dispose());

    const listen = async (subject: string, bus = receiver): Promise<string[]> => {
      const seen: string[] = [];
      bus.subscribe(subject, (bytes, on) => seen.push(`${on} ${text(bytes)}`));
      await bus.flush();
      return seen;
    };

    it('hands a message to a subscriber of its subject, byte for byte', async () => {
      const seen: Uint8Array[] = [];
      receiver.subscribe('a.b', (bytes) => seen.push(bytes.slice()));
      await receiver.flush();
      const every = Uint8Array.from({ length: 256 }, (_, i) => i);
      sender.publish('a.b', every);
      await until(() => seen.length === 1, { what: 'the message' });
      expect(Array.from(seen[0]!)).to.deep.equal(Array.from(every));
    });

    it('says on which subject a message came, and takes * for one token and > for the rest', async () => {
      const [one, rest] = [await listen('x.*.z'), await listen('x.>')];
      for (const subject of ['x.1.z', 'x.2.z', 'x.1', 'x.1.z.1', 'y.1.z', 'x']) {
        sender.publish(subject, bytes('m'));
      }
      await until(() => rest.length === 4, { what: 'everything below x' });
      expect(one).to.deep.equal(['x.1.z m', 'x.2.z m']);
      expect(rest).to.deep.equal(['x.1.z m', 'x.2.z m', 'x.1 m', 'x.1.z.1 m']);
    });

    it('keeps the order of one connection', async () => {
      const seen = await listen('order');
      for (let i = 0; i < 1_000; i += 1) sender.publish('order', bytes(String(i)));
      await until(() => seen.length === 1_000, { what: 'a thousand messages' });
      expect(seen).to.deep.equal(Array.from({ length: 1_000 }, (_, i) => `order ${i}`));
    });

    it('hands every message to every subscriber, the sender included', async () => {
      const all = [
        await listen('both'),
        await listen('both', await world.connect()),
        await listen('both', sender),
      ];
      sender.publish('both', bytes('hello'));
      await until(() => all.every(({ length }) => length > 0), { what: 'all three to hear it' });
      expect(all).to.deep.equal([['both hello'], ['both hello'], ['both hello']]);
    });

    it('keeps nothing for who subscribes later', async () => {
      sender.publish('late', bytes('before'));
      await sender.flush();
      const seen = await listen('late');
      sender.publish('late', bytes('after'));
      await until(() => seen.length > 0, { what: 'the second message' });
      expect(seen).to.deep.equal(['late after']);
    });

    it('hands over nothing after a subscription was cancelled', async () => {
      const seen: string[] = [];
      const cancel = receiver.subscribe('end', (bytes) => seen.push(text(bytes)));
      const other = await listen('end');
      sender.publish('end', bytes('heard'));
      await until(() => seen.length === 1 && other.length === 1, { what: 'the first message' });
      cancel();
      sender.publish('end', bytes('unheard'));
      await until(() => other.length === 2, { what: 'the other one to hear the second' });
      expect(seen).to.deep.equal(['heard']);
    });

    it('takes a message without content', async () => {
      const seen = await listen('empty');
      sender.publish('empty', new Uint8Array());
      await until(() => seen.length === 1, { what: 'the empty message' });
    });
  });
}

function bytes(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

function text(content: Uint8Array): string {
  return new TextDecoder().decode(content);
}
