/* Segments of the history's index, with a sum that is right: whatever else they say is not
 * believed, and every number that was taken in points at something. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "trail/log_internal.h"

#include "fuzz.h"

/* Makes the sums of the segments right, as far as their lengths lead. */
static void
repair(struct buf *image)
{
	struct segment_head head;
	size_t at = LOG_MAGIC_LEN;

	while (image->len >= at && image->len - at >= sizeof(head)) {
		memcpy(&head, image->ptr + at, sizeof(head));
		if (head.bytes < sizeof(head) || head.bytes > image->len - at)
			return;
		head.sum = log_segment_sum(&head, image->ptr + at + sizeof(head));
		memcpy(image->ptr + at, &head, sizeof(head));
		at += head.bytes;
	}
}

static void
ask_event(const struct log *log, const struct event *e)
{
	must(e->ticket < log->ticket_count && e->commit < log->commit_count);
	must(strlen(log_text(log, e->message)) <= log_image_len(log));
	must(strlen(log_text(log, e->signed_by)) <= log_image_len(log));
}

static void
ask(struct log *log)
{
	size_t i, k, count, all = 0;
	uint32_t number;

	for (i = 0; i < log->commit_count; i++)
		for (k = 0; k < 2; k++)
			must(log->commits[i]->parents[k] <= i);
	for (i = 0; i < log->segment_count; i++) {
		const struct event *e = log_segment_events(log, i, &count), *end = e + count;

		for (; e < end; e++)
			ask_event(log, e);
		all += count;
	}
	must(all == log->event_count);
	log_index_folders(log);
	for (i = 0; i < log->ticket_count; i++) {
		must(log_ticket_id(log, (uint32_t)i) != NULL);
		must(log_find(log, log_ticket_folder(log, (uint32_t)i), &number));
		must(number < log->ticket_count);
	}
	if (log->commit_count > 0)
		must(log_find_commit(log, &log->commits[0]->oid, &number));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct log *log = xcalloc(1, sizeof(*log));

	buf_init(&log->added, 0);
	buf_put(&log->added, data, size);
	repair(&log->added);
	log_take_added(log);
	ask(log);
	log_free(log);
	return 0;
}
