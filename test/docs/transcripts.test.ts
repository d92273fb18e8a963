/** The transcripts of docs/PROTOCOL.md, played on real servers: one connection, one line after the other. */
import { expect } from 'chai';
import { clientMessageType } from '../../gateway/codec/schema.js';
import { PARAMETERS } from '../actors/money/samples.js';
import { startSystem, type TestSystem } from '../acceptance/system.js';
import { fencesOf, readDocument } from './markdown.js';
import { Player } from './player.js';

const document = await readDocument('PROTOCOL.md');
const transcripts = fencesOf(document, 'console');

describe('docs/PROTOCOL.md, played', function () {
  this.timeout(60_000);
  let system: TestSystem;
  let player: Player;

  before(async () => {
    const parameters = { ...PARAMETERS, effectiveFrom: 2020_01_01 };
    system = await startSystem({ partitions: 1, parameters });
    player = await Player.connect(system.url, system.secret);
  });

  after(async () => {
    player.close();
    await system.stop();
  });

  it('begins with a session of ten lines', () => {
    const [first] = transcripts;
    expect(first?.text.split('\n').filter((line) => line.startsWith('> '))).to.have.length(10);
  });

  for (const { heading, line, text } of transcripts) {
    it(`${heading}: the transcript of line ${line} is what happens`, async () => {
      await player.play(text);
    });
  }

  it('has no example that is malformed', async () => {
    const another = await Player.connect(system.url, system.secret);
    for (const { heading, text } of fencesOf(document, 'json')) {
      if (!isBody(heading)) continue;
      const { rejection } = await another.ask(text);
      expect(rejection?.code, heading).not.to.be.oneOf(['REJECTION_MALFORMED', 'REJECTION_INTERNAL']);
    }
    another.close();
  });
});

function isBody(heading: string): boolean {
  const bodies = clientMessageType.oneofs['body']?.fieldsArray ?? [];
  return bodies.some(({ resolvedType }) => resolvedType?.name === heading);
}
