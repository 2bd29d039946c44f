# Scenarios for bunny. `ruby bunny.rb NAME` plays one against $AMQP_URL and prints what the client saw, as JSON.
# Queues and exchanges are named after the scenario, so that one server can take them all in turn.
require 'bunny'
require 'json'
require 'logger'
require 'net/http'
require 'timeout'

SCENARIOS = {}

def scenario(name, &body)
  SCENARIOS[name] = body
end

def connect(url = ENV.fetch('AMQP_URL'), **options)
  connection = Bunny.new(url, logger: Logger.new(File::NULL), **options)
  connection.start
  connection
end

def opened(**options)
  connection = connect(**options)
  yield connection.create_channel, connection
ensure
  connection&.close
end

def wait(seconds = 30)
  deadline = Process.clock_gettime(Process::CLOCK_MONOTONIC) + seconds
  until (seen = yield)
    raise 'waited in vain' if Process.clock_gettime(Process::CLOCK_MONOTONIC) > deadline
    sleep 0.02
  end
  seen
end

def refusal
  yield
  'no error'
rescue Bunny::ChannelLevelException => e
  [e.class.name, e.channel_close.reply_code, e.channel_close.reply_text, e.channel_close.class_id, e.channel_close.method_id]
rescue Bunny::Exception => e
  [e.class.name, e.message]
end

# What an operator does who closes a connection in the management interface, which lists a new one only after a while.
def drop(connection_name)
  uri = URI("#{ENV.fetch('RABBITMQ_MANAGEMENT_URL')}/api/connections")
  Net::HTTP.start(uri.host, uri.port) do |http|
    ask = ->(method, path) { http.request(method.new(path, 'Authorization' => "Basic #{['guest:guest'].pack('m0')}")).body }
    wait do
      listed = JSON.parse(ask.call(Net::HTTP::Get, "#{uri.path}?columns=name,user_provided_name"))
      named = listed.find { |each| each['user_provided_name'] == connection_name }
      ask.call(Net::HTTP::Delete, "#{uri.path}/#{URI.encode_www_form_component(named['name']).gsub('+', '%20')}") if named
      named
    end
  end
end

scenario('connect') do
  connection = connect(frame_max: 8192, channel_max: 7, heartbeat: 9)
  server = connection.server_properties
  seen = [server['product'], server['capabilities'].keys.sort, connection.mechanism, connection.frame_max, connection.channel_max, connection.heartbeat]
  3.times { connection.create_channel }
  seen << connection.create_channel.id
  connection.close
  seen << connection.closed?
end

scenario('topology') do
  opened do |channel, connection|
    orders = channel.topic('bunny.orders', durable: true, arguments: { 'alternate-exchange' => 'bunny.lost' })
    lost = channel.fanout('bunny.lost')
    copies = channel.headers('bunny.copies', auto_delete: true)
    eu = channel.queue('bunny.eu', durable: true, arguments: { 'x-max-priority' => 5, 'x-message-ttl' => 60_000 }).bind(orders, routing_key: 'eu.#')
    rest = channel.queue('', exclusive: true).bind(lost)
    big = channel.queue('bunny.big', auto_delete: true).bind(copies, arguments: { 'x-match' => 'all', 'size' => 'big' })
    copies.bind(orders, routing_key: '*.shirts')
    channel.confirm_select
    orders.publish('1', routing_key: 'eu.shirts', headers: { size: 'big' }, priority: 1)
    orders.publish('2', routing_key: 'us.hats', headers: { size: 'big' })
    orders.publish('3', routing_key: 'eu.socks', priority: 5)
    channel.default_exchange.publish('4', routing_key: 'bunny.eu')
    channel.wait_for_confirms
    seen = [eu, rest, big].map { |queue| Array.new(queue.message_count) { queue.pop[2] } }
    seen << [rest.name.start_with?('amq.gen-'), connection.exchange_exists?('bunny.orders'), connection.exchange_exists?('bunny.nope')]
    eu.unbind(orders, routing_key: 'eu.#')
    orders.publish('5', routing_key: 'eu.shirts')
    3.times { eu.publish('x') }
    channel.wait_for_confirms
    seen << [eu.message_count, rest.message_count, channel.queue_purge('bunny.eu').message_count, eu.delete.message_count]
    copies.unbind(orders, routing_key: '*.shirts')
    [orders, lost].each(&:delete)
    seen
  end
end

scenario('confirms') do
  opened do |channel|
    queue = channel.queue('', exclusive: true)
    acked = 0
    channel.confirm_select(->(tag, multiple, nack) { acked = nack ? -1 : [acked, tag].max })
    500.times { |n| queue.publish(n.to_s, persistent: n.even?) }
    confirmed = channel.wait_for_confirms
    [confirmed, acked, channel.nacked_set.size, channel.unconfirmed_set.size, queue.message_count]
  end
end

scenario('a full queue refuses') do
  opened do |channel|
    channel.confirm_select
    queue = channel.queue('', exclusive: true, arguments: { 'x-max-length' => 1, 'x-overflow' => 'reject-publish' })
    queue.publish('fits')
    seen = [channel.wait_for_confirms]
    queue.publish('does not')
    seen << channel.wait_for_confirms << channel.nacked_set.to_a << queue.message_count
  end
