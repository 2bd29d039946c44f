/* A connection with one channel and what is done on it, on librabbitmq; and the report of a run. Any failure ends the program. */
#ifndef WIRELIKE_AMQP_CLIENT_H
#define WIRELIKE_AMQP_CLIENT_H

#include <amqp.h>
#include <amqp_tcp_socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include "measure.h"

enum { channel = 1, name_max = 80 };

static const char *host, *user, *password, *mode, *pids = "";
static int port;
static long n = 10000, size = 16, window = 100, prefetch = 100, bindings = 1000, connections = 1, queues = 1;
static double max_seconds = 60, deadline;
static char base_name[32];
static amqp_bytes_t body;

static void fail(const char *what) {
  printf("{\"mode\":\"%s\",\"error\":\"%s\"}\n", mode, what);
  fflush(stdout);
  _exit(2);
}

static void check_time(void) {
  if (now() > deadline) fail("took longer than max_seconds");
}

static void check(amqp_connection_state_t connection, const char *what) {
  amqp_rpc_reply_t reply = amqp_get_rpc_reply(connection);
  if (reply.reply_type == AMQP_RESPONSE_NORMAL) return;
  char text[300];
  if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION && reply.reply.id == AMQP_CHANNEL_CLOSE_METHOD) {
    amqp_channel_close_t *close = reply.reply.decoded;
    snprintf(text, sizeof text, "%s: %d %.*s", what, close->reply_code, (int)close->reply_text.len, (char *)close->reply_text.bytes);
  } else {
    snprintf(text, sizeof text, "%s: %s", what, amqp_error_string2(reply.library_error));
  }
  fail(text);
}

static amqp_connection_state_t open_connection(void) {
  amqp_connection_state_t connection = amqp_new_connection();
  amqp_socket_t *socket = amqp_tcp_socket_new(connection);
  struct timeval timeout = {20, 0};
  int on = 1;
  if (!socket || amqp_socket_open_noblock(socket, host, port, &timeout)) fail("cannot connect");
  setsockopt(amqp_get_sockfd(connection), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  amqp_rpc_reply_t reply = amqp_login(connection, "/", 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, user, password);
  if (reply.reply_type != AMQP_RESPONSE_NORMAL) fail("cannot log in");
  amqp_channel_open(connection, channel);
  check(connection, "channel.open");
  return connection;
}

static void close_connection(amqp_connection_state_t connection) {
  amqp_channel_close(connection, channel, AMQP_REPLY_SUCCESS);
  amqp_connection_close(connection, AMQP_REPLY_SUCCESS);
  amqp_destroy_connection(connection);
}

static void declare_queue(amqp_connection_state_t connection, const char *name, int exclusive) {
  amqp_queue_declare(connection, channel, amqp_cstring_bytes(name), 0, 0, exclusive, 0, amqp_empty_table);
  check(connection, "queue.declare");
}

static long queue_length(amqp_connection_state_t connection, const char *name) {
  amqp_queue_declare_ok_t *ok = amqp_queue_declare(connection, channel, amqp_cstring_bytes(name), 1, 0, 0, 0, amqp_empty_table);
  check(connection, "queue.declare passive");
  return ok->message_count;
}

static void delete_queue(amqp_connection_state_t connection, const char *name) {
  amqp_queue_delete(connection, channel, amqp_cstring_bytes(name), 0, 0);
  amqp_get_rpc_reply(connection);
}

static void publish(amqp_connection_state_t connection, amqp_bytes_t exchange, amqp_bytes_t key, amqp_basic_properties_t *properties) {
  if (amqp_basic_publish(connection, channel, exchange, key, 0, 0, properties, body)) fail("publish");
}

static void consume(amqp_connection_state_t connection, const char *name, int no_ack) {
  amqp_basic_consume(connection, channel, amqp_cstring_bytes(name), amqp_empty_bytes, 0, no_ack, 0, amqp_empty_table);
  check(connection, "basic.consume");
}

/* The next delivery; returns 0 when there is none within `seconds`. */
static int receive(amqp_connection_state_t connection, amqp_envelope_t *envelope, int seconds) {
  struct timeval timeout = {seconds, 0};
  amqp_maybe_release_buffers(connection);
  amqp_rpc_reply_t reply = amqp_consume_message(connection, envelope, &timeout, 0);
  if (reply.reply_type == AMQP_RESPONSE_NORMAL) return 1;
  if (reply.library_error != AMQP_STATUS_TIMEOUT) fail("consume");
  return 0;
}

/* What a run costs, from begin() to end(). */
static double began, began_cpu, began_server, ended, busy, own_seconds, server_seconds;

static void begin(void) {
  began_server = sum_of_processes(pids, cpu_of_process);
  began_cpu = thread_cpu();
  began = now();
}

static void end(double other_thread_cpu) {
  ended = now();
  double cpu = thread_cpu() - began_cpu;
  server_seconds = sum_of_processes(pids, cpu_of_process) - began_server;
  own_seconds = cpu + other_thread_cpu;
  busy = (cpu > other_thread_cpu ? cpu : other_thread_cpu) / (ended - began);
}

/* Prints the result; `more` is JSON that goes inside, beginning with a comma, or nothing. */
static void report(long operations, const char *more) {
  double rate = operations / (ended - began), cpu_us = server_seconds * 1e6 / operations, own_us = own_seconds * 1e6 / operations;
  printf("{\"mode\":\"%s\",\"n\":%ld,\"size\":%ld,\"seconds\":%.3f,\"rate\":%.1f,\"cpu_us\":%.3f,\"own_us\":%.3f,\"busy\":%.2f%s}\n", mode,
         operations, size, ended - began, rate, cpu_us, own_us, busy, more);
}

#endif
