/*
 * How long writes took. One thread measures (begin, end), another reads; nobody waits for anybody.
 */
#ifndef VIRTKEEP_STALLS_H
#define VIRTKEEP_STALLS_H

#include <stdint.h>

uint64_t now_us(void); /* on the guest's monotonic clock, which stands still while the virtual machine is paused */

void stall_begin(void);
void stall_end(void);

/* The longest write since the last call, counting one that still hangs. */
uint64_t stall_take_longest(void);

/* The longest write ever, counting one that still hangs. */
uint64_t stall_worst(void);

/* The time that this share of all writes did not exceed, to 1/16 exactly. */
uint64_t stall_percentile(unsigned percent);

#endif
