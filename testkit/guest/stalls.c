#include "stalls.h"

#include <stdatomic.h>
#include <time.h>

enum {
    STEPS = 16,                          /* buckets for each power of two */
    BUCKETS = STEPS * 40,                /* up to 2^40 us, twelve days */
};

static _Atomic uint64_t began; /* 0: no write in flight */
static _Atomic uint64_t longest;
static _Atomic uint64_t worst;
static _Atomic uint64_t buckets[BUCKETS];

uint64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t) now.tv_sec * 1000000u + (uint64_t) now.tv_nsec / 1000u;
}

static unsigned bucket_of(uint64_t us)
{
    if (us < STEPS)
        return (unsigned) us;
    unsigned power = 63u - (unsigned) __builtin_clzll(us); /* at least 4 */
    unsigned bucket = (power - 3) * STEPS + (unsigned) ((us >> (power - 4)) & (STEPS - 1));
    return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

static uint64_t highest_of(unsigned bucket)
{
    if (bucket < STEPS)
        return bucket;
    unsigned power = bucket / STEPS + 3;
    return ((uint64_t) (STEPS + bucket % STEPS + 1) << (power - 4)) - 1;
}

static void raise_to(_Atomic uint64_t *maximum, uint64_t value)
{
    uint64_t seen = atomic_load(maximum);
    while (seen < value && !atomic_compare_exchange_weak(maximum, &seen, value))
        ;
}

static uint64_t in_flight(void)
{
    uint64_t since = atomic_load(&began);
    return since == 0 ? 0 : now_us() - since;
}

void stall_begin(void)
{
    atomic_store(&began, now_us());
}

void stall_end(void)
{
    uint64_t took = now_us() - atomic_exchange(&began, 0);
    raise_to(&longest, took);
    raise_to(&worst, took);
    atomic_fetch_add(&buckets[bucket_of(took)], 1);
}

uint64_t stall_take_longest(void)
{
    uint64_t pending = in_flight();
    uint64_t done = atomic_exchange(&longest, 0);
    return pending > done ? pending : done;
}

uint64_t stall_worst(void)
{
    raise_to(&worst, in_flight());
    return atomic_load(&worst);
}

uint64_t stall_percentile(unsigned percent)
{
    uint64_t total = 0, seen = 0;
    for (unsigned i = 0; i < BUCKETS; i++)
        total += atomic_load(&buckets[i]);
    for (unsigned i = 0; i < BUCKETS; i++) {
        seen += atomic_load(&buckets[i]);
        if (seen > 0 && seen * 100 >= total * percent)
            return highest_of(i);
    }
    return 0;
}
