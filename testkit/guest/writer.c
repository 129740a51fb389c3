/*
 * The writer: puts numbered, checksummed records on one to four disks in turn, each written through to the medium
 * before the next begins, so that the disks together hold a prefix of one sequence at every instant. Runs in the guest
 * against block devices and on the host against files.
 *
 *   writer [--seed=N] [--run=N] [--start=auto|fresh|resume] [--region=BYTES] [--base=BYTES] [--max=BYTES]
 *          [--zero=PERMILLE] [--discard=PERMILLE] [--rate=RECORDS_PER_SECOND] [--burst=RECORDS] [--count=LAST]
 *          [--report-ms=N] DISK...
 *
 * Standard input takes the lines "pause" and "continue". Standard output gets lines that begin with VIRTKEEP-GUEST:
 *   ready seq=N run=HEX mode=fresh|resumed     the first record to come is N+1
 *   report seq=N state=STATE rate=R stall_us=N worst_us=N p50_us=N p99_us=N errors=N
 *   paused seq=N | continued | done seq=N | write-error errno=N seq=N disk=N | failed REASON
 */
#define _GNU_SOURCE
#include "sequence.h"
#include "stalls.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/fs.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { RETRY_US = 100000, STEP_US = 2000, RECORD_BYTES = MAX_BLOCKS * BLOCK_BYTES };

struct disk {
    const char *path;
    int fd;
    uint64_t bytes;
    bool is_device;
};

static struct geometry geometry = {.seed = 1, .max_blocks = MAX_BLOCKS};
static struct disk disks[MAX_DISKS];
static uint64_t base;
static uint64_t rate;  /* records per second; 0: as fast as the disks allow */
static uint64_t burst = 1;
static uint64_t count; /* the last record; 0: no end */
static uint64_t report_ms = 1000;
static const char *start_mode = "auto";

static uint8_t *buffer; /* RECORD_BYTES, aligned for O_DIRECT; the writing thread's */

static _Atomic uint64_t completed; /* sequence number of the last whole record */
static _Atomic uint64_t errors;
static _Atomic bool pause_wanted;
static _Atomic bool stop_wanted;
static _Atomic bool finished;
static const char *_Atomic state = "running";

/* One line, one write: lines of two threads and of the kernel do not mix. */
__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    int prefix = snprintf(line, sizeof line, "VIRTKEEP-GUEST ");
    int length = prefix + vsnprintf(line + prefix, sizeof line - (size_t) prefix - 1, format, arguments);
    va_end(arguments);
    line[length++] = '\n';
    if (write(STDOUT_FILENO, line, (size_t) length) < 0)
        return; /* nobody listens; the disks are what counts */
}

__attribute__((format(printf, 1, 2), noreturn)) static void fail(const char *format, ...)
{
    char reason[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    say("failed %s", reason);
    exit(1);
}

static void sleep_until(uint64_t us)
{
    uint64_t now;
    while (!atomic_load(&stop_wanted) && (now = now_us()) < us)
        usleep((useconds_t) (us - now < STEP_US ? us - now : STEP_US));
}

/* Repeats one transfer until it succeeds: a record that was skipped would break the sequence. */
static void persist(const struct record *record, bool (*attempt)(const struct record *))
{
    for (;;) {
        stall_begin();
        bool done = attempt(record);
        int error = errno;
        stall_end();
        if (done)
            return;
        atomic_fetch_add(&errors, 1);
        say("write-error errno=%d seq=%llu disk=%u (%s)", error, (unsigned long long) record->sequence, record->disk,
            strerror(error));
        if (atomic_load(&stop_wanted))
            fail("stopped with record %llu not written", (unsigned long long) record->sequence);
        usleep(RETRY_US);
    }
}

static bool write_whole(int fd, const uint8_t *bytes, size_t length, uint64_t offset)
{
    while (length > 0) {
        ssize_t written = pwrite(fd, bytes, length, (off_t) offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes += written;
        length -= (size_t) written;
        offset += (uint64_t) written;
    }
    return true;
}

/* Zeros that give their space back where the disk can do that, else written zeros. Uses the buffer. */
static bool zero_range(int fd, uint64_t offset, uint64_t length)
{
    if (length == 0 || fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t) offset, (off_t) length) == 0)
        return true;
    if (errno != EOPNOTSUPP)
        return false;
    memset(buffer, 0, RECORD_BYTES);
    for (; length > 0;) {
        size_t part = length < RECORD_BYTES ? (size_t) length : RECORD_BYTES;
        if (!write_whole(fd, buffer, part, offset))
            return false;
        offset += part;
        length -= part;
    }
    return true;
}

