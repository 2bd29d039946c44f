# A notification listener: `listener.py TOPICS OPTIONS` prints `ready`, then every batch of notifications as a line of JSON.
import json
import os
import signal
import sys
import time

import bus
import oslo_messaging

topics, options = sys.argv[1].split(','), json.loads(sys.argv[2])
pool, batch = options.pop('pool', None), options.pop('batch', 0)
refused = set()


def show(*seen):
    print(json.dumps(seen), flush=True)


class Endpoint:
    """Hears what `nova`-like publishers say, and puts back once what asks for it."""

    filter_rule = oslo_messaging.NotificationFilter(publisher_id='^compute', payload={'quiet': '^no$'})

    def info(self, context, publisher, event, payload, metadata):
        word = payload['word']
        if payload.get('again') and word not in refused:
            refused.add(word)
            show('refused', word)
            return oslo_messaging.NotificationResult.REQUEUE
        show('info', publisher, event, word)
        return oslo_messaging.NotificationResult.HANDLED

    def error(self, context, publisher, event, payload, metadata):
        show('error', publisher, event, payload['word'])


class Batches:
    def info(self, messages):
        show('batch', [message['payload']['word'] for message in messages])


transport = oslo_messaging.get_notification_transport(bus.cfg.CONF, bus.transport_url(**options))
targets = [oslo_messaging.Target(topic=topic) for topic in topics]
if batch:
    listener = oslo_messaging.get_batch_notification_listener(
        transport, targets, [Batches()], executor='threading', batch_size=batch, batch_timeout=1, pool=pool
    )
else:
    listener = oslo_messaging.get_notification_listener(
        transport, targets, [Endpoint()], executor='threading', allow_requeue=True, pool=pool
    )
signal.signal(signal.SIGTERM, lambda *unused: os._exit(0))
listener.start()
parent = os.getppid()
print('ready', flush=True)
while os.getppid() == parent:
    time.sleep(0.1)
