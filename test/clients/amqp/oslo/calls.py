# Remote procedure calls between processes.
from concurrent.futures import ThreadPoolExecutor

import oslo_messaging
from bus import Process, in_background, rpc_client, until


def attempt(work):
    try:
        return ['answered', work()]
    except oslo_messaging.RemoteError as error:
        return ['RemoteError', error.exc_type, error.value]
    except oslo_messaging.MessagingTimeout:
        return ['MessagingTimeout']
    except oslo_messaging.MessageUndeliverable as error:
        return ['MessageUndeliverable', str(error.exception), error.exchange, error.routing_key]
    except Exception as error:
        return [type(error).__name__, *str(error).splitlines()[:1]]


def answers(client):
    anyone = [client.call({}, 'who') for _ in range(10)]
    addressed = [client.prepare(server=server).call({}, 'who') for server in ('one', 'two')]
    echo = client.call({'request': 'req-7'}, 'echo', value={'text': 'Grüße ✓', 'list': [1, None, 2.5, True]})
    length = client.call({}, 'length', text='x' * 400_000)
    lines = client.prepare(namespace='lines', version='2.0').call({}, 'reverse', text='abc')
    with ThreadPoolExecutor(16) as threads:
        many = list(threads.map(lambda n: client.call({}, 'echo', value=n)[1], range(100)))
    return [len(anyone), sorted(set(anyone)), addressed, echo, length, lines, many == list(range(100))]


def notes(client):
    client.prepare(server='two').cast({}, 'note', word='cast')
    client.prepare(fanout=True).cast({}, 'note', word='fanout')
    asked = [client.prepare(server=server) for server in ('one', 'two')]
    return [until(lambda: 'fanout' in (seen := each.call({}, 'notes')) and sorted(set(seen) - {'began'})) for each in asked]


def refusals(topic, client):
    trusting = rpc_client(topic, allowed_remote_exmods=['bus'])
    capped = rpc_client(topic, version_cap='1.0')
    return [
        attempt(lambda: client.call({}, 'refuse', text='no')),
        attempt(lambda: trusting.call({}, 'refuse', text='no')),
        attempt(lambda: client.call({}, 'lookup', name='nobody')),
        attempt(lambda: client.call({}, 'unknown')),
        attempt(lambda: client.prepare(version='1.9').call({}, 'who')),
        attempt(lambda: client.prepare(namespace='none').call({}, 'who')),
        attempt(lambda: capped.prepare(version='1.1').call({}, 'who')),
    ]


def timeouts(client):
    late = in_background(lambda: attempt(lambda: client.prepare(timeout=1).call({}, 'slowly', seconds=2)))
    # The server says every two seconds that it is still at it, so four are enough for a call that takes longer.
    monitored = in_background(lambda: attempt(lambda: client.prepare(call_monitor_timeout=4, timeout=40).call({}, 'slowly', seconds=4.5)))
    absent = in_background(lambda: attempt(lambda: client.prepare(topic='nobody', timeout=1).call({}, 'who')))
    certain = oslo_messaging.TransportOptions(at_least_once=True)
    returned = attempt(lambda: client.prepare(topic='nobody', transport_options=certain, timeout=2).call({}, 'who'))
    return [late(), monitored(), absent(), returned]


def remote_calls():
    topic = 'calls'
    one, two = Process('service.py', topic, 'one', 'threading'), Process('service.py', topic, 'two', 'eventlet', heartbeat_in_pthread=True)
    with one, two:
        client = rpc_client(topic)
        waiting = in_background(lambda: timeouts(client))
        return [answers(client), notes(client), refusals(topic, client), waiting()]


scenarios = {'remote calls': remote_calls}
