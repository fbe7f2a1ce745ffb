typedef struct {
    const uint8_t *text;
    int64_t size;
} aigov_near_word;
int64_t aigov_near(const uint8_t *data, int64_t start, int64_t end, int64_t low, int64_t high, int64_t within, int sides,
                   const aigov_near_word *words, int64_t count);
