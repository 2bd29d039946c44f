# Notifications: who publishes does not know who listens.
import json

import oslo_messaging
from bus import Process, cfg, transport_url


def notifier(topic):
    transport = oslo_messaging.get_notification_transport(cfg.CONF, transport_url())
    return oslo_messaging.Notifier(transport, 'compute.host', driver='messagingv2', topics=[topic])


def notifications():
    events, batches = notifier('events'), notifier('batches')
    # Nobody listens yet: the publisher itself declares the queues, so that nothing is lost.
    events.info({}, 'instance.create', {'word': 'early', 'quiet': 'no'})
    for number in range(7):
        batches.info({}, 'n', {'word': number})
    listeners = {
        'single': {'topics': ['events', 'others']},
        'batches': {'topics': ['batches'], 'batch': 3},
        'audit': {'topics': ['pooled'], 'pool': 'audit'},
        'billing': {'topics': ['pooled'], 'pool': 'billing'},
    }
    with Process('listener.py', **listeners) as process:
        events.info({}, 'instance.create', {'word': 'filtered', 'quiet': 'yes'})
        events.error({}, 'instance.fail', {'word': 'failed', 'quiet': 'no'})
        events.warn({}, 'instance.warn', {'word': 'no endpoint', 'quiet': 'no'})
        events.info({}, 'instance.create', {'word': 'twice', 'quiet': 'no', 'again': True})
        notifier('others').info({}, 'instance.create', {'word': 'elsewhere', 'quiet': 'no'})
        notifier('pooled').info({}, 'n', {'word': 'for both', 'quiet': 'no'})
        return sorted((json.loads(process.process.stdout.readline()) for _ in range(10)), key=str)


scenarios = {'notifications': notifications}
