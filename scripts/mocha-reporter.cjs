// mocha's spec reporter, which also tells scripts/test.mjs what came of it (EMONEY_TEST_RESULT names the file), and
// does not let a test hang the run for ever that left something open.
const { writeFileSync } = require('node:fs');
const Mocha = require('mocha');

const GRACE_MS = 20_000;

module.exports = class Reporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = process.env['EMONEY_TEST_RESULT'];
    const failed = [];
    runner.on(Mocha.Runner.constants.EVENT_TEST_FAIL, (test) => failed.push(test.fullTitle()));
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes: passed } = runner.stats;
      if (file) writeFileSync(file, JSON.stringify({ passed, failed }));
      else process.once('exit', () => console.log(`${passed} passed, ${failed.length} failed`));
      // unref: fires only if something else keeps the process alive, which is the fault that is looked for.
      setTimeout(() => {
        const open = process.getActiveResourcesInfo().join(', ');
        console.error(`the tests ended ${GRACE_MS / 1000} s ago, but something is still open: ${open}`);
        // After mocha's own exit listener, which would set the code to the number of failures.
        process.once('exit', () => (process.exitCode = 1));
        process.exit();
      }, GRACE_MS).unref();
    });
  }
};
