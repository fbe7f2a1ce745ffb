/*
 * Exact data match on keyed hashes (docs/semantics.md, "Table"; the index is laid out in docs/bundle.md).
 *
 * What is stored of a cell is the SipHash-2-4 (Aumasson and Bernstein 2012) of its normal form. Most runs of tokens
 * are no cell, so a blocked Bloom filter (Putze, Sanders and Singler 2007) is asked first, with a rolling hash: a
 * polynomial in a secret odd base modulo 2^64, by which any run follows from two prefixes in one multiplication.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tables.h"
#include "folding.h"

#define SPREAD UINT64_C(0x9e3779b97f4a7c15) /* 2^64 divided by the golden ratio */
#define LONGEST 1023                        /* bytes of a normal form */
#define RING 1024                           /* tokens: more than a run of LONGEST bytes can hold */
#define BATCH 64                            /* runs whose words of the filter are fetched together */
#define HEADER_BYTES (6 * 4 + 16 * 8)
#define SHORTEST_PHONE 6 /* significant digits */
#define LONGEST_PHONE 14
#define LONGEST_PREFIX 6 /* digits: 00, a country code of three, the trunk 0 */

static uint32_t load32(const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static uint64_t load64(const uint8_t *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

/* One more byte of a rolling hash. A byte counts for 1 to 256, so that no cell is another one behind zeros. */
static uint64_t roll(uint64_t hash, uint64_t base, uint8_t byte)
{
    return hash * base + byte + 1;
}

/* The base of a key of 32 bytes: SipHash's key first, then this. */
static uint64_t base_of(const uint8_t *key)
{
    return load64(key + 16) | 1;
}

/* SipHash --------------------------------------------------------------------------------------- */

#define ROTATE(x, bits) (((x) << (bits)) | ((x) >> (64 - (bits))))
#define ROUND(a, b, c, d)                                                                                              \
    do {                                                                                                               \
        a += b, b = ROTATE(b, 13) ^ a, a = ROTATE(a, 32);                                                              \
        c += d, d = ROTATE(d, 16) ^ c;                                                                                 \
        a += d, d = ROTATE(d, 21) ^ a;                                                                                 \
        c += b, b = ROTATE(b, 17) ^ c, c = ROTATE(c, 32);                                                              \
    } while (0)

static uint64_t siphash(uint64_t k0, uint64_t k1, const uint8_t *data, size_t size)
{
    uint64_t a = k0 ^ UINT64_C(0x736f6d6570736575), b = k1 ^ UINT64_C(0x646f72616e646f6d);
    uint64_t c = k0 ^ UINT64_C(0x6c7967656e657261), d = k1 ^ UINT64_C(0x7465646279746573);
    uint64_t last = (uint64_t)size << 56;
    for (; size >= 8; data += 8, size -= 8) {
        uint64_t word = load64(data);
        d ^= word;
        ROUND(a, b, c, d);
        ROUND(a, b, c, d);
        a ^= word;
    }
    for (size_t i = 0; i < size; i++)
        last |= (uint64_t)data[i] << (8 * i);
    d ^= last;
    ROUND(a, b, c, d);
    ROUND(a, b, c, d);
    a ^= last;
    c ^= 0xff;
    for (int i = 0; i < 4; i++)
        ROUND(a, b, c, d);
    return a ^ b ^ c ^ d;
}

uint64_t aigov_siphash(const uint8_t *key, const uint8_t *data, size_t size)
{
    return siphash(load64(key), load64(key + 8), data, size);
}

/* Characters ------------------------------------------------------------------------------------ */

typedef struct {
    const uint8_t *bytes; /* the normal form: `length` bytes, none for what is neither letter nor digit */
    uint32_t length, width;
} character;

/* The character at the start of `size` > 0 bytes, `width` of them. Bytes that are no UTF-8 are no letters. */
static character read_character(const uint8_t *text, size_t size)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t width = text[0] < 0x80 ? 1 : text[0] < 0xc2 ? 0 : text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
    if (width == 0 || width > size)
        return (character){text, 0, 1};
    uint32_t code = width == 1 ? text[0] : text[0] & (0xffu >> (width + 1));
    for (uint32_t i = 1; i < width; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return (character){text, 0, 1};
        code = code << 6 | (text[i] & 0x3f);
    }
    if (code < least[width] || code > 0x10ffff)
        return (character){text, 0, 1};
    uint32_t entry = fold_entry[fold_page[code >> 8] << 8 | (code & 0xff)];
    if (entry < 2)
        return (character){text, entry ? width : 0, width};
    const uint8_t *pooled = fold_pool + entry - 2;
    return (character){pooled + 1, pooled[0], width};
}

static int is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

/* Telephone numbers ----------------------------------------------------------------------------- */

/* The length of a country code (ITU-T E.164, list of assigned codes) at the start of some digits. */
static uint32_t country_code(const uint8_t *digits)
{
    static const char two[] = "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 "
                              "63 64 65 66 81 82 84 86 90 91 92 93 94 95 98 ";
    if (digits[0] == '1' || digits[0] == '7')
        return 1;
    for (const char *code = two; *code; code += 3)
        if (digits[0] == (uint8_t)code[0] && digits[1] == (uint8_t)code[1])
            return 2;
    return 3;
}

/* How many of the first digits of a number are no part of its significant number: `+` or 00 with the country
 * code, and the trunk 0. 0 when it is not written as one is dialled from elsewhere. `head` is LONGEST_PREFIX digits. */
static uint32_t dialled_prefix(const uint8_t *head, int plus)
{
    uint32_t at = !plus && head[0] == '0' && head[1] == '0' ? 2 : 0;
    if (!plus && at == 0)
        return head[0] == '0';
    if (head[at] == '0')
        return 0;
    at += country_code(head + at);
    return at < LONGEST_PREFIX && head[at] == '0' ? at + 1 : at;
}

/* Cells ----------------------------------------------------------------------------------------- */

/* The normal form of a cell, at most LONGEST bytes; -1 when it is longer. */
int32_t aigov_cell_form(const uint8_t *cell, size_t size, uint8_t *form)
{
    uint32_t length = 0;
    int plus = 0, digits = 1;
    for (size_t at = 0; at < size;) {
        character next = read_character(cell + at, size - at);
        if (next.length > LONGEST - length)
            return -1;
        if (next.length) {
            if (length == 0)
                plus = at > 0 && cell[at - 1] == '+';
            digits &= is_digit(cell[at]);
            memcpy(form + length, next.bytes, next.length);
            length += next.length;
        }
        at += next.width;
    }
    if (digits && length > SHORTEST_PHONE) {
        uint32_t prefix = dialled_prefix(form, plus);
        if (prefix && length >= prefix + SHORTEST_PHONE && length <= prefix + LONGEST_PHONE) {
            length -= prefix;
            memmove(form, form + prefix, length);
        }
    }
    return (int32_t)length;
}

uint64_t aigov_rolling_hash(const uint8_t *key, const uint8_t *form, size_t size)
{
    uint64_t hash = 0, base = base_of(key);
    for (size_t i = 0; i < size; i++)
        hash = roll(hash, base, form[i]);
    return hash;
}

/* The index: header, filter, bucket bounds, entries --------------------------------------------- */

/* A cell's three bits lie in one word of the filter. */
static uint64_t filter_word(uint64_t spread, uint32_t bits)
{
    return spread >> 32 >> (32 - bits);
}

static uint64_t filter_mask(uint64_t spread)
{
    return UINT64_C(1) << (spread >> 16 & 63) | UINT64_C(1) << (spread >> 22 & 63) | UINT64_C(1) << (spread >> 28 & 63);
}

static uint64_t bucket_of(uint64_t hash, uint32_t bits)
{
    return hash >> 32 >> (32 - bits);
}

/* The hash bits that the bucket does not tell. */
static uint32_t tag_of(uint64_t hash, uint32_t bits)
{
    return (uint32_t)(hash << bits >> 32);
}

/* A quarter of the cells, rounded up to a power of two: 16 to 32 bits of filter each, 2 to 4 entries a bucket. */
static uint32_t table_bits(uint32_t cells)
{
    uint32_t bits = 0;
    while (bits < 30 && (UINT64_C(4) << bits) < cells)
        bits++;
    return bits;
}

static size_t index_size(uint32_t filter_bits, uint32_t bucket_bits, uint32_t cells)
{
    return HEADER_BYTES + ((size_t)8 << filter_bits) + ((((size_t)1 << bucket_bits) + 1) * 4) + (size_t)cells * 8;
}

size_t aigov_table_size(uint32_t cells)
{
    return index_size(table_bits(cells), table_bits(cells), cells);
}

typedef struct {
    uint64_t hash;
    uint32_t slot;
} cell_entry;

static int by_hash(const void *left, const void *right)
{
    const cell_entry *a = left, *b = right;
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return a->slot < b->slot ? -1 : a->slot > b->slot;
}

/* Write an index of aigov_table_size(cells) bytes, zeroed by the caller. A slot is row * columns + column. Returns
 * nonzero when memory ran out. */
int aigov_table_build(const uint64_t *hashes, const uint64_t *rolling, const uint32_t *slots, const uint64_t *lengths,
                      uint32_t cells, uint32_t rows, uint32_t columns, uint8_t *index)
{
    uint32_t bits = table_bits(cells);
    uint32_t head[6] = {rows, columns, cells, bits, bits, 0};
    cell_entry *sorted = malloc(((size_t)cells + 1) * sizeof *sorted);
    if (sorted == NULL)
        return 1;
    memcpy(index, head, sizeof head);
    memcpy(index + sizeof head, lengths, 16 * 8);
    uint8_t *filter = index + HEADER_BYTES, *buckets = filter + ((size_t)8 << bits);
    uint8_t *entries = buckets + (((size_t)1 << bits) + 1) * 4;
    for (uint32_t i = 0; i < cells; i++) {
        uint64_t spread = rolling[i] * SPREAD;
        uint8_t *at = filter + 8 * filter_word(spread, bits);
        uint64_t word = load64(at) | filter_mask(spread);
        memcpy(at, &word, sizeof word);
        sorted[i] = (cell_entry){hashes[i], slots[i]};
    }
    qsort(sorted, cells, sizeof *sorted, by_hash);
    uint64_t bucket = 0;
    for (uint32_t i = 0; i < cells; i++) {
        for (; bucket <= bucket_of(sorted[i].hash, bits); bucket++)
            memcpy(buckets + 4 * bucket, &i, 4);
        uint32_t entry[2] = {tag_of(sorted[i].hash, bits), sorted[i].slot};
        memcpy(entries + (size_t)8 * i, entry, sizeof entry);
    }
    for (; bucket <= UINT64_C(1) << bits; bucket++)
        memcpy(buckets + 4 * bucket, &cells, 4);
    free(sorted);
    return 0;
}

static uint32_t bound(const aigov_table *table, uint64_t bucket)
{
    return load32(table->buckets + 4 * bucket);
}

static uint32_t tag_at(const aigov_table *table, uint32_t entry)
{
    return load32(table->entries + (size_t)8 * entry);
}

static uint32_t slot_at(const aigov_table *table, uint32_t entry)
{
    return load32(table->entries + (size_t)8 * entry + 4);
}

/* Read an index in place: it must outlive the table. Returns nonzero unless it is one, every bound and slot of it sound
 * and its entries in order, so that no search in it can leave it or go on for ever. */
int aigov_table_open(aigov_table *table, const uint8_t *key, const uint8_t *index, size_t size, uint32_t columns)
{
    if (size < HEADER_BYTES)
        return 1;
    uint32_t rows = load32(index), cells = load32(index + 8);
    table->columns = load32(index + 4);
    table->filter_bits = load32(index + 12);
    table->bucket_bits = load32(index + 16);
    if (load32(index + 20) != 0 || table->columns != columns || columns == 0 || table->filter_bits > 30 ||
        table->bucket_bits > 30 || size != index_size(table->filter_bits, table->bucket_bits, cells))
        return 1;
    table->filter = index + HEADER_BYTES;
    table->buckets = table->filter + ((size_t)8 << table->filter_bits);
    table->entries = table->buckets + (((size_t)1 << table->bucket_bits) + 1) * 4;
    memcpy(table->lengths, index + 24, sizeof table->lengths);
    table->longest = 0;
    for (uint32_t length = 1; length <= LONGEST; length++)
        if (table->lengths[length >> 6] >> (length & 63) & 1)
            table->longest = length;
    uint64_t buckets = UINT64_C(1) << table->bucket_bits;
    if (bound(table, 0) != 0 || bound(table, buckets) != cells)
        return 1;
    for (uint64_t bucket = 0; bucket < buckets; bucket++) {
        uint32_t low = bound(table, bucket), high = bound(table, bucket + 1);
        if (low > high || high > cells)
            return 1;
        for (uint32_t entry = low; entry < high; entry++) {
            if (slot_at(table, entry) >= (uint64_t)rows * columns)
                return 1;
            if (entry == low)
                continue;
            uint32_t before = tag_at(table, entry - 1), tag = tag_at(table, entry);
            if (before > tag || (before == tag && slot_at(table, entry - 1) >= slot_at(table, entry)))
                return 1;
        }
    }
    table->siphash_key[0] = load64(key);
    table->siphash_key[1] = load64(key + 8);
    table->powers[0] = 1;
    for (uint32_t length = 1; length <= LONGEST; length++)
        table->powers[length] = table->powers[length - 1] * base_of(key);
    return 0;
}

/* The first entry in low..high whose tag is not below `tag`. */
static uint32_t lower_tag(const aigov_table *table, uint32_t low, uint32_t high, uint64_t tag)
{
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (tag_at(table, middle) < tag)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The entries of the cell with this hash: the first and how many, 0 when there is none. */
static uint32_t look_up(const aigov_table *table, uint64_t hash, uint32_t *first)
{
    uint64_t bucket = bucket_of(hash, table->bucket_bits), tag = tag_of(hash, table->bucket_bits);
    uint32_t high = bound(table, bucket + 1);
    *first = lower_tag(table, bound(table, bucket), high, tag);
    return lower_tag(table, *first, high, tag + 1) - *first;
}

/* Searching a text ------------------------------------------------------------------------------ */

typedef struct {
    uint64_t prefix; /* the rolling hash of all tokens before */
    uint64_t length; /* their bytes */
    size_t start;
    int dialled; /* the token may begin a telephone number: `+` stands before it, or it begins with 0 */
    int plus;
} token;

/* A run of tokens of the right length. */
typedef struct {
    uint64_t spread;
    uint32_t start, end;
    uint32_t skip, length; /* bytes of the normal form: not looked at, and looked up */
} run;

typedef struct {
    const aigov_table *table;
    const uint8_t *text;
    aigov_place *places;
    size_t found, capacity;
    uint64_t whole, length; /* of all tokens so far */
    size_t waiting;
    run runs[BATCH + 1]; /* that wait for their words of the filter */
} search;

/* Look a run up. */
static void confirm(search *in, const run *candidate)
{
    uint8_t form[LONGEST + LONGEST_PREFIX + 1];
    size_t filled = 0, wanted = candidate->skip + candidate->length;
    for (size_t at = candidate->start; at < candidate->end && filled < wanted;) {
        uint8_t byte = in->text[at];
        if (byte < 0x80) {
            form[filled] = fold_ascii[byte];
            filled += fold_ascii[byte] != 0;
            at++;
            continue;
        }
        character next = read_character(in->text + at, candidate->end - at);
        for (uint32_t i = 0; i < next.length && filled < wanted; i++)
            form[filled++] = next.bytes[i];
        at += next.width;
    }
    uint32_t first, count;
    const uint64_t *key = in->table->siphash_key;
    if ((count = look_up(in->table, siphash(key[0], key[1], form + candidate->skip, candidate->length), &first)) == 0)
        return;
    if (in->found < in->capacity)
        in->places[in->found] = (aigov_place){candidate->start, candidate->end, first, count};
    in->found++;
}

static const uint8_t *word_of(const search *in, const run *candidate)
{
    return in->table->filter + 8 * filter_word(candidate->spread, in->table->filter_bits);
}

static void settle(search *in)
{
    for (size_t i = 0; i < in->waiting; i++)
        if ((~load64(word_of(in, &in->runs[i])) & filter_mask(in->runs[i].spread)) == 0)
            confirm(in, &in->runs[i]);
    in->waiting = 0;
}

/* The last `length` bytes of all tokens may be a cell; `before` is the rolling hash of what stands before. `length` is
 * at most LONGEST. */
static inline void suspect(search *in, uint64_t before, uint64_t length, size_t start, size_t end, uint32_t skip)
{
    const aigov_table *table = in->table;
    run *candidate = &in->runs[in->waiting];
    candidate->spread = (in->whole - before * table->powers[length]) * SPREAD;
    candidate->start = (uint32_t)start;
    candidate->end = (uint32_t)end;
    candidate->skip = skip;
    candidate->length = (uint32_t)length;
    __builtin_prefetch(word_of(in, candidate));
    in->waiting += table->lengths[length >> 6] >> (length & 63) & 1; /* no branch: it could not be foreseen */
    if (in->waiting == BATCH)
        settle(in);
}

/* The significant number of the digits from token `from` up to `end`. */
static void look_dialled(search *in, const token *from, size_t end)
{
    uint8_t head[LONGEST_PREFIX];
    uint64_t before = from->prefix, length = in->length - from->length;
    for (size_t at = from->start, read = 0; read < LONGEST_PREFIX; at++)
        if (is_digit(in->text[at]))
            head[read++] = in->text[at];
    uint32_t prefix = dialled_prefix(head, from->plus);
    if (prefix == 0 || length < prefix + SHORTEST_PHONE || length > prefix + LONGEST_PHONE)
        return;
    for (uint32_t i = 0; i < prefix; i++)
        before = roll(before, in->table->powers[1], head[i]);
    suspect(in, before, length - prefix, from->start, end, prefix);
}

/* Take the token that begins at `at` into the hash. Returns where it ends: `at` when there is none. */
static size_t take_token(search *in, size_t at, size_t size, int *digits)
{
    uint64_t whole = in->whole, length = in->length, base = in->table->powers[1];
    *digits = 1;
    while (at < size) {
        uint8_t byte = in->text[at];
        if (byte < 0x80) {
            if (fold_ascii[byte] == 0)
                break;
            whole = roll(whole, base, fold_ascii[byte]);
            *digits &= byte <= '9';
            length++;
            at++;
            continue;
        }
        character next = read_character(in->text + at, size - at);
        if (next.length == 0)
            break;
        *digits = 0;
        for (uint32_t i = 0; i < next.length; i++)
            whole = roll(whole, base, next.bytes[i]);
        length += next.length;
        at += next.width;
    }
    in->whole = whole;
    in->length = length;
    return at;
}

/* Every place where consecutive tokens make a cell, by end. Writes up to `capacity` places; returns how many there are.
 * `size` is below 2^32. */
size_t aigov_table_find(const aigov_table *table, const uint8_t *text, size_t size, aigov_place *places,
                        size_t capacity)
{
    search in;
    in.table = table, in.text = text, in.places = places, in.capacity = capacity;
    in.found = in.waiting = 0, in.whole = in.length = 0;
    token ring[RING];
    size_t tokens = 0, digits_from = 0, end;
    for (size_t at = 0; at < size; at = end) {
        int digits, plus = at > 0 && text[at - 1] == '+';
        token *taken = &ring[tokens % RING];
        *taken = (token){in.whole, in.length, at, plus || text[at] == '0', plus};
        end = take_token(&in, at, size, &digits);
        if (end == at) {
            end += text[at] < 0x80 ? 1 : read_character(text + at, size - at).width;
            continue;
        }
        if (!digits)
            digits_from = tokens + 1;
        uint64_t reach = table->longest + (digits ? LONGEST_PREFIX : 0);
        for (size_t first = tokens + 1; first-- > 0 && tokens - first < RING;) {
            const token *from = &ring[first % RING];
            uint64_t length = in.length - from->length;
            if (length > reach)
                break;
            if (length <= table->longest)
                suspect(&in, from->prefix, length, from->start, end, 0);
            if (from->dialled && first >= digits_from && length > SHORTEST_PHONE)
                look_dialled(&in, from, end);
        }
        tokens++;
    }
    settle(&in);
    return in.found;
}

/* The first entry in low..high whose slot is not below `slot`. */
static uint32_t lower_slot(const aigov_table *table, uint32_t low, uint32_t high, uint64_t slot)
{
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (slot_at(table, middle) < slot)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The rows that hold cell `a` in one column and cell `b` in another, each cell told by its entries. Quickest when `a`
 * has the fewer. Writes at most count_a * columns rows; returns how many. */
size_t aigov_table_common(const aigov_table *table, uint32_t first_a, uint32_t count_a, uint32_t first_b,
                          uint32_t count_b, aigov_shared_row *rows)
{
    size_t found = 0;
    uint32_t at = first_b, high = first_b + count_b;
    for (uint32_t entry = first_a; entry < first_a + count_a; entry++) {
        uint32_t row = slot_at(table, entry) / table->columns, column = slot_at(table, entry) % table->columns;
        at = lower_slot(table, at, high, (uint64_t)row * table->columns);
        for (uint32_t other = at; other < high && slot_at(table, other) / table->columns == row; other++)
            if (slot_at(table, other) % table->columns != column)
                rows[found++] = (aigov_shared_row){row, column, slot_at(table, other) % table->columns};
    }
    return found;
}
