# Scenarios for celery: a worker and a caller of its tasks, both on $AMQP_URL, with results over the same broker.
# `python3 celery_tasks.py NAME` plays one and prints what the caller saw, as JSON.
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

from celery import Celery, chain, group

app = Celery('wirelike', broker=os.environ['AMQP_URL'], backend='rpc://')
app.conf.update(task_acks_late=True, worker_prefetch_multiplier=1, broker_connection_retry=False)
here = os.path.dirname(os.path.abspath(__file__))
patience_seconds = 20


@app.task
def add(a, b):
    return a + b


@app.task(bind=True, default_retry_delay=0.1, max_retries=2)
def third_time_lucky(self):
    if self.request.retries < 2:
        raise self.retry()
    return self.request.retries


@app.task
def fail(text):
    raise ValueError(text)


@app.task(bind=True)
def delivery(self):
    return [self.request.delivery_info['redelivered'], self.request.delivery_info['priority']]


@app.task(bind=True)
def slow_once(self, started):
    """Takes for ever the first time, and is quick when it is delivered again."""
    if self.request.delivery_info['redelivered']:
        return 'done by another'
    open(started, 'w').close()
    time.sleep(60)


class Worker:
    def __enter__(self):
        command = [sys.executable, '-m', 'celery', '-A', 'celery_tasks', 'worker', '--pool', 'solo', '--loglevel', 'ERROR', '-n', 'worker@here']
        self.process = subprocess.Popen(command, cwd=here, stdout=sys.stderr)
        until(lambda: app.control.inspect(timeout=0.5).ping())
        return self

    def __exit__(self, *unused):
        self.process.terminate()
        self.process.wait(patience_seconds)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def until(probe):
    deadline = time.monotonic() + patience_seconds
    while not (seen := probe()):
        if time.monotonic() > deadline:
            raise TimeoutError('waited in vain')
        time.sleep(0.05)
    return seen


def tasks():
    with Worker():
        many = group(add.s(n, n) for n in range(20)).apply_async().get(patience_seconds)
        chained = chain(add.s(1, 2), add.s(3), add.s(4)).apply_async().get(patience_seconds)
        later = add.apply_async((1, 1), countdown=0.3).get(patience_seconds)
        retried = third_time_lucky.delay().get(patience_seconds)
        failed = fail.delay('no good')
        error = failed.get(patience_seconds, propagate=False)
        info = delivery.apply_async(priority=4).get(patience_seconds)
        return [many, chained, later, retried, [type(error).__name__, str(error), failed.state], info]


def remote_control():
    with Worker():
        ask = app.control.inspect(timeout=0.5)
        [queue] = ask.active_queues()['worker@here']
        registered = sorted(ask.registered()['worker@here'])
        app.control.add_consumer('extra', reply=True)
        extra = add.apply_async((20, 22), queue='extra').get(patience_seconds)
        return [ask.ping(), queue['name'], queue['exchange']['type'], registered, extra]


def killed_worker():
    with tempfile.TemporaryDirectory() as directory:
        started = os.path.join(directory, 'started')
        with Worker() as first:
            promised = slow_once.delay(started)
            until(lambda: os.path.exists(started))
            first.kill()
        with Worker():
            return promised.get(patience_seconds)


scenarios = {'tasks': tasks, 'remote control': remote_control, 'a worker is killed': killed_worker}

if __name__ == '__main__':
    # The worker knows its tasks by the name of this module.
    sys.path.insert(0, here)
    import celery_tasks

    seen = celery_tasks.scenarios[sys.argv[1]]()
    print(json.dumps(seen))
