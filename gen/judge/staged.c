/* The next commit on HEAD: the index, under the name and date git would give it. */
#include "judge/judge_internal.h"

#include <stdlib.h>
#include <string.h>

/* git hands the author of the commit to its hooks; before that, the configuration says it. */
static char *
identity(struct repo *repo, const char *variable, const char *key)
{
	const char *given = getenv(variable);

	return given != NULL && given[0] != '\0' ? xstrdup(given) : repo_config(repo, key);
}

/* "@1620610200 +0800", "1620610200 +0800" or a moment in Beijing time; else now. */
static int64_t
author_time(int64_t now)
{
	const char *given = getenv("GIT_AUTHOR_DATE");
	char *end;
	int64_t time;
	struct tm tm = { 0 };

	if (given == NULL || given[0] == '\0')
		return now;
	given += given[0] == '@' ? 1 : 0;
	time = strtoll(given, &end, 10);
	if (end > given && (*end == ' ' || *end == '\0') && end - given > 4)
		return time;
	/* ISO 8601 with its zone, as people type it before `git commit`. */
	end = strptime(given, "%Y-%m-%dT%H:%M:%S", &tm);
	if (end == NULL)
		end = strptime(given, "%Y-%m-%d %H:%M:%S", &tm);
	if (end != NULL && (*end == '+' || *end == '-' || *end == ' ' || *end == 'Z')) {
		int hours = 0, minutes = 0, sign;

		while (*end == ' ')
			end++;
		sign = *end == '-' ? -1 : 1;
		if (*end != 'Z' && sscanf(end + 1, "%2d%*[:]%2d", &hours, &minutes) < 2)
			sscanf(end + 1, "%2d%2d", &hours, &minutes);
		return (int64_t)timegm(&tm) - sign * (hours * 3600 + minutes * 60);
	}
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
