#include "ledger/prices.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/fees.h"

#define RULE "prices"
#define FAULTS_MAX 100	       /* more findings on one file help nobody */
#define FEN_MAX 100000000000LL /* a billion yuan: no price is more */
#define AMOUNT_MAX 1000000000LL

/* --- reading one list ------------------------------------------------------------------------------ */
static const struct field row_fields[] = {
	{ .key = "type", .label = "资源类型", .help = "", .unit = "", .type = FIELD_TEXT },
	{ .key = "each", .label = "每项月单价", .help = "", .unit = "元", .type = FIELD_DECIMAL },
	{ .key = "vcpu", .label = "每核月单价", .help = "", .unit = "元", .type = FIELD_DECIMAL },
	{ .key = "memory_gb",
	  .label = "内存每 GB 月单价",
	  .help = "",
	  .unit = "元",
	  .type = FIELD_DECIMAL },
	{ .key = "storage_gb",
	  .label = "存储每 GB 月单价",
	  .help = "",
	  .unit = "元",
	  .type = FIELD_DECIMAL },
};
static const struct field list_fields[] = {
	{ .key = "title", .label = "名称", .help = "", .unit = "", .type = FIELD_TEXT },
	{ .key = "source", .label = "依据", .help = "", .unit = "", .type = FIELD_TEXT },
	{ .key = "example", .label = "是否示例", .help = "", .unit = "", .type = FIELD_BOOL },
	{ .key = "day_rate", .label = "日单价折算", .help = "", .unit = "", .type = FIELD_TEXT },
	{ .key = "prices",
	  .label = "价格",
	  .help = "",
	  .unit = "",
	  .type = FIELD_LIST,
	  .columns = (struct field *)row_fields,
	  .column_count = sizeof(row_fields) / sizeof(*row_fields) },
};

/* What one list is read with. */
struct reading {
	struct price_list *list;
	const char *file;
	struct findings *findings;
	size_t faults;
};

static void complain(struct reading *r, const struct node *at, const char *fmt, ...)
    printf_like(3, 4);

static void
complain(struct reading *r, const struct node *at, const char *fmt, ...)
{
	char says[400];
	va_list args;

	va_start(args, fmt);
	vsnprintf(says, sizeof(says), fmt, args);
	va_end(args);
	utf8_trim(says);
	if (++r->faults > FAULTS_MAX)
		return;
	if (r->faults == FAULTS_MAX)
		snprintf(says, sizeof(says), "这里以后的问题不再列出；请先改正前面的");
	finding_file(r->findings, RULE, r->file, at == NULL ? 0 : at->line,
		     at == NULL ? 0 : at->column, "%s", says);
}

/* "2021-05-01.yaml" */
static bool
day_of_name(const char *file, int32_t *day)
{
	const char *slash = strrchr(file, '/'), *name = slash == NULL ? file : slash + 1;
	char text[11];

	if (strlen(name) != 15 || strcmp(name + 10, ".yaml") != 0)
		return false;
	memcpy(text, name, 10);
	text[10] = '\0';
	return day_parse(text, day);
}

/* "12/365" */
static bool
read_rate(const char *text, int64_t *months, int64_t *days)
{
	char above[8], below[8];
	const char *slash = strchr(text, '/');

	if (slash == NULL || slash - text >= 8 || strlen(slash + 1) >= 8)
		return false;
	memcpy(above, text, (size_t)(slash - text));
	above[slash - text] = '\0';
	memcpy(below, slash + 1, strlen(slash + 1) + 1);
	return text_number(above, 1, 12, months) && text_number(below, 1, 366, days);
}

static void
read_head(struct reading *r, const struct node *front)
{
	const struct node *example = node_get(front, "example"),
			  *rate = node_get(front, "day_rate");

	r->list->title = node_text(front, "title");
	r->list->source = node_text(front, "source");
	if (!day_of_name(r->file, &r->list->from))
		complain(r, NULL,
			 "价格表的文件名应是它开始执行的日期，例如 %s/2021-05-01.yaml；请改名",
			 PRICES_FOLDER);
	if (r->list->source[0] == '\0')
		complain(r, front, "没有写依据；请填 source，例如粤财行〔2019〕82 号");
	if (example == NULL || !example->typed)
		complain(r, front, "没有写是否示例；请填 example: 是 或 否");
	r->list->example = example == NULL || !example->typed || example->number != 0;
	if (!read_rate(node_text(front, "day_rate"), &r->list->months, &r->list->days))
		complain(r, rate == NULL ? front : rate,
			 "日单价折算 day_rate 应写成 12/365（月单价乘 12 除以 365 天）");
}

static int64_t
read_price(struct reading *r, const struct node *row, const char *key)
{
	const struct node *node = node_get(row, key);
	int64_t fen;

	if (node == NULL || node->kind != NODE_SCALAR || node->text[0] == '\0')
		return -1;
	if (!node->typed) /* fields_check has said so */
		return r->faults++, -1;
	if (fen_parse(node->text, &fen) && fen >= 0 && fen <= FEN_MAX)
		return fen;
	complain(r, node, "单价“%s”应是 0 或以上、至多两位小数的数（元）", node->text);
	return -1;
}

static bool
listed(const struct price_list *list, const char *type)
{
	size_t i;

	for (i = 0; i < list->row_count; i++) {
		if (strcmp(list->rows[i].type, type) == 0)
			return true;
	}
	return false;
}

