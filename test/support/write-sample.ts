/** `npm run sample`: makes results/sample anew. */
import { SAMPLE_FOLDER, writeSample } from './sample.ts';

void writeSample(SAMPLE_FOLDER);
