<?php
// Scenarios for PHP's amqp extension, which is librabbitmq. `php php-amqp.php NAME` plays one and prints what it saw, as JSON.

function connection(array $options = []): AMQPConnection
{
    $place = parse_url(getenv('AMQP_URL'));
    $connection = new AMQPConnection($options + ['host' => $place['host'], 'port' => $place['port'], 'read_timeout' => 20]);
    $connection->connect();
    return $connection;
}

function queue(AMQPChannel $channel, int $flags = AMQP_EXCLUSIVE, array $arguments = [], string $name = ''): AMQPQueue
{
    $queue = new AMQPQueue($channel);
    if ($name !== '') $queue->setName($name);
    $queue->setFlags($flags);
    $queue->setArguments($arguments);
    $queue->declareQueue();
    return $queue;
}

function exchange(AMQPChannel $channel, string $name = '', ?string $type = null, int $flags = AMQP_AUTODELETE): AMQPExchange
{
    $exchange = new AMQPExchange($channel);
    if ($type === null) return $exchange;
    $exchange->setName($name);
    $exchange->setType($type);
    $exchange->setFlags($flags);
    $exchange->declareExchange();
    return $exchange;
}

function attempt(callable $work): array
{
    try {
        return ['done', $work()];
    } catch (Exception $error) {
        return [get_class($error), $error->getCode(), $error->getMessage()];
    }
}

function publishing(): array
{
    $channel = new AMQPChannel(connection());
    $default = exchange($channel);
    $queue = queue($channel, AMQP_EXCLUSIVE, ['x-max-length' => 2, 'x-overflow' => 'reject-publish']);
    $seen = [];
    $channel->confirmSelect();
    $channel->setConfirmCallback(
        function (int $tag, bool $multiple) use (&$seen) { $seen[] = 'ack'; return false; },
        function (int $tag, bool $multiple, bool $requeue) use (&$seen) { $seen[] = "nack $tag"; return false; }
    );
    $channel->setReturnCallback(function (...$returned) use (&$seen) { $seen[] = array_slice($returned, 0, 4); return false; });
    foreach (['one', 'two', 'three'] as $body) {
        $default->publish($body, $queue->getName());
        $channel->waitForConfirm(20);
    }
    $default->publish('lost', 'php.nowhere', AMQP_MANDATORY);
    $channel->waitForConfirm(20);
    return $seen;
}

function properties(): array
{
    $channel = new AMQPChannel(connection(['heartbeat' => 1, 'channel_max' => 8, 'frame_max' => 8192]));
    $queue = queue($channel);
    exchange($channel)->publish(str_repeat('x', 100000), $queue->getName(), AMQP_NOPARAM, [
        'content_type' => 'a/b', 'content_encoding' => 'gzip', 'delivery_mode' => 2, 'priority' => 3, 'correlation_id' => 'c',
        'reply_to' => 'r', 'expiration' => '60000', 'message_id' => 'm', 'timestamp' => 1700000000, 'type' => 't', 'user_id' => 'guest',
        'app_id' => 'a', 'headers' => ['text' => 'é', 'int' => 5, 'long' => 2 ** 40, 'float' => 1.5, 'bool' => true, 'none' => null,
            'list' => ['a', 'b'], 'table' => ['x' => 1], 'decimal' => new AMQPDecimal(2, 12345), 'time' => new AMQPTimestamp(1700000000)],
    ]);
    $got = $queue->get(AMQP_AUTOACK);
    $headers = array_map(fn ($value) => match (true) {
        $value instanceof AMQPDecimal => [$value->getExponent(), $value->getSignificand()],
        $value instanceof AMQPTimestamp => $value->getTimestamp(),
        default => $value,
    }, $got->getHeaders());
    ksort($headers);
    return [
        strlen($got->getBody()), $headers, $got->getContentType(), $got->getContentEncoding(), $got->getDeliveryMode(), $got->getPriority(),
        $got->getCorrelationId(), $got->getReplyTo(), $got->getExpiration(), $got->getMessageId(), $got->getTimestamp(), $got->getType(),
        $got->getUserId(), $got->getAppId(), $queue->get(),
    ];
}

function consuming(): array
{
    $channel = new AMQPChannel(connection());
    $channel->setPrefetchCount(2);
    $events = exchange($channel, 'php.events', AMQP_EX_TYPE_TOPIC);
    $inner = exchange($channel, 'php.inner', AMQP_EX_TYPE_FANOUT);
    $inner->bind('php.events', '*.error');
    $queue = queue($channel);
    $queue->bind('php.inner');
    foreach (['a.error', 'a.info', 'b.error', 'c.error'] as $key) $events->publish($key, $key);
    $seen = [];
    $queue->consume(function (AMQPEnvelope $message, AMQPQueue $queue) use (&$seen) {
        $seen[] = [$message->getBody(), $message->isRedelivery(), $message->getConsumerTag()];
        if ($message->getBody() === 'b.error' && !$message->isRedelivery()) $queue->nack($message->getDeliveryTag(), AMQP_REQUEUE);
        else $queue->ack($message->getDeliveryTag());
        return count($seen) < 4;
    }, AMQP_NOPARAM, 'taker');
    $queue->cancel('taker');
    $channel->startTransaction();
    $events->publish('dropped', 'x.error');
    $channel->rollbackTransaction();
    $events->publish('kept', 'x.error');
    $channel->commitTransaction();
    sort($seen);
    return [$seen, $queue->get(AMQP_AUTOACK)->getBody(), $queue->purge(), $queue->delete()];
}

function errors(): array
{
    $connection = connection();
    $other = connection();
    queue(new AMQPChannel($other), AMQP_EXCLUSIVE, [], 'php.private');
    $on = fn (callable $work) => attempt(fn () => $work(new AMQPChannel($connection)));
    return [
        $on(fn ($channel) => queue($channel, AMQP_PASSIVE, [], 'php.none')),
        $on(fn ($channel) => queue($channel, AMQP_DURABLE, [], 'amq.mine')),
        $on(fn ($channel) => queue($channel, AMQP_DURABLE, [], 'php.private')),
        $on(fn ($channel) => exchange($channel, 'amq.direct', AMQP_EX_TYPE_FANOUT, AMQP_DURABLE)),
        $connection->isConnected(),
        attempt(fn () => connection(['password' => 'wrong'])),
        attempt(fn () => connection(['vhost' => 'nope'])),
    ];
}

function encrypted(): array
{
    $place = parse_url(getenv('AMQPS_URL'));
    $secure = ['host' => 'localhost', 'port' => $place['port'], 'verify' => true];
    $channel = new AMQPChannel(connection($secure + ['cacert' => getenv('WIRELIKE_CA_FILE')]));
    $queue = queue($channel);
    exchange($channel)->publish(str_repeat('x', 200000), $queue->getName());
    $length = strlen($queue->get(AMQP_AUTOACK)->getBody());
    return [$length, attempt(fn () => connection($secure + ['cacert' => '/etc/ssl/certs/ca-certificates.crt']))[0]];
}

$scenarios = ['publishing' => 'publishing', 'properties' => 'properties', 'consuming' => 'consuming', 'errors' => 'errors', 'TLS' => 'encrypted'];
echo json_encode($scenarios[$argv[1]](), JSON_THROW_ON_ERROR | JSON_PARTIAL_OUTPUT_ON_ERROR), "\n";
