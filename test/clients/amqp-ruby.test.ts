import { bunny } from './amqp/bunny.ts';
import { describeProgram } from './amqp/describe-program.ts';
import { wirelikeStage } from './amqp/wirelike-stage.ts';

describeProgram(bunny, wirelikeStage);
