typedef struct {
    uint32_t kind;
    uint32_t start;
    uint32_t end;
    uint32_t size;
} aigov_edit;

typedef struct {
    uint32_t start;
    uint32_t end;
    uint32_t size;
    uint32_t edits;
} aigov_window;

typedef struct {
    uint32_t bytes;
    uint32_t edits;
    uint32_t windows;
    uint32_t blocks;
} aigov_view_sizes;

int aigov_view_measure(const uint8_t *data, size_t size, aigov_view_sizes *sizes);
void aigov_view_fill(const uint8_t *data, size_t size, uint8_t *bytes, aigov_edit *edits, aigov_window *windows,
                     aigov_edit *blocks);
