import { amqp091 } from './amqp/amqp091.ts';
import { describeProgram } from './amqp/describe-program.ts';
import { wirelikeStage } from './amqp/wirelike-stage.ts';

describeProgram(amqp091, wirelikeStage);
