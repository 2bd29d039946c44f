# Scenarios for AnyEvent::RabbitMQ. `perl anyevent.pl NAME` plays one and prints what the client saw, as JSON.
use v5.36;
use AnyEvent::RabbitMQ;
use JSON::PP;

my ($host, $port) = $ENV{AMQP_URL} =~ m{@([\d.]+):(\d+)/};
my $rabbit = AnyEvent::RabbitMQ->new->load_xml_spec;

# What a call with callbacks ends with: its result, or [code, text] of its refusal.
sub await($work) {
    my $done = AnyEvent->condvar;
    my $timer = AnyEvent->timer(after => 20, cb => sub { $done->croak('waited in vain') });
    my $refused = sub ($reason, @) {
        my $method = ref $reason && $reason->can('method_frame') ? $reason->method_frame : undef;
        $done->send($method ? [$method->reply_code, $method->reply_text] : "$reason");
    };
    $work->(on_success => sub (@result) { $done->send(@result) }, on_failure => $refused, on_close => $refused);
    return $done->recv;
}

sub login(%options) {
    return await(sub (%callbacks) {
        $rabbit->connect(host => $host, port => $port, user => 'guest', pass => 'guest', vhost => '/', timeout => 5, %options, %callbacks);
    });
}

# What the broker said when it closed a channel.
my @closings;

sub open_channel() {
    return await(sub (%callbacks) {
        $rabbit->open_channel(%callbacks, on_close => sub ($frame) { push @closings, [map { $frame->method_frame->$_ } 'reply_code', 'reply_text'] });
    });
}

sub on($channel, $method, %options) {
    return await(sub (%callbacks) { delete $callbacks{on_close}; $channel->$method(%options, %callbacks) });
}

sub name_of($declared) { return $declared->method_frame->queue }

sub consuming() {
    login(tune => { heartbeat => 1 });
    my $channel = open_channel();
    on($channel, 'declare_exchange', exchange => 'perl.events', type => 'topic', auto_delete => 1);
    my $queue = name_of(on($channel, 'declare_queue', exclusive => 1));
    on($channel, 'bind_queue', queue => $queue, exchange => 'perl.events', routing_key => '*.error');
    on($channel, 'qos', prefetch_count => 2);
    my @seen;
    my $full = AnyEvent->condvar;
    on($channel, 'consume', queue => $queue, no_ack => 0, consumer_tag => 'taker', on_consume => sub ($message) {
        my ($deliver, $header) = ($message->{deliver}->method_frame, $message->{header});
        push @seen, [$message->{body}->payload, $deliver->redelivered ? 1 : 0, $header->{headers}{n}, $header->{delivery_mode}];
        my $again = $deliver->routing_key eq 'b.error' && !$deliver->redelivered;
        $again ? $channel->reject(delivery_tag => $deliver->delivery_tag, requeue => 1) : $channel->ack(delivery_tag => $deliver->delivery_tag);
        $full->send if @seen == 4;
    });
    for my $key ('a.error', 'a.info', 'b.error', 'c.error') {
        $channel->publish(exchange => 'perl.events', routing_key => $key, body => $key, header => { headers => { n => 7 }, delivery_mode => 2 });
    }
    $full->recv;
    my $cancelled = on($channel, 'cancel', consumer_tag => 'taker')->method_frame->consumer_tag;
    # Heartbeats keep a connection that has nothing to say.
    my $idle = AnyEvent->condvar;
    my $timer = AnyEvent->timer(after => 3, cb => sub { $idle->send });
    $idle->recv;
    $channel->publish(exchange => '', routing_key => $queue, body => 'x' x 300_000);
    my $got = on($channel, 'get', queue => $queue, no_ack => 1);
    my $empty = on($channel, 'get', queue => $queue, no_ack => 1);
    return [[sort { "@$a" cmp "@$b" } @seen], $cancelled, length $got->{body}->payload, $empty->{empty} ? 'empty' : 'more'];
}

sub confirming() {
    login();
    my $channel = open_channel();
    my $queue = name_of(on($channel, 'declare_queue', exclusive => 1, arguments => { 'x-max-length' => 2, 'x-overflow' => 'reject-publish' }));
    on($channel, 'confirm');
    my @seen;
    my $publish = sub ($key, $mandatory) {
        my $done = AnyEvent->condvar;
        $channel->publish(
            exchange => '', routing_key => $key, body => 'm', mandatory => $mandatory,
            on_ack => sub ($frame) { $done->send('ack') },
            on_nack => sub ($frame) { $done->send('nack') },
            on_return => sub ($frame) {
                push @seen, [map { $frame->method_frame->$_ } 'reply_code', 'reply_text'];
            },
        );
        push @seen, $done->recv;
    };
    $publish->($queue, 0) for 1 .. 3;
    $publish->('perl.nowhere', 1);
    my $other = open_channel();
    my $private = name_of(on($other, 'declare_queue', exclusive => 1));
    on($other, 'select_tx');
    $other->publish(exchange => '', routing_key => $private, body => 'dropped');
    on($other, 'rollback_tx');
    $other->publish(exchange => '', routing_key => $private, body => 'kept');
    on($other, 'commit_tx');
    return [@seen, on($other, 'purge_queue', queue => $private)->method_frame->message_count];
}

sub errors() {
    login();
    for my $work (
        ['declare_queue', queue => 'perl.none', passive => 1],
        ['declare_queue', queue => 'amq.mine'],
        ['declare_exchange', exchange => 'amq.topic', type => 'direct', durable => 1],
        ['bind_queue', queue => 'perl.none', exchange => 'amq.topic', routing_key => 'k'],
    ) {
        on(open_channel(), @$work);
    }
    $rabbit = AnyEvent::RabbitMQ->new->load_xml_spec;
    return [@closings, login(vhost => 'nope')];
}

my %scenarios = (consuming => \&consuming, confirming => \&confirming, errors => \&errors);
say JSON::PP->new->canonical->allow_blessed->encode($scenarios{ $ARGV[0] }->());
