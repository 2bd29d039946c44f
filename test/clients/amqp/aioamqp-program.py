# Scenarios for aioamqp. `python3 aioamqp-program.py NAME` plays one and prints what the client saw, as JSON.
import asyncio
import json
import os
import sys
from urllib.parse import urlparse

import aioamqp

place = urlparse(os.environ['AMQP_URL'])
patience_seconds = 20


def connect(**options):
    return aioamqp.connect(place.hostname, place.port, **options)


async def attempt(work):
    try:
        return ['done', bool(await work)]
    except aioamqp.exceptions.ChannelClosed as error:
        return ['ChannelClosed', error.code, error.message]
    except Exception as error:
        return [type(error).__name__, str(error)]


async def routing():
    transport, protocol = await connect(heartbeat=1, channel_max=5)
    channel = await protocol.channel()
    await channel.exchange_declare('aioamqp.events', 'topic', auto_delete=True)
    queue = (await channel.queue_declare('', exclusive=True))['queue']
    await channel.queue_bind(queue, 'aioamqp.events', '*.error')
    await channel.basic_qos(prefetch_count=2)
    heard, full = [], asyncio.Event()

    async def take(channel, body, envelope, properties):
        heard.append([body.decode(), envelope.routing_key, properties.headers, properties.delivery_mode])
        await channel.basic_client_ack(envelope.delivery_tag)
        if len(heard) == 3:
            full.set()

    tag = (await channel.basic_consume(take, queue_name=queue, consumer_tag='taker'))['consumer_tag']
    for key in ('a.error', 'a.info', 'b.error', 'c.error'):
        await channel.basic_publish(key.encode(), 'aioamqp.events', key, properties={'delivery_mode': 2, 'headers': {'n': 1}})
    await asyncio.wait_for(full.wait(), patience_seconds)
    await channel.basic_cancel(tag)
    # Heartbeats keep a connection that has nothing to say.
    await asyncio.sleep(3)
    await channel.basic_publish(b'x' * 300_000, '', queue)
    got = await channel.basic_get(queue, no_ack=True)
    await protocol.close()
    transport.close()
    return [protocol.server_properties['product'], tag, heard, len(got['message']), got['message_count']]


async def confirming():
    transport, protocol = await connect()
    channel = await protocol.channel()
    await channel.confirm_select()
    queue = (await channel.queue_declare('', exclusive=True))['queue']
    for number in range(50):
        await channel.publish(str(number), '', queue, mandatory=True)
    answer = await channel.queue_purge(queue)
    await protocol.close()
    transport.close()
    return answer['message_count']


async def refusing():
    transport, protocol = await connect()
    seen = []
    for work in (
        lambda channel: channel.queue_declare('aioamqp.none', passive=True),
        lambda channel: channel.exchange_declare('amq.direct', 'fanout', durable=True),
        lambda channel: channel.queue_bind('aioamqp.none', 'amq.direct', 'k'),
        lambda channel: channel.exchange_delete('amq.direct'),
        lambda channel: channel.basic_get('aioamqp.none'),
    ):
        seen.append(await attempt(work(await protocol.channel())))
    await protocol.close()
    transport.close()
    seen.append((await attempt(connect(password='wrong')))[0])
    seen.append((await attempt(connect(virtualhost='nope')))[0])
    return seen


scenarios = {'routing': routing, 'confirming': confirming, 'refusing': refusing}

if __name__ == '__main__':
    print(json.dumps(asyncio.run(scenarios[sys.argv[1]]())))
