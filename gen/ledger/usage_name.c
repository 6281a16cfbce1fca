/* What a machine may be called: its name becomes that of a file, here and on Windows. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "ledger/usage_internal.h"

#define NAME_MAX_BYTES 120

static bool
is_device(const char *name, size_t len)
{
	static const char *const devices[] = { "con",  "prn",  "aux",  "nul",  "com0", "com1",
					       "com2", "com3", "com4", "com5", "com6", "com7",
					       "com8", "com9", "lpt0", "lpt1", "lpt2", "lpt3",
					       "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9" };
	const char *dot = memchr(name, '.', len);
	size_t stem = dot == NULL ? len : (size_t)(dot - name), i;

	for (i = 0; i < sizeof(devices) / sizeof(*devices); i++) {
		if (strlen(devices[i]) == stem && strncasecmp(devices[i], name, stem) == 0)
			return true;
	}
	return false;
}

/* What is hidden anywhere, and for a machine's name some more. */
static bool
is_hidden(int32_t c)
{
	return utf8_hidden(c) || c == 0xad || c == 0x61c || (c >= 0x206a && c <= 0x206f) ||
	       (c >= 0xfff9 && c <= 0xffff) || c >= 0xe0000;
}

const char *
usage_name_fault(const char *name, size_t len)
{
	const char *at = name, *end = name + len;

	if (len == 0)
		return "机器名是空的";
	if (len > NAME_MAX_BYTES)
		return "机器名太长（超过 120 字节）";
	while (at < end) {
		int32_t c = utf8_next(&at, end);

		if (c < 0)
			return "机器名不是 UTF-8 或 GBK 编码";
		if (is_hidden(c))
			return "机器名里有控制字符或看不见的字符";
		if (c < 0x80 && strchr("/\\:*?\"<>|,", c) != NULL)
			return "机器名里有不能用作文件名的字符（/ \\ : * ? \" < > | ,）";
	}
	if (name[0] == '.' || name[0] == '-' || name[0] == ' ' || name[len - 1] == '.' ||
	    name[len - 1] == ' ')
		return "机器名以点、减号或空格开头，或者以点、空格结尾";
	return is_device(name, len) ? "机器名是 Windows 的保留名" : NULL;
}

int
usage_shard_of(const char *vm, int shards)
{
	return (int)((name_hash(vm, strlen(vm)) & 0xffffffff) % (uint64_t)shards) + 1;
}
