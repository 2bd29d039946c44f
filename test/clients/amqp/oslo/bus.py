# What the services and their callers share: the way to $AMQP_URL, and processes that are ready when they say so.
import base64
import json
import logging
import os
import re
import subprocess
import sys
import threading
import time
from urllib.parse import quote, urlencode, urlparse
from urllib.request import Request, urlopen

import oslo_messaging
from oslo_config import cfg

here = os.path.dirname(os.path.abspath(__file__))
patience_seconds = 40
cfg.CONF([], project='wirelike')
oslo_messaging.set_transport_defaults('oslo')


def transport_url(variable='AMQP_URL', login='guest:guest', at=None, before=(), vhost='', **options):
    """oslo's own kind of URL; its query sets options of the group oslo_messaging_rabbit. `before` are hosts to try first."""
    hosts = [*before, at or urlparse(os.environ[variable]).netloc.rpartition('@')[2]]
    return 'rabbit://' + ','.join(f'{login}@{host}' for host in hosts) + f'/{vhost}?' + urlencode(options)


def rpc_client(topic, url=None, exchange='oslo', allowed_remote_exmods=(), version_cap=None, **options):
    transport = oslo_messaging.get_rpc_transport(cfg.CONF, url or transport_url(**options), allowed_remote_exmods)
    return oslo_messaging.get_rpc_client(transport, oslo_messaging.Target(exchange, topic), version_cap=version_cap)


class Refusal(Exception):
    """A caller that allows this module's exceptions gets it as itself."""


class Process:
    """A program of this directory that prints `ready` when it serves."""

    def __init__(self, program, *arguments, **options):
        command = [sys.executable, os.path.join(here, program), *arguments, json.dumps(options)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        if self.process.stdout.readline() != 'ready\n':
            raise RuntimeError('the service did not come up')
        return self

    def __exit__(self, *unused):
        self.process.terminate()
        self.process.wait(patience_seconds)


def until(probe):
    deadline = time.monotonic() + patience_seconds
    while not (seen := probe()):
        if time.monotonic() > deadline:
            raise TimeoutError('waited in vain')
        time.sleep(0.05)
    return seen


def in_background(work):
    """Starts work; the function that is returned waits for its result."""
    seen = []
    thread = threading.Thread(target=lambda: seen.append(work()), daemon=True)
    thread.start()

    def result():
        thread.join(patience_seconds)
        return seen[0] if seen else 'nothing'

    return result


def management(method, *path):
    url = urlparse(os.environ['RABBITMQ_MANAGEMENT_URL'])
    login = base64.b64encode(f'{url.username}:{url.password}'.encode()).decode()
    address = f'http://{url.hostname}:{url.port}/api/' + '/'.join(quote(part, safe='') for part in path)
    with urlopen(Request(address, method=method, headers={'Authorization': f'Basic {login}'})) as answer:
        body = answer.read()
        return json.loads(body) if body else None


def connections_of(process):
    """The connections that oslo.messaging names after this process, when the management's figures show them."""
    named = [(each['name'], each.get('client_properties', {}).get('connection_name', '')) for each in management('GET', 'connections')]
    return sorted(name for name, given in named if f':{process}:' in given)


def complaint(work):
    """What becomes of work that fails: the error, or the first that oslo.messaging logs while it tries on. Without what is random."""
    said = []

    def run():
        try:
            work()
        except Exception as error:
            said.append(f'{type(error).__name__}: {error}')

    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())
    driver = logging.getLogger('oslo.messaging._drivers.impl_rabbit')
    driver.addHandler(handler)
    try:
        threading.Thread(target=run, daemon=True).start()
        return re.sub(r'127.0.0.1:\d+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', '*', until(lambda: said)[0])
    finally:
        driver.removeHandler(handler)
