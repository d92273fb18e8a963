/** D7: what lies below a mark that was given earlier is forgotten, and could be executed twice (I5). */
import type { Asked } from '../wire/asked.js';
import type { Stage } from './stage.js';

export class Identity {
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  remembered(asked: Asked): void {
    const { findings } = this.#stage;
    const visitor = this.#stage.visitor(asked);
    const { number, incarnation } = asked.id;
    if (!asked.fromSource) {
      const mark = visitor.marks.get(incarnation) ?? 0;
      const oldest = visitor.oldestIncarnation;
      findings.holds('I5', number >= mark, () => `decided although the mark is ${mark}`);
      const known = incarnation >= oldest;
      findings.holds('I5', known, () => `decided although ${oldest} is the oldest incarnation`);
    }
    this.raiseMarks(asked);
  }

  raiseMarks(asked: Asked): void {
    const visitor = this.#stage.visitor(asked);
    const { incarnation } = asked.id;
    visitor.oldestIncarnation = Math.max(visitor.oldestIncarnation, asked.oldestIncarnation);
    if (asked.fromSource || asked.mark <= (visitor.marks.get(incarnation) ?? 0)) return;
    visitor.marks.set(incarnation, asked.mark);
  }
}
