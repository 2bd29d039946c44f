# Scenarios for daemons that send what they see to a broker, through librabbitmq.
# `python3 senders.py NAME` plays one and prints what was sent, as JSON.
import base64
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from urllib.parse import quote, urlparse
from urllib.request import Request, urlopen

import amqp

place = urlparse(os.environ['AMQP_URL'])
patience_seconds = 40


def until(probe):
    deadline = time.monotonic() + patience_seconds
    while not (seen := probe()):
        if time.monotonic() > deadline:
            raise TimeoutError('waited in vain')
        time.sleep(0.05)
    return seen


def management(method, *path):
    at = urlparse(os.environ['RABBITMQ_MANAGEMENT_URL'])
    login = base64.b64encode(f'{at.username}:{at.password}'.encode()).decode()
    address = f'http://{at.hostname}:{at.port}/api/' + '/'.join(quote(part, safe='') for part in path)
    with urlopen(Request(address, method=method, headers={'Authorization': f'Basic {login}'})) as answer:
        body = answer.read()
        return json.loads(body) if body else None


class Observer:
    """A queue of its own on an exchange, which it declares as the sender will."""

    def __init__(self, exchange, kind, key='#'):
        self.connection = amqp.Connection(f'{place.hostname}:{place.port}', 'guest', 'guest')
        self.connection.connect()
        self.channel = self.connection.channel()
        self.channel.exchange_declare(exchange, kind, durable=False, auto_delete=False)
        self.queue = self.channel.queue_declare('', exclusive=True).queue
        self.channel.queue_bind(self.queue, exchange, key)

    def seek(self):
        message = self.channel.basic_get(self.queue, no_ack=True)
        if message and isinstance(message.body, bytes):
            message.body = message.body.decode()
        return message

    def next(self):
        return until(self.seek)


class Daemon:
    def __init__(self, directory, configuration, *command):
        with open(os.path.join(directory, 'daemon.conf'), 'w') as file:
            file.write(configuration)
        self.process = subprocess.Popen(command, cwd=directory, stdin=subprocess.PIPE, stdout=sys.stderr)

    def __enter__(self):
        return self.process

    def __exit__(self, *unused):
        self.process.terminate()
        self.process.wait(patience_seconds)


syslog_ng_configuration = """
@version: current
options { time-reopen(1); stats-freq(0); };
source local { stdin(); };
destination broker {
    amqp(
        host("%s") port(%d) username("guest") password("guest") vhost("/")
        exchange("senders.syslog") exchange-type("topic") exchange-declare(yes) persistent(yes) heartbeat(%d)
        routing-key("$PROGRAM.$LEVEL") body("$MSG")
        value-pairs(key("PROGRAM") key("LEVEL"))
    );
};
log { source(local); destination(broker); };
"""


def syslog_ng():
    with tempfile.TemporaryDirectory() as directory:
        observer = Observer('senders.syslog', 'topic')
        command = ['/usr/sbin/syslog-ng', '-F', '-f', 'daemon.conf', '-R', 'persist', '-p', 'pid', '-c', 'control', '--no-caps']
        senders = lambda: [
            each['name'] for each in management('GET', 'connections') if each.get('client_properties', {}).get('product') == 'rabbitmq-c'
        ]
        with Daemon(directory, syslog_ng_configuration % (place.hostname, place.port, 2), *command) as process:

            def say(text):
                process.stdin.write(text.encode() + b'\n')
                process.stdin.flush()

            def heard(message):
                properties = {key: message.properties.get(key) for key in ('delivery_mode', 'content_type')}
                return [message.delivery_info['routing_key'], message.body, message.headers, properties]

            say('<11>Oct 11 22:14:15 here app: it failed')
            seen = [heard(observer.next())]
            say('<13>Oct 11 22:14:16 here db[7]: Grüße')
            seen.append(heard(observer.next()))
            for name in until(senders):
                management('DELETE', 'connections', name)
            # It learns of that when it next looks for heartbeats; what it sends before is lost.
            return [*seen, until(lambda: say('<14>Oct 11 22:14:17 here app: back again') or observer.seek()).body]


collectd_configuration = """
Hostname "here"
Interval 0.5
LoadPlugin load
LoadPlugin amqp
<Plugin amqp>
  <Publish "out">
    Host "{host}"
    Port "{port}"
    VHost "/"
    User "guest"
    Password "guest"
    Exchange "senders.collectd"
    ExchangeType "topic"
    Persistent true
    ConnectionRetryDelay 1
    Format {format}
  </Publish>
</Plugin>
"""


def collectd():
    seen = []
    observer = Observer('senders.collectd', 'topic', 'collectd.here.load.#')
    for form in ('Command', 'JSON'):
        with tempfile.TemporaryDirectory() as directory:
            configuration = f'BaseDir "{directory}"\nPIDFile "{directory}/pid"\n' + collectd_configuration.format(
                host=place.hostname, port=place.port, format=form
            )
            with Daemon(directory, configuration, '/usr/sbin/collectd', '-f', '-C', 'daemon.conf'):
                message = observer.next()
                words = message.body if form == 'JSON' else ' '.join(message.body.split()[:2])
                values = [json.loads(words)[0][key] for key in ('host', 'plugin', 'type', 'dsnames')] if form == 'JSON' else words
                properties = message.properties
                seen.append([message.delivery_info['routing_key'], values, properties['delivery_mode'], properties['content_type'], properties['app_id']])
        observer.channel.queue_purge(observer.queue)
    return seen


scenarios = {'syslog-ng': syslog_ng, 'collectd': collectd}

if __name__ == '__main__':
    print(json.dumps(scenarios[sys.argv[1]]()))
