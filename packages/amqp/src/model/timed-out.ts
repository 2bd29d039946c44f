import type { Delivery } from './delivery.ts';
import type { DeliveryDeadline } from './delivery-deadline.ts';
import { integerOf } from './field-table.ts';
import type { ReceivingChannel } from './receiving-channel.ts';

/**
 * Since 4.3 quorum queues look after timeouts themselves (rabbit_fifo:apply_/3, evaluate_consumer_timeout): they take back
 * what one consumer has had for too long, and tell it that it is cancelled. It is not: acknowledgements that come later
 * mean nothing but that it gets messages again. Returns false if the client can't be told so: its channel has to end.
 */
export function takeBack(channel: ReceivingChannel, deadline: DeliveryDeadline, lastTag: number, now: number): boolean {
  const oldest = oldestOfQuorum(channel);
  if (oldest === undefined || !deadline.passed(oldest, lastTag, now, timeoutOf(oldest, channel))) return true;
  const { queue, consumer } = oldest;
  const late = [...channel.unacked.all()].filter(
    (delivery) => !delivery.stale && delivery.queue === queue && delivery.consumer === consumer && delivery.tag <= deadline.tag,
  );
  const isTold = consumer !== undefined && channel.consumers.has(consumer.tag) && isToldOfCancels(channel);
  if (!isTold) return false;
  consumer.overdue += late.length;
  queue.requeue(late, false, true);
  for (const delivery of late) {
    channel.release(delivery);
    delivery.stale = true;
  }
  channel.connection.telling(() => channel.sink.cancelled(consumer.tag));
  queue.schedule();
  return true;
}

function oldestOfQuorum({ unacked }: ReceivingChannel): Delivery | undefined {
  for (const delivery of unacked.all()) if (!delivery.stale && delivery.queue.type === 'quorum') return delivery;
  return undefined;
}

/** A consumer's own comes first, then its queue's. */
function timeoutOf({ consumer, queue }: Delivery, { vhost }: ReceivingChannel): number {
  return (
    integerOf(consumer?.arguments.get('x-consumer-timeout')) ??
    queue.settings.consumer_timeout_milliseconds ??
    vhost.broker.settings.consumer_timeout_milliseconds
  );
}

function isToldOfCancels({ connection }: ReceivingChannel): boolean {
  const capabilities = connection.clientProperties.get('capabilities');
  const field = capabilities?.type === 'F' ? capabilities.value.get('consumer_cancel_notify') : undefined;
  return field?.type === 't' && field.value;
}