static void
read_row(struct reading *r, const struct node *row)
{
	struct price price = { .type = node_text(row, "type"), .line = row->line };

	if (row->kind != NODE_MAP) /* fields_check has said so */
		return;
	price.each = read_price(r, row, "each");
	price.vcpu = read_price(r, row, "vcpu");
	price.memory_gb = read_price(r, row, "memory_gb");
	price.storage_gb = read_price(r, row, "storage_gb");
	if (price.type[0] == '\0')
		complain(r, row, "这一行没有写资源类型 type");
	else if (listed(r->list, price.type))
		complain(r, row, "资源类型“%s”写了两行；请只留一行", price.type);
	else if (price.each < 0 && price.vcpu < 0 && price.memory_gb < 0 && price.storage_gb < 0)
		complain(r, row, "资源类型“%s”没有写任何单价", price.type);
	r->list->rows[r->list->row_count++] = price;
}

bool
price_list_parse(struct price_list *out, struct arena *arena, const char *text, size_t len,
		 const char *file, struct findings *findings)
{
	struct reading r = { .list = out, .file = file, .findings = findings };
	const struct node *rows;
	struct doc doc;
	size_t i, before = findings->count;

	memset(out, 0, sizeof(*out));
	out->file = file;
	yaml_parse(&doc, arena, text, len, file, findings);
	if (doc.broken)
		return false;
	fields_check(&doc, list_fields, sizeof(list_fields) / sizeof(*list_fields), findings);
	read_head(&r, doc.front);
	rows = node_get(doc.front, "prices");
	if (rows == NULL || rows->kind != NODE_LIST || rows->count == 0)
		complain(&r, doc.front, "没有写任何价格；请填 prices，每种资源一行");
	else
		out->rows = arena_alloc(arena, rows->count * sizeof(*out->rows));
	for (i = 0; out->rows != NULL && i < rows->count; i++)
		read_row(&r, rows->items[i]);
	return r.faults == 0 && findings->count == before;
}

/* --- all lists of a snapshot -------------------------------------------------------------------------- */
struct folder {
	struct prices *prices;
	struct arena *arena;
	const struct snapshot *snap;
	struct findings *findings;
};

static int
take_list(void *ctx, const struct entry *entry, struct err *err)
{
	struct folder *f = ctx;
	struct buf text = BUF_INIT;
	struct price_list list;
	const char *path = arena_strdup(f->arena, entry->path);
	int found = text_ends(path, ".yaml")
			? snapshot_read(f->snap, path, DOC_MAX_BYTES, &text, NULL, err)
			: 0;

	if (found > 0 &&
	    price_list_parse(&list, f->arena, arena_copy(f->arena, text.ptr, text.len + 1, 1),
			     text.len, path, f->findings))
		vec_push(f->prices->lists, f->prices->count, f->prices->cap, list);
	buf_release(&text);
	return found < 0 ? -1 : 0;
}

int
prices_read(struct prices *out, struct arena *arena, const struct snapshot *snap,
	    struct findings *findings, struct err *err)
{
	struct folder f = { out, arena, snap, findings };

	memset(out, 0, sizeof(*out));
	return snapshot_list(snap, PRICES_FOLDER, take_list, &f, err); /* by name: by date */
}

void
prices_release(struct prices *prices)
{
	free(prices->lists);
	memset(prices, 0, sizeof(*prices));
}

const struct price_list *
prices_on(const struct prices *prices, int32_t day)
{
	const struct price_list *found = NULL;
	size_t i;

	for (i = 0; i < prices->count && prices->lists[i].from <= day; i++)
		found = &prices->lists[i];
	return found;
}

/* --- pricing ------------------------------------------------------------------------------------------- */
/* Adds price * amount; false when it cannot: no such price, or more than any month costs. */
static bool
add_part(int64_t *sum, int64_t price, int64_t amount, const char *lacks, const char **why)
{
	*why = lacks;
	if (amount == 0)
		return true;
	if (price < 0)
		return false;
	*why = "数量太大，算不出金额";
	if (amount < 0 || amount > AMOUNT_MAX || (price > 0 && amount > FEN_MAX / price))
		return false;
	*sum += price * amount;
	return *sum <= FEN_MAX;
}

bool
price_of(const struct price_list *list, const char *type, const struct spec *spec, int64_t *fen,
	 const char **why)
{
	const struct price *price = NULL;
	int64_t one = 0;
	size_t i;

	*fen = 0;
	*why = "没有这种资源的单价";
	for (i = 0; i < list->row_count && price == NULL; i++)
		price = strcmp(list->rows[i].type, type) == 0 ? &list->rows[i] : NULL;
	if (price == NULL)
		return false;
	if (!add_part(&one, price->vcpu, spec->vcpu, "没有 vCPU（vcpu）的单价", why) ||
	    !add_part(&one, price->memory_gb, spec->memory_gb, "没有内存（memory_gb）的单价",
		      why) ||
	    !add_part(&one, price->storage_gb, spec->storage_gb, "没有存储（storage_gb）的单价",
		      why))
		return false;
	if (price->each >= 0)
		one += price->each;
	else if (spec->vcpu == 0 && spec->memory_gb == 0 && spec->storage_gb == 0) {
		*why = "按项计，没有每项（each）的单价";
		return false;
	}
	return add_part(fen, one, spec->count, "", why);
}
