/* checks: each thing a bag from somebody else is refused for, what its check is called, and what
 * to ask of the sender. */
#include "parcel/read_internal.h"

#include <stdarg.h>
#include <string.h>

#define STAGE_MAX 20 /* findings; a hostile package has as many faults as it likes */

#define ASK_AGAIN "请对方用原件重新拷贝或发送一次"
#define ASK_REPACK "请对方用云卷重新打包，不要用别的工具改动包里的内容"
#define ASK_RENAME "请对方把文件改名后重新打包"
#define ASK_SMALLER "请对方说明来历，确有需要的分成几个包"

struct check {
	const char *rule, *name, *ask;
};

static const struct check checks[] = {
	{ "zip-truncated", "压缩包完整", ASK_AGAIN },
	{ "zip-trailing", "压缩包前后没有多余的内容", ASK_AGAIN },
	{ "zip-disk", "压缩包是单独一卷", ASK_REPACK },
	{ "zip-directory", "压缩包的目录", ASK_REPACK },
	{ "zip-header", "压缩包的目录与各文件的头一致", ASK_REPACK },
	{ "zip-overlap", "压缩包里的文件各占各的位置", ASK_REPACK },
	{ "zip-gap", "压缩包里没有夹带", ASK_REPACK },
	{ "name-empty", "文件名", ASK_RENAME },
	{ "name-utf8", "文件名", ASK_RENAME },
	{ "name-control", "文件名", ASK_RENAME },
	{ "name-direction", "文件名", ASK_RENAME },
	{ "name-absolute", "文件名", ASK_RENAME },
	{ "name-drive", "文件名", ASK_RENAME },
	{ "name-backslash", "文件名", ASK_RENAME },
	{ "name-traversal", "文件名", ASK_RENAME },
	{ "name-reserved", "文件名", ASK_RENAME },
	{ "name-end", "文件名", ASK_RENAME },
	{ "name-long", "文件名", ASK_RENAME },
	{ "name-deep", "文件名", ASK_RENAME },
	{ "name-duplicate", "文件名不重复", ASK_RENAME },
	{ "name-top", "只有一个顶层目录", ASK_REPACK },
	{ "file-link", "没有链接", ASK_REPACK },
	{ "file-special", "只有普通文件", ASK_REPACK },
	{ "file-count", "文件个数", ASK_SMALLER },
	{ "size-file", "文件大小", ASK_SMALLER },
	{ "size-total", "总大小", ASK_SMALLER },
	{ "size-ratio", "压缩比", ASK_SMALLER },
	{ "size-real", "文件大小与所写一致", ASK_REPACK },
	{ "file-encrypted", "没有加密的文件", "请对方不加密重新打包" },
	{ "file-method", "压缩方法", ASK_REPACK },
	{ "file-damaged", "文件没有损坏", ASK_AGAIN },
	{ "bag-declaration", "bagit.txt", ASK_REPACK },
	{ "bag-fetch", "内容都在包里", ASK_REPACK },
	{ "bag-manifest", "清单齐全", ASK_REPACK },
	{ "bag-line", "清单的写法", ASK_REPACK },
	{ "bag-missing", "清单上的文件都在", ASK_AGAIN },
	{ "bag-unlisted", "文件都在清单上", ASK_REPACK },
	{ "bag-tag", "随包文件的摘要", ASK_AGAIN },
	{ "bag-info", "bag-info.txt", ASK_REPACK },
	{ "bag-oxum", "内容的总字节数和个数", ASK_AGAIN },
	{ "bag-digest", "内容的摘要", ASK_AGAIN },
};

static const struct check *
check_find(const char *rule)
{
	size_t i;

	for (i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		if (strcmp(checks[i].rule, rule) == 0)
			return &checks[i];
	}
	return NULL;
}

void
refuse(struct bag_reader *bag, const char *rule, const char *file, int line, const char *fmt, ...)
{
	const struct check *check = check_find(rule);
	struct buf name = BUF_INIT, says = BUF_INIT;
	char what[512];
	va_list ap;

	if (bag->refused++ > STAGE_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	utf8_trim(what);
	if (bag->refused > STAGE_MAX) {
		snprintf(what, sizeof(what), "同类的问题还有，不再列出");
		file = "";
	}
	bag_name_show(&name, file);
	bag_name_show(&says, what);
	finding_file(bag->findings, rule, name.ptr, line, 0, "“%s”没有通过：%s；%s",
		     check == NULL ? rule : check->name, says.ptr, check == NULL ? "" : check->ask);
	buf_release(&name);
	buf_release(&says);
}

const char *
bytes_text(struct arena *arena, int64_t bytes)
{
	if (bytes < 10000)
		return arena_printf(arena, "%lld 字节", (long long)bytes);
	if (bytes < (int64_t)10000 * 1000)
		return arena_printf(arena, "%.0f KB", (double)bytes / 1000);
	return arena_printf(arena, "%.0f MB", (double)bytes / 1e6);
}
