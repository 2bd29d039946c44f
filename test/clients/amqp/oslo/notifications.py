# Notifications: who publishes does not know who listens.
import json

import oslo_messaging
from bus import Process, cfg, transport_url


def notifier(topic):
    transport = oslo_messaging.get_notification_transport(cfg.CONF, transport_url())
    return oslo_messaging.Notifier(transport, 'compute.host', driver='messagingv2', topics=[topic])


def heard(listener, count):
    return sorted((json.loads(listener.process.stdout.readline()) for _ in range(count)), key=str)


def notifications():
    events, many = notifier('events'), notifier('batches')
    # Nobody listens yet: the publisher itself declares the queues, so that nothing is lost.
    events.info({}, 'instance.create', {'word': 'early', 'quiet': 'no'})
    for number in range(7):
        many.info({}, 'n', {'word': number})
    listeners = [
        Process('listener.py', 'events,others'),
        Process('listener.py', 'batches', batch=3),
        Process('listener.py', 'pooled', pool='audit'),
        Process('listener.py', 'pooled', pool='billing'),
    ]
    one, batches, audit, billing = listeners
    with one, batches, audit, billing:
        events.info({}, 'instance.create', {'word': 'filtered', 'quiet': 'yes'})
        events.error({}, 'instance.fail', {'word': 'failed', 'quiet': 'no'})
        events.warn({}, 'instance.warn', {'word': 'no endpoint', 'quiet': 'no'})
        events.info({}, 'instance.create', {'word': 'twice', 'quiet': 'no', 'again': True})
        notifier('others').info({}, 'instance.create', {'word': 'elsewhere', 'quiet': 'no'})
        notifier('pooled').info({}, 'n', {'word': 'for both', 'quiet': 'no'})
        return [heard(one, 5), heard(batches, 3), heard(audit, 1), heard(billing, 1)]


scenarios = {'notifications': notifications}
