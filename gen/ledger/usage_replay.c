/* Days in which a minute came twice: every minute is kept with its place, and the last one stays. */
#include "ledger/usage_internal.h"

void
replay_take(struct replay *r, uint64_t place, struct sample s)
{
	struct replay_minute *m = &r->minutes[s.minute];

	pthread_mutex_lock(r->lock);
	if (place > m->place)
		*m = (struct replay_minute){ place, (int32_t)s.vcpu, (int32_t)s.memory };
	if (r->last_place == 0 || s.minute > r->last_minute ||
	    (s.minute == r->last_minute && place > r->last_place)) {
		r->last_place = place;
		r->last_minute = s.minute;
		r->used = s.used;
		r->allocated = s.allocated;
	}
	pthread_mutex_unlock(r->lock);
}

void
replay_finish(struct replay *r, const struct indicators *law)
{
	struct usage_day *row = r->row;
	int32_t i;

	*row = (struct usage_day){ .day = row->day,
				   .last_minute = r->last_minute,
				   .used = r->used,
				   .allocated = r->allocated };
	for (i = 0; i < USAGE_DAY_MINUTES; i++) {
		const struct replay_minute *m = &r->minutes[i];

		if (m->place == 0)
			continue;
		row->samples++;
		row->vcpu_peak = m->vcpu > row->vcpu_peak ? m->vcpu : row->vcpu_peak;
		row->memory_peak = m->memory > row->memory_peak ? m->memory : row->memory_peak;
		if (i < law->work_from || i >= law->work_to)
			continue;
		row->work_samples++;
		row->vcpu_sum += m->vcpu;
		row->memory_sum += m->memory;
	}
}
