import { expect } from 'chai';
import { LocalBus } from '../../../actors/runtime/localBus.js';

type Handler = (bytes: Uint8Array, subject: string) => void;

/** A network, and a moment after everything that is ready. */
function world() {
  const sent: string[] = [];
  const remote = new Map<string, Handler>();
  const soon: (() => void)[] = [];
  const bus = new LocalBus(
    {
      publish: (subject, bytes) => sent.push(`${subject} ${bytes.join()}`),
      subscribe: (subject, handler) => {
        remote.set(subject, handler);
        return () => remote.delete(subject);
      },
      flush: () => Promise.resolve(),
    },
    { soon: (callback) => soon.push(callback) },
  );
  const settle = () => {
    for (const callback of soon.splice(0)) callback();
  };
  return { bus, sent, remote, settle };
}

describe('local bus', () => {
  const bytes = Uint8Array.of(1, 2);

  it('hands over what is for somebody here, later, and not by the network', () => {
    const { bus, sent, settle } = world();
    const heard: string[] = [];
    bus.subscribe('partition.1', (came, subject) => heard.push(`${subject} ${came.join()}`));
    bus.publish('partition.1', bytes);
    expect(heard).to.deep.equal([]);
    settle();
    expect(heard).to.deep.equal(['partition.1 1,2']);
    expect(sent).to.deep.equal([]);
  });

  it('sends everything else, and hears what others send', () => {
    const { bus, sent, remote } = world();
    const heard: string[] = [];
    bus.subscribe('partition.1', (came) => heard.push(came.join()));
    bus.publish('partition.2', bytes);
    expect(sent).to.deep.equal(['partition.2 1,2']);
    remote.get('partition.1')?.(bytes, 'partition.1');
    expect(heard).to.deep.equal(['1,2']);
  });

  it('sends again when nobody listens here any more; what was on its way is lost', () => {
    const { bus, sent, remote, settle } = world();
    const heard: string[] = [];
    const cancel = bus.subscribe('partition.1', (came) => heard.push(came.join()));
    bus.publish('partition.1', bytes);
    cancel();
    settle();
    bus.publish('partition.1', bytes);
    expect({ heard, sent, remote: remote.size }).to.deep.equal({
      heard: [],
      sent: ['partition.1 1,2'],
      remote: 0,
    });
  });

  it('an old subscription that ends does not end its successor', () => {
    const { bus, settle } = world();
    const heard: string[] = [];
    const cancel = bus.subscribe('partition.1', () => heard.push('old'));
    bus.subscribe('partition.1', () => heard.push('new'));
    cancel();
    bus.publish('partition.1', bytes);
    settle();
    expect(heard).to.deep.equal(['new']);
  });
});
