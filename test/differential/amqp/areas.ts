import type { Area } from './scenario.ts';
import { acknowledgements } from './scenarios/acknowledgements.ts';
import { consumers } from './scenarios/consumers.ts';
import { deadLetters } from './scenarios/dead-letters.ts';
import { declareErrors } from './scenarios/declare-errors.ts';
import { exchanges } from './scenarios/exchanges.ts';
import { publishing } from './scenarios/publishing.ts';
import { queues } from './scenarios/queues.ts';

export const areas: readonly Area[] = [declareErrors, exchanges, queues, deadLetters, consumers, acknowledgements, publishing];
