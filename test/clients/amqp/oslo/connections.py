# Connections that cannot be made, that are closed, and that fall silent.
import os
import signal
import socket
import threading
from contextlib import suppress
from urllib.parse import urlparse

from bus import Process, complaint, connections_of, in_background, management, patience_seconds, rpc_client, transport_url, until


def logins():
    trusted = {'ssl': True, 'ssl_ca_file': os.environ['WIRELIKE_CA_FILE'], 'ssl_enforce_hostname_verification': True}
    secure = transport_url('AMQPS_URL', **trusted)
    with Process('service.py', 'logins', 'here', 'threading'):
        call = lambda url: rpc_client('logins', url).call({}, 'who')
        mistrusted = {**trusted, 'ssl_ca_file': '/etc/ssl/certs/ca-certificates.crt'}
        return [
            call(secure),
            call(transport_url(before=['127.0.0.1:1'])),
            call(transport_url(rabbit_login_method='PLAIN')),
            complaint(lambda: call(transport_url(login='guest:wrong'))),
            complaint(lambda: call(transport_url(login='guest:wrong', rabbit_login_method='PLAIN'))),
            complaint(lambda: call(transport_url(vhost='nope'))),
        ]


def gone_and_back():
    quick = {'kombu_reconnect_delay': 0}
    with Process('service.py', 'gone', 'here', 'threading', **quick) as service:
        client = rpc_client('gone', **quick)
        call = lambda: client.call({}, 'who')
        slow_call = lambda: in_background(lambda: client.call({}, 'slowly', seconds=1.5))
        seen = [call()]
        # Each has a connection that hears and one that speaks.
        both = [until(lambda: len(names := connections_of(pid)) == 2 and names) for pid in (os.getpid(), service.process.pid)]
        reply = slow_call()
        until(lambda: 'began' in client.call({}, 'notes'))
        for name in sum(both, []):
            management('DELETE', 'connections', name)
        # The reply goes out on a new connection, and the caller waits for it on another.
        seen += [call(), reply()]
        reply = slow_call()
        until(lambda: client.call({}, 'notes').count('began') == 2)
        management('DELETE', 'queues', '/', client.transport._driver._reply_q)
        # The caller hears that its consumer is cancelled and declares the queue again; the service tries until there is one.
        return [*seen, reply(), call()]


class Proxy:
    """Between a client and the broker; connections that were made before `fall_silent` pass nothing on any more."""

    def __init__(self):
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.silent = threading.Event()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        url = urlparse(os.environ['AMQP_URL'])
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection((url.hostname, url.port))
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self.pass_on, args=(source, sink, self.silent), daemon=True).start()

    def pass_on(self, source, sink, silent):
        with suppress(OSError):
            while data := source.recv(65536):
                if not silent.is_set():
                    sink.sendall(data)
        sink.close()

    def fall_silent(self):
        self.silent.set()
        self.silent = threading.Event()


def heartbeats():
    quick = {'heartbeat_timeout_threshold': 1, 'kombu_reconnect_delay': 0}
    proxy = Proxy()
    idle = Process('service.py', 'beats', 'idle', 'eventlet', heartbeat_in_pthread=True, heartbeat_timeout_threshold=2)
    stopped = Process('service.py', 'beats', 'stopped', 'threading', **quick)
    with idle, stopped:
        client, detour = rpc_client('beats', **quick), rpc_client('beats', transport_url(at=f'127.0.0.1:{proxy.port}', **quick))
        call = lambda client, server: client.prepare(server=server, timeout=patience_seconds).call({}, 'who')
        seen = [call(client, 'idle'), call(detour, 'stopped')]
        kept = until(lambda: connections_of(idle.process.pid))
        lost = until(lambda: connections_of(stopped.process.pid))
        os.kill(stopped.process.pid, signal.SIGSTOP)
        proxy.fall_silent()
        # The broker hangs up on who says nothing for more than twice the time.
        until(lambda: not set(lost) & set(connections_of(stopped.process.pid)))
        os.kill(stopped.process.pid, signal.SIGCONT)
        seen += [call(client, 'stopped'), call(detour, 'idle')]
        return [*seen, set(kept) <= set(connections_of(idle.process.pid))]


scenarios = {'logins': logins, 'gone and back': gone_and_back, 'heartbeats': heartbeats}
