/*
 * The sequence: what record n is and where it goes, decided by the seed alone. Whoever knows the superblock can say
 * what every block of every disk holds after records 1..n; the judge in org.virtkeep.testkit does. FORMAT.md has
 * the bytes; both sides must be changed together.
 */
#ifndef VIRTKEEP_SEQUENCE_H
#define VIRTKEEP_SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BLOCK_BYTES = 4096,
    MAX_BLOCKS = 64, /* of one record, header block included: 256 KiB */
    MAX_DISKS = 4,
    FORMAT_VERSION = 1,
};

enum kind {
    DATA = 0,    /* header block and payload, one write */
    ZERO = 1,    /* payload range zeroed, then the header block written */
    DISCARD = 2, /* payload range discarded: it reads as before or as zeros; then the header block written */
};

/* Everything that decides the sequence; written to the first block of each disk's region. */
struct geometry {
    uint64_t run;           /* tells two runs with the same seed apart */
    uint64_t seed;
    uint64_t region_blocks; /* of each disk, superblock included */
    uint32_t disks;
    uint32_t max_blocks;    /* of one record: a power of two */
    uint32_t zero_permille;
    uint32_t discard_permille;
};

struct record {
    uint64_t sequence; /* from 1 */
    uint32_t disk;
    enum kind kind;
    uint64_t start;    /* first block, within the region */
    uint32_t blocks;   /* header block included */
};

struct record plan(const struct geometry *geometry, uint64_t sequence);

/* Fills buffer with the record: its header block, and its payload if it is of kind DATA. Returns the length in bytes. */
size_t encode_record(const struct geometry *geometry, const struct record *record, uint8_t *buffer);

/* Reads the sequence number of a header block; 0 if the block is none of this run on this disk, or is torn. */
uint64_t decode_header(const struct geometry *geometry, uint32_t disk, uint64_t block, const uint8_t *bytes);

/* Whether the payload (the bytes after the header block) is the one the header block was written with. */
bool payload_is_whole(const struct record *record, const uint8_t *header, const uint8_t *payload);

void encode_superblock(const struct geometry *geometry, uint32_t disk, uint8_t *block);

/* False if the block is not a whole superblock of this format; *disk is its place among the disks. */
bool decode_superblock(const uint8_t *block, struct geometry *geometry, uint32_t *disk);

#endif
