/* Windows are parts of a text, pairs of start and end, in order; they do not touch. */
typedef struct {
    int64_t count, room;
    int64_t *items;
} aigov_windows;
typedef struct {
    int64_t size, room;
    uint8_t *bytes;
} aigov_joined;
typedef struct aigov_clues aigov_clues;
typedef struct aigov_seen aigov_seen;
void aigov_windows_free(aigov_windows *windows);
int aigov_windows_room(aigov_windows *windows);
void aigov_joined_free(aigov_joined *joined);
int aigov_windows_join(const aigov_windows *windows, const uint8_t *data, int64_t size, aigov_joined *joined);
void aigov_candidates_place(aigov_candidates *candidates, int64_t from, const aigov_windows *windows);
int aigov_triggers(const uint8_t *data, int64_t size, aigov_windows *narrow, aigov_windows *wide, aigov_windows *far);
aigov_clues *aigov_clues_new(const uint8_t *section, int64_t size);
void aigov_clues_free(aigov_clues *clues);
aigov_seen *aigov_seen_new(const aigov_clues *clues);
void aigov_seen_free(aigov_seen *seen);
int aigov_clues_look(const aigov_clues *clues, aigov_seen *seen, const uint8_t *data, int64_t size,
                     const aigov_windows *numbers, aigov_windows *found);
