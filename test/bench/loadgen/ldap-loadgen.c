/* Load generator for LDAP servers, on libldap's asynchronous interface.
 *
 *   gcc -O2 -o ldap-loadgen ldap-loadgen.c -lldap -llber
 *   ldap-loadgen URL BIND_DN PASSWORD BASE_DN MODE [key=value ...]
 *
 * Modes:
 *   noop      the root DSE, no attributes: what a request costs at least
 *   equality  (uid=userN) below the base: one entry with all its attributes
 *   substring (uid=userN*) below the base
 *   modify    replaces the description of a person
 *   add       uid=userN,ou=people,BASE for N from `start`
 *   delete    the same entries again
 *   connect   connect, bind and unbind, one after the other
 * Keys: n connections window entries start max_seconds pids
 *
 * Every connection has `window` requests in flight. Prints one line of JSON: n, rate (per second), p50_us, p99_us,
 * cpu_us (the server's CPU per operation, of the processes `pids`), busy (share of one core that this program took).
 */
#include <ldap.h>
#include <poll.h>
#include "measure.h"

/* More than any window, so that message ids in flight never share a slot. */
enum { slots = 4096, name_max = 640 };

struct connection {
  LDAP *ldap;
  int in_flight;
  double sent_at[slots];
};

static const char *url, *bind_dn, *password, *base_dn, *mode, *pids = "";
static long n = 10000, connections = 8, window = 8, entries = 10000, start;
static double max_seconds = 60;
static unsigned long long random_state = 88172645463325252ULL;

static void fail(const char *what, int code) {
  printf("{\"mode\":\"%s\",\"error\":\"%s: %s\"}\n", mode, what, ldap_err2string(code));
  fflush(stdout);
  _exit(2);
}

static long random_entry(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return (long)(random_state % (unsigned long long)entries);
}

static LDAP *open_connection(void) {
  LDAP *ldap;
  int version = LDAP_VERSION3, code = ldap_initialize(&ldap, url);
  if (code) fail("initialize", code);
  ldap_set_option(ldap, LDAP_OPT_PROTOCOL_VERSION, &version);
  struct berval secret = {strlen(password), (char *)password};
  code = ldap_sasl_bind_s(ldap, bind_dn, LDAP_SASL_SIMPLE, &secret, NULL, NULL, NULL);
  if (code) fail("bind", code);
  return ldap;
}

static int send_add(LDAP *ldap, const char *dn, long number, int *id) {
  enum { attributes = 7 };
  static char *classes[] = {"top", "person", "organizationalPerson", "inetOrgPerson", NULL};
  static char *const names[attributes] = {"objectClass", "uid", "cn", "sn", "mail", "employeeNumber", "description"};
  static const char *const formats[attributes] = {
      "", "user%ld", "User Number %ld", "Surname %ld", "user%ld@example.com", "%ld", "A generated person, number %ld, made for load tests."};
  char values[attributes][128];
  char *lists[attributes][2];
  LDAPMod changes[attributes], *pointers[attributes + 1];
  for (int i = 0; i < attributes; i++) {
    snprintf(values[i], sizeof values[i], formats[i], number);
    lists[i][0] = values[i];
    lists[i][1] = NULL;
    changes[i] = (LDAPMod){.mod_op = LDAP_MOD_ADD, .mod_type = names[i], .mod_vals.modv_strvals = i == 0 ? classes : lists[i]};
    pointers[i] = &changes[i];
  }
  pointers[attributes] = NULL;
  return ldap_add_ext(ldap, dn, pointers, NULL, NULL, id);
}

static int search(LDAP *ldap, const char *base, int scope, const char *filter, char *attribute, int *id) {
  char *attributes[] = {attribute, NULL};
  return ldap_search_ext(ldap, base, scope, filter, attributes, 0, NULL, NULL, NULL, 0, id);
}

static void send_request(struct connection *connection, long sequence) {
  int is_existing = strcmp(mode, "add") && strcmp(mode, "delete"), id = -1, code;
  long number = is_existing ? random_entry() : start + sequence;
  char dn[name_max], text[128];
  LDAP *ldap = connection->ldap;
  snprintf(dn, sizeof dn, "uid=user%ld,ou=people,%s", number, base_dn);
  if (!strcmp(mode, "noop")) {
    code = search(ldap, "", LDAP_SCOPE_BASE, "(objectClass=*)", LDAP_NO_ATTRS, &id);
  } else if (!strcmp(mode, "equality")) {
    snprintf(text, sizeof text, "(uid=user%ld)", number);
    code = search(ldap, base_dn, LDAP_SCOPE_SUBTREE, text, LDAP_ALL_USER_ATTRIBUTES, &id);
  } else if (!strcmp(mode, "substring")) {
    /* At least four digits, so that few entries match. */
    snprintf(text, sizeof text, "(uid=user%ld*)", number < 1000 ? number + 1000 : number);
    code = search(ldap, base_dn, LDAP_SCOPE_SUBTREE, text, LDAP_ALL_USER_ATTRIBUTES, &id);
  } else if (!strcmp(mode, "modify")) {
    snprintf(text, sizeof text, "changed %ld", sequence);
    char *values[] = {text, NULL};
    LDAPMod change = {.mod_op = LDAP_MOD_REPLACE, .mod_type = "description", .mod_vals.modv_strvals = values}, *changes[] = {&change, NULL};
    code = ldap_modify_ext(ldap, dn, changes, NULL, NULL, &id);
  } else if (!strcmp(mode, "add")) {
    code = send_add(ldap, dn, number, &id);
  } else if (!strcmp(mode, "delete")) {
    code = ldap_delete_ext(ldap, dn, NULL, NULL, &id);
  } else {
    code = LDAP_PARAM_ERROR;
  }
  if (code) fail("send", code);
  connection->sent_at[id % slots] = now();
  connection->in_flight++;
}

