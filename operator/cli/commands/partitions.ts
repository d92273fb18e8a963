import type { Command } from 'commander';
import type { SystemDescription } from '../../../client/descriptions.js';
import { operating, type OperatingOptions, withOperating } from '../operating.js';
import type { Output } from '../output.js';
import { type Cell, renderTable } from '../table.js';

type PartitionDescription = SystemDescription['partitions'][number];

export function addPartitions(program: Command): void {
  const partitions = program
    .command('partitions')
    .description(
      'every partition: who serves it, how far it is, and what to do about one that nobody serves',
    );
  withOperating(partitions).addHelpText('after', HELP).action(show);
}

const HELP = `
As the gateway hears it from the workers. Ends with 1 unless every partition is served. Others go on while one is away;
its cards and terminals are answered UNAVAILABLE, and nothing that was acknowledged is lost by waiting.

Examples:
  $ emoney partitions
  $ emoney partitions --json
`;

async function show(options: OperatingOptions): Promise<void> {
  await operating(options, async (operator, output) => {
    const { partitions, degraded } = await operator.use((session) => session.describeSystem());
    output.print(table(partitions, output));
    const unserved = partitions.filter(({ state }) => state !== 'SERVING');
    for (const each of partitions) {
      const { stoppedBecause, stoppedBy, partition } = each;
      if (stoppedBecause !== '')
        output.print(`\npartition ${partition}: ${stoppedBy} has stopped it: ${stoppedBecause}`);
      if (each.state !== 'SERVING') output.print(`${stoppedBecause === '' ? '\n' : ''}${wayOut(each)}`);
    }
    const header = unserved.length === 0 ? 'Payments go on, but:' : 'Besides:';
    if (degraded.length > 0) output.print(['', header, ...degraded].join('\n'));
    output.document({ partitions, degraded });
    if (unserved.length > 0) process.exitCode = 1;
  });
}

function table(partitions: readonly PartitionDescription[], { colors }: Output): string {
  const right = true;
  const heads = [
    ...[{ name: 'PARTITION', right }, { name: 'STATE' }, { name: 'WORKER' }],
    ...[
      { name: 'EPOCH', right },
      { name: 'FRAME', right },
    ],
  ];
  const rows = partitions.map(({ partition, state, worker, epoch, lastSequence }): Cell[] => [
    String(partition),
    { text: state, paint: state === 'SERVING' ? colors.green : colors.red },
    ...[worker === '' ? 'none heard' : worker, String(epoch), String(lastSequence)],
  ]);
  return renderTable(heads, rows, colors);
}

/** What an operator does about one that nobody serves. */
function wayOut({ partition, state }: PartitionDescription): string {
  switch (state) {
    case 'STOPPED':
      return 'What to do: docs/OPERATIONS.md, "A partition that stopped".';
    case 'RECOVERING':
      return `partition ${partition}: its worker reads what it must know; wait, and look at its log if it stays so.`;
    case 'HANDED_OVER':
      return `partition ${partition}: handed over; the next worker takes it by itself within a second.`;
    case 'SERVING':
      return '';
    case 'UNHEARD':
    case 'UNSPECIFIED':
      return `partition ${partition}: no worker is heard to have it: is one running, and does it reach NATS? Start one: emoney worker.`;
  }
}
