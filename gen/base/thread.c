#include "thread.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "buf.h"
#include "text.h"

struct job {
	int (*work)(void *ctx, int worker, struct err *err);
	void *ctx;
	int worker, rc;
	struct err err;
	pthread_t thread;
};

int
thread_count(void)
{
	const char *asked = getenv("YUNJUAN_THREADS");
	int64_t n;

	if (asked == NULL || !text_number(asked, 1, 32, &n))
		n = sysconf(_SC_NPROCESSORS_ONLN);
	return n < 1 ? 1 : n > 32 ? 32 : (int)n;
}

static void *
job_run(void *arg)
{
	struct job *job = arg;

	job->rc = job->work(job->ctx, job->worker, &job->err);
	return NULL;
}

int
thread_run(int workers, int (*work)(void *ctx, int worker, struct err *err), void *ctx,
	   struct err *err)
{
	struct job *jobs = xcalloc((size_t)workers, sizeof(*jobs));
	bool alone = thread_count() == 1;
	int i, rc = 0;

	for (i = 0; i < workers; i++) {
		jobs[i].work = work;
		jobs[i].ctx = ctx;
		jobs[i].worker = i;
		/* The last one is this thread; one that cannot start is run here too. */
		if (i + 1 == workers || alone ||
		    pthread_create(&jobs[i].thread, NULL, job_run, &jobs[i]) != 0) {
			jobs[i].thread = pthread_self();
			job_run(&jobs[i]);
		}
	}
	for (i = 0; i < workers; i++) {
		if (!pthread_equal(jobs[i].thread, pthread_self()))
			pthread_join(jobs[i].thread, NULL);
		if (jobs[i].rc != 0 && rc == 0) {
			rc = -1;
			if (err->code == ERR_NONE)
				*err = jobs[i].err;
		}
	}
	free(jobs);
	return rc;
}
