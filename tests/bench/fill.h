/* fill: the words of words.h with a ticket's own facts put into their holes. Included by
 * generate.c, once, where the tickets are known. */
/* SQ-20210510-mzjy-01: the last number counts what the tenant opened of this flow on that day. */
static void
ticket_open(struct ticket *t)
{
	static unsigned char *opened;
	int tenant = systems[t->system].tenant, flow = (int)(t->flow - flows);
	struct tm tm = local_time(days[t->days[0]]);
	int number;

	if (opened == NULL)
		opened = xcalloc((size_t)n_parties * (size_t)n_days * COUNT(flows), 1);
	number = ++opened[((size_t)tenant * (size_t)n_days + (size_t)t->days[0]) * COUNT(flows) +
			  (size_t)flow];
	snprintf(t->id, sizeof(t->id), "%s-%04d%02d%02d-%s-%02d", t->flow->prefix, tm.tm_year,
		 tm.tm_mon, tm.tm_mday, parties[tenant].id, number);
	snprintf(t->folder, sizeof(t->folder), "content/tickets/%04d/%02d/%s", tm.tm_year,
		 tm.tm_mon, t->id);
}

/* ---- the words of a ticket ---- */

struct pen {
	struct text *out;
	const struct ticket *t;
	int step;    /* whose day {day} is */
	int row, vm; /* of a text for each row, for each machine */
	uint64_t seed;
};

static void put_words(struct pen *pen, const char *text, size_t len);

static int
ticket_rows(const struct ticket *t, struct row rows[MAX_ROWS])
{
	static const char *const oses[] = { "麒麟 V10", "统信 UOS 20", "CentOS 7.6",
					    "openEuler 20.03" };
	static const char *const networks[] = { "政务外网区", "互联网接入区", "数据区" };
	uint64_t seed = t->base->seed ^ 0x726f7773;
	int n = between(&seed, 1, MAX_ROWS);

	for (int i = 0; i < n; i++) {
		rows[i].name = row_names[(i * 3 + between(&seed, 0, 1)) % (int)COUNT(row_names)];
		rows[i].type = "虚拟机";
		rows[i].os = oses[between(&seed, 0, 3)];
		rows[i].network = networks[between(&seed, 0, 2)];
		rows[i].count = between(&seed, 1, 2);
		rows[i].vcpu = 2 << between(&seed, 0, 2);
		rows[i].memory = rows[i].vcpu * between(&seed, 1, 2) * 2;
		rows[i].storage = between(&seed, 1, 5) * 100;
	}
	return n;
}

/* 迁云, moving what is there, against 上云, something new. */
static int
migrates(const struct ticket *t)
{
	return t->seed % 3 != 0;
}

static int
put_row_fact(struct pen *pen, const char *name, const struct row *r)
{
	if (strcmp(name, "r.name") == 0)
		text_str(pen->out, r->name);
	else if (strcmp(name, "r.type") == 0)
		text_str(pen->out, r->type);
	else if (strcmp(name, "r.os") == 0)
		text_str(pen->out, r->os);
	else if (strcmp(name, "r.count") == 0)
		text_printf(pen->out, "%d", r->count);
	else if (strcmp(name, "r.vcpu") == 0)
		text_printf(pen->out, "%d", r->vcpu);
	else if (strcmp(name, "r.memory") == 0)
		text_printf(pen->out, "%d", r->memory);
	else if (strcmp(name, "r.storage") == 0)
		text_printf(pen->out, "%d", r->storage);
	else if (strcmp(name, "r.network") == 0)
		text_str(pen->out, r->network);
	else if (strcmp(name, "v.id") == 0)
		text_printf(pen->out, "vm-%s-%02d", pen->t->base->id + 3, pen->vm + 1);
	else if (strcmp(name, "first-vm") == 0)
		text_printf(pen->out, "vm-%s-01", pen->t->base->id + 3);
	else
		return 0;
	return 1;
}

static int
put_total_fact(struct pen *pen, const char *name, const struct row *rows, int n)
{
	int vcpu = 0, memory = 0, storage = 0;

	for (int i = 0; i < n; i++) {
		vcpu += rows[i].vcpu * rows[i].count;
		memory += rows[i].memory * rows[i].count;
		storage += rows[i].storage * rows[i].count;
	}
	if (strcmp(name, "vcpu") == 0)
		text_printf(pen->out, "%d", vcpu);
	else if (strcmp(name, "memory") == 0)
		text_printf(pen->out, "%d", memory);
	else if (strcmp(name, "storage") == 0)
		text_printf(pen->out, "%d", storage);
	else
		return 0;
	return 1;
}