static uint64_t offset_of(uint64_t block)
{
    return base + block * BLOCK_BYTES;
}

static bool attempt_clear(const struct record *record)
{
    const struct disk *disk = &disks[record->disk];
    uint64_t range[2] = {offset_of(record->start + 1), (uint64_t) (record->blocks - 1) * BLOCK_BYTES};
    if (record->kind == ZERO)
        return zero_range(disk->fd, range[0], range[1]) && fdatasync(disk->fd) == 0;
    if (range[1] == 0)
        return true;
    if (!disk->is_device) /* a file can only be punched, and then reads as zeros: allowed after a discard */
        return fallocate(disk->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t) range[0], (off_t) range[1]) == 0
               || errno == EOPNOTSUPP;
    return ioctl(disk->fd, BLKDISCARD, range) == 0 || errno == EOPNOTSUPP;
}

static bool attempt_write(const struct record *record)
{
    size_t length = encode_record(&geometry, record, buffer);
    return write_whole(disks[record->disk].fd, buffer, length, offset_of(record->start));
}

static void write_record(uint64_t sequence)
{
    struct record record = plan(&geometry, sequence);
    if (record.kind != DATA)
        persist(&record, attempt_clear);
    persist(&record, attempt_write);
    atomic_store(&completed, sequence);
}

