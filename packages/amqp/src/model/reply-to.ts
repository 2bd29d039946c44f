import type { Random } from '@wirelike/kernel';

/** The pseudo-queue of direct reply-to (https://www.rabbitmq.com/docs/direct-reply-to). */
export const DIRECT_REPLY_QUEUE = 'amq.rabbitmq.reply-to';

const process_bytes = 26;
const PREFIX = `${DIRECT_REPLY_QUEUE}.`;

export function isReplyAddress(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** It tells RabbitMQ where to bring an answer, whether somebody waits for it there or not (rabbit_volatile_queue:pid_from_name/2). */
export function isWellFormedReplyAddress(name: string): boolean {
  const [process = '', key] = name.slice(PREFIX.length).split('.');
  return isReplyAddress(name) && key !== undefined && Buffer.from(process, 'base64').length === process_bytes;
}

/** RabbitMQ's has an encoded process id and a random key; both parts mean something to nobody but the broker. */
export function newReplyAddress(random: Random): string {
  const process = Buffer.from(random.bytes(process_bytes)).toString('base64');
  const key = Buffer.from(random.bytes(16)).toString('base64');
  return `${PREFIX}${process}.${key}`;
}