end

scenario('consume') do
  opened do |channel, connection|
    queue = connection.create_channel.queue('bunny.work', auto_delete: true)
    channel.prefetch(2)
    %w[one two three four].each { |body| queue.publish(body) }
    seen = []
    handled = Queue.new
    consumer = channel.queue('bunny.work', auto_delete: true).subscribe(manual_ack: true, consumer_tag: 'worker') { |*delivery| handled << delivery }
    take = lambda do
      delivery, _, body = handled.pop
      seen << [body, delivery.delivery_tag.to_i, delivery.redelivered?, delivery.consumer_tag]
      delivery.delivery_tag
    end
    first, second = take.call, take.call
    sleep 0.2
    seen << handled.size
    channel.nack(first, false, true)
    third = take.call
    channel.ack(second)
    fourth = take.call
    channel.ack(fourth, true)
    channel.ack(take.call)
    seen << [third.to_i, consumer.cancel.consumer_tag]
  end
end

scenario('get') do
  opened do |channel|
    queue = channel.queue('', exclusive: true)
    seen = [queue.pop]
    2.times { |n| queue.publish("m#{n}", message_id: "id#{n}", type: 'note') }
    delivery, properties, body = queue.pop(manual_ack: true)
    seen << [body, properties.message_id, properties.type, delivery.redelivered?, delivery.exchange, delivery.routing_key == queue.name]
    channel.reject(delivery.delivery_tag, true)
    delivery, _, body = queue.pop(manual_ack: true)
    seen << [body, delivery.redelivered?]
    channel.ack(delivery.delivery_tag)
    seen << queue.message_count
  end
end

scenario('dead letters') do
  opened do |channel|
    channel.fanout('bunny.dead', auto_delete: true)
    graves = channel.queue('', exclusive: true).bind('bunny.dead')
    arguments = { 'x-dead-letter-exchange' => 'bunny.dead', 'x-dead-letter-routing-key' => 'late', 'x-max-length' => 2 }
    queue = channel.queue('bunny.mortal', auto_delete: true, arguments: arguments)
    queue.publish('dropped')
    queue.publish('expired', expiration: '50')
    queue.publish('rejected', headers: { 'kept' => 'yes' })
    wait { graves.message_count == 2 }
    delivery, = queue.pop(manual_ack: true)
    channel.reject(delivery.delivery_tag, false)
    wait { graves.message_count == 3 }
    Array.new(3) do
      delivery, properties, body = graves.pop
      death = properties.headers['x-death'].first
      timed = death.delete('time').is_a?(Time)
      first = %w[exchange queue reason].map { |what| properties.headers["x-first-death-#{what}"] }
      [body, delivery.routing_key, properties.expiration, death, timed, first, properties.headers['kept']]
    end
  end
end

scenario('returns') do
  opened do |channel|
    returned = Queue.new
    exchange = channel.default_exchange
    exchange.on_return { |info, properties, body| returned << [info.reply_code, info.reply_text, info.exchange, info.routing_key, properties.correlation_id, body] }
    exchange.publish('lost', routing_key: 'bunny.nowhere', mandatory: true, correlation_id: 'c1')
    returned.pop
  end
end

scenario('fields') do
  opened do |channel|
    queue = channel.queue('', exclusive: true)
    headers = {
      'text' => 'täxt', 'empty' => '', 'yes' => true, 'no' => false, 'nothing' => nil, 'small' => 7, 'negative' => -7, 'large' => 2**40,
      'fraction' => 1.5, 'time' => Time.at(1_700_000_000), 'list' => [1, 'two', true, { 'deep' => 3 }], 'table' => { 'a' => { 'b' => 'c' } }
    }
    properties = {
      content_type: 'application/json', content_encoding: 'gzip', delivery_mode: 2, priority: 3, correlation_id: 'c', reply_to: 'r',
      expiration: '60000', message_id: 'm', timestamp: 1_700_000_000, type: 't', user_id: 'guest', app_id: 'a'
    }
    queue.publish("\x00\xFFbinary".b, headers: headers, **properties)
    _, got, body = queue.pop
    # bunny leaves it to its user to know that text is UTF-8.
    got.headers['text'].force_encoding('UTF-8')
    # RabbitMQ 3.13 and later put them in order.
    [headers.reject { |name, value| got.headers[name] == value }, got.headers.keys.sort == headers.keys.sort, got.to_h.except(:headers, :timestamp), got.timestamp.to_i, body.bytes]
  end
end

