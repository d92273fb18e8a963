import { expect } from 'chai';
import {
  ConnectionLostError,
  RejectedError,
  type OnResult,
  type Payment,
  type Reply,
  type Station,
} from '../../../client/index.js';
import { MAX_OPEN_IDS } from '../../../actors/bounds.js';
import { Device } from '../../../simulator/device.js';
import { Player } from '../../../simulator/replay/player.js';
import type { Row } from '../../../simulator/replay/row.js';

interface Sent extends Payment {
  readonly terminal: string;
  readonly done: OnResult;
}

/** Keeps what was sent until the test answers it. */
class Gateway {
  readonly open: Sent[] = [];
  readonly devices = new Map<string, Device>();

  constructor(...terminals: readonly string[]) {
    for (const terminal of terminals) {
      const device = new Device(terminal, 'file.csv:00');
      this.devices.set(terminal, device);
      this.connect(device);
    }
  }

  connect(device: Device): void {
    const send = (payment: Payment, done: OnResult) => {
      this.open.push({ ...payment, terminal: device.terminal, done });
    };
    device.station = { purchase: send, deposit: send } as unknown as Station;
    device.resumeAll();
  }

  answer(sent: Sent, outcome = 'APPROVED'): void {
    this.open.splice(this.open.indexOf(sent), 1);
    sent.done({ outcome } as Reply);
  }
}

function rowOf(line: number, card: string, terminal: string): Row {
  return { line, time: 0, card, terminal, kind: 'purchase', amount: 1 };
}

async function giveAll(player: Player, rows: readonly Row[]): Promise<void> {
  for (const row of rows) await player.give(row);
}

describe('the player of a file', () => {
  it('keeps the order of each card, also between terminals, and plays different cards at once', async () => {
    const gateway = new Gateway('T1', 'T2');
    const player = new Player(gateway.devices);
    await giveAll(player, [
      rowOf(2, 'C1', 'T1'),
      rowOf(3, 'C1', 'T2'),
      rowOf(4, 'C2', 'T1'),
      rowOf(5, 'C1', 'T1'),
    ]);
    const played: number[] = [];
    const end = player.end();
    expect(gateway.open.map(({ number }) => number)).to.deep.equal([2, 4]);
    while (gateway.open.length > 0) {
      const last = gateway.open.at(-1)!;
      played.push(last.number!);
      gateway.answer(last, last.number === 3 ? 'CREDIT_LIMIT' : 'APPROVED');
    }
    await end;
    expect(played.filter((line) => line !== 4)).to.deep.equal([2, 3, 5]);
    expect([player.approved, [...player.declined]]).to.deep.equal([3, [['CREDIT_LIMIT', 1]]]);
  });

  it('opens no more ids at a terminal than it may, and goes on at others', async () => {
    const gateway = new Gateway('T1', 'T2');
    const player = new Player(gateway.devices);
    const rows = Array.from({ length: 400 }, (_, index) =>
      rowOf(index + 2, `C${index}`, index < 300 ? 'T1' : 'T2'),
    );
    await giveAll(player, rows);
    const end = player.end();
    expect(gateway.open.filter(({ terminal }) => terminal === 'T2')).to.have.length(100);
    let most = 0;
    while (gateway.open.length > 0) {
      most = Math.max(most, gateway.open.filter(({ terminal }) => terminal === 'T1').length);
      gateway.answer(gateway.open[0]!);
    }
    await end;
    expect(most).to.be.at.most(MAX_OPEN_IDS);
    expect(player.approved).to.equal(400);
  });

  it('repeats what lost its connection, under the same number, once the terminal is back', async () => {
    const gateway = new Gateway('T1');
    const player = new Player(gateway.devices);
    await player.give(rowOf(2, 'C1', 'T1'));
    const [sent] = gateway.open.splice(0);
    gateway.devices.get('T1')!.station = undefined;
    sent!.done(new ConnectionLostError(1006, ''));
    const end = player.end();
    gateway.connect(gateway.devices.get('T1')!);
    expect(gateway.open[0]).to.include({ number: 2, card: 'C1' });
    gateway.answer(gateway.open[0]!);
    await end;
    expect(player.approved).to.equal(1);
  });

  it('waits for a terminal that has no connection yet', async () => {
    const gateway = new Gateway('T1');
    const device = gateway.devices.get('T1')!;
    device.station = undefined;
    const player = new Player(gateway.devices);
    await player.give(rowOf(2, 'C1', 'T1'));
    const end = player.end();
    gateway.connect(device);
    player.ready(device);
    gateway.answer(gateway.open[0]!);
    await end;
    expect(player.played).to.equal(1);
  });

  it('ends with the line that cannot be played, and undoes nothing', async () => {
    const gateway = new Gateway('T1');
    const player = new Player(gateway.devices);
    await player.give(rowOf(17, 'C1', 'T1'));
    gateway.open[0]!.done(new RejectedError('TERMINAL_UNKNOWN', '', 0));
    const failure = await player.end().then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    expect(failure?.message).to.match(/^line 17 could not be played: TERMINAL_UNKNOWN/);
  });
});
