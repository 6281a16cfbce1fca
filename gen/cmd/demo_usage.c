/* The minutes of the sample year: written from what a step says of each machine, then taken in by
 * the program itself, as the operator's officer would do it. No chance: the same step, the same rows. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/demo.h"
#include "ledger/usage.h"

#define MINUTES ".git/yunjuan-minutes.csv"
#define HEADING "vm,time,vcpu_pct,mem_pct,disk_used_gb,disk_alloc_gb\n"
#define WORK_FROM (8 * 60)
#define WORK_TO (20 * 60)
#define PAYING 31 /* minutes behind a peak that give back what it took, so that the mean stays */

/* Hundredths of a per cent: the mean of the working hours, the peak of the day. */
struct load {
	int mean, peak;
};

struct machine {
	const char *vm,
	    *days; /* days: "2021-10-08 46/72 58/71" a line; "2021-10-09 -": no samples */
	struct load vcpu, memory;
	int64_t used, allocated, grows; /* hundredths of a GB; grows: a day */
	uint64_t seed;
};

/* "8.7/31" as hundredths. */
static bool
pair_parse(const char *text, int64_t *first, int64_t *second)
{
	double a, b;

	if (sscanf(text, "%lf/%lf", &a, &b) != 2 || a < 0 || b < 0)
		return false;
	*first = llround(a * 100);
	*second = llround(b * 100);
	return true;
}

static bool
load_parse(const char *text, struct load *out)
{
	int64_t mean, peak;

	if (!pair_parse(text, &mean, &peak) || mean > peak || peak > 10000 ||
	    peak > mean * PAYING) /* more than can be given back */
		return false;
	*out = (struct load){ (int)mean, (int)peak };
	return true;
}

static bool
machine_parse(const struct node *row, struct machine *out)
{
	int64_t grows = 0, unused;
	char growth[40];

	out->vm = node_text(row, "vm");
	out->days = node_text(row, "days");
	out->seed = hash_bytes(out->vm, strlen(out->vm), 17);
	snprintf(growth, sizeof(growth), "%s/0", node_text(row, "grows"));
	if (node_text(row, "grows")[0] != '\0' && !pair_parse(growth, &grows, &unused))
		return false;
	out->grows = grows;
	return out->vm[0] != '\0' && load_parse(node_text(row, "vcpu"), &out->vcpu) &&
	       load_parse(node_text(row, "memory"), &out->memory) &&
	       pair_parse(node_text(row, "disk"), &out->used, &out->allocated);
}

/* A day that is not described swings a little, and stays below the peak. */
static struct load
swing(const struct load *usual, uint64_t seed)
{
	int mean = usual->mean * (92 + (int)(seed % 17)) / 100,
	    peak = usual->peak * (86 + (int)(seed / 17 % 15)) / 100;

	return (struct load){ mean < peak ? mean : peak, peak };
}

/* False: the machine sent nothing that day. */
static bool
loads_of_day(const struct machine *m, int32_t day, struct load *vcpu, struct load *memory)
{
	uint64_t seed = hash_bytes(&day, sizeof(day), m->seed);
	char date[11], first[24] = "", second[24] = "";
	const char *line;

	day_text(day, date);
	*vcpu = swing(&m->vcpu, seed);
	*memory = swing(&m->memory, seed >> 20);
	line = strstr(m->days, date);
	if (line == NULL)
		return true;
	if (sscanf(line + 10, "%23s %23s", first, second) >= 1 && first[0] == '-')
		return false;
	return load_parse(first, vcpu) && load_parse(second, memory);
}

/* Around the mean minutes go up and down in pairs. The peak stands at an even minute. */
static int
level(const struct load *load, int minute, int peak_at)
{
	int over = load->peak - load->mean, room = load->mean;

	if (minute < WORK_FROM || minute >= WORK_TO)
		return load->mean / 3;
	if (minute == peak_at)
		return load->peak;
	if (minute > peak_at && minute <= peak_at + PAYING)
		return load->mean - over / PAYING - (minute == peak_at + 1 ? over % PAYING : 0);
	room = room < 10000 - load->mean ? room : 10000 - load->mean;
	room = room < over ? room / 9 : over / 9;
	return load->mean + (minute % 2 == 0 ? room : -room);
}

