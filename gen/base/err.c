#include "err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

static int err_vset(struct err *err, enum err_code code, const char *fmt, va_list ap)
    printf_like(3, 0);

static int
err_vset(struct err *err, enum err_code code, const char *fmt, va_list ap)
{
	if (err->code != ERR_NONE)
		return -1;
	err->code = code;
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	utf8_trim(err->text);
	return -1;
}

int
err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	err_vset(err, code, fmt, ap);
	va_end(ap);
	return -1;
}

int
err_at(struct err *err, enum err_code code, const char *file, int line, int column, const char *fmt,
       ...)
{
	va_list ap;

	if (err->code != ERR_NONE)
		return -1;
	snprintf(err->file, sizeof(err->file), "%s", file);
	utf8_trim(err->file);
	err->line = line;
	err->column = column;
	va_start(ap, fmt);
	err_vset(err, code, fmt, ap);
	va_end(ap);
	return -1;
}

/* What a clerk meets, in words a clerk reads; the rest as the system says it. */
static const char *
reason(int number)
{
	switch (number) {
	case ENOENT: return "没有这个文件或目录";
	case EACCES:
	case EPERM: return "没有权限";
	case EEXIST: return "已经有了";
	case EISDIR: return "这是一个目录";
	case ENOTDIR: return "路径中有一段不是目录";
	case ENOSPC: return "磁盘已满";
	case EROFS: return "磁盘是只读的";
	case EIO: return "磁盘读写出错";
	case ENAMETOOLONG: return "名字太长";
	default: return strerror(number);
	}
}

int
err_sys(struct err *err, const char *what, const char *path)
{
	int saved = errno;

	return err_set(err, ERR_IO, "%s失败：%s（%s）", what, path, reason(saved));
}

void
err_clear(struct err *err)
{
	memset(err, 0, sizeof(*err));
}

void
err_print(const struct err *err)
{
	if (err->file[0] != '\0')
		text_print(stderr, err->file, false);
	else
		fputs("yunjuan", stderr);
	if (err->line > 0)
		fprintf(stderr, ":%d", err->line);
	if (err->line > 0 && err->column > 0)
		fprintf(stderr, ":%d", err->column);
	fputs(err->file[0] != '\0' ? ": 错误：" : ": ", stderr);
	text_print(stderr, err->text, true);
	putc('\n', stderr);
}
