import { expect } from 'chai';
import type { ListVersion } from '../../client/index.js';
import { v1 } from '../../proto/generated/emoney.js';
import { Device } from '../../simulator/device.js';
import { Line } from '../../simulator/line.js';
import { startTestGateway, type TestGateway } from '../gateway/harness.js';

const { Rejection } = v1;

describe('a line of the simulator', () => {
  let test: TestGateway;
  let line: Line;
  const rejected: string[] = [];
  const confirmed: ListVersion[] = [];
  beforeEach(async () => {
    [rejected.length, confirmed.length] = [0, 0];
    test = await startTestGateway();
    const devices = [new Device('T1'), new Device('T2')];
    const ignore = (): void => undefined;
    line = new Line(test.gateway.url, devices, {
      ...{ onReady: ignore, onList: ignore, onLost: ignore },
      onRejected: (code) => rejected.push(code),
      onAcknowledged: (_, version) => confirmed.push(version),
    });
  });
  afterEach(async () => {
    await line.close();
    await test.close();
  });

  /** Rejects the first `count` acknowledgements of terminal T1, and tells which versions they named. */
  function rejectFirst(count: number, code: v1.Rejection): number[] {
    const versions: number[] = [];
    const { respond } = test.partitions;
    test.partitions.respond = (received) => {
      const { holdList } = received.command;
      if (holdList?.terminal !== 'T1') return respond(received);
      versions.push(Number(holdList.version?.sequence));
      return versions.length > count ? respond(received) : { reject: code };
    };
    return versions;
  }

  const prohibit = (position: number) =>
    test.prohibitions.put({ card: `C${position}`, reasons: ['LIMIT'], position });
  const until = (sequence: number) =>
    test.partitions.until(() =>
      test.partitions.received.some(
        ({ command }) => Number(command.holdList?.version?.sequence) === sequence,
      ),
    );

  it('may sell once the gateway has confirmed the list for all its devices', async () => {
    await line.connect();
    expect(confirmed).to.deep.equal([{ incarnation: 1, sequence: 0 }]);
    expect(line.isServing).to.equal(true);
    expect(rejected).to.deep.equal([]);
  });

  it('says an acknowledgement again that came too early, and counts the rejection', async () => {
    rejectFirst(2, Rejection.REJECTION_UNAVAILABLE);
    await line.connect();
    expect(rejected).to.deep.equal(['UNAVAILABLE', 'UNAVAILABLE']);
    expect(confirmed).to.deep.equal([{ incarnation: 1, sequence: 0 }]);
  });

  for (const code of [Rejection.REJECTION_UNAVAILABLE, Rejection.REJECTION_LIST_STALE]) {
    it(`never repeats an older version than the one it holds: ${v1.Rejection[code]}`, async () => {
      await line.connect();
      const said = rejectFirst(1, code);
      prohibit(1);
      await until(1);
      prohibit(2);
      await until(2);
      expect(said).to.deep.equal([1, 2]);
      expect(rejected).to.deep.equal([v1.Rejection[code].slice('REJECTION_'.length)]);
    });
  }
});
