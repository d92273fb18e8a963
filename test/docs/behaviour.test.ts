import { expect } from 'chai';
import { fencesOf, linkedAnchors, readDocument, sectionsOf } from './markdown.js';
import { tell } from './story.js';

const document = await readDocument('BEHAVIOUR.md');

describe('docs/BEHAVIOUR.md', () => {
  const examples = fencesOf(document, 'example');

  it('has examples', () => {
    expect(examples.length).to.be.above(20);
  });

  for (const { heading, line, text } of examples) {
    it(`${heading}: the example of line ${line} is so`, () => {
      tell(text);
    });
  }

  it('links only to headings that it has', () => {
    const anchors = sectionsOf(document).map(({ anchor }) => anchor);
    expect(anchors).to.include.members(linkedAnchors(document));
  });
});
