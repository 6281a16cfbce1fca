/*
 * generate: a city's years of tickets, as a stream for `git fast-import`.
 *
 *	generate [--root DIR] N > stream
 *
 * One root commit (the registers, and every file below DIR except its parties, systems and
 * tickets), then exactly 8 N commits on refs/heads/main: N tickets whose trails interleave over
 * the working days of 2019 to 2025. The same arguments give the same bytes. Any failure ends the
 * program with status 1: half a stream is of no use to anyone.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "words.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum {
	ROOM = 60,
	MAX_STEPS = 20,
	MAX_ROWS = 3,
	BEIJING = 8 * 3600,
	DAY = 86400,
	OPENING = 9 * 3600,
	OFFICE = 9 * 3600
};

/* Bytes that grow. */
struct text {
	char *ptr;
	size_t len, cap;
};

struct party {
	enum kind kind;
	int county; /* index of `counties`, 0 = the city */
	int officers;
	char id[24];
	char name[96];
};

struct system_entry {
	int tenant;
	char id[40];
	char name[160];
};

struct row {
	const char *name, *type, *os, *network;
	int count, vcpu, memory, storage;
};

struct ticket {
	const struct flow *flow;
	const struct move *moves[MAX_STEPS];
	int days[MAX_STEPS], times[MAX_STEPS]; /* index of a working day; seconds after opening */
	unsigned char late[MAX_STEPS];
	int steps, done;
	const struct ticket *base; /* whose machines it is about: itself, or an older one */
	int system;
	uint64_t seed;
	char id[80];
	char folder[128];
};

struct event {
	int day, time, ticket;
};

static struct party *parties;
static struct system_entry *systems;
static struct ticket *tickets;
static int n_parties, n_systems, n_tickets, first_tenant;
static int64_t *days; /* working days: 00:00 in Beijing, as seconds UTC */
static int n_days;

/* ---- small things ---- */

static void
die(const char *what, const char *name)
{
	fprintf(stderr, "generate: %s: %s\n", name, errno != 0 ? strerror(errno) : what);
	exit(1);
}

static void *
xcalloc(size_t n, size_t size)
{
	void *p = calloc(n > 0 ? n : 1, size);

	if (p == NULL)
		die("out of memory", "calloc");
	return p;
}

static void
text_add(struct text *t, const char *bytes, size_t len)
{
	if (t->len + len + 1 > t->cap) {
		t->cap = (t->len + len + 1) * 2;
		t->ptr = realloc(t->ptr, t->cap);
		if (t->ptr == NULL)
			die("out of memory", "realloc");
	}
	memcpy(t->ptr + t->len, bytes, len);
	t->len += len;
	t->ptr[t->len] = '\0';
}

static void
text_str(struct text *t, const char *s)
{
	text_add(t, s, strlen(s));
}

static void __attribute__((format(printf, 2, 3))) text_printf(struct text *t, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	text_str(t, line);
}

