import { answerOnce } from '../support/forked.js';
import { measureReplay } from './replay.js';

await answerOnce(measureReplay);