static void
put_hundredths(struct buf *out, int64_t value)
{
	char text[32];
	size_t len = sizeof(text);

	text[--len] = (char)('0' + value % 10);
	text[--len] = (char)('0' + value / 10 % 10);
	text[--len] = '.';
	value /= 100;
	do {
		text[--len] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	buf_put(out, text + len, sizeof(text) - len);
}

static void
write_day(struct buf *out, const struct machine *m, int32_t day, int64_t used)
{
	uint64_t seed = hash_bytes(&day, sizeof(day), m->seed + 1);
	int vcpu_at = WORK_FROM + 60 + (int)(seed % 300) * 2,
	    memory_at = WORK_FROM + 60 + (int)(seed / 300 % 300) * 2, minute;
	struct load vcpu, memory;
	char date[11];

	if (!loads_of_day(m, day, &vcpu, &memory))
		return;
	day_text(day, date);
	for (minute = 0; minute < USAGE_DAY_MINUTES; minute++) {
		char clock[8] = {
			' ', (char)('0' + minute / 600),     (char)('0' + minute / 60 % 10),
			':', (char)('0' + minute % 60 / 10), (char)('0' + minute % 10),
			','
		};

		buf_puts(out, m->vm);
		buf_putc(out, ',');
		buf_puts(out, date);
		buf_puts(out, clock);
		put_hundredths(out, level(&vcpu, minute, vcpu_at));
		buf_putc(out, ',');
		put_hundredths(out, level(&memory, minute, memory_at));
		buf_putc(out, ',');
		put_hundredths(out, used);
		buf_putc(out, ',');
		put_hundredths(out, m->allocated);
		buf_putc(out, '\n');
	}
}

static int
write_minutes(struct buf *out, const struct node *usage, struct err *err)
{
	const struct node *machines = node_get(usage, "machines");
	int32_t from, to, day;
	size_t i;

	if (!day_parse(node_text(usage, "from"), &from) ||
	    !day_parse(node_text(usage, "to"), &to) || machines == NULL ||
	    machines->kind != NODE_LIST)
		return err_set(err, ERR_DATA, "示例脚本第 %d 行：usage 要写 from、to 和 machines",
			       usage->line);
	buf_puts(out, HEADING);
	for (i = 0; i < machines->count; i++) {
		struct machine machine = { 0 };

		if (!machine_parse(machines->items[i], &machine))
			return err_set(err, ERR_DATA, "示例脚本第 %d 行：机器的用量写法有误",
				       machines->items[i]->line);
		for (day = from; day <= to; day++)
			write_day(out, &machine, day, machine.used + (day - from) * machine.grows);
	}
	return 0;
}

static int
import(const char *root, const char *name, const char *email, int64_t at, struct err *err)
{
	char *program = program_path();
	const char *argv[] = { program, "usage", MINUTES, NULL };
	int status = run_as(root, name, email, at, argv, true, err);

	free(program);
	return status == 0  ? 0
	       : status < 0 ? -1
			    : err_set(err, ERR_DATA, "示例年的用量没有导入，见上面的说明");
}

int
demo_usage(const char *root, const struct node *usage, const char *name, const char *email,
	   int64_t at, struct err *err)
{
	struct buf rows = BUF_INIT;
	char *csv = file_join(root, MINUTES);
	int rc = write_minutes(&rows, usage, err);

	if (rc == 0)
		rc = file_replace(csv, rows.ptr, rows.len, false, err);
	if (rc == 0)
		rc = import(root, name, email, at, err);
	if (file_exists(csv) && remove(csv) != 0 && rc == 0)
		rc = err_sys(err, "删除", csv);
	free(csv);
	buf_release(&rows);
	return rc;
}
