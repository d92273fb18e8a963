/** The benches: `npm run bench` runs all, `npm run bench -- NAME` one. */
import { runBenches } from './command.js';

await runBenches(process.argv);
