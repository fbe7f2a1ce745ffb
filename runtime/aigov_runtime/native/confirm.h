typedef struct {
    int64_t count, limit, room;
    uint64_t *items;
} aigov_candidates;
typedef struct {
    int screen;
    double minimum;
} aigov_check;
typedef struct {
    const int32_t *program;
    int64_t width;
    const aigov_check *checks;
    int64_t check_count;
} aigov_pattern;
typedef struct {
    int32_t pattern, segment;
    int64_t start, end;
} aigov_span;
typedef struct {
    int64_t count, room;
    aigov_span *items;
} aigov_spans;
aigov_candidates *aigov_candidates_new(int64_t limit);
void aigov_candidates_free(aigov_candidates *candidates);
int aigov_candidates_add(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                         aigov_candidates *candidates);
void aigov_spans_free(aigov_spans *spans);
int aigov_confirm(aigov_candidates *candidates, const aigov_pattern *patterns, int64_t pattern_count,
                  const uint8_t *data, int64_t size, const int64_t *starts, const int64_t *ends, int64_t segments,
                  int64_t limit, aigov_spans *spans);
