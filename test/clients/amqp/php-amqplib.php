<?php
// Scenarios for php-amqplib. `php php-amqplib.php NAME` plays one against $AMQP_URL and prints what the client saw, as JSON.
// Queues and exchanges have names of their own, so that one server can take all scenarios in turn.
require 'PhpAmqpLib/autoload.php';

use PhpAmqpLib\Channel\AMQPChannel;
use PhpAmqpLib\Connection\AbstractConnection;
use PhpAmqpLib\Connection\AMQPConnectionConfig;
use PhpAmqpLib\Connection\AMQPConnectionFactory;
use PhpAmqpLib\Exception\AMQPExceptionInterface;
use PhpAmqpLib\Exception\AMQPTimeoutException;
use PhpAmqpLib\Message\AMQPMessage;
use PhpAmqpLib\Wire\AMQPAbstractCollection as Type;
use PhpAmqpLib\Wire\AMQPArray;
use PhpAmqpLib\Wire\AMQPDecimal;
use PhpAmqpLib\Wire\AMQPTable;

function connect(?callable $configure = null, string $variable = 'AMQP_URL'): AbstractConnection
{
    $url = parse_url(getenv($variable));
    $config = new AMQPConnectionConfig();
    $config->setHost($url['host']);
    $config->setPort($url['port']);
    $config->setUser($url['user']);
    $config->setPassword($url['pass']);
    $config->setVhost(urldecode(substr($url['path'], 1)));
    $config->setReadTimeout(10);
    $config->setWriteTimeout(10);
    if ($configure !== null) {
        $configure($config);
    }
    return AMQPConnectionFactory::create($config);
}

function own(AMQPChannel $channel, array $arguments = []): string
{
    return $channel->queue_declare('', false, false, true, true, false, new AMQPTable($arguments))[0];
}

function depth(AMQPChannel $channel, string $queue): int
{
    return $channel->queue_declare($queue, true)[1];
}

function publish(AMQPChannel $channel, string $body, string $exchange, string $key, array $properties = []): void
{
    $channel->basic_publish(new AMQPMessage($body, $properties), $exchange, $key);
}

function body(?AMQPMessage $message): ?string
{
    return $message === null ? null : $message->getBody();
}

function until(callable $probe): void
{
    for ($deadline = microtime(true) + 30; !$probe();) {
        if (microtime(true) > $deadline) {
            throw new RuntimeException('waited in vain');
        }
        usleep(20000);
    }
}

/** What the server refused with: code, text, and the class and method that it was about. */
function refusal(callable $attempt): array
{
    try {
        $attempt();
    } catch (AMQPExceptionInterface $e) {
        $method = property_exists($e, 'amqp_method_sig') ? $e->amqp_method_sig : null;
        return [(new ReflectionClass($e))->getShortName(), $e->getCode(), $e->getMessage(), $method];
    }
    return ['no error'];
}

/** What an operator does who closes a connection in the management interface, which lists a new one only after a while. */
function drop(string $name): void
{
    $url = parse_url(getenv('RABBITMQ_MANAGEMENT_URL'));
    $list = "http://{$url['host']}:{$url['port']}/api/connections";
    $ask = fn (string $method, string $where) => file_get_contents($where, false, stream_context_create([
        'http' => ['method' => $method, 'header' => 'Authorization: Basic ' . base64_encode('guest:guest')],
    ]));
    until(function () use ($ask, $list, $name) {
        $names = array_column(json_decode($ask('GET', "$list?columns=name,user_provided_name"), true), 'name', 'user_provided_name');
        return isset($names[$name]) && $ask('DELETE', "$list/" . rawurlencode($names[$name])) !== false;
    });
}

$scenarios = [];

$scenarios['connect'] = function (): array {
    $connection = connect(function (AMQPConnectionConfig $config) {
        $config->setHeartbeat(9);
        $config->setLoginMethod(AMQPConnectionConfig::AUTH_AMQPPLAIN);
    });
    $properties = $connection->getServerProperties();
    $capabilities = array_keys($properties['capabilities'][1]);
    sort($capabilities);
    $seen = [$properties['product'][1], $capabilities, $connection->getHeartbeat(), $connection->channel()->getChannelId()];
    $connection->close();
    $plain = connect(fn ($config) => $config->setLoginMethod(AMQPConnectionConfig::AUTH_PLAIN));
    array_push($seen, $connection->isConnected(), $plain->isConnected());
    $plain->close();
    return $seen;
};

