# A service such as OpenStack's: `service.py TOPIC HOST EXECUTOR OPTIONS` answers calls until it is terminated.
import json
import os
import signal
import sys
import time

topic, host, executor, options = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
if executor == 'eventlet':
    import eventlet

    eventlet.monkey_patch()

import bus
import oslo_messaging


class Endpoint:
    target = oslo_messaging.Target(version='1.1')

    def __init__(self):
        self.noted = []

    def who(self, context):
        return host

    def process(self, context):
        return os.getpid()

    def echo(self, context, value):
        return [context.get('request'), value]

    def length(self, context, text):
        return len(text)

    def note(self, context, word):
        self.noted.append(word)

    def notes(self, context):
        return self.noted

    def slowly(self, context, seconds):
        self.noted.append('began')
        time.sleep(seconds)
        return 'at last'

    def refuse(self, context, text):
        raise bus.Refusal(text)

    @oslo_messaging.expected_exceptions(LookupError)
    def lookup(self, context, name):
        raise LookupError(name)


class Lines:
    """A second endpoint, in a namespace and version of its own."""

    target = oslo_messaging.Target(namespace='lines', version='2.0')

    def reverse(self, context, text):
        return text[::-1]


if __name__ == '__main__':
    target = oslo_messaging.Target(exchange=options.pop('exchange', 'oslo'), topic=topic, server=host)
    transport = oslo_messaging.get_rpc_transport(bus.cfg.CONF, bus.transport_url(**options))
    server = oslo_messaging.get_rpc_server(transport, target, [Endpoint(), Lines()], executor=executor)
    signal.signal(signal.SIGTERM, lambda *unused: os._exit(0))
    server.start()
    parent = os.getppid()
    print('ready', flush=True)
    while os.getppid() == parent:
        time.sleep(0.1)
