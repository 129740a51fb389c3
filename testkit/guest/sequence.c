#include "sequence.h"

#include <endian.h>
#include <string.h>

static const char RECORD_MAGIC[8] = "VKRECORD";
static const char SUPERBLOCK_MAGIC[8] = "VKWRITER";

enum {
    RECORD_HEADER_BYTES = 64,
    RECORD_PAYLOAD_CRC = 56,
    RECORD_HEADER_CRC = 60,
    SUPERBLOCK_CRC = BLOCK_BYTES - 4,
};

/* The finalizer of SplitMix64: every bit of the result depends on every bit of x. */
static uint64_t mix(uint64_t x)
{
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

static void put32(uint8_t *at, uint32_t value)
{
    value = htole32(value);
    memcpy(at, &value, sizeof value);
}

static void put64(uint8_t *at, uint64_t value)
{
    value = htole64(value);
    memcpy(at, &value, sizeof value);
}

static uint32_t get32(const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return le32toh(value);
}

static uint64_t get64(const uint8_t *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return le64toh(value);
}

/* CRC-32C, eight bytes a step: an emulated CPU has no time to spare. */
static uint32_t crc32c(uint32_t crc, const uint8_t *bytes, size_t length)
{
    static uint32_t table[8][256];
    if (table[0][1] == 0) {
        for (uint32_t i = 0; i < 256; i++) {
            uint32_t c = i;
            for (int bit = 0; bit < 8; bit++)
                c = c & 1 ? (c >> 1) ^ 0x82F63B78u : c >> 1;
            table[0][i] = c;
        }
        for (int k = 1; k < 8; k++)
            for (uint32_t i = 0; i < 256; i++)
                table[k][i] = (table[k - 1][i] >> 8) ^ table[0][table[k - 1][i] & 0xFF];
    }
    crc = ~crc;
    for (; length >= 8; bytes += 8, length -= 8) {
        uint64_t word = get64(bytes) ^ crc;
        crc = 0;
        for (int k = 0; k < 8; k++)
            crc ^= table[7 - k][(word >> (8 * k)) & 0xFF];
    }
    for (; length > 0; bytes++, length--)
        crc = (crc >> 8) ^ table[0][(crc ^ *bytes) & 0xFF];
    return ~crc;
}

struct record plan(const struct geometry *geometry, uint64_t sequence)
{
    uint64_t size = mix(geometry->seed ^ mix(sequence));
    uint64_t place = mix(size);
    uint64_t chance = mix(place) % 1000;
    uint32_t classes = (uint32_t) __builtin_ctz(geometry->max_blocks) + 1;
    struct record record = {
        .sequence = sequence,
        .disk = (uint32_t) (sequence % geometry->disks),
        .blocks = 1u << (size % classes),
    };
    record.start = 1 + place % (geometry->region_blocks - record.blocks);
    record.kind = chance < geometry->zero_permille                               ? ZERO
                  : chance < geometry->zero_permille + geometry->discard_permille ? DISCARD
                                                                                  : DATA;
    return record;
}

/* Fills block i of the record: every third block is one word repeated (it compresses), the others are noise. */
static void fill(const struct geometry *geometry, uint64_t sequence, uint32_t i, uint8_t *block)
{
    uint64_t word = mix(mix(mix(geometry->run ^ geometry->seed) + sequence) + i);
    bool noise = word % 3 != 0;
    for (size_t at = 0; at < BLOCK_BYTES; at += 8) {
        put64(block + at, word);
        if (noise) {
            word ^= word << 13;
            word ^= word >> 7;
            word ^= word << 17;
        }
    }
}

size_t encode_record(const struct geometry *geometry, const struct record *record, uint8_t *buffer)
{
    uint32_t blocks = record->kind == DATA ? record->blocks : 1;
    for (uint32_t i = 0; i < blocks; i++)
        fill(geometry, record->sequence, i, buffer + (size_t) i * BLOCK_BYTES);
    size_t payload = (size_t) (blocks - 1) * BLOCK_BYTES;
    memset(buffer, 0, RECORD_HEADER_BYTES);
    memcpy(buffer, RECORD_MAGIC, sizeof RECORD_MAGIC);
    put64(buffer + 8, geometry->run);
    put64(buffer + 16, record->sequence);
    put64(buffer + 24, record->start);
    put32(buffer + 32, record->disk);
    put32(buffer + 36, record->kind);
    put32(buffer + 40, record->blocks);
    put32(buffer + 44, (uint32_t) payload);
    put32(buffer + RECORD_PAYLOAD_CRC, crc32c(0, buffer + BLOCK_BYTES, payload));
    put32(buffer + RECORD_HEADER_CRC, crc32c(0, buffer, BLOCK_BYTES));
    return payload + BLOCK_BYTES;
}

uint64_t decode_header(const struct geometry *geometry, uint32_t disk, uint64_t block, const uint8_t *bytes)
{
    if (memcmp(bytes, RECORD_MAGIC, sizeof RECORD_MAGIC) != 0 || get64(bytes + 8) != geometry->run)
        return 0;
    uint64_t sequence = get64(bytes + 16);
    struct record expected = plan(geometry, sequence);
    if (sequence == 0 || expected.disk != disk || expected.start != block)
        return 0;
    uint8_t copy[BLOCK_BYTES];
    memcpy(copy, bytes, BLOCK_BYTES);
    put32(copy + RECORD_HEADER_CRC, 0);
    return crc32c(0, copy, BLOCK_BYTES) == get32(bytes + RECORD_HEADER_CRC) ? sequence : 0;
}

bool payload_is_whole(const struct record *record, const uint8_t *header, const uint8_t *payload)
{
    size_t length = record->kind == DATA ? (size_t) (record->blocks - 1) * BLOCK_BYTES : 0;
    return crc32c(0, payload, length) == get32(header + RECORD_PAYLOAD_CRC);
}

void encode_superblock(const struct geometry *geometry, uint32_t disk, uint8_t *block)
{
    memset(block, 0, BLOCK_BYTES);
    memcpy(block, SUPERBLOCK_MAGIC, sizeof SUPERBLOCK_MAGIC);
    put32(block + 8, FORMAT_VERSION);
    put32(block + 12, disk);
    put32(block + 16, geometry->disks);
    put32(block + 20, geometry->max_blocks);
    put64(block + 24, geometry->run);
    put64(block + 32, geometry->seed);
    put64(block + 40, geometry->region_blocks);
    put32(block + 48, geometry->zero_permille);
    put32(block + 52, geometry->discard_permille);
    put32(block + SUPERBLOCK_CRC, crc32c(0, block, SUPERBLOCK_CRC));
}

bool decode_superblock(const uint8_t *block, struct geometry *geometry, uint32_t *disk)
{
    if (memcmp(block, SUPERBLOCK_MAGIC, sizeof SUPERBLOCK_MAGIC) != 0 || get32(block + 8) != FORMAT_VERSION
        || get32(block + SUPERBLOCK_CRC) != crc32c(0, block, SUPERBLOCK_CRC))
        return false;
    *disk = get32(block + 12);
    *geometry = (struct geometry){
        .disks = get32(block + 16),
        .max_blocks = get32(block + 20),
        .run = get64(block + 24),
        .seed = get64(block + 32),
        .region_blocks = get64(block + 40),
        .zero_permille = get32(block + 48),
        .discard_permille = get32(block + 52),
    };
    return true;
}