$scenarios['topology'] = function (AMQPChannel $channel): array {
    $channel->exchange_declare('php.orders', 'topic', false, true, false, false, false, new AMQPTable(['alternate-exchange' => 'php.lost']));
    $channel->exchange_declare('php.lost', 'fanout', false, false, false);
    $channel->exchange_declare('php.copies', 'headers', false, false, true, true);
    $channel->queue_declare('php.eu', false, true, false, false, false, new AMQPTable(['x-max-priority' => 5, 'x-message-ttl' => 60000]));
    $channel->queue_bind('php.eu', 'php.orders', 'eu.#');
    $channel->queue_bind($rest = own($channel), 'php.lost');
    $channel->queue_bind($big = own($channel), 'php.copies', '', false, new AMQPTable(['x-match' => 'any', 'size' => 'big', 'no' => 'match']));
    $channel->exchange_bind('php.copies', 'php.orders', '*.shirts');
    $channel->confirm_select();
    publish($channel, '1', 'php.orders', 'eu.shirts', ['priority' => 1, 'application_headers' => new AMQPTable(['size' => 'big'])]);
    publish($channel, '2', 'php.orders', 'us.hats');
    publish($channel, '3', 'php.orders', 'eu.socks', ['priority' => 5]);
    $channel->wait_for_pending_acks(5);
    $seen = [];
    foreach (['php.eu', 'php.eu', $rest, $big, $big] as $queue) {
        $seen[] = body($channel->basic_get($queue, true));
    }
    $channel->queue_unbind('php.eu', 'php.orders', 'eu.#');
    publish($channel, '4', 'php.orders', 'eu.shirts');
    publish($channel, '5', '', 'php.eu');
    $channel->wait_for_pending_acks(5);
    array_push($seen, depth($channel, 'php.eu'), depth($channel, $rest), $channel->queue_purge('php.eu'), $channel->queue_delete('php.eu'));
    $channel->exchange_unbind('php.copies', 'php.orders', '*.shirts');
    $channel->exchange_delete('php.orders');
    $channel->exchange_delete('php.lost');
    return $seen;
};

$scenarios['confirms and returns'] = function (AMQPChannel $channel): array {
    $queue = own($channel, ['x-max-length' => 300, 'x-overflow' => 'reject-publish']);
    $seen = ['acked' => 0, 'nacked' => 0, 'returned' => []];
    $channel->set_ack_handler(function () use (&$seen) { $seen['acked']++; });
    $channel->set_nack_handler(function () use (&$seen) { $seen['nacked']++; });
    $channel->set_return_listener(function ($code, $text, $exchange, $key, $message) use (&$seen) {
        $seen['returned'][] = [$code, $text, $exchange, $key, $message->get('correlation_id'), $message->getBody(), $seen['acked']];
    });
    $channel->confirm_select();
    $channel->basic_publish(new AMQPMessage('lost', ['correlation_id' => 'c1']), '', 'php.nowhere', true);
    $channel->wait_for_pending_acks_returns(5);
    for ($n = 0; $n < 300; $n++) {
        publish($channel, "$n", '', $queue);
    }
    $channel->wait_for_pending_acks(5);
    publish($channel, 'too many', '', $queue);
    $channel->wait_for_pending_acks(5);
    return $seen + ['queued' => depth($channel, $queue)];
};

$scenarios['a batch'] = function (AMQPChannel $channel): array {
    $queue = own($channel);
    $channel->confirm_select();
    foreach (['one', 'two', 'three'] as $text) {
        $channel->batch_basic_publish(new AMQPMessage(str_repeat($text, 60000)), '', $queue);
    }
    $channel->publish_batch();
    $channel->wait_for_pending_acks(5);
    return [depth($channel, $queue), strlen($channel->basic_get($queue, true)->getBody())];
};

$scenarios['consume'] = function (AMQPChannel $channel): array {
    $queue = own($channel);
    foreach (['one', 'two', 'three'] as $text) {
        publish($channel, $text, '', $queue);
    }
    $channel->basic_qos(0, 2, false);
    $held = [];
    $seen = [];
    $channel->basic_consume($queue, 'worker', false, false, false, false, function (AMQPMessage $message) use (&$seen, &$held) {
        $seen[] = [$message->getBody(), $message->getDeliveryTag(), $message->isRedelivered(), $message->getConsumerTag()];
        $held[] = $message;
    });
    $await = function (int $count) use ($channel, &$seen) {
        while (count($seen) < $count) {
            $channel->wait(null, false, 5);
        }
    };
    $await(2);
    $more = refusal(fn () => $channel->wait(null, false, 0.3));
    $held[0]->nack(true);
    $await(3);
    $held[1]->ack();
    $await(4);
    $held[3]->ack(true);
    $seen[] = [$more[0], $channel->basic_cancel('worker'), $channel->is_consuming()];
    return $seen;
};

