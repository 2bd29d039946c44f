/* Load generator for AMQP 0-9-1 brokers, on librabbitmq.
 *
 *   gcc -O2 -o amqp-loadgen amqp-loadgen.c -lrabbitmq -lpthread
 *   amqp-loadgen HOST PORT USER PASSWORD MODE [key=value ...]
 *
 * Modes:
 *   auto     a publisher and a consumer with automatic acknowledgement, until every message has arrived
 *   manual   the same; the consumer acknowledges each message, with a prefetch window
 *   confirm  a publisher with confirms, `window` at a time; no consumer
 *   rpc      request and reply over two queues, one in flight
 *   topic    a topic exchange with `bindings` patterns on ten queues, until every message is queued
 *   conn     connection and channel opened and closed, one after the other
 *   fill     `n` messages into one queue; the server's memory with them in it
 *   crowd    `connections` that share `queues`, each queue with a consumer; messages go round them all
 *   beside   the same crowd, with nothing to do, while a publisher and a consumer do what they do in `auto`
 * Keys: n size window prefetch bindings connections queues max_seconds pids
 *
 * Prints one line of JSON: n, rate (per second), cpu_us (the server's CPU per operation, of the processes `pids`),
 * own_us (this program's CPU per operation), busy (share of one core that the busier thread of this program took: near 1, the generator is the limit).
 */
#include <pthread.h>
#include <stdint.h>
#include <sys/epoll.h>
#include "amqp-client.h"

enum { topic_queues = 10 };

struct consumer {
  int manual;
  volatile int ready;
  double cpu;
};

static void *consume_all(void *argument) {
  struct consumer *self = argument;
  amqp_connection_state_t connection = open_connection();
  if (self->manual) {
    amqp_basic_qos(connection, channel, 0, prefetch, 0);
    check(connection, "basic.qos");
  }
  consume(connection, base_name, !self->manual);
  self->ready = 1;
  double cpu = thread_cpu();
  for (long received = 0; received < n;) {
    amqp_envelope_t envelope;
    if ((received & 4095) == 0) check_time();
    if (!receive(connection, &envelope, 1)) {
      check_time();
      continue;
    }
    if ((long)envelope.message.body.len != size) fail("a message of another length");
    if (self->manual) amqp_basic_ack(connection, channel, envelope.delivery_tag, 0);
    amqp_destroy_envelope(&envelope);
    received++;
  }
  self->cpu = thread_cpu() - cpu;
  close_connection(connection);
  return NULL;
}

static void run_through(int manual) {
  amqp_connection_state_t connection = open_connection();
  struct consumer consumer = {manual, 0, 0};
  pthread_t thread;
  declare_queue(connection, base_name, 0);
  pthread_create(&thread, NULL, consume_all, &consumer);
  while (!consumer.ready) usleep(1000);
  begin();
  for (long i = 0; i < n; i++) publish(connection, amqp_empty_bytes, amqp_cstring_bytes(base_name), NULL);
  pthread_join(thread, NULL);
  end(consumer.cpu);
  delete_queue(connection, base_name);
  close_connection(connection);
  report(n, "");
}

static void wait_for_confirms(amqp_connection_state_t connection, uint64_t *confirmed, uint64_t wanted) {
  while (*confirmed < wanted) {
    amqp_frame_t frame;
    struct timeval timeout = {20, 0};
    amqp_maybe_release_buffers(connection);
    if (amqp_simple_wait_frame_noblock(connection, &frame, &timeout)) fail("waiting for a confirm");
    if (frame.frame_type != AMQP_FRAME_METHOD) continue;
    if (frame.payload.method.id != AMQP_BASIC_ACK_METHOD) fail("something other than basic.ack");
    amqp_basic_ack_t *ack = frame.payload.method.decoded;
    *confirmed = ack->multiple ? ack->delivery_tag : *confirmed + 1;
  }
}

static void run_confirm(void) {
  amqp_connection_state_t connection = open_connection();
  uint64_t confirmed = 0;
  declare_queue(connection, base_name, 0);
  amqp_confirm_select(connection, channel);
  check(connection, "confirm.select");
  begin();
  for (long sent = 0; sent < n;) {
    long next = n - sent < window ? n : sent + window;
    for (; sent < next; sent++) publish(connection, amqp_empty_bytes, amqp_cstring_bytes(base_name), NULL);
    wait_for_confirms(connection, &confirmed, sent);
    check_time();
  }
  end(0);
  delete_queue(connection, base_name);
  close_connection(connection);
  report(n, "");
}

static void must_receive(amqp_connection_state_t connection, amqp_envelope_t *envelope) {
  if (!receive(connection, envelope, 10)) fail("no message within 10 seconds");
}