/* splitmix64: one word of state, so that each part of a ticket can have its own. */
static uint64_t
next(uint64_t *seed)
{
	uint64_t z = (*seed += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* A number from lo to hi, both included. */
static int
between(uint64_t *seed, int lo, int hi)
{
	return lo + (int)(next(seed) % (uint64_t)(hi - lo + 1));
}

static struct tm
local_time(int64_t utc)
{
	time_t local = (time_t)(utc + BEIJING);
	struct tm tm;

	gmtime_r(&local, &tm);
	tm.tm_year += 1900;
	tm.tm_mon++;
	return tm;
}

static void
put_date(struct text *out, int64_t utc)
{
	struct tm tm = local_time(utc);

	text_printf(out, "%04d-%02d-%02d", tm.tm_year, tm.tm_mon, tm.tm_mday);
}

static void
put_time(struct text *out, int64_t utc)
{
	struct tm tm = local_time(utc);

	put_date(out, utc);
	text_printf(out, " %02d:%02d", tm.tm_hour, tm.tm_min);
}

/* ---- the calendar ---- */

static char *
file_load(const char *path, size_t *len)
{
	FILE *in = fopen(path, "rb");
	struct text t = { 0 };
	char block[65536];
	size_t n;

	if (in == NULL)
		return NULL;
	text_add(&t, "", 0);
	do {
		n = fread(block, 1, sizeof(block), in);
		text_add(&t, block, n);
	} while (n > 0);
	if (ferror(in) || fclose(in) != 0)
		die("cannot read", path);
	*len = t.len;
	return t.ptr;
}

/* The office's calendar when the root has one, else Monday to Friday. */
static void
calendar_load(const char *root)
{
	const int64_t begin = 1546272000, end = 1767196800; /* 2019-01-01 and 2026-01-01, Beijing */
	struct text path = { 0 }, date = { 0 };
	char *list = NULL;
	const char *at;
	size_t len;
	int64_t t;
	int works;

	if (root != NULL) {
		text_printf(&path, "%s/content/calendar/cn.tsv", root);
		list = file_load(path.ptr, &len);
	}
	days = xcalloc((size_t)((end - begin) / DAY), sizeof(*days));
	for (t = begin; t < end; t += DAY) {
		works = ((t + BEIJING) / DAY + 3) % 7 < 5; /* 1970-01-01 was a Thursday */
		date.len = 0;
		text_str(&date, "\n");
		put_date(&date, t);
		text_str(&date, "\t");
		at = list != NULL ? strstr(list, date.ptr) : NULL;
		if (at != NULL)
			works = at[date.len] == 'w';
		if (works)
			days[n_days++] = t;
	}
	free(list);
	free(date.ptr);
	free(path.ptr);
}

/* ---- the registers ---- */

static void
party_name(struct party *p, enum kind kind, int county, int officers, const char *id,
	   const char *name)
{
	p->kind = kind;
	p->county = county;
	p->officers = officers;
	snprintf(p->id, sizeof(p->id), "%s", id);
	snprintf(p->name, sizeof(p->name), "%s", name);
}

static void
tenant_name(struct party *p, int number)
{
	int regions = (int)COUNT(counties), county = number % regions;
	int office = number / regions % (int)COUNT(offices),
	    branch = number / regions / (int)COUNT(offices);
	char id[24], name[96];

	if (branch == 0) {
		snprintf(id, sizeof(id), "%s%s", county_ids[county], offices[office].id);
		snprintf(name, sizeof(name), "%s%s", counties[county], offices[office].name);
	} else {
		snprintf(id, sizeof(id), "%s%s%c", county_ids[county], offices[office].id,
			 'a' + branch - 1);
		snprintf(name, sizeof(name), "%s%s直属第%d中心", counties[county],
			 offices[office].name, branch);
	}
	party_name(p, TENANT, county, 2, id, name);
}

/* The one coordinator, operator and reviewer, a bureau for each county, and tenants. */
static void
parties_make(int tickets_wanted)
{
	char id[24], name[96];
	int county;

	n_parties = tickets_wanted * 3 / 100 < 48 ? 48 : tickets_wanted * 3 / 100;
	parties = xcalloc((size_t)n_parties, sizeof(*parties));
	party_name(&parties[first_tenant++], COORDINATOR, 0, 6, "mzzsj",
		   "梅州市政务服务数据管理局");
	party_name(&parties[first_tenant++], OPERATOR, 0, 12, "mzyun", "梅州节点云运营单位");
	party_name(&parties[first_tenant++], REVIEWER, 0, 4, "mzjl", "梅州节点云监理单位");
	for (county = 1; county < (int)COUNT(counties); county++) {
		snprintf(id, sizeof(id), "%szsj", county_ids[county]);
		snprintf(name, sizeof(name), "%s政务服务数据管理局", counties[county]);
		party_name(&parties[first_tenant++], BUREAU, county, 3, id, name);
	}
	for (int i = first_tenant; i < n_parties; i++)
		tenant_name(&parties[i], i - first_tenant);
}

static void
systems_make(int tickets_wanted)
{
	int tenants = n_parties - first_tenant, kinds = (int)COUNT(system_kinds);

	n_systems = tickets_wanted / 10 < tenants ? tenants : tickets_wanted / 10;
	systems = xcalloc((size_t)n_systems, sizeof(*systems));
	for (int i = 0; i < n_systems; i++) {
		struct system_entry *s = &systems[i];
		int nth = i / tenants;

		s->tenant = first_tenant + i % tenants;
		snprintf(s->id, sizeof(s->id), "%s-%02d", parties[s->tenant].id, nth + 1);
		snprintf(s->name, sizeof(s->name), "%s%s", parties[s->tenant].name,
			 system_kinds[(i % tenants + nth) % kinds]);
	}
}

/* content/parties/<id>.md */
static void
party_render(struct text *out, const struct party *p)
{
	static const char *const posts[] = { "信息化管理岗", "综合业务岗", "分管负责人" };

	text_printf(out, "---\nname: %s\nkind: %s\n", p->name, kind_names[p->kind]);
	text_printf(out, "level: %s\n", p->county == 0 ? "city" : "county");
	if (p->county != 0)
		text_printf(out, "county: %s\n", counties[p->county]);
	if (p->county != 0 && p->kind == TENANT)
		text_printf(out, "bureau: %szsj\n", county_ids[p->county]);
	text_str(out, "officers:\n");
	for (int i = 1; i <= p->officers; i++)
		text_printf(out,
			    "  - name: 经办%02d\n    email: %s%02d@gov.example\n    post: %s\n"
			    "    from: 2018-01-01\n",
			    i, p->id, i, posts[i % 3]);
	text_str(out, "---\n");
}

/* content/systems/<id>.md */
static void
system_render(struct text *out, const struct system_entry *s)
{
	uint64_t seed = (uint64_t)(s - systems) + 77;
	int level = between(&seed, 2, 3), year = between(&seed, 2016, 2018);
	int month = between(&seed, 1, 12), day = between(&seed, 1, 28);

	text_printf(out, "---\nname: %s\ntenant: %s\ndengbao_level: %d\n", s->name,
		    parties[s->tenant].id, level);
	text_printf(out, "dengbao_filed: %d-%02d-%02d\n", year, month, day);
	if (level == 3)
		text_printf(out, "miping_assessed: %d-%02d-%02d\n", year + 5, month, day);
	text_str(out, "---\n");
}

/* ---- tickets: who, what, when ---- */

static const struct move *
move_find(const char *flow, const char *from, const char *to)
{
	for (size_t i = 0; i < COUNT(moves); i++)
		if (strcmp(moves[i].flow, flow) == 0 && strcmp(moves[i].to, to) == 0 &&
		    (from == NULL ? moves[i].from == NULL
				  : moves[i].from != NULL && strcmp(moves[i].from, from) == 0))
			return &moves[i];
	fprintf(stderr, "generate: %s: no move from %s to %s\n", flow, from != NULL ? from : "-",
		to);
	exit(1);
}

static void
ticket_trail(struct ticket *t, const struct plan *plan)
{
	char trail[256], *save = NULL, *stage;
	const char *from = NULL;

	snprintf(trail, sizeof(trail), "%s", plan->trail);
	for (stage = strtok_r(trail, " ", &save); stage != NULL;
	     stage = strtok_r(NULL, " ", &save)) {
		t->moves[t->steps++] = move_find(plan->flow, from, stage);
		from = t->moves[t->steps - 1]->to;
	}
	for (size_t i = 0; i < COUNT(flows); i++)
		if (strcmp(flows[i].id, plan->flow) == 0)
			t->flow = &flows[i];
}

/* How many working days a step took; one in twelve with a limit runs over it. */
static int
step_days(uint64_t *seed, const struct move *m, unsigned char *late)
{
	if (m->limit_days == SAME_DAY)
		return 0;
	if (m->limit_days == NO_LIMIT)
		return between(seed, 1, 4);
	*late = between(seed, 1, 12) == 1;
	return *late ? m->limit_days + between(seed, 1, 4) : between(seed, 1, m->limit_days);
}

/* Anywhere in the years, with room for what follows; after its base, when it has one. */
static void
ticket_schedule(struct ticket *t, uint64_t *seed)
{
	int span = 0, start, from = 0;

	for (int i = 1; i < t->steps; i++) {
		span += step_days(seed, t->moves[i], &t->late[i]);
		t->days[i] = span;
	}
	if (t->base != t)
		from = t->base->days[t->base->steps - 1] + 1;
	start = between(seed, from, n_days - 1 - span - (t->base == t ? ROOM : 0));
	for (int i = 0; i < t->steps; i++) {
		int earliest = i > 0 && t->days[i] + start == t->days[i - 1] ? t->times[i - 1] : 0;

		t->days[i] += start;
		t->times[i] = between(seed, earliest, OFFICE - 1);
	}
}

/* A random system whose tenant is of the level the plan wants. */
static int
system_choose(uint64_t *seed, int city)
{
	int i;

	do
		i = between(seed, 0, n_systems - 1);
	while ((parties[systems[i].tenant].county == 0) != city);
	return i;
}

static void
tickets_make(void)
{
	uint64_t seed = 20190101;
	int whole = n_tickets / 10 * 10;

	tickets = xcalloc((size_t)n_tickets, sizeof(*tickets));
	for (int i = 0; i < n_tickets; i++) {
		const struct plan *plan = &rest;

		if (i < whole)
			plan = &groups[i / 10 % (int)COUNT(groups)][i % 10];
		ticket_trail(&tickets[i], plan);
		tickets[i].seed = next(&seed);
		tickets[i].base = plan->base < 0 ? &tickets[i] : &tickets[i / 10 * 10 + plan->base];
		tickets[i].system =
		    plan->base < 0 ? system_choose(&seed, plan->city) : tickets[i].base->system;
		ticket_schedule(&tickets[i], &seed);
	}
}

static int
event_order(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->ticket < y->ticket ? -1 : x->ticket > y->ticket;
}

static struct event *
events_make(size_t *count)
{
	struct event *events = xcalloc((size_t)n_tickets * 8, sizeof(*events));
	size_t n = 0;

	for (int i = 0; i < n_tickets; i++)
		for (int k = 0; k < tickets[i].steps; k++) {
			if (n == (size_t)n_tickets * 8)
				die("a group is longer than 80 commits", "words.h");
			events[n++] = (struct event){ tickets[i].days[k], tickets[i].times[k], i };
		}
	if (n != (size_t)n_tickets * 8)
		die("a group is shorter than 80 commits", "words.h");
	qsort(events, n, sizeof(*events), event_order);
	*count = n;
	return events;
}

#include "fill.h"

static void
emit_file(const char *path, const struct text *body)
{
	printf("M 100644 inline %s\ndata %zu\n", path, body->len);
	fwrite(body->ptr, 1, body->len, stdout);
	putchar('\n');
}

static void
emit_commit(const struct party *by, int officer, int64_t when, const char *message)
{
	printf("commit refs/heads/main\n");
	printf("author 经办%02d <%s%02d@gov.example> %lld +0800\n", officer, by->id, officer,
	       (long long)when);
	printf("committer 经办%02d <%s%02d@gov.example> %lld +0800\n", officer, by->id, officer,
	       (long long)when);
	printf("data %zu\n%s\n", strlen(message), message);
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* What the registers of the bench replace, and what is no part of the tree. */
static int
root_skips(const char *path)
{
	return strcmp(path, "content/parties") == 0 || strcmp(path, "content/systems") == 0 ||
	       strcmp(path, "content/tickets") == 0 || strcmp(path, "public") == 0;
}

static void
emit_folder(const char *root, const char *below)
{
	struct dirent **list = NULL;
	struct text full = { 0 }, body = { 0 };
	struct stat st;
	char path[1024];
	int n;

	text_printf(&full, "%s/%s", root, below);
	n = scandir(full.ptr, &list, NULL, by_name);
	if (n < 0)
		die("cannot list", full.ptr);
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s%s%s", below, *below != '\0' ? "/" : "",
			 list[i]->d_name);
		full.len = 0;
		text_printf(&full, "%s/%s", root, path);
		if (list[i]->d_name[0] == '.' && strcmp(list[i]->d_name, ".gitignore") != 0 &&
		    strcmp(list[i]->d_name, ".gitattributes") != 0) {
			/* .git, and . and .. */
		} else if (stat(full.ptr, &st) != 0) {
			die("cannot stat", full.ptr);
		} else if (S_ISDIR(st.st_mode) && !root_skips(path)) {
			emit_folder(root, path);
		} else if (S_ISREG(st.st_mode)) {
			body.ptr = file_load(full.ptr, &body.len);
			if (body.ptr == NULL)
				die("cannot read", full.ptr);
			emit_file(path, &body);
			free(body.ptr);
		}
		free(list[i]);
	}
	free(list);
	free(full.ptr);
}

static void
emit_root(const char *root)
{
	struct text path = { 0 }, body = { 0 };

	emit_commit(&parties[0], 1, days[0] + OPENING - 1800, "建立工作区：登记各方和信息系统");
	if (root != NULL)
		emit_folder(root, "");
	for (int i = 0; i < n_parties; i++) {
		path.len = body.len = 0;
		text_printf(&path, "content/parties/%s.md", parties[i].id);
		party_render(&body, &parties[i]);
		emit_file(path.ptr, &body);
	}
	for (int i = 0; i < n_systems; i++) {
		path.len = body.len = 0;
		text_printf(&path, "content/systems/%s.md", systems[i].id);
		system_render(&body, &systems[i]);
		emit_file(path.ptr, &body);
	}
	free(path.ptr);
	free(body.ptr);
}

static const struct party *
acting_party(const struct ticket *t)
{
	int tenant = systems[t->system].tenant;

	switch (t->moves[t->done]->by) {
	case COORDINATOR: return &parties[0];
	case OPERATOR: return &parties[1];
	case REVIEWER: return &parties[2];
	case BUREAU: return &parties[2 + parties[tenant].county];
	default: return &parties[tenant];
	}
}

static void
emit_step(struct ticket *t)
{
	static struct text message, path, body;
	const struct party *by = acting_party(t);
	int k = t->done;
	uint64_t seed = t->seed + (uint64_t)k;

	if (k == 0)
		ticket_open(t);
	message.len = path.len = body.len = 0;
	put_part(&message, t, k, 70 + k, t->moves[k]->says);
	text_str(&message, "\n");
	if (t->late[k])
		text_printf(&message, "\nLate-Reason: %s\n",
			    late_reasons[between(&seed, 0, (int)COUNT(late_reasons) - 1)]);
	emit_commit(by, between(&seed, 1, by->officers), days[t->days[k]] + OPENING + t->times[k],
		    message.ptr);
	text_printf(&path, "%s/ticket.md", t->folder);
	ticket_render(&body, t);
	emit_file(path.ptr, &body);
	if (!step_repeats(t, k))
		put_papers(NULL, t, k, emit_file);
	t->done++;
}

int
main(int argc, char **argv)
{
	const char *root = NULL;
	struct event *events;
	size_t n;

	if (argc == 4 && strcmp(argv[1], "--root") == 0)
		root = argv[2];
	n_tickets = argc == 2 || root != NULL ? atoi(argv[argc - 1]) : 0;
	if (n_tickets < 1) {
		fprintf(stderr, "usage: generate [--root DIR] N > stream\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOFBF, 1 << 20);
	calendar_load(root);
	parties_make(n_tickets);
	systems_make(n_tickets);
	tickets_make();
	events = events_make(&n);
	emit_root(root);
	for (size_t i = 0; i < n; i++)
		emit_step(&tickets[events[i].ticket]);
	printf("done\n");
	if (fflush(stdout) != 0 || ferror(stdout))
		die("cannot write", "stdout");
	return 0;
}