$scenarios['get'] = function (AMQPChannel $channel): array {
    $queue = own($channel);
    $seen = [$channel->basic_get($queue)];
    publish($channel, 'm0', '', $queue);
    publish($channel, 'm1', '', $queue);
    foreach (['requeue', 'drop', 'drop'] as $what) {
        $message = $channel->basic_get($queue);
        $seen[] = [$message->getBody(), $message->isRedelivered(), $message->getMessageCount(), $message->getExchange()];
        $message->reject($what === 'requeue');
    }
    $seen[] = $channel->basic_get($queue);
    return $seen;
};

$scenarios['dead letters'] = function (AMQPChannel $channel): array {
    $channel->exchange_declare('php.dead', 'fanout', false, false, true);
    $channel->queue_bind($graves = own($channel), 'php.dead');
    $mortal = new AMQPTable(['x-dead-letter-exchange' => 'php.dead', 'x-max-length' => 2]);
    $channel->queue_declare('php.mortal', false, false, true, true, false, $mortal);
    $channel->confirm_select();
    publish($channel, 'dropped', '', 'php.mortal');
    publish($channel, 'expired', '', 'php.mortal', ['expiration' => '50']);
    publish($channel, 'rejected', '', 'php.mortal', ['application_headers' => new AMQPTable(['kept' => true])]);
    until(fn () => depth($channel, $graves) === 2);
    $channel->basic_get('php.mortal')->reject(false);
    until(fn () => depth($channel, $graves) === 3);
    $seen = [];
    while (($message = $channel->basic_get($graves, true)) !== null) {
        $headers = $message->get('application_headers')->getNativeData();
        [$death] = $headers['x-death'];
        $recent = abs($death['time']->getTimestamp() - time()) < 60;
        unset($death['time']);
        $seen[] = [$message->getBody(), $message->getRoutingKey(), $death, $recent, $headers['x-first-death-queue'], $headers['kept'] ?? null];
    }
    return $seen;
};

$scenarios['fields'] = function (AMQPChannel $channel): array {
    $queue = own($channel);
    $headers = new AMQPTable();
    // This version can read floating point numbers, but not write them.
    $values = [
        'byte' => [-7, Type::T_INT_SHORTSHORT], 'octet' => [200, Type::T_INT_SHORTSHORT_U], 'short' => [-300, Type::T_INT_SHORT],
        'word' => [60000, Type::T_INT_SHORT_U], 'long' => [-70000, Type::T_INT_LONG], 'unsigned' => [4000000000, Type::T_INT_LONG_U],
        'longlong' => [-(2 ** 40), Type::T_INT_LONGLONG],
        'decimal' => [new AMQPDecimal(31415, 4), Type::T_DECIMAL], 'time' => [1700000000, Type::T_TIMESTAMP],
        'void' => [null, Type::T_VOID], 'bool' => [true, Type::T_BOOL], 'text' => ['täxt', Type::T_STRING_LONG],
        'bytes' => ["\x01\x02", Type::T_BYTES],
    ];
    foreach ($values as $name => [$value, $type]) {
        $headers->set($name, $value, $type);
    }
    $headers->set('array', new AMQPArray([1, 'two', [true, null]]));
    $headers->set('table', new AMQPTable(['a' => ['b' => ['c' => 1]]]));
    $properties = [
        'content_type' => 'application/json', 'content_encoding' => 'gzip', 'delivery_mode' => 2, 'priority' => 3, 'correlation_id' => 'c',
        'reply_to' => 'r', 'expiration' => '60000', 'message_id' => 'm', 'timestamp' => 1700000000, 'type' => 't', 'user_id' => 'guest', 'app_id' => 'a',
    ];
    publish($channel, "\x00\xFFbinary", '', $queue, ['application_headers' => $headers] + $properties);
    $message = $channel->basic_get($queue, true);
    $got = $message->get_properties();
    $types = [];
    foreach ($got['application_headers'] as $name => [$type, $value]) {
        $types[$name] = [$type, $value instanceof Type ? $value->getNativeData() : $value];
    }
    $types['decimal'][1] = [$types['decimal'][1]->getN(), $types['decimal'][1]->getE()];
    $types['time'][1] = $types['time'][1] instanceof DateTimeInterface ? $types['time'][1]->getTimestamp() : $types['time'][1];
    unset($got['application_headers']);
    return [$types, array_diff_assoc($properties, $got), bin2hex($message->getBody())];
};

