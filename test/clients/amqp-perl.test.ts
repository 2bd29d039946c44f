import { anyEvent } from './amqp/anyevent.ts';
import { describeProgram } from './amqp/describe-program.ts';
import { wirelikeStage } from './amqp/wirelike-stage.ts';

describeProgram(anyEvent, wirelikeStage);
