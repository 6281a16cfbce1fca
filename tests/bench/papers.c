/*
 * papers FOLDER COUNT: COUNT folders of mixed papers, 350 KB each: a ticket, a plan in words, a
 * table of measurements, and two files that do not compress (a scan, a packed document). The same
 * bytes each time. For make bench.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static uint64_t state = 20210510;

static uint32_t
next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32);
}

static FILE *
create(const char *folder, int number, const char *name)
{
	char path[1024];
	FILE *out;

	snprintf(path, sizeof(path), "%s/SQ-%05d", folder, number);
	mkdir(path, 0777);
	snprintf(path, sizeof(path), "%s/SQ-%05d/%s", folder, number, name);
	out = fopen(path, "wb");
	if (out == NULL) {
		perror(path);
		exit(1);
	}
	return out;
}

static void
finish(FILE *out)
{
	if (ferror(out) || fclose(out) != 0) {
		perror("write");
		exit(1);
	}
}

static void
write_words(FILE *out, long bytes)
{
	static const char *const words[] = {
		"云资源", "申请", "实施方案", "网络安全", "等级保护", "虚拟机", "存储", "系统",
		"部署",	  "评估", "运营方",   "监理",	  "数据",     "备份",	"需求", "内存",
		"核",	  "应当", "按照",     "不超过",	  "工作日",   "主管",	"单位", "意见",
		"通过",	  "说明", "依据",     "第十三条", "容量",     "业务",	"高峰", "并发"
	};

	while (ftell(out) < bytes) {
		uint32_t n = 6 + next() % 20;

		while (n-- > 0)
			fputs(words[next() % 32], out);
		fprintf(out, "%u。\n", next() % 1000);
	}
}

static void
write_table(FILE *out, long bytes)
{
	int row = 0;

	while (ftell(out) < bytes)
		fprintf(out, "2021-05-%02d\tvm-%04u\t%u.%02u\t%u.%02u\t%u\n", 1 + row++ % 31,
			next() % 2000, next() % 100, next() % 100, next() % 100, next() % 100,
			next() % 65536);
}

static void
write_noise(FILE *out, long bytes)
{
	while (bytes > 0) {
		uint32_t word = next();

		fwrite(&word, 1, sizeof(word), out);
		bytes -= (long)sizeof(word);
	}
}

static void
write_folder(const char *folder, int i)
{
	FILE *out = create(folder, i, "ticket.md");

	write_words(out, 4096);
	finish(out);
	out = create(folder, i, "实施方案.txt");
	write_words(out, 40000 + (long)(next() % 60000));
	finish(out);
	out = create(folder, i, "用量.tsv");
	write_table(out, 60000 + (long)(next() % 80000));
	finish(out);
	out = create(folder, i, "扫描件.jpg");
	write_noise(out, 90000 + (long)(next() % 90000));
	finish(out);
	out = create(folder, i, "评估报告.docx");
	write_noise(out, 20000 + (long)(next() % 40000));
	finish(out);
}

int
main(int argc, char **argv)
{
	int i, count;

	if (argc != 3)
		return 2;
	count = atoi(argv[2]);
	mkdir(argv[1], 0777);
	for (i = 0; i < count; i++)
		write_folder(argv[1], i);
	return 0;
}
