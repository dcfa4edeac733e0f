/** `npm run sample`: writes results/sample. */
import { SAMPLE_FOLDER, writeSample } from './sample.ts';

void writeSample(SAMPLE_FOLDER);
