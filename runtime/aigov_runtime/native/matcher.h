int aigov_matcher_check(const int32_t *program, int64_t words);
int64_t aigov_matcher_find(const int32_t *program, const uint8_t *data, int64_t size, int64_t low, int64_t high,
                           int64_t *spans, int64_t capacity);
