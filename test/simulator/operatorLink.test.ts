import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { GatewayUnreachableError, NoGatewayError, OperatorLink } from '../../simulator/operatorLink.js';
import { SECRET, startTestGateway, type TestGateway } from '../gateway/harness.js';
import { thrownBy } from '../support/thrownBy.js';
import { until } from '../support/until.js';

describe("an operator's link", () => {
  let test: TestGateway;
  let said: string[];
  const openLink = (signal?: AbortSignal) =>
    OperatorLink.open({
      url: test.gateway.url,
      secret: SECRET,
      signal,
      onAway: () => said.push('away'),
      onBack: () => said.push('back'),
    });

  beforeEach(async () => {
    said = [];
    test = await startTestGateway();
  });
  afterEach(() => test.close());

  it('comes back when its connection is lost, and says each once, however much is under way', async () => {
    const link = await openLink();
    await link.use(async ({ connection }) => {
      connection.terminate();
    });
    const described = await Promise.all(
      [1, 2, 3].map(() => link.use((operator) => operator.describeSystem())),
    );
    expect(described.map(({ deployment }) => deployment)).to.deep.equal(['test', 'test', 'test']);
    expect(said).to.deep.equal(['away', 'back']);
    await link.close();
  });

  it('is ended by its signal while the gateway is away', async () => {
    const end = new AbortController();
    const link = await openLink(end.signal);
    await test.gateway.close();
    const asked = thrownBy(() => link.use((operator) => operator.describeSystem()));
    await until(() => said.length > 0, { what: 'it says that the gateway is away' });
    end.abort();
    expect((await asked).name).to.equal('AbortError');
    await link.close();
    expect(said).to.deep.equal(['away']);
  });

  it('tells an address at which nobody answers from one at which somebody else does', async () => {
    const other: Server = createServer((_, response) => response.writeHead(404).end()).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const url = `ws://127.0.0.1:${(other.address() as AddressInfo).port}/v1`;
    expect(await thrownBy(() => OperatorLink.open({ url, secret: SECRET }))).to.be.instanceOf(NoGatewayError);
    other.close();
    await once(other, 'close');
    const error = await thrownBy(() => OperatorLink.open({ url, secret: SECRET }));
    expect(error).to.be.instanceOf(GatewayUnreachableError);
  });
});
