/* The next commit on HEAD: the index, under the name and date git would give it. */
#include "judge/judge_internal.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* git hands the author of the commit to its hooks; before that, the configuration says it. */
static char *
identity(struct repo *repo, const char *variable, const char *key)
{
	const char *given = getenv(variable);

	return given != NULL && given[0] != '\0' ? xstrdup(given) : repo_config(repo, key);
}

/* "+08:00", "+0800", "Z" -> seconds east. */
static int64_t
zone_seconds(const char *zone)
{
	int digits[4] = { 0 }, n = 0;
	const char *p;

	for (p = zone; *p != '\0' && n < 4; p++) {
		if (*p >= '0' && *p <= '9')
			digits[n++] = *p - '0';
	}
	return (zone[0] == '-' ? -1 : 1) *
	       (int64_t)((digits[0] * 10 + digits[1]) * 3600 + (digits[2] * 10 + digits[3]) * 60);
}

/* What git hands to hooks ("@1620610200 +0800") or a person set (ISO 8601 with its zone; without
 * one it is Beijing time); anything else is left to git and taken as now. */
static int64_t
author_time(int64_t now)
{
	const char *given = getenv("GIT_AUTHOR_DATE"), *end;
	int64_t time;
	struct tm tm = { 0 };
	char *stop;

	if (given == NULL || given[0] == '\0')
		return now;
	given += given[0] == '@' ? 1 : 0;
	time = strtoll(given, &stop, 10);
	if (stop - given > 4 && (*stop == ' ' || *stop == '\0'))
		return time;
	end = strptime(given,
		       given[0] != '\0' && strchr(given, 'T') != NULL ? "%Y-%m-%dT%H:%M:%S"
								      : "%Y-%m-%d %H:%M:%S",
		       &tm);
	while (end != NULL && *end == ' ')
		end++;
	if (end != NULL && *end != '\0')
		return (int64_t)timegm(&tm) - zone_seconds(end);
	return moment_parse(given, &time) ? time : now;
}

int
judge_staged(struct judge *judge, const char *message, struct findings *findings, struct err *err)
{
	struct act act = { .message = message, .message_is_draft = true, .commit = "" };
	struct oid parents[2];
	char *name = identity(judge->repo, "GIT_AUTHOR_NAME", "user.name");
	char *email = identity(judge->repo, "GIT_AUTHOR_EMAIL", "user.email");
	int rc = repo_head(judge->repo, &parents[0], err);

	if (rc == 0)
		rc = repo_merge_head(judge->repo, &parents[1], err);
	if (rc == 0)
		rc = snapshot_index(&act.after, judge->repo, err);
	if (rc == 0) {
		act.parents = parents;
		act.parent_count = oid_zero(&parents[0]) ? 0 : oid_zero(&parents[1]) ? 1 : 2;
		act.author_name = name == NULL ? "" : name;
		act.author_email = email == NULL ? "" : email;
		act.time = author_time(judge->now);
		rc = judge_act(judge, &act, findings, err);
	}
	free(name);
	free(email);
	return rc;
}
