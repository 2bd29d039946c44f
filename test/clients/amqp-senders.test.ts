import { describeProgram } from './amqp/describe-program.ts';
import { senders } from './amqp/senders.ts';
import { wirelikeStage } from './amqp/wirelike-stage.ts';

describeProgram(senders, wirelikeStage);
