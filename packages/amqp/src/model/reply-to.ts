import type { Random } from '@wirelike/kernel';

/** The pseudo-queue of direct reply-to (https://www.rabbitmq.com/docs/direct-reply-to). */
export const DIRECT_REPLY_QUEUE = 'amq.rabbitmq.reply-to';

const PREFIX = `${DIRECT_REPLY_QUEUE}.`;

export function isReplyAddress(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** RabbitMQ's has an encoded process id and a random key; both parts mean something to nobody but the broker. */
export function newReplyAddress(random: Random): string {
  const process = Buffer.from(random.bytes(26)).toString('base64');
  const key = Buffer.from(random.bytes(16)).toString('base64');
  return `${PREFIX}${process}.${key}`;
}