scenario('channel errors') do
  opened do |channel, connection|
    channel.queue('bunny.fixed', auto_delete: true, durable: false)
    other = connect
    other.create_channel.queue('bunny.private', exclusive: true)
    attempts = [
      ->(ch) { ch.queue_declare('bunny.nope', passive: true) },
      ->(ch) { ch.queue_declare('bunny.fixed', auto_delete: true, durable: true) },
      ->(ch) { ch.queue_declare('bunny.private', passive: true) },
      ->(ch) { ch.exchange_declare('amq.mine', 'direct') },
      ->(ch) { ch.basic_consume('bunny.nope') },
      ->(ch) { ch.queue_bind('bunny.fixed', 'bunny.no-exchange') },
      ->(ch) { ch.queue_declare('bunny.odd', arguments: { 'x-message-ttl' => -1 }) },
      ->(ch) { ch.confirm_select && ch.tx_select }
    ]
    seen = attempts.map { |attempt| refusal { attempt.call(connection.create_channel) } }
    closed = Queue.new
    broken = connection.create_channel
    broken.on_error { |_, close| closed << [close.reply_code, close.reply_text, close.class_id, close.method_id] }
    broken.ack(42)
    seen << closed.pop
    seen << [broken.open?, channel.open?, connection.open?]
    other.close
    seen
  end
end

scenario('connection errors') do
  options = { automatically_recover: false, recover_from_connection_close: false }
  seen = [{ password: 'wrong' }, { vhost: 'nope' }].map { |wrong| refusal { connect(**options, **wrong) } }
  channel = connect(**options).create_channel
  seen << refusal { 2.times { channel.basic_consume(channel.queue('', exclusive: true).name, 'same') } }
end

scenario('TLS') do
  url = ENV.fetch('AMQPS_URL')
  secure = connect(url, tls_ca_certificates: [ENV.fetch('WIRELIKE_CA_FILE')], verify_peer: true)
  queue = secure.create_channel.queue('', exclusive: true)
  queue.publish('s' * 200_000)
  seen = [secure.ssl?, queue.pop[2].size]
  secure.close
  begin
    connect(url, tls_ca_certificates: [], verify_peer: true, automatically_recover: false, recovery_attempts: 0)
  rescue StandardError => e
    seen << e.message[/certificate verify failed/]
  end
end

# A self-signed certificate and its key, as PEM.
def nobodys_certificate
  key = OpenSSL::PKey::RSA.new(2048)
  certificate = OpenSSL::X509::Certificate.new
  certificate.version = 2
  certificate.serial = 1
  certificate.subject = certificate.issuer = OpenSSL::X509::Name.parse('/O=Example/CN=stranger')
  certificate.public_key = key.public_key
  certificate.not_before = Time.now - 3600
  certificate.not_after = Time.now + 86_400
  certificate.sign(key, OpenSSL::Digest.new('SHA256'))
  [certificate.to_pem, key.to_pem]
end

# RabbitMQ asks nobody for a certificate by itself (verify_none).
scenario('TLS with a certificate of another authority') do
  certificate, key = nobodys_certificate
  authority = [ENV.fetch('WIRELIKE_CA_FILE')]
  secure = connect(ENV.fetch('AMQPS_URL'), tls_cert: certificate, tls_key: key, tls_ca_certificates: authority, verify_peer: true)
  queue = secure.create_channel.queue('', exclusive: true)
  queue.publish('let in')
  queue.pop[2].tap { secure.close }
end

scenario('recovery') do
  connection = connect(network_recovery_interval: 0.2, connection_name: 'bunny.recovery')
  channel = connection.create_channel
  channel.prefetch(3)
  exchange = channel.topic('bunny.news', auto_delete: true)
  queue = channel.queue('', exclusive: true).bind(exchange, routing_key: 'a.*')
  first_name = queue.name
  got = Queue.new
  queue.subscribe(manual_ack: true) do |delivery, _, body|
    channel.ack(delivery.delivery_tag)
    got << body
  end
  exchange.publish('before', routing_key: 'a.b')
  seen = [got.pop]
  recovered = Queue.new
  connection.after_recovery_completed { recovered << true }
  drop('bunny.recovery')
  Timeout.timeout(30) { recovered.pop }
  exchange.publish('after', routing_key: 'a.c')
  seen << Timeout.timeout(30) { got.pop } << (queue.name != first_name) << queue.consumer_count
  connection.close
  seen
end

scenario('heartbeat') do
  opened(heartbeat: 1) do |channel, connection|
    queue = channel.queue('', exclusive: true)
    sleep 3.5
    queue.publish('alive')
    [connection.heartbeat, connection.open?, queue.pop[2]]
  end
end

scenario('a consumer is told') do
  opened do |channel, connection|
    queue = channel.queue('bunny.doomed')
    told = Queue.new
    consumer = Bunny::Consumer.new(channel, queue, 'watcher')
    consumer.on_cancellation { |cancel| told << cancel.consumer_tag }
    queue.subscribe_with(consumer)
    connection.create_channel.queue_delete('bunny.doomed')
    Timeout.timeout(5) { told.pop }
  end
end

scenario('transactions') do
  opened do |channel|
    queue = channel.queue('', exclusive: true)
    channel.tx_select
    queue.publish('dropped')
    channel.tx_rollback
    queue.publish('kept')
    seen = [queue.message_count]
    channel.tx_commit
    seen << queue.message_count << queue.pop[2]
  end
end

puts JSON.generate(Timeout.timeout(50) { SCENARIOS.fetch(ARGV.fetch(0)).call })
