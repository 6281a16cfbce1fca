#include "progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define FIRST_MS 1000
#define AGAIN_MS 200

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
progress_begin(struct progress *p, const char *what, const char *unit)
{
	*p = (struct progress){ what, unit, isatty(2) ? now_ms() + FIRST_MS : 0, false };
}

void
progress_at(struct progress *p, int64_t done, int64_t total)
{
	int64_t now;

	if (p->next_ms == 0)
		return;
	now = now_ms();
	if (now < p->next_ms)
		return;
	p->next_ms = now + AGAIN_MS;
	p->shown = true;
	fprintf(stderr, "\r%s %lld", p->what, (long long)done);
	if (total > 0)
		fprintf(stderr, "/%lld", (long long)total);
	fprintf(stderr, " %s\033[K", p->unit);
}

void
progress_end(struct progress *p)
{
	if (p->shown)
		fprintf(stderr, "\r\033[K");
	p->next_ms = 0;
	p->shown = false;
}
