typedef struct {
    const uint8_t *filter, *buckets, *entries;
    uint32_t columns, filter_bits, bucket_bits, longest;
    uint64_t lengths[16], siphash_key[2], powers[1024];
} aigov_table;

typedef struct {
    uint32_t start, end;
    uint32_t first, count;
} aigov_place;

typedef struct {
    uint32_t row, column_a, column_b;
} aigov_shared_row;

uint64_t aigov_siphash(const uint8_t *key, const uint8_t *data, size_t size);
int32_t aigov_cell_form(const uint8_t *cell, size_t size, uint8_t *form);
uint64_t aigov_rolling_hash(const uint8_t *key, const uint8_t *form, size_t size);
size_t aigov_table_size(uint32_t cells);
int aigov_table_build(const uint64_t *hashes, const uint64_t *rolling, const uint32_t *slots, const uint64_t *lengths,
                      uint32_t cells, uint32_t rows, uint32_t columns, uint8_t *index);
int aigov_table_open(aigov_table *table, const uint8_t *key, const uint8_t *index, size_t size, uint32_t columns);
size_t aigov_table_find(const aigov_table *table, const uint8_t *text, size_t size, aigov_place *places,
                        size_t capacity);
size_t aigov_table_common(const aigov_table *table, uint32_t first_a, uint32_t count_a, uint32_t first_b,
                          uint32_t count_b, aigov_shared_row *rows);