/* One thread plays both sides, so that the figure has no scheduling of this program in it. */
static void run_rpc(void) {
  amqp_connection_state_t server = open_connection(), client = open_connection();
  amqp_basic_properties_t properties;
  char reply_name[name_max];
  double *latencies = malloc(n * sizeof *latencies);
  snprintf(reply_name, sizeof reply_name, "%s-reply", base_name);
  declare_queue(server, base_name, 1);
  declare_queue(client, reply_name, 1);
  consume(server, base_name, 1);
  consume(client, reply_name, 1);
  memset(&properties, 0, sizeof properties);
  properties._flags = AMQP_BASIC_REPLY_TO_FLAG | AMQP_BASIC_CORRELATION_ID_FLAG;
  properties.reply_to = amqp_cstring_bytes(reply_name);
  properties.correlation_id = amqp_cstring_bytes("1");
  begin();
  for (long i = 0; i < n; i++) {
    double start = now();
    amqp_envelope_t envelope;
    publish(client, amqp_empty_bytes, amqp_cstring_bytes(base_name), &properties);
    must_receive(server, &envelope);
    publish(server, amqp_empty_bytes, envelope.message.properties.reply_to, NULL);
    amqp_destroy_envelope(&envelope);
    must_receive(client, &envelope);
    amqp_destroy_envelope(&envelope);
    latencies[i] = now() - start;
    check_time();
  }
  end(0);
  close_connection(server);
  close_connection(client);
  char more[100];
  double p50 = percentile(latencies, n, .5) * 1e6, p99 = percentile(latencies, n, .99) * 1e6;
  snprintf(more, sizeof more, ",\"p50_us\":%.1f,\"p99_us\":%.1f", p50, p99);
  report(n, more);
}

static void topic_queue_name(char *name, long i) { snprintf(name, name_max, "%s-%ld", base_name, i % topic_queues); }

/* A third of the patterns with `*`, a third with `#`, a third without wildcards. Bound without waiting for each answer. */
static void bind_topics(amqp_connection_state_t connection, amqp_bytes_t exchange) {
  static const char *const patterns[] = {"dev.%ld.*.temp", "dev.%ld.#", "dev.%ld.room.temp"};
  char name[name_max], pattern[name_max];
  for (long i = 0; i < bindings; i++) {
    topic_queue_name(name, i);
    snprintf(pattern, sizeof pattern, patterns[i % 3], i);
    amqp_queue_bind_t bind = {0, amqp_cstring_bytes(name), exchange, amqp_cstring_bytes(pattern), 1, amqp_empty_table};
    if (amqp_send_method(connection, channel, AMQP_QUEUE_BIND_METHOD, &bind)) fail("queue.bind");
    if (i % 1000 == 999) {
      queue_length(connection, name);
      check_time();
    }
  }
}

static void run_topic(void) {
  amqp_connection_state_t connection = open_connection();
  char exchange_name[name_max], name[name_max], key[name_max];
  snprintf(exchange_name, sizeof exchange_name, "%s-exchange", base_name);
  amqp_bytes_t exchange = amqp_cstring_bytes(exchange_name);
  amqp_exchange_declare(connection, channel, exchange, amqp_cstring_bytes("topic"), 0, 0, 1, 0, amqp_empty_table);
  check(connection, "exchange.declare");
  for (long i = 0; i < topic_queues; i++) {
    topic_queue_name(name, i);
    declare_queue(connection, name, 1);
  }
  double bind_start = now();
  bind_topics(connection, exchange);
  queue_length(connection, name);
  double bind_seconds = now() - bind_start;

  begin();
  for (long i = 0; i < n; i++) {
    snprintf(key, sizeof key, "dev.%ld.room.temp", i * 7919 % bindings);
    publish(connection, exchange, amqp_cstring_bytes(key), NULL);
    if ((i & 1023) == 0) check_time();
  }
  /* The answer on the same channel comes after everything that was published before it has been routed. */
  long routed = 0;
  for (long i = 0; i < topic_queues; i++) {
    topic_queue_name(name, i);
    routed += queue_length(connection, name);
  }
  end(0);
  if (routed != n) fail("not every message was routed");
  for (long i = 0; i < topic_queues; i++) {
    topic_queue_name(name, i);
    delete_queue(connection, name);
  }
  close_connection(connection);
  char more[100];
  snprintf(more, sizeof more, ",\"bindings\":%ld,\"bind_rate\":%.1f", bindings, bindings / bind_seconds);
  report(n, more);
}

static void run_conn(void) {
  double *latencies = malloc(n * sizeof *latencies);
  begin();
  for (long i = 0; i < n; i++) {
    double start = now();
    close_connection(open_connection());
    latencies[i] = now() - start;
    check_time();
  }
  end(0);
  char more[100];
  double p50 = percentile(latencies, n, .5) * 1e6, p99 = percentile(latencies, n, .99) * 1e6;
  snprintf(more, sizeof more, ",\"p50_us\":%.1f,\"p99_us\":%.1f", p50, p99);
  report(n, more);
}

