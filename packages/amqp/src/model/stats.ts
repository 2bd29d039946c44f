/** Counters for the management API's `message_stats`. They only grow; rates are the reader's business. */
export class QueueStats {
  publish = 0;
  deliver = 0;
  deliver_no_ack = 0;
  get = 0;
  get_no_ack = 0;
  get_empty = 0;
  ack = 0;
  redeliver = 0;
}

export class ExchangeStats {
  publish_in = 0;
  publish_out = 0;
}

/** Of a channel, and of a whole virtual host. */
export class ChannelStats extends QueueStats {
  confirm = 0;
  return_unroutable = 0;
  drop_unroutable = 0;
}

/** Of the whole broker, since it began: what came and went. */
export class ChurnStats {
  channel_closed = 0;
  channel_created = 0;
  connection_closed = 0;
  connection_created = 0;
  queue_created = 0;
  queue_declared = 0;
  queue_deleted = 0;
}
