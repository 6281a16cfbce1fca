/*
 * thread: one way to use both cores.
 */
#ifndef YJ_THREAD_H
#define YJ_THREAD_H

#include <stddef.h>

#include "err.h"

/* How many workers this machine offers: YUNJUAN_THREADS or the online processors, 1 to 32. */
int thread_count(void);

/* Runs work(ctx, worker, err) once in each of `workers` threads and waits for all; where the machine offers
 * one, one after the other. Gives the first failure by worker number. The work divides itself, by worker or
 * by a shared counter. */
int thread_run(int workers, int (*work)(void *ctx, int worker, struct err *err), void *ctx,
	       struct err *err) must_check;

#endif