static void run_fill(void) {
  amqp_connection_state_t connection = open_connection();
  double before = sum_of_processes(pids, memory_of_process);
  declare_queue(connection, base_name, 0);
  begin();
  for (long i = 0; i < n; i++) {
    publish(connection, amqp_empty_bytes, amqp_cstring_bytes(base_name), NULL);
    if ((i & 4095) == 0) check_time();
  }
  while (queue_length(connection, base_name) < n) {
    check_time();
    usleep(50000);
  }
  end(0);
  double after = sum_of_processes(pids, memory_of_process);
  delete_queue(connection, base_name);
  close_connection(connection);
  char more[100];
  snprintf(more, sizeof more, ",\"rss_before_kib\":%.0f,\"rss_kib\":%.0f", before, after);
  report(n, more);
}

static void *publish_round(void *argument) {
  amqp_connection_state_t connection = open_connection();
  double cpu = thread_cpu();
  char name[name_max];
  for (long i = 0; i < n; i++) {
    snprintf(name, sizeof name, "%s-%ld", base_name, i % queues);
    publish(connection, amqp_empty_bytes, amqp_cstring_bytes(name), NULL);
  }
  *(double *)argument = thread_cpu() - cpu;
  close_connection(connection);
  return NULL;
}

/* Everything that has arrived on this connection. */
static long drain(amqp_connection_state_t connection) {
  amqp_envelope_t envelope;
  long received = 0;
  while (receive(connection, &envelope, 0)) {
    amqp_destroy_envelope(&envelope);
    received++;
  }
  return received;
}

static amqp_connection_state_t *crowd;
static int crowd_poll;
static double crowd_open_seconds;

static void open_crowd(void) {
  crowd = malloc(connections * sizeof *crowd);
  crowd_poll = epoll_create1(0);
  double start = now();
  for (long i = 0; i < connections; i++) {
    crowd[i] = open_connection();
    struct epoll_event event = {.events = EPOLLIN, .data = {.u64 = i}};
    epoll_ctl(crowd_poll, EPOLL_CTL_ADD, amqp_get_sockfd(crowd[i]), &event);
    for (long queue = i; queue < queues; queue += connections) {
      char name[name_max];
      snprintf(name, sizeof name, "%s-%ld", base_name, queue);
      declare_queue(crowd[i], name, 1);
      consume(crowd[i], name, 1);
    }
    check_time();
  }
  crowd_open_seconds = now() - start;
}

/* The end of the process closes two thousand sockets faster than two thousand handshakes would. */
static void run_crowd(void) {
  double publisher_cpu = 0;
  pthread_t thread;
  open_crowd();
  begin();
  pthread_create(&thread, NULL, publish_round, &publisher_cpu);
  for (long received = 0; received < n;) {
    struct epoll_event events[256];
    int count = epoll_wait(crowd_poll, events, 256, 1000);
    for (int i = 0; i < count; i++) received += drain(crowd[events[i].data.u64]);
    check_time();
  }
  pthread_join(thread, NULL);
  end(publisher_cpu);
  char more[200];
  double memory = sum_of_processes(pids, memory_of_process);
  snprintf(more, sizeof more, ",\"open_seconds\":%.2f,\"rss_kib\":%.0f", crowd_open_seconds, memory);
  report(n, more);
}

static void parse(int count, char **arguments) {
  const struct { const char *name; long *value; } keys[] = {
      {"n", &n}, {"size", &size}, {"window", &window}, {"prefetch", &prefetch},
      {"bindings", &bindings}, {"connections", &connections}, {"queues", &queues}};
  for (int i = 0; i < count; i++) {
    char *value = strchr(arguments[i], '=');
    if (!value) continue;
    *value++ = 0;
    if (!strcmp(arguments[i], "pids")) pids = value;
    if (!strcmp(arguments[i], "max_seconds")) max_seconds = atof(value);
    for (size_t key = 0; key < sizeof keys / sizeof *keys; key++)
      if (!strcmp(arguments[i], keys[key].name)) *keys[key].value = atol(value);
  }
}

int main(int count, char **arguments) {
  if (count < 6) {
    fprintf(stderr, "usage: %s HOST PORT USER PASSWORD MODE [key=value ...]\n", arguments[0]);
    return 1;
  }
  host = arguments[1];
  port = atoi(arguments[2]);
  user = arguments[3];
  password = arguments[4];
  mode = arguments[5];
  parse(count - 6, arguments + 6);
  deadline = now() + max_seconds;
  snprintf(base_name, sizeof base_name, "load-%d", (int)getpid());
  body.len = size;
  body.bytes = memset(malloc(size + 1), 'x', size);
  if (!strcmp(mode, "auto")) run_through(0);
  else if (!strcmp(mode, "manual")) run_through(1);
  else if (!strcmp(mode, "confirm")) run_confirm();
  else if (!strcmp(mode, "rpc")) run_rpc();
  else if (!strcmp(mode, "topic")) run_topic();
  else if (!strcmp(mode, "conn")) run_conn();
  else if (!strcmp(mode, "fill")) run_fill();
  else if (!strcmp(mode, "crowd")) run_crowd();
  else if (!strcmp(mode, "beside")) open_crowd(), run_through(0);
  else fail("unknown mode");
  return 0;
}
