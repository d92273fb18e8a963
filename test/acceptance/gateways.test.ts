import { expect } from 'chai';
import { runGateway } from '../../gateway/main.js';
import { connectTerminal } from '../../client/terminal.js';
import { DEPLOYMENT, PIN_KEY, startSystem, type TestSystem } from './system.js';

describe('gateways of one deployment', function () {
  this.timeout(60_000);
  let system: TestSystem;

  before(async () => {
    system = await startSystem({ partitions: 1 });
  });
  after(async () => {
    await system.stop();
  });

  const another = (pinKey: Uint8Array) =>
    runGateway({
      natsUrl: system.natsUrl,
      redisUrl: system.redisUrl,
      deployment: DEPLOYMENT,
      operatorSecret: 'another',
      pinKey,
      log: () => undefined,
    });

  it('have one PIN key: with another one a gateway does not start, and says why', async () => {
    const problem = await another(Buffer.alloc(32, 9)).catch((error: unknown) => error);
    expect(problem).to.be.instanceOf(Error);
    expect((problem as Error).message).to.match(
      /the PIN key is another than that of the deployment acceptance \(fingerprint [0-9a-f]{16}, not [0-9a-f]{16}\)/,
    );
  });

  it('and with the same key are alike: a PIN that was chosen at one is right at the other', async () => {
    const operator = await system.operator();
    await operator.registerTerminal('T1', { role: 'PURCHASE' });
    await operator.issueCard('C1', { storedValue: 1_000, limit: 0 });
    await operator.choosePin('C1', '4711');
    const gateway = await another(PIN_KEY);
    const till = await connectTerminal({ url: gateway.url, terminal: 'T1' });
    try {
      expect(await till.purchase({ card: 'C1', amount: 100, pin: '4711' })).to.include({
        outcome: 'APPROVED',
        pinVerified: true,
      });
    } finally {
      await till.close();
      await gateway.close();
    }
  });
});