static void read_whole(const struct disk *disk, uint8_t *bytes, size_t length, uint64_t offset)
{
    while (length > 0) {
        ssize_t got = pread(disk->fd, bytes, length, (off_t) offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            fail("cannot read %s at %llu: %s", disk->path, (unsigned long long) offset, got ? strerror(errno) : "end");
        bytes += got;
        length -= (size_t) got;
        offset += (uint64_t) got;
    }
}

/* The highest sequence number in any header block of the disk. */
static uint64_t highest_header(uint32_t index)
{
    uint64_t highest = 0;
    for (uint64_t at = 1; at < geometry.region_blocks; at += MAX_BLOCKS) {
        uint64_t left = geometry.region_blocks - at;
        uint64_t blocks = left < MAX_BLOCKS ? left : MAX_BLOCKS;
        read_whole(&disks[index], buffer, blocks * BLOCK_BYTES, offset_of(at));
        for (uint64_t i = 0; i < blocks; i++) {
            uint64_t sequence = decode_header(&geometry, index, at + i, buffer + i * BLOCK_BYTES);
            if (sequence > highest)
                highest = sequence;
        }
    }
    return highest;
}

/* The last record that is whole on the disks: where a run that was killed goes on. */
static uint64_t last_whole_record(void)
{
    uint64_t last = 0;
    for (uint32_t i = 0; i < geometry.disks; i++) {
        uint64_t highest = highest_header(i);
        last = highest > last ? highest : last;
    }
    if (last == 0)
        return 0;
    struct record record = plan(&geometry, last);
    read_whole(&disks[record.disk], buffer, (size_t) record.blocks * BLOCK_BYTES, offset_of(record.start));
    return payload_is_whole(&record, buffer, buffer + BLOCK_BYTES) ? last : last - 1;
}

/* Takes the geometry from the disks; false if they hold no run. Disks of different runs or in another order: the end. */
static bool find_run(void)
{
    struct geometry found[MAX_DISKS];
    uint32_t place, whole = 0;
    for (uint32_t i = 0; i < geometry.disks; i++) {
        read_whole(&disks[i], buffer, BLOCK_BYTES, base);
        if (!decode_superblock(buffer, &found[whole], &place))
            continue;
        if (place != i)
            fail("%s is disk %u of its run but was given as disk %u", disks[i].path, place, i);
        whole++;
    }
    if (whole < geometry.disks)
        return false;
    for (uint32_t i = 0; i < whole; i++)
        if (memcmp(&found[i], &found[0], sizeof found[0]) != 0 || found[i].disks != geometry.disks)
            fail("%s belongs to another run than %s", disks[i].path, disks[0].path);
    for (uint32_t i = 0; i < whole; i++)
        if (disks[i].bytes < base || found[0].region_blocks > (disks[i].bytes - base) / BLOCK_BYTES)
            fail("%s is smaller than its run", disks[i].path);
    geometry = found[0];
    return true;
}

static void format_disks(void)
{
    if (geometry.run == 0 && getrandom(&geometry.run, sizeof geometry.run, 0) < 0)
        fail("no random run id: %s", strerror(errno));
    for (uint32_t i = geometry.disks; i-- > 0;) { /* disk 0 last: its superblock makes the run valid */
        if (!zero_range(disks[i].fd, base, geometry.region_blocks * BLOCK_BYTES))
            fail("cannot zero %s: %s", disks[i].path, strerror(errno));
        encode_superblock(&geometry, i, buffer);
        if (!write_whole(disks[i].fd, buffer, BLOCK_BYTES, base) || fdatasync(disks[i].fd) < 0)
            fail("cannot write the superblock of %s: %s", disks[i].path, strerror(errno));
    }
}

static void open_disk(struct disk *disk, const char *path)
{
    int flags = O_RDWR | O_DSYNC | O_CLOEXEC;
    struct stat status;
    disk->path = path;
    disk->fd = open(path, flags | O_DIRECT);
    if (disk->fd < 0 && errno == EINVAL) /* tmpfs knows no O_DIRECT */
        disk->fd = open(path, flags);
    if (disk->fd < 0 || fstat(disk->fd, &status) < 0)
        fail("cannot open %s: %s", path, strerror(errno));
    disk->is_device = S_ISBLK(status.st_mode);
    disk->bytes = (uint64_t) lseek(disk->fd, 0, SEEK_END);
}

/* Every line of input, and a report now and then, until the writing thread is done. */
static void *converse(void *unused)
{
    uint64_t next = now_us() + report_ms * 1000, reported_at = now_us(), reported = atomic_load(&completed);
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    while (!atomic_load(&finished)) {
        uint64_t now = now_us();
        if (now >= next) {
            uint64_t sequence = atomic_load(&completed), stall = stall_take_longest(), worst = stall_worst();
            uint64_t p50 = stall_percentile(50), p99 = stall_percentile(99);
            say("report seq=%llu state=%s rate=%llu stall_us=%llu worst_us=%llu p50_us=%llu p99_us=%llu errors=%llu",
                (unsigned long long) sequence, atomic_load(&state),
                (unsigned long long) ((sequence - reported) * 1000000 / (now - reported_at)),
                (unsigned long long) stall, (unsigned long long) worst,
                (unsigned long long) (p50 < worst ? p50 : worst), (unsigned long long) (p99 < worst ? p99 : worst),
                (unsigned long long) atomic_load(&errors));
            reported = sequence;
            reported_at = now;
            next += report_ms * 1000;
            continue;
        }
        if (poll(&input, 1, (int) ((next - now) / 1000 + 1)) <= 0)
            continue;
        char line[64];
        ssize_t length = read(STDIN_FILENO, line, sizeof line - 1);
        if (length <= 0) {
            input.fd = -1; /* nobody will say anything any more */
            continue;
        }
        line[length] = 0;
        if (strstr(line, "pause"))
            atomic_store(&pause_wanted, true);
        if (strstr(line, "continue"))
            atomic_store(&pause_wanted, false);
    }
    return unused;
}

static void pause_while_wanted(void)
{
    if (!atomic_load(&pause_wanted))
        return;
    atomic_store(&state, "paused");
    say("paused seq=%llu", (unsigned long long) atomic_load(&completed));
    while (atomic_load(&pause_wanted) && !atomic_load(&stop_wanted))
        usleep(STEP_US);
    atomic_store(&state, "running");
    say("continued");
}

static void write_records(void)
{
    uint64_t in_burst = 0, burst_began = now_us();
    while (!atomic_load(&stop_wanted) && (count == 0 || atomic_load(&completed) < count)) {
        pause_while_wanted();
        write_record(atomic_load(&completed) + 1);
        if (rate > 0 && ++in_burst >= burst) {
            burst_began += in_burst * 1000000 / rate;
            uint64_t now = now_us();
            if (burst_began + 1000000 < now)
                burst_began = now; /* late by more than a second: do not try to make up for it */
            sleep_until(burst_began);
            in_burst = 0;
        }
    }
}

static void on_signal(int signal_number)
{
    (void) signal_number;
    atomic_store(&stop_wanted, true);
}

static uint64_t number(const char *text)
{
    char *end;
    uint64_t value = strtoull(text, &end, 0);
    switch (*end) {
    case 'G': value *= 1024; /* fall through */
    case 'M': value *= 1024; /* fall through */
    case 'K': value *= 1024; end++; break;
    }
    if (*text == 0 || *end != 0)
        fail("'%s' is not a number", text);
    return value;
}

static uint64_t parse_options(int argc, char **argv)
{
    static const struct option options[] = {
        {"seed", 1, 0, 's'},  {"run", 1, 0, 'i'},   {"start", 1, 0, 'm'}, {"region", 1, 0, 'r'},    {"base", 1, 0, 'b'},
        {"max", 1, 0, 'x'},   {"zero", 1, 0, 'z'},  {"rate", 1, 0, 'p'},  {"discard", 1, 0, 'd'},   {"burst", 1, 0, 'u'},
        {"count", 1, 0, 'c'}, {"report-ms", 1, 0, 't'}, {0, 0, 0, 0},
    };
    uint64_t region = 0;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 's': geometry.seed = number(optarg); break;
        case 'i': geometry.run = number(optarg); break;
        case 'm': start_mode = optarg; break;
        case 'r': region = number(optarg); break;
        case 'b': base = number(optarg); break;
        case 'x': geometry.max_blocks = (uint32_t) (number(optarg) / BLOCK_BYTES); break;
        case 'z': geometry.zero_permille = (uint32_t) number(optarg); break;
        case 'd': geometry.discard_permille = (uint32_t) number(optarg); break;
        case 'p': rate = number(optarg); break;
        case 'u': burst = number(optarg); break;
        case 'c': count = number(optarg); break;
        case 't': report_ms = number(optarg); break;
        default: fail("unknown option");
        }
    }
    uint32_t max = geometry.max_blocks;
    if (max == 0 || max > MAX_BLOCKS || (max & (max - 1)) != 0)
        fail("--max must be a power of two from 4K to 256K");
    if (base % BLOCK_BYTES != 0 || report_ms == 0)
        fail("--base must be a multiple of 4K and --report-ms more than 0");
    return region;
}

