# Scenarios for aio-pika. `python3 aio-pika-program.py NAME` plays one and prints what the client saw, as JSON.
import asyncio
import base64
import json
import os
import ssl
import sys
from datetime import datetime
from urllib.parse import quote, urlparse
from urllib.request import Request, urlopen

import aio_pika
from aio_pika.patterns import RPC, Master

patience_seconds = 20
url = os.environ['AMQP_URL']


def management(method, *path):
    place = urlparse(os.environ['RABBITMQ_MANAGEMENT_URL'])
    login = base64.b64encode(f'{place.username}:{place.password}'.encode()).decode()
    address = f'http://{place.hostname}:{place.port}/api/' + '/'.join(quote(part, safe='') for part in path)
    with urlopen(Request(address, method=method, headers={'Authorization': f'Basic {login}'})) as answer:
        body = answer.read()
        return json.loads(body) if body else None


def named(name):
    """The broker's names of the connections that call themselves so."""
    return [each['name'] for each in management('GET', 'connections') if each.get('client_properties', {}).get('connection_name') == name]


async def until(probe):
    for _ in range(20 * patience_seconds):
        if seen := probe():
            return seen
        await asyncio.sleep(0.05)
    raise TimeoutError('waited in vain')


async def attempt(work):
    try:
        return ['done', await work]
    except aio_pika.exceptions.QueueEmpty:
        return ['QueueEmpty']
    except Exception as error:
        return [type(error).__name__, str(error)]


def text(message):
    return message and message.body.decode()


async def publishing():
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(on_return_raises=True)
        queue = await channel.declare_queue('aio.publishing', exclusive=True, arguments={'x-max-length': 50, 'x-overflow': 'reject-publish'})
        send = lambda body, key=queue.name: channel.default_exchange.publish(aio_pika.Message(body), key)
        first = await send(b'one')
        many = await asyncio.gather(*(send(b'x') for _ in range(49)))
        sent = {'headers': {'text': 'é', 'int': 5, 'long': 2**40, 'minus': -(2**40), 'none': None, 'list': [1, 'a', {'b': True}]}}
        other = await channel.declare_queue('', exclusive=True)
        message = aio_pika.Message(
            b'\0\xff', **sent, content_type='a/b', content_encoding='gzip', delivery_mode=2, priority=3, correlation_id='c', reply_to='r',
            expiration=60, message_id='m', timestamp=datetime(2024, 1, 2, 3, 4, 5), type='t', user_id='guest', app_id='a',
        )
        await channel.default_exchange.publish(message, other.name)
        got = await other.get(no_ack=True)
        info = got.info()
        return [
            type(first).__name__,
            len(many),
            (await attempt(send(b'too many')))[0],
            (await attempt(send(b'lost', 'aio.nowhere')))[0],
            dict(got.headers) == sent['headers'],
            [info[key] for key in ('content_type', 'content_encoding', 'delivery_mode', 'priority', 'correlation_id', 'reply_to')],
            [got.expiration, got.message_id, str(got.timestamp), got.type, got.user_id, got.app_id, list(got.body)],
        ]


async def consuming():
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=2)
        exchange = await channel.declare_exchange('aio.events', aio_pika.ExchangeType.TOPIC, auto_delete=True)
        inner = await channel.declare_exchange('aio.inner', aio_pika.ExchangeType.HEADERS, auto_delete=True)
        queue = await channel.declare_queue('aio.consuming', auto_delete=True)
        await inner.bind(exchange, 'a.#')
        await queue.bind(inner, arguments={'x-match': 'all', 'kind': 'good'})
        for number in range(4):
            await exchange.publish(aio_pika.Message(str(number).encode(), headers={'kind': 'good'}), 'a.b')
        await exchange.publish(aio_pika.Message(b'bad', headers={'kind': 'bad'}), 'a.b')
        seen, waiting = [], None
        async with queue.iterator(timeout=patience_seconds) as messages:
            async for message in messages:
                if waiting is None:
                    waiting = (await channel.declare_queue(queue.name, passive=True)).declaration_result.message_count
                try:
                    async with message.process(requeue=True, reject_on_redelivered=False):
                        seen.append([text(message), message.redelivered])
                        if text(message) == '1' and not message.redelivered:
                            raise ValueError('once more')
                except ValueError:
                    pass
                if len(seen) == 5:
                    break
        return [waiting, sorted(seen)]


async def getting():
    async with await aio_pika.connect(url) as connection:
        channel, writing = await connection.channel(), await connection.channel(publisher_confirms=False)
        queue = await channel.declare_queue('aio.getting', exclusive=True)
        empty = [await queue.get(fail=False), await attempt(queue.get())]
        async with writing.transaction():
            await writing.default_exchange.publish(aio_pika.Message(b'kept'), queue.name)
            before = (await channel.declare_queue(queue.name, passive=True, exclusive=True)).declaration_result.message_count
        got = await queue.get()
        await got.nack(requeue=True)
        again = await queue.get()
        await again.reject()
        return [empty, before, text(got), again.redelivered, (await queue.purge()).message_count, (await queue.delete()).message_count]


