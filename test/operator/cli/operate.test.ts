import { expect } from 'chai';
import { Command } from 'commander';
import { addCard } from '../../../operator/cli/commands/card.js';
import { addCenter } from '../../../operator/cli/commands/center.js';
import { addCollections } from '../../../operator/cli/commands/collections.js';
import { addInterest } from '../../../operator/cli/commands/interest.js';
import { addLoans } from '../../../operator/cli/commands/loans.js';
import { addParameters } from '../../../operator/cli/commands/parameters.js';
import { addSettlement } from '../../../operator/cli/commands/settlement.js';
import { addTerminal } from '../../../operator/cli/commands/terminal.js';
import { addTotals } from '../../../operator/cli/commands/totals.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { SECRET, startTestGateway, type TestGateway } from '../../gateway/harness.js';
import { emoney, type Ended } from './emoney.js';

const { Frequency, Outcome } = v1;

describe("the operator's commands", () => {
  const program = new Command('emoney');
  const money = [addSettlement, addCollections, addInterest, addParameters, addLoans, addTotals, addCenter];
  for (const add of [addCard, addTerminal, ...money]) {
    add(program);
  }

  for (const command of program.commands) {
    for (const each of [command, ...command.commands]) {
      const name = each === command ? each.name() : `${command.name()} ${each.name()}`;
      it(`${name} has help with an example${each.commands.length > 0 ? '' : ', and --json'}`, () => {
        let help = '';
        each.configureOutput({ writeOut: (text) => (help += text) });
        each.outputHelp();
        expect(help).to.match(/Examples?:\n {2}\$ emoney /);
        expect(help).to.include(`$ emoney ${name}`);
        if (each.commands.length === 0) expect(help).to.include('--json');
      });
    }
  }

  describe('against a gateway', () => {
    let test: TestGateway;
    beforeEach(async () => {
      test = await startTestGateway();
    });
    afterEach(async () => {
      await test.close();
    });

    async function run(...args: readonly string[]): Promise<Ended> {
      return emoney([...args, '--gateway', test.http, '--secret', SECRET]);
    }

    const commands = () => test.partitions.received.map(({ command }) => command);

    it('say what is done, and with --json the whole answer and nothing else', async () => {
      const done = await run('card', 'limit', 'C1', '5000');
      expect([done.code, done.stdout, done.stderr]).to.deep.equal([0, 'C1: limit 5000\n', '']);
      expect(Number(commands()[0]?.changeLimit?.limit)).to.equal(5_000);
      const json = await run('card', 'activate', 'C1', '--json');
      expect(JSON.parse(json.stdout)).to.deep.include({ outcome: 'APPROVED', version: 1 });
      // It may not have been set before.
      expect((await run('card', 'lift', 'C1')).stdout).to.equal('C1: OPERATOR is not set\n');
    });

    it('name what was refused, and end with 1', async () => {
      const refused = { outcome: Outcome.OUTCOME_CAP_EXCEEDED, fits: 100 };
      test.partitions.respond = () => ({ acknowledged: refused });
      const { code, stdout, stderr } = await run('card', 'store', 'C1', '500', '--reference', 'r');
      expect([code, stdout]).to.deep.equal([1, '']);
      expect(stderr).to.equal(
        'emoney: CAP_EXCEEDED: The card cannot hold that much. At most 100 would fit.\n',
      );
      const json = await run('card', 'store', 'C1', '500', '--reference', 'r', '--json');
      expect(json.code).to.equal(1);
      expect(JSON.parse(json.stdout)).to.deep.include({ outcome: 'CAP_EXCEEDED', fits: 100 });
    });

    it('name what is not known', async () => {
      test.partitions.respond = ({ command }) =>
        command.describeCards == null
          ? { terminals: { terminals: [{ id: 'T1', known: false }] } }
          : { cards: { cards: [{ id: 'C1' }] } };
      const card = await run('card', 'show', 'C1');
      expect([card.code, card.stdout]).to.deep.equal([1, '']);
      expect(card.stderr).to.match(/^emoney: CARD_UNKNOWN: /);
      const terminal = await run('settlement', 'batch', 'T1');
      expect([terminal.code, terminal.stdout]).to.deep.equal([1, '']);
      expect(terminal.stderr).to.match(/^emoney: TERMINAL_UNKNOWN: /);
    });

    it('a terminal is shown with the totals of its open batch, or of a business date', async () => {
      const purchases = (count: number) => ({ count, amount: 500, parts: { value: 500 } });
      const totals = [
        { batch: 1, businessDate: 20260105, purchases: purchases(11) },
        { batch: 2, businessDate: 20260105, purchases: purchases(22) },
        { batch: 2, businessDate: 20260106, purchases: purchases(33) },
      ];
      test.partitions.respond = ({ command, partition }) =>
        command.describeTerminals == null
          ? { totals: { terminals: partition === 0 ? [{ terminal: 'T1', totals }] : [] } }
          : { terminals: { terminals: [{ id: 'T1', known: true, role: 1, batch: 2, totals }] } };
      const shown = async (...args: readonly string[]) => {
        const { stdout } = await run('terminal', 'show', 'T1', ...args);
        return stdout.split('\n').filter((line) => /^(BATCH|purchases)/.test(line));
      };
      const line = (count: number) =>
        `purchases  ${count}       500  = value 500  ${count}     500  = value 500`;
      const [first, second] = ['BATCH 1, 2026-01-05', 'BATCH 2, 2026-01-05'];
      expect(await shown()).to.deep.equal([second, line(22), 'BATCH 2, 2026-01-06', line(33)]);
      expect(await shown('--date', '2026-01-05')).to.deep.equal([first, line(11), second, line(22)]);
      expect(await shown('--batch', '1')).to.deep.equal([first, line(11)]);
      const unknown = await run('terminal', 'show', 'T1', '--batch', '3');
      expect([unknown.code, unknown.stdout]).to.deep.equal([1, '']);
      expect(unknown.stderr).to.equal('emoney: T1 has no batch 3 yet: 2 is open\n');
    });

    it('a policy is changed in the version that was read', async () => {
      test.partitions.respond = ({ command }) =>
        command.describeCards == null
          ? { acknowledged: { outcome: Outcome.OUTCOME_APPROVED, version: 8 } }
          : {
              cards: {
                cards: [
                  { id: 'C1', card: {}, record: { version: 7, policy: { zones: ['A'], creditFlag: true } } },
                ],
              },
            };
      expect((await run('card', 'policy', 'C1', '--cap', '9')).code).to.equal(0);
      const changed = commands().find(({ changePolicy }) => changePolicy != null)?.changePolicy;
      expect(Number(changed?.expectedVersion)).to.equal(7);
      expect(changed?.policy).to.deep.include({ zones: ['A'], creditFlag: true });
      expect(Number(changed?.policy?.storedValueCap)).to.equal(9);
    });

    it('parameters get the next number, and the rest of the newest ones', async () => {
      const newest = {
        number: 4,
        effectiveFrom: 20260101,
        ratePpm: 180_000,
        frequency: Frequency.FREQUENCY_WEEKLY,
        refundDays: 9,
      };
      test.partitions.respond = ({ command }) =>
        command.describeCenter == null
          ? { acknowledged: { outcome: Outcome.OUTCOME_APPROVED } }
          : { center: { businessDate: 20260105, parameters: [newest] } };
      const { stdout } = await run('parameters', 'set', '--rate', '15', '--from', '2026-02-01');
      expect(stdout).to.equal('parameters 5, in force from 2026-02-01\n');
      const { parameters } = commands().at(-1)?.setParameters ?? {};
      expect(parameters).to.deep.include({
        number: 5,
        effectiveFrom: 20260201,
        ratePpm: 150_000,
        frequency: Frequency.FREQUENCY_WEEKLY,
      });
      expect(parameters?.refundDays).to.equal(9);
      // What the newest say already, is they.
      await run('parameters', 'set', '--rate', '18', '--from', '2026-01-01');
      expect(commands().at(-1)?.setParameters?.parameters?.number).to.equal(4);
    });

    it('a settlement that was begun and not finished is finished', async () => {
      for (const [center, expected] of [
        [{ settlements: 4 }, 5],
        [{ settlements: 4, run: { through: 20260105, settlement: 4 } }, 4],
        [{ settlements: 4, run: { through: 20260105 } }, 5],
      ] as const) {
        test.partitions.respond = ({ command }) =>
          command.describeCenter == null
            ? { acknowledged: { outcome: Outcome.OUTCOME_VERSION_CONFLICT } }
            : { center };
        expect((await run('settlement', 'run')).code).to.equal(1);
        expect(commands().at(-1)?.settle?.number).to.equal(expected);
      }
    });

    it('a run says through which date the center has charged, whatever was asked', async () => {
      for (const [through, before, after, expected] of [
        ['2026-01-04', 20260103, 20260104, 'charged through 2026-01-04'],
        ['2020-01-01', 20260103, 20260103, 'nothing to charge: charged through 2026-01-03 already'],
        // Somebody else's run meanwhile.
        ['2020-01-01', 20260103, 20260104, 'nothing to charge: charged through 2026-01-04 already'],
        ['2020-01-01', 0, 0, 'nothing to charge: the first date is the day after the deployment was created'],
      ] as const) {
        let charged: number = before;
        test.partitions.respond = ({ command }) => {
          if (command.describeCenter != null) return { center: { chargedThrough: charged } };
          charged = after;
          return { acknowledged: { outcome: Outcome.OUTCOME_APPROVED } };
        };
        const { stdout } = await run('interest', 'run', '--through', through);
        expect(stdout).to.equal(`${expected}\n`);
      }
      const json = await run('interest', 'run', '--through', '2020-01-01', '--json');
      expect(JSON.parse(json.stdout)).to.deep.include({ outcome: 'APPROVED', chargedThrough: 0 });
    });

    it('a card is replaced once, where the present device is named', async () => {
      let device = 1;
      test.partitions.respond = ({ command }) => {
        const { describeCards, replaceCard } = command;
        if (describeCards != null) return { cards: { cards: [{ id: 'C1', card: {}, record: { device } }] } };
        const outcome =
          replaceCard?.device === device + 1 ? Outcome.OUTCOME_APPROVED : Outcome.OUTCOME_VERSION_CONFLICT;
        if (outcome === Outcome.OUTCOME_APPROVED) device += 1;
        return { acknowledged: { outcome, device } };
      };
      const once = ['card', 'replace', 'C1', '--expect-device', '1'];
      expect((await run(...once)).stdout).to.equal('C1: device 2\n');
      const again = await run(...once);
      expect([again.code, again.stdout, again.stderr]).to.deep.equal([
        1,
        '',
        'emoney: VERSION_CONFLICT: the present device of C1 is 2, not 1\n',
      ]);
      expect(device).to.equal(2);
      const far = await run('card', 'replace', 'C1', '--device', '7');
      expect(far.stderr).to.equal('emoney: VERSION_CONFLICT: the present device of C1 is 2, not 6\n');
    });

    it('a PIN is read from standard input, and checked before anybody is asked', async () => {
      const { code, stderr } = await run('card', 'pin', 'C1');
      expect([code, stderr]).to.deep.equal([2, 'emoney: a PIN has 4 to 12 digits\n']);
      expect((await run('card', 'pin', 'C1', '--none')).stdout).to.equal('C1: no PIN any more\n');
      expect(commands()[0]?.setPin?.pinHash ?? []).to.have.length(0);
    });
  });

  for (const [what, args, problem] of [
    ['no command of a group', ['card'], /^Usage: emoney card/],
    ['an amount with decimals', ['card', 'limit', 'C1', '1.5'], /^emoney: .* minor units/],
    ['a store without a reference', ['card', 'store', 'C1', '5'], /^emoney: required option '--reference/],
    [
      'an adjustment of nothing',
      ['card', 'adjust', 'C1', '--reference', 'r', '--note', 'n'],
      /^emoney: nothing to/,
    ],
    [
      'a new device that is named twice',
      ['card', 'replace', 'C1', '--device', '3', '--expect-device', '2'],
      /^emoney: --device or --expect-device, not both/,
    ],
    ['a policy of nothing', ['card', 'policy', 'C1'], /^emoney: nothing to change/],
    [
      'a gate without a zone',
      ['terminal', 'register', 'G', '--role', 'gate'],
      /^emoney: a gate has a --zone\n/,
    ],
    [
      'a till with a zone',
      ['terminal', 'register', 'T', '--role', 'purchase', '--zone', 'A'],
      /^emoney: only a gate has a --zone\n/,
    ],
    [
      'a phone without a card',
      ['terminal', 'register', 'P', '--role', 'phone'],
      /^emoney: a phone has a --card\n/,
    ],
    [
      'a till with a card',
      ['terminal', 'register', 'T', '--role', 'deposit', '--card', 'C1'],
      /^emoney: only a phone has a --card\n/,
    ],
    ['a date that is none', ['interest', 'run', '--through', '2026-02-30'], /^emoney: .* such as 2026-01-31/],
    ['no parameter', ['parameters', 'set', '--from', '2026-02-01'], /^emoney: nothing to change/],
    ['two documents at once', ['collections', '--csv', '-', '--json'], /^emoney: --csv - and --json/],
  ] as const) {
    it(`refuse ${what}, with exit code 2`, async () => {
      const { code, stdout, stderr } = await emoney(args);
      expect([code, stdout]).to.deep.equal([2, '']);
      expect(stderr).to.match(problem);
    });
  }
});
