# What oslo.messaging's options make of exchanges and queues.
import re

from bus import cfg, complaint, management, oslo_messaging, rpc_client, transport_url

variants = {
    'plain': {},
    'durable': {'amqp_durable_queues': True, 'rabbit_qos_prefetch_count': 1, 'rabbit_login_method': 'PLAIN'},
    'deleted': {'amqp_auto_delete': True, 'kombu_compression': 'gzip', 'enable_cancel_on_failover': True},
    'mirrored': {'rabbit_ha_queues': True, 'rabbit_transient_queues_ttl': 60},
    'quorum': {
        'rabbit_quorum_queue': True,
        'rabbit_quorum_delivery_limit': 3,
        'rabbit_quroum_max_memory_length': 100,
        'rabbit_quroum_max_memory_bytes': 1_000_000,
    },
}


def plain(name):
    """A name without its random part."""
    return re.sub('[0-9a-f]{32}', '*', name)


def topology(topic):
    """[name, durable, auto-delete, arguments] of a topic's queues, [name, durable, auto-delete, type] of its exchanges, the bindings."""
    # RabbitMQ 4 shows the default type among the arguments.
    arguments = lambda queue: {key: value for key, value in queue['arguments'].items() if value != 'classic'}
    queues = [each for each in management('GET', 'queues', '/') if each['name'].startswith(topic)]
    exchanges = [each for each in management('GET', 'exchanges', '/') if each['name'].startswith(topic)]
    bindings = [each for each in management('GET', 'bindings', '/') if each['source'].startswith(topic)]
    return [
        sorted(([plain(each['name']), each['durable'], each['auto_delete'], arguments(each)] for each in queues), key=str),
        sorted([each['name'], each['durable'], each['auto_delete'], each['type']] for each in exchanges),
        sorted([each['source'], plain(each['destination']), plain(each['routing_key'])] for each in bindings),
    ]


class Endpoint:
    def length(self, context, text):
        return len(text)


def declare(topic, options):
    exchange = f'{topic}_exchange'
    transport = oslo_messaging.get_rpc_transport(cfg.CONF, transport_url(**options))
    target = oslo_messaging.Target(exchange, topic, server='here')
    server = oslo_messaging.get_rpc_server(transport, target, [Endpoint()], executor='threading')
    server.start()
    answer = rpc_client(topic, exchange=exchange, **options).call({}, 'length', text='x' * 1000)
    return [answer, *topology(topic)]


def declarations():
    seen = {topic: declare(topic, options) for topic, options in variants.items()}
    # Two services that don't agree: the one that comes later is refused.
    stubborn = rpc_client('plain', exchange='plain_exchange', amqp_durable_queues=True)
    return [seen, complaint(lambda: stubborn.prepare(retry=0).cast({}, 'note', word='x'))]


scenarios = {'declarations': declarations}
