import { expect } from 'chai';
import { type Delivery, decodeDelivery, encodeDelivery } from '../../../actors/runtime/deliveries.js';
import { BusPost, LocalPost } from '../../../actors/runtime/post.js';

type Handler = (bytes: Uint8Array, subject: string) => void;

/** A network, and a moment after everything that is ready. */
function world() {
  const sent: string[] = [];
  const remote = new Map<string, Handler>();
  const soon: (() => void)[] = [];
  const log: string[] = [];
  const network = new BusPost(
    {
      publish: (subject, bytes) => sent.push(`${subject} ${namesIn(decodeDelivery(bytes))}`),
      subscribe: (subject, handler) => {
        remote.set(subject, handler);
        return () => remote.delete(subject);
      },
      flush: () => Promise.resolve(),
    },
    (line) => log.push(line),
  );
  const post = new LocalPost(network, { soon: (callback) => soon.push(callback) });
  const settle = () => {
    for (const callback of soon.splice(0)) callback();
  };
  return { post, sent, remote, log, settle };
}

function delivery(...names: readonly string[]): Delivery {
  return {
    replyTo: 'me',
    items: names.map((name, correlation) => ({ correlation, command: Buffer.from(name) })),
  };
}

function namesIn({ items }: Delivery): string {
  return items.map(({ command }) => Buffer.from(command).toString()).join();
}

describe('local post', () => {
  it('hands over what is for somebody here, later, as it is, and not by the network', () => {
    const { post, sent, settle } = world();
    const heard: Delivery[] = [];
    post.takeDeliveries('partition.1', (came) => heard.push(came));
    const letter = delivery('a', 'b');
    post.sendDelivery('partition.1', letter);
    expect(heard).to.deep.equal([]);
    settle();
    expect(heard).to.have.length(1);
    expect(heard[0]).to.equal(letter);
    expect(sent).to.deep.equal([]);
  });

  it('writes nothing that is handed over', () => {
    const { post, settle } = world();
    let written = 0;
    const item = {
      correlation: 1,
      meaning: 'a',
      get command(): Uint8Array {
        written += 1;
        return Buffer.from('a');
      },
    };
    const heard: unknown[] = [];
    post.takeDeliveries('partition.1', ({ items }) => heard.push(...items.map(({ meaning }) => meaning)));
    post.sendDelivery('partition.1', { replyTo: 'me', items: [item] });
    settle();
    expect({ heard, written }).to.deep.equal({ heard: ['a'], written: 0 });
    post.sendDelivery('partition.2', { replyTo: 'me', items: [item] });
    expect(written).to.be.greaterThan(0);
  });

  it('sends everything else, and hears what others send', () => {
    const { post, sent, remote } = world();
    const heard: string[] = [];
    post.takeDeliveries('partition.1', (came) => heard.push(namesIn(came)));
    post.sendDelivery('partition.2', delivery('a'));
    expect(sent).to.deep.equal(['partition.2 a']);
    remote.get('partition.1')?.(encodeDelivery(delivery('b', 'c')), 'partition.1');
    expect(heard).to.deep.equal(['b,c']);
  });

  it('tells deliveries from replies on one subject', () => {
    const { post, settle } = world();
    const heard: string[] = [];
    post.takeReplies('x', ({ epoch }) => heard.push(`epoch ${epoch}`));
    post.takeDeliveries('x', (came) => heard.push(namesIn(came)));
    post.sendReplies('x', { partition: 1, epoch: 7, items: [] });
    post.sendDelivery('x', delivery('a'));
    settle();
    expect(heard).to.deep.equal(['epoch 7', 'a']);
  });

  it('says what it cannot read, and goes on', () => {
    const { post, remote, log } = world();
    const heard: string[] = [];
    post.takeDeliveries('partition.1', (came) => heard.push(namesIn(came)));
    remote.get('partition.1')?.(Uint8Array.of(0xff), 'partition.1');
    remote.get('partition.1')?.(encodeDelivery(delivery('b')), 'partition.1');
    expect(heard).to.deep.equal(['b']);
    expect(log.join()).to.match(/^a message on partition\.1 cannot be read: /);
  });

  it('sends again when nobody listens here any more; what was on its way is lost', () => {
    const { post, sent, remote, settle } = world();
    const heard: string[] = [];
    const cancel = post.takeDeliveries('partition.1', (came) => heard.push(namesIn(came)));
    post.sendDelivery('partition.1', delivery('a'));
    cancel();
    settle();
    post.sendDelivery('partition.1', delivery('b'));
    expect({ heard, sent, remote: remote.size }).to.deep.equal({
      heard: [],
      sent: ['partition.1 b'],
      remote: 0,
    });
  });

  it('an old subscription that ends does not end its successor', () => {
    const { post, settle } = world();
    const heard: string[] = [];
    const cancel = post.takeDeliveries('partition.1', () => heard.push('old'));
    post.takeDeliveries('partition.1', () => heard.push('new'));
    cancel();
    post.sendDelivery('partition.1', delivery('a'));
    settle();
    expect(heard).to.deep.equal(['new']);
  });
});
