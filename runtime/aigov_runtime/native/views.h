typedef struct {
    uint32_t kind;
    uint32_t at;
    uint32_t size;
    uint32_t start;
    uint32_t end;
} aigov_edit;

typedef struct {
    uint32_t start;
    uint32_t size;
    uint32_t edits;
} aigov_window;

typedef struct {
    uint8_t *bytes;
    aigov_edit *edits;
    aigov_window *windows;
    size_t byte_count;
    size_t edit_count;
    size_t window_count;
} aigov_view;

int aigov_views(const uint8_t *data, size_t size, aigov_view *characters, aigov_view *blocks);
