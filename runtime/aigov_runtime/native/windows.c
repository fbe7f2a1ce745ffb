/* Parts of a text, copied behind one another to be searched in one go. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "confirm.h"
#include "windows.h"

enum { END_BITS = 40 }; /* as in confirm.c */
static const uint64_t END_MASK = ((uint64_t)1 << END_BITS) - 1;

void aigov_windows_free(aigov_windows *windows)
{
    free(windows->items);
    memset(windows, 0, sizeof *windows);
}

/* Make room for one more. Returns 0 without memory. */
int aigov_windows_room(aigov_windows *windows)
{
    int64_t room = windows->room ? 2 * windows->room : 16, *items;
    if (2 * windows->count + 2 <= windows->room)
        return 1;
    items = realloc(windows->items, (size_t)room * sizeof *items);
    if (!items)
        return 0;
    windows->items = items, windows->room = room;
    return 1;
}

void aigov_joined_free(aigov_joined *joined)
{
    free(joined->bytes);
    memset(joined, 0, sizeof *joined);
}

/* The windows behind one another, a line break after each; not when they are most of the data (2), or there is no
   memory (0). */
int aigov_windows_join(const aigov_windows *windows, const uint8_t *data, int64_t size, aigov_joined *joined)
{
    int64_t total = 0;
    for (int64_t i = 0; i < 2 * windows->count; i += 2)
        total += windows->items[i + 1] - windows->items[i] + 1;
    if (2 * total > size)
        return 2;
    if (total > joined->room) {
        free(joined->bytes);
        joined->bytes = malloc((size_t)total);
        joined->room = joined->bytes ? total : 0;
        if (!joined->bytes)
            return 0;
    }
    joined->size = 0;
    for (int64_t i = 0; i < 2 * windows->count; i += 2) {
        size_t length = (size_t)(windows->items[i + 1] - windows->items[i]);
        memcpy(joined->bytes + joined->size, data + windows->items[i], length);
        joined->size += (int64_t)length;
        joined->bytes[joined->size++] = '\n';
    }
    return 1;
}

/* Candidates from number `from` on end in joined windows: put them where they are in the text. What ends behind a window
   ends with it. Hyperscan reports them nearly in order. */
void aigov_candidates_place(aigov_candidates *candidates, int64_t from, const aigov_windows *windows)
{
    int64_t count = candidates->count < candidates->limit ? candidates->count : candidates->limit;
    int64_t at = 0, start = 0; /* the window, and where it starts among the joined ones */
    for (int64_t i = from; i < count; i++) {
        int64_t end = (int64_t)(candidates->items[i] & END_MASK), place;
        for (; at && end <= start; at--)
            start -= windows->items[2 * at - 1] - windows->items[2 * at - 2] + 1;
        while (at + 1 < windows->count && end > start + windows->items[2 * at + 1] - windows->items[2 * at] + 1) {
            start += windows->items[2 * at + 1] - windows->items[2 * at] + 1;
            at++;
        }
        place = windows->items[2 * at] + end - start;
        if (place > windows->items[2 * at + 1])
            place = windows->items[2 * at + 1];
        candidates->items[i] = (candidates->items[i] & ~END_MASK) | (uint64_t)place;
    }
}
