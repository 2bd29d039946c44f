/* What every load generator measures: wall time, its own threads' CPU time, and the server's CPU time and memory from /proc. */
#ifndef WIRELIKE_MEASURE_H
#define WIRELIKE_MEASURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static inline double seconds_of(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static inline double now(void) { return seconds_of(CLOCK_MONOTONIC); }
static inline double thread_cpu(void) { return seconds_of(CLOCK_THREAD_CPUTIME_ID); }

/* Sums what `read_one` says about each process of a list "12,34". */
static inline double sum_of_processes(const char *pids, double (*read_one)(int pid)) {
  double sum = 0;
  for (const char *at = pids; *at;) {
    char *end;
    sum += read_one((int)strtol(at, &end, 10));
    if (end == at) break;
    at = *end == ',' ? end + 1 : end;
  }
  return sum;
}

/* User and system time in seconds: fields 14 and 15 of /proc/PID/stat, proc(5). */
static inline double cpu_of_process(int pid) {
  char path[64], line[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  FILE *file = fopen(path, "r");
  if (!file) return 0;
  size_t length = fread(line, 1, sizeof line - 1, file);
  fclose(file);
  line[length] = 0;
  /* The second field is the command in parentheses, and may contain anything. */
  char *rest = strrchr(line, ')');
  unsigned long user = 0, system = 0;
  if (!rest || sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2) return 0;
  return (double)(user + system) / sysconf(_SC_CLK_TCK);
}

/* Resident memory in KiB. */
static inline double memory_of_process(int pid) {
  char path[64], line[256];
  long kib = 0;
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  FILE *file = fopen(path, "r");
  if (!file) return 0;
  while (fgets(line, sizeof line, file))
    if (sscanf(line, "VmRSS: %ld", &kib) == 1) break;
  fclose(file);
  return kib;
}

static inline int compare_doubles(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

/* Sorts the samples in place, then picks one. */
static inline double percentile(double *samples, long count, double fraction) {
  if (count == 0) return 0;
  qsort(samples, count, sizeof *samples, compare_doubles);
  return samples[(long)((count - 1) * fraction)];
}

#endif
