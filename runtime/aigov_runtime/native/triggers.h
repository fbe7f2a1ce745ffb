typedef struct {
    int64_t count, room;
    int64_t *items;
} aigov_windows;
void aigov_windows_free(aigov_windows *windows);
int aigov_triggers(const uint8_t *data, int64_t size, aigov_windows *narrow, aigov_windows *wide);