static void open_disks(int argc, char **argv, uint64_t region)
{
    geometry.disks = (uint32_t) (argc - optind);
    if (geometry.disks == 0 || geometry.disks > MAX_DISKS)
        fail("one to %d disks must be given", MAX_DISKS);
    uint64_t room = UINT64_MAX;
    for (uint32_t i = 0; i < geometry.disks; i++) {
        open_disk(&disks[i], argv[optind + (int) i]);
        uint64_t usable = disks[i].bytes > base ? disks[i].bytes - base : 0;
        room = usable < room ? usable : room;
    }
    if (region > room)
        fail("a region of %llu bytes does not fit", (unsigned long long) region);
    geometry.region_blocks = (region > 0 ? region : room) / BLOCK_BYTES;
    if (geometry.region_blocks < 2 * MAX_BLOCKS)
        fail("the region has %llu blocks and needs %d", (unsigned long long) geometry.region_blocks, 2 * MAX_BLOCKS);
}

int main(int argc, char **argv)
{
    open_disks(argc, argv, parse_options(argc, argv));
    if (posix_memalign((void **) &buffer, BLOCK_BYTES, RECORD_BYTES) != 0)
        fail("no memory");
    bool resumed = strcmp(start_mode, "fresh") != 0 && find_run();
    if (resumed)
        atomic_store(&completed, last_whole_record());
    else if (strcmp(start_mode, "resume") == 0)
        fail("the disks hold no run that could be resumed");
    else
        format_disks();
    signal(SIGTERM, on_signal);
    signal(SIGINT, on_signal);
    say("ready seq=%llu run=%016llx mode=%s", (unsigned long long) atomic_load(&completed),
        (unsigned long long) geometry.run, resumed ? "resumed" : "fresh");

    pthread_t talker;
    if (pthread_create(&talker, NULL, converse, NULL) != 0)
        fail("cannot start a thread");
    write_records();
    atomic_store(&finished, true);
    say("done seq=%llu errors=%llu worst_us=%llu", (unsigned long long) atomic_load(&completed),
        (unsigned long long) atomic_load(&errors), (unsigned long long) stall_worst());
    return 0;
}