$scenarios['channel errors'] = function (AMQPChannel $channel, AbstractConnection $connection): array {
    $channel->queue_declare('php.fixed', false, false, false, true);
    $other = connect();
    $other->channel()->queue_declare('php.private', false, false, true);
    $attempts = [
        fn (AMQPChannel $on) => $on->queue_declare('php.nope', true),
        fn (AMQPChannel $on) => $on->queue_declare('php.fixed', false, true, false, true),
        fn (AMQPChannel $on) => $on->queue_declare('php.private', true),
        fn (AMQPChannel $on) => $on->queue_declare('amq.mine'),
        fn (AMQPChannel $on) => $on->exchange_declare('amq.direct', 'fanout', false, true, false),
        fn (AMQPChannel $on) => $on->basic_get('php.nope'),
        fn (AMQPChannel $on) => $on->basic_ack(42) ?? $on->wait(null, false, 5),
        fn (AMQPChannel $on) => publish($on, 'x', 'php.no-exchange', '') ?? $on->wait(null, false, 5),
        fn (AMQPChannel $on) => publish($on, 'x', '', 'q', ['user_id' => 'ann']) ?? $on->wait(null, false, 5),
    ];
    $seen = array_map(fn (callable $attempt) => refusal(fn () => $attempt($connection->channel())), $attempts);
    $seen[] = [$channel->is_open(), $connection->isConnected()];
    $other->close();
    return $seen;
};

$scenarios['connection errors'] = function (): array {
    $connection = connect();
    return [
        refusal(fn () => connect(fn ($config) => $config->setPassword('wrong'))),
        refusal(fn () => connect(fn ($config) => $config->setVhost('nope'))),
        refusal(fn () => $connection->channel()->basic_qos(10, 0, false)),
        $connection->isConnected(),
    ];
};

$scenarios['TLS'] = function (): array {
    $secure = function (string $authority): AbstractConnection {
        return connect(function (AMQPConnectionConfig $config) use ($authority) {
            $config->setIsSecure(true);
            $config->setSslVerify(true);
            $config->setSslVerifyName(true);
            $config->setSslCaCert($authority);
            $config->setNetworkProtocol('ssl');
        }, 'AMQPS_URL');
    };
    $channel = $secure(getenv('WIRELIKE_CA_FILE'))->channel();
    publish($channel, str_repeat('s', 200000), '', $queue = own($channel));
    return [strlen($channel->basic_get($queue, true)->getBody()), refusal(fn () => @$secure(__FILE__))[0]];
};

$scenarios['reconnect'] = function (AMQPChannel $channel, AbstractConnection $connection): array {
    $channel->basic_consume(own($channel), 'worker', false, false, false, false, fn () => null);
    drop('php.reconnect');
    $seen = [refusal(fn () => $channel->wait(null, false, 5)), $connection->isConnected()];
    $connection->reconnect();
    $channel = $connection->channel();
    publish($channel, 'after', '', $queue = own($channel));
    return [...$seen, $channel->basic_get($queue, true)->getBody()];
};

$scenarios['heartbeat'] = function (): array {
    $connection = connect(fn ($config) => $config->setHeartbeat(1));
    $channel = $connection->channel();
    $queue = own($channel);
    // It sends heartbeats only when told to, and fails if none has come for two seconds.
    for ($end = microtime(true) + 3.5; microtime(true) < $end;) {
        try {
            $channel->wait(null, false, 0.4);
        } catch (AMQPTimeoutException) {
        }
        $connection->checkHeartBeat();
    }
    publish($channel, 'alive', '', $queue);
    return [$connection->getHeartbeat(), $channel->basic_get($queue, true)->getBody()];
};

$scenarios['a consumer is told'] = function (AMQPChannel $channel, AbstractConnection $connection): array {
    $channel->queue_declare('php.doomed');
    $channel->basic_consume('php.doomed', 'watcher', false, false, false, false, fn () => null);
    $connection->channel()->queue_delete('php.doomed');
    return refusal(fn () => $channel->wait(null, false, 5));
};

$scenarios['transactions'] = function (AMQPChannel $channel): array {
    $queue = own($channel);
    $channel->tx_select();
    publish($channel, 'dropped', '', $queue);
    $channel->tx_rollback();
    publish($channel, 'kept', '', $queue);
    $before = depth($channel, $queue);
    $channel->tx_commit();
    return [$before, depth($channel, $queue), $channel->basic_get($queue, true)->getBody()];
};

$scenario = $scenarios[$argv[1]];
$seen = null;
if ((new ReflectionFunction($scenario))->getNumberOfParameters() === 0) {
    $seen = $scenario();
} else {
    $connection = connect(fn ($config) => $config->setConnectionName("php.$argv[1]"));
    $seen = $scenario($connection->channel(), $connection);
    $connection->close();
}
echo json_encode($seen, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES), "\n";
