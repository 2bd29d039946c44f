import { describeProgram } from './amqp/describe-program.ts';
import { java } from './amqp/java.ts';
import { wirelikeStage } from './amqp/wirelike-stage.ts';

describeProgram(java, wirelikeStage);