static double *latencies;
static long sent, done;

/* Takes what has arrived, and sends the next request for each answer. */
static void receive(struct connection *connection) {
  struct timeval at_once = {0, 0};
  LDAPMessage *message;
  int type;
  while (connection->in_flight && (type = ldap_result(connection->ldap, LDAP_RES_ANY, LDAP_MSG_ONE, &at_once, &message)) != 0) {
    if (type < 0) fail("receive", LDAP_SERVER_DOWN);
    if (type == LDAP_RES_SEARCH_ENTRY || type == LDAP_RES_SEARCH_REFERENCE) {
      ldap_msgfree(message);
      continue;
    }
    int code = LDAP_OTHER;
    ldap_parse_result(connection->ldap, message, &code, NULL, NULL, NULL, NULL, 0);
    if (code) fail("answer", code);
    latencies[done++] = now() - connection->sent_at[ldap_msgid(message) % slots];
    ldap_msgfree(message);
    connection->in_flight--;
    if (sent < n) send_request(connection, sent++);
  }
}

static void run_requests(void) {
  struct connection *all = calloc(connections, sizeof *all);
  struct pollfd *sockets = calloc(connections, sizeof *sockets);
  double deadline = now() + max_seconds;
  for (long i = 0; i < connections; i++) {
    all[i].ldap = open_connection();
    ldap_get_option(all[i].ldap, LDAP_OPT_DESC, &sockets[i].fd);
    sockets[i].events = POLLIN;
  }
  for (long i = 0; i < connections; i++)
    for (long j = 0; j < window && sent < n; j++) send_request(&all[i], sent++);
  while (done < n) {
    poll(sockets, connections, 100);
    for (long i = 0; i < connections; i++) receive(&all[i]);
    if (now() > deadline) fail("max_seconds", LDAP_TIMEOUT);
  }
  for (long i = 0; i < connections; i++) ldap_unbind_ext(all[i].ldap, NULL, NULL);
}

static void run_connects(void) {
  double deadline = now() + max_seconds;
  while (done < n) {
    double at = now();
    ldap_unbind_ext(open_connection(), NULL, NULL);
    latencies[done++] = now() - at;
    if (now() > deadline) fail("max_seconds", LDAP_TIMEOUT);
  }
}

int main(int count, char **arguments) {
  if (count < 6) {
    fprintf(stderr, "usage: %s URL BIND_DN PASSWORD BASE_DN MODE [key=value ...]\n", arguments[0]);
    return 1;
  }
  url = arguments[1];
  bind_dn = arguments[2];
  password = arguments[3];
  base_dn = arguments[4];
  mode = arguments[5];
  const struct { const char *name; long *value; } keys[] = {
      {"n", &n}, {"connections", &connections}, {"window", &window}, {"entries", &entries}, {"start", &start}};
  for (int i = 6; i < count; i++) {
    char *value = strchr(arguments[i], '=');
    if (!value) continue;
    *value++ = 0;
    if (!strcmp(arguments[i], "pids")) pids = value;
    if (!strcmp(arguments[i], "max_seconds")) max_seconds = atof(value);
    for (size_t key = 0; key < sizeof keys / sizeof *keys; key++)
      if (!strcmp(arguments[i], keys[key].name)) *keys[key].value = atol(value);
  }
  if (window > slots / 2) window = slots / 2;
  latencies = malloc(n * sizeof *latencies);
  double server = sum_of_processes(pids, cpu_of_process), cpu = thread_cpu(), began = now();
  if (!strcmp(mode, "connect")) run_connects();
  else run_requests();
  double seconds = now() - began;
  cpu = thread_cpu() - cpu;
  server = sum_of_processes(pids, cpu_of_process) - server;
  double p50 = percentile(latencies, n, .5) * 1e6, p99 = percentile(latencies, n, .99) * 1e6;
  printf("{\"mode\":\"%s\",\"n\":%ld,\"rate\":%.1f,\"p50_us\":%.1f,\"p99_us\":%.1f,\"cpu_us\":%.3f,\"busy\":%.2f}\n", mode, n, n / seconds, p50,
         p99, server * 1e6 / n, cpu / seconds);
  return 0;
}
