/*
 * samples: minute samples of machines, the same ones every time: samples MACHINES DAYS machine|time
 * [EVERY] writes a CSV. The order is by machine or by time; with EVERY only each EVERY-th minute.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MINUTES 1440

static uint64_t
mix(uint64_t x)
{
	x ^= x >> 33;
	x *= 0xff51afd7ed558ccd;
	x ^= x >> 33;
	x *= 0xc4ceb9fe1a85ec53;
	return x ^ x >> 33;
}

/* Busy by day, quiet by night, each machine at a level of its own. In hundredths of a per cent. */
static int
level(int machine, int day, int minute, int salt)
{
	uint64_t own = mix((uint64_t)machine * 2 + (uint64_t)salt);
	uint64_t now = mix(own ^ ((uint64_t)(day * DAY_MINUTES + minute) << 8));
	int busy = minute >= 480 && minute < 1200 ? (int)(own % 4500) : (int)(own % 900);
	int value = busy + (int)(now % 1500) + (now >> 32 & 0x7ff ? 0 : 4000);

	return value > 10000 ? 10000 : value;
}

static void
row(int machine, int day, int minute)
{
	uint64_t own = mix((uint64_t)machine + 77);
	int allocated = 100 + (int)(own % 20) * 50;
	int used = allocated * (int)(200 + own % 500) / 100 + day * (int)(own >> 20 & 7);
	int vcpu = level(machine, day, minute, 0), memory = level(machine, day, minute, 1);

	printf("mzvm-%05d,2021-05-%02d %02d:%02d,%d.%02d,%d.%02d,%d.%d,%d\n", machine + 1, day + 1,
	       minute / 60, minute % 60, vcpu / 100, vcpu % 100, memory / 100, memory % 100,
	       used / 10, used % 10, allocated);
}

int
main(int argc, char **argv)
{
	int machines = argc > 1 ? atoi(argv[1]) : 10, days = argc > 2 ? atoi(argv[2]) : 1;
	int by_time = argc > 3 && strcmp(argv[3], "time") == 0,
	    every = argc > 4 ? atoi(argv[4]) : 1;
	int outer, inner, minutes = days * DAY_MINUTES;

	printf("vm,time,vcpu_pct,mem_pct,disk_used_gb,disk_alloc_gb\n");
	for (outer = 0; outer < (by_time ? minutes : machines); outer += by_time ? every : 1) {
		for (inner = 0; inner < (by_time ? machines : minutes);
		     inner += by_time ? 1 : every) {
			int machine = by_time ? inner : outer, minute = by_time ? outer : inner;

			row(machine, minute / DAY_MINUTES, minute % DAY_MINUTES);
		}
	}
	return fflush(stdout) != 0 || ferror(stdout) ? 1 : 0;
}
