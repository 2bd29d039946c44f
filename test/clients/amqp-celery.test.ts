import { celery } from './amqp/celery.ts';
import { describeProgram } from './amqp/describe-program.ts';
import { wirelikeStage } from './amqp/wirelike-stage.ts';

describeProgram(celery, wirelikeStage);