static int
put_day_fact(struct pen *pen, const char *name)
{
	int64_t day = days[pen->t->days[pen->step]];

	if (strcmp(name, "day") == 0)
		put_date(pen->out, day);
	else if (strcmp(name, "time") == 0)
		put_time(pen->out, day + OPENING + pen->t->times[pen->step]);
	else if (strcmp(name, "day-before") == 0)
		put_date(pen->out, days[pen->t->days[pen->step - 1]]);
	else if (strcmp(name, "soon") == 0)
		put_date(pen->out, day + (int64_t)DAY * 3);
	else if (strcmp(name, "later") == 0)
		put_date(pen->out, day + (int64_t)DAY * 180);
	else
		return 0;
	return 1;
}

/* How often the plan was edited up to this step: an edit must change something. */
static int
put_edit_fact(struct pen *pen, const char *name)
{
	int edits = 0;

	for (int i = 1; i <= pen->t->done; i++)
		if (pen->t->moves[i]->from != NULL &&
		    strcmp(pen->t->moves[i]->from, pen->t->moves[i]->to) == 0)
			edits++;
	if (strcmp(name, "revised") == 0) {
		if (edits > 0)
			text_printf(pen->out, "，已修订%d次", edits);
	} else if (strcmp(name, "revisions") == 0) {
		for (int i = 1; i <= edits; i++)
			text_printf(pen->out, "第%d次修订：按评审意见调整第%d步的时间安排。\n\n", i,
				    i);
	} else {
		return 0;
	}
	return 1;
}

static int
put_ticket_fact(struct pen *pen, const char *name)
{
	const struct system_entry *s = &systems[pen->t->system];
	int migrating = migrates(pen->t);

	if (strcmp(name, "system") == 0)
		text_str(pen->out, s->name);
	else if (strcmp(name, "unit") == 0)
		text_str(pen->out, parties[s->tenant].name);
	else if (strcmp(name, "tenant") == 0)
		text_str(pen->out, parties[s->tenant].id);
	else if (strcmp(name, "kind") == 0)
		text_str(pen->out, migrating ? "迁云" : "上云");
	else if (strcmp(name, "basis") == 0)
		text_str(pen->out, migrating ? "实施方案" : "立项方案");
	else if (strcmp(name, "now") == 0)
		text_str(pen->out, migrating ? "现系统运行满三年，设备已过保修期。"
					     : "本次为新建系统，无历史数据。");
	else
		return 0;
	return 1;
}

/* Whether the operator's provisioning ran late: the reviewer must have warned it. */
static int
put_late_fact(struct pen *pen, const char *name)
{
	int late = 0;

	for (int i = 1; i <= pen->t->done; i++)
		if (strcmp(pen->t->moves[i]->to, "confirm") == 0)
			late |= pen->t->late[i];
	if (strcmp(name, "on-time") == 0)
		text_str(pen->out, late ? "否" : "是");
	else if (strcmp(name, "warning-if-late") != 0)
		return 0;
	else if (late)
		put_words(pen, "{warning}", strlen("{warning}"));
	return 1;
}

static void
put_repeated(struct pen *pen, enum repeat repeat, const char *text, const struct row *rows, int n)
{
	size_t len = strlen(text);

	if (repeat == ONCE || (repeat == IF_MIGRATING && migrates(pen->t)))
		put_words(pen, text, len);
	if (repeat != EACH_ROW && repeat != EACH_VM)
		return;
	for (pen->row = pen->vm = 0; pen->row < n; pen->row++)
		for (int i = 0; i < (repeat == EACH_VM ? rows[pen->row].count : 1); i++) {
			put_words(pen, text, len);
			pen->vm++;
		}
	pen->row = pen->vm = 0;
}

static void
put_fact(struct pen *pen, const char *name)
{
	struct row rows[MAX_ROWS];
	int n = ticket_rows(pen->t, rows);

	for (size_t i = 0; i < COUNT(facts); i++)
		if (strcmp(facts[i].name, name) == 0) {
			put_repeated(pen, facts[i].repeat, facts[i].text, rows, n);
			return;
		}
	if (put_row_fact(pen, name, &rows[pen->row]) || put_ticket_fact(pen, name) ||
	    put_day_fact(pen, name) || put_edit_fact(pen, name) || put_late_fact(pen, name) ||
	    put_total_fact(pen, name, rows, n))
		return;
	die("nobody knows this word", name);
}

