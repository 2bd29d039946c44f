# Notification listeners: `listener.py '{"name": {"topics": […], "pool": …, "batch": …}}'` prints `ready`, then [name, …] for
# all that each of them is told.
import json
import os
import signal
import sys
import threading
import time

import bus
import oslo_messaging


begun = threading.Event()


def show(*seen):
    begun.wait()
    # One write: the endpoints are called in threads.
    sys.stdout.write(json.dumps(seen) + '\n')
    sys.stdout.flush()


class Endpoint:
    """Hears what compute hosts say, but for what is quiet, and puts back once what asks for it."""

    filter_rule = oslo_messaging.NotificationFilter(publisher_id='^compute', payload={'quiet': '^no$'})

    def __init__(self, name):
        self.name = name
        self.refused = set()

    def info(self, context, publisher, event, payload, metadata):
        word = payload['word']
        if payload.get('again') and word not in self.refused:
            self.refused.add(word)
            show(self.name, 'refused', word)
            return oslo_messaging.NotificationResult.REQUEUE
        show(self.name, 'info', publisher, event, word)
        return oslo_messaging.NotificationResult.HANDLED

    def error(self, context, publisher, event, payload, metadata):
        show(self.name, 'error', publisher, event, payload['word'])


class Batches:
    def __init__(self, name):
        self.name = name

    def info(self, messages):
        show(self.name, [message['payload']['word'] for message in messages])


def listen(name, topics, pool=None, batch=None):
    transport = oslo_messaging.get_notification_transport(bus.cfg.CONF, bus.transport_url())
    targets = [oslo_messaging.Target(topic=topic) for topic in topics]
    common = {'executor': 'threading', 'allow_requeue': True, 'pool': pool}
    if batch is None:
        listener = oslo_messaging.get_notification_listener(transport, targets, [Endpoint(name)], **common)
    else:
        sizes = {'batch_size': batch, 'batch_timeout': 1}
        listener = oslo_messaging.get_batch_notification_listener(transport, targets, [Batches(name)], **common, **sizes)
    listener.start()


if __name__ == '__main__':
    signal.signal(signal.SIGTERM, lambda *unused: os._exit(0))
    for name, what in json.loads(sys.argv[1]).items():
        listen(name, **what)
    parent = os.getppid()
    print('ready', flush=True)
    begun.set()
    while os.getppid() == parent:
        time.sleep(0.1)
