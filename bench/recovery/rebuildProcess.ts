import { answerOnce } from '../support/forked.js';
import { measureRebuild } from './rebuild.js';

await answerOnce(measureRebuild);
