import { aioPika } from './amqp/aio-pika.ts';
import { aioamqp } from './amqp/aioamqp.ts';
import { describeProgram } from './amqp/describe-program.ts';
import { wirelikeStage } from './amqp/wirelike-stage.ts';

describeProgram(aioPika, wirelikeStage);
describeProgram(aioamqp, wirelikeStage);
