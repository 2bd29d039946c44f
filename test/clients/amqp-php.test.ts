import { describeProgram } from './amqp/describe-program.ts';
import { phpAmqp } from './amqp/php-amqp.ts';
import { phpAmqplib } from './amqp/php-amqplib.ts';
import { wirelikeStage } from './amqp/wirelike-stage.ts';

describeProgram(phpAmqplib, wirelikeStage);
describeProgram(phpAmqp, wirelikeStage);