async def patterns():
    async with await aio_pika.connect_robust(url) as serving, await aio_pika.connect_robust(url) as asking:
        rpc = await RPC.create(await serving.channel())

        async def multiply(*, x, y):
            return x * y

        async def fail():
            raise ValueError('no good')

        await rpc.register('aio.multiply', multiply, auto_delete=True)
        await rpc.register('aio.fail', fail, auto_delete=True)
        remote = await RPC.create(await asking.channel())
        answers = await asyncio.gather(*(remote.call('aio.multiply', {'x': n, 'y': 2}) for n in range(50)))
        failed = await attempt(remote.call('aio.fail'))
        absent = (await attempt(remote.call('aio.absent')))[0]
        done = []

        async def work(*, task):
            done.append(task)

        worker = await Master(await serving.channel()).create_worker('aio.work', work, auto_delete=True)
        boss = Master(await asking.channel())
        for number in range(5):
            await boss.proxy.aio.work(task=number)
        await until(lambda: len(done) == 5)
        await worker.close()
        return [answers == [2 * n for n in range(50)], failed, absent, done]


async def errors():
    seen = []

    async def on_channel(connection, work):
        channel = await connection.channel()
        seen.append(await attempt(work(channel)))

    async with await aio_pika.connect(url) as connection, await aio_pika.connect(url) as other:
        keep = await other.channel()
        await keep.declare_queue('aio.private', exclusive=True)
        await on_channel(connection, lambda channel: channel.declare_queue('aio.none', passive=True))
        await on_channel(connection, lambda channel: channel.declare_queue('amq.mine'))
        await on_channel(connection, lambda channel: channel.declare_queue('aio.private'))
        await on_channel(connection, lambda channel: channel.declare_exchange('amq.topic', 'fanout', durable=True))
        await on_channel(connection, lambda channel: channel.default_exchange.bind('amq.topic', 'k'))
        await on_channel(connection, lambda channel: channel.declare_queue('aio.odd', arguments={'x-message-ttl': 'soon'}))
        again = await connection.channel()
        seen.append((await again.declare_queue('', exclusive=True)).declaration_result.consumer_count)
    place = urlparse(url)
    at = f'{place.hostname}:{place.port}'
    seen.append(await attempt(aio_pika.connect(f'amqp://guest:wrong@{at}/')))
    [kind, message] = await attempt(aio_pika.connect(f'amqp://guest:guest@{at}/nope'))
    # What it got instead, a connection.close, is shown with its address in memory.
    return [*seen, [kind, message.split('"')[1]]]


async def robust():
    connection = await aio_pika.connect_robust(f'{url}?name=aio-robust&reconnect_interval=0.1')
    async with connection, await aio_pika.connect(url) as steady:
        channel = await connection.channel()
        exchange = await channel.declare_exchange('aio.robust', aio_pika.ExchangeType.FANOUT, auto_delete=True)
        queue = await channel.declare_queue('', exclusive=True)
        await queue.bind(exchange)
        heard, reconnected = [], asyncio.Event()
        await queue.consume(lambda message: heard.append(text(message)), no_ack=True)
        connection.reconnect_callbacks.add(lambda *unused: reconnected.set())
        await exchange.publish(aio_pika.Message(b'before'), '')
        await until(lambda: heard)
        for name in await until(lambda: named('aio-robust')):
            management('DELETE', 'connections', name)
        await asyncio.wait_for(reconnected.wait(), patience_seconds)
        await exchange.publish(aio_pika.Message(b'after'), '')
        await until(lambda: len(heard) == 2)
        return heard


async def encrypted():
    ca = os.environ['WIRELIKE_CA_FILE']
    connection = await aio_pika.connect(f"{os.environ['AMQPS_URL']}?heartbeat=1&cafile={quote(ca)}", ssl_context=ssl.create_default_context(cafile=ca))
    async with connection:
        channel = await connection.channel()
        queue = await channel.declare_queue('', exclusive=True)
        await asyncio.sleep(3)
        await channel.default_exchange.publish(aio_pika.Message(b'x' * 300_000), queue.name)
        length = len((await queue.get(no_ack=True)).body)
        mistrusting = aio_pika.connect(os.environ['AMQPS_URL'], ssl_context=ssl.create_default_context())
        return [length, (await attempt(mistrusting))[0]]


scenarios = {
    'publishing': publishing, 'consuming': consuming, 'getting': getting, 'patterns': patterns, 'errors': errors, 'robust': robust,
    'TLS and heartbeats': encrypted,
}

if __name__ == '__main__':
    print(json.dumps(asyncio.run(scenarios[sys.argv[1]]())))