/* [a|b|c] */
static void
put_choice(struct pen *pen, const char *text, size_t len)
{
	const char *end = text + len, *stop;
	int n = 1, chosen;

	for (const char *p = text; p < end; p++)
		n += *p == '|';
	for (chosen = between(&pen->seed, 0, n - 1); chosen > 0; chosen--)
		text = (const char *)memchr(text, '|', (size_t)(end - text)) + 1;
	stop = memchr(text, '|', (size_t)(end - text));
	put_words(pen, text, (size_t)((stop != NULL ? stop : end) - text));
}

/* {name} or {2-8} */
static void
put_hole(struct pen *pen, const char *text, size_t len)
{
	char name[40];
	int lo, hi;

	snprintf(name, sizeof(name), "%.*s", (int)len, text);
	if (sscanf(name, "%d-%d", &lo, &hi) == 2)
		text_printf(pen->out, "%d", between(&pen->seed, lo, hi));
	else
		put_fact(pen, name);
}

static void
put_words(struct pen *pen, const char *text, size_t len)
{
	const char *end = text + len, *close;

	while (text < end) {
		size_t plain = 0;

		while (text + plain < end && text[plain] != '{' && text[plain] != '[')
			plain++;
		text_add(pen->out, text, plain);
		text += plain;
		if (text == end)
			break;
		close = memchr(text, *text == '{' ? '}' : ']', (size_t)(end - text));
		if (close == NULL)
			die("a bracket is not closed", text);
		if (*text == '{')
			put_hole(pen, text + 1, (size_t)(close - text - 1));
		else
			put_choice(pen, text + 1, (size_t)(close - text - 1));
		text = close + 1;
	}
}

/* Each part has its own numbers, so that a later step leaves the earlier parts as they were. */
static void
put_part(struct text *out, const struct ticket *t, int step, int part, const char *text)
{
	struct pen pen = { .out = out, .t = t, .step = step };

	pen.seed = t->seed + (uint64_t)part * 1000003u;
	put_words(&pen, text, strlen(text));
}

/* Whether step `k` makes a move that the trail has made before: it brings nothing new. */
static int
step_repeats(const struct ticket *t, int k)
{
	for (int i = 0; i < k; i++)
		if (t->moves[i] == t->moves[k])
			return 1;
	return 0;
}

/*
 * The papers of step `k`: their names in the ticket when `paths` is NULL, else their bytes, put
 * one by one into the stream.
 */
static void
put_papers(struct text *list, const struct ticket *t, int k,
	   void (*emit)(const char *, const struct text *))
{
	struct text all = { 0 }, path = { 0 }, body = { 0 };
	char *save = NULL, *paper, *eq;

	put_part(&all, t, k, 40 + k, t->moves[k]->papers);
	paper = all.ptr != NULL ? strtok_r(all.ptr, "\t", &save) : NULL;
	for (; paper != NULL; paper = strtok_r(NULL, "\t", &save)) {
		eq = strchr(paper, '=');
		*eq = '\0';
		path.len = body.len = 0;
		if (emit == NULL) {
			text_printf(list, "  - paper: %s\n    file: %02d-%s.txt\n", paper, k + 1,
				    paper);
			continue;
		}
		text_printf(&path, "%s/%02d-%s.txt", t->folder, k + 1, paper);
		text_str(&body, eq + 1);
		text_printf(&body, "\n工单：%s\n", t->id);
		emit(path.ptr, &body);
	}
	free(all.ptr);
	free(path.ptr);
	free(body.ptr);
}

static void
ticket_render(struct text *out, const struct ticket *t)
{
	struct text list = { 0 };

	text_printf(out, "---\nflow: %s\nstage: %s\ntitle: ", t->flow->id, t->moves[t->done]->to);
	put_part(out, t, 0, 0, t->flow->title);
	text_printf(out, "\nsystem: %s\ntenant: %s\n", systems[t->system].name,
		    parties[systems[t->system].tenant].id);
	put_part(out, t, 0, 1, t->flow->head);
	for (int k = 0; k <= t->done; k++) {
		if (step_repeats(t, k))
			continue;
		put_part(out, t, k, 10 + k, t->moves[k]->fields);
		put_papers(&list, t, k, NULL);
	}
	if (list.len > 0) {
		text_str(out, "attachments:\n");
		text_add(out, list.ptr, list.len);
	}
	text_str(out, "---\n\n");
	put_part(out, t, 0, 2, t->flow->body);
	free(list.ptr);
}

/* ---- the stream ---- */
