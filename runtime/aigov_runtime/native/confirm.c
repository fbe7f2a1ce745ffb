/* From candidates, (pattern, end) pairs that Hyperscan reports, to spans: where the matches are.

   A window reaches one longest match before the first end of a cluster, where it may have begun, and one beyond the
   last: Vectorscan 5.4.12 may leave out some of a match's ends. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "confirm.h"
#include "matcher.h"
#include "screens.h"

enum { BATCH = 256, END_BITS = 40 };
static const uint64_t END_MASK = ((uint64_t)1 << END_BITS) - 1;

typedef struct {
    const aigov_pattern *pattern;
    int32_t number;
    const uint8_t *data;
    int64_t size, limit, found;
    aigov_spans *spans;
} work;

aigov_candidates *aigov_candidates_new(int64_t limit)
{
    aigov_candidates *candidates = calloc(1, sizeof *candidates);
    if (candidates)
        candidates->limit = limit;
    return candidates;
}

void aigov_candidates_free(aigov_candidates *candidates)
{
    if (candidates)
        free(candidates->items);
    free(candidates);
}

void aigov_spans_free(aigov_spans *spans)
{
    free(spans->items);
    memset(spans, 0, sizeof *spans);
}

/* Hyperscan's match handler; nonzero stops the scan: at the limit (the count is then over it) or without memory. */
int aigov_candidates_add(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                         aigov_candidates *candidates)
{
    (void)from, (void)flags;
    if (candidates->count >= candidates->limit) {
        candidates->count = candidates->limit + 1;
        return 1;
    }
    if (candidates->count == candidates->room) {
        int64_t room = candidates->room ? 2 * candidates->room : 64;
        uint64_t *items = realloc(candidates->items, (size_t)room * sizeof *items);
        if (!items) {
            candidates->count = candidates->limit + 1;
            return 1;
        }
        candidates->items = items, candidates->room = room;
    }
    candidates->items[candidates->count++] = (uint64_t)id << END_BITS | (to & END_MASK);
    return 0;
}

static int ascending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static int push(work *w, int32_t pattern, int32_t segment, int64_t start, int64_t end)
{
    aigov_spans *spans = w->spans;
    if (spans->count == spans->room) {
        int64_t room = spans->room ? 2 * spans->room : 64;
        aigov_span *items = realloc(spans->items, (size_t)room * sizeof *items);
        if (!items)
            return 0;
        spans->items = items, spans->room = room;
    }
    spans->items[spans->count++] = (aigov_span){pattern, segment, start, end};
    return 1;
}

static int passes(const work *w, int64_t start, int64_t end)
{
    const aigov_check *check = w->pattern->checks;
    for (int64_t i = 0; i < w->pattern->check_count; i++, check++)
        if (!aigov_screen(check->screen, check->minimum, w->data + start, (size_t)(end - start)))
            return 0;
    return 1;
}

/* The matches in one window. What takes too long, or has no program, is left to the caller: the window itself is
   given back, under the pattern's number as -1 - number. */
static int search(work *w, int32_t segment, int64_t low, int64_t high)
{
    int64_t found[3 * BATCH], count;
    do {
        count = w->pattern->program
                    ? aigov_matcher_find(w->pattern->program, w->data, w->size, low, high, found, BATCH)
                    : -1;
        if (count < 0)
            return push(w, -1 - w->number, segment, low, high);
        for (int64_t i = 0; i < count; i++) {
            int64_t start = found[3 * i], end = found[3 * i + 1];
            if (start < 0 || start >= end || !passes(w, start, end))
                continue;
            if (!push(w, w->number, segment, start, end))
                return 0;
            w->found++;
        }
        if (count)
            low = found[3 * count - 1];
    } while (count == BATCH && w->found <= w->limit);
    return 1;
}

/* The first segment whose end is at or after `at`. */
static int64_t segment_of(const int64_t *ends, int64_t segments, int64_t at)
{
    int64_t low = 0, high = segments;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (ends[middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int confirm_pattern(work *w, const uint64_t *items, int64_t count, const int64_t *starts, const int64_t *ends,
                           int64_t segments)
{
    int64_t width = w->pattern->width, i = 0;
    while (i < count && w->found <= w->limit) {
        int64_t first = (int64_t)(items[i] & END_MASK), last = first;
        int64_t segment = segment_of(ends, segments, first), low, high;
        if (segment == segments)
            return 1;
        if (first <= starts[segment]) { /* in a separator */
            i++;
            continue;
        }
        for (i++; i < count; i++) {
            int64_t next = (int64_t)(items[i] & END_MASK);
            if (next > ends[segment] || next - last > 2 * width)
                break;
            last = next;
        }
        low = first - width > starts[segment] ? first - width : starts[segment];
        high = last + width < ends[segment] ? last + width : ends[segment];
        if (!search(w, (int32_t)segment, low, high))
            return 0;
    }
    return 1;
}

/* All spans, ordered by pattern; at most `limit` and a few of each pattern. Segment k is data[starts[k]..ends[k]).
   Returns 0 without memory. Candidates of patterns that are not there are ignored. */
int aigov_confirm(aigov_candidates *candidates, const aigov_pattern *patterns, int64_t pattern_count,
                  const uint8_t *data, int64_t size, const int64_t *starts, const int64_t *ends, int64_t segments,
                  int64_t limit, aigov_spans *spans)
{
    int64_t count = candidates->count < candidates->limit ? candidates->count : candidates->limit;
    uint64_t *items = candidates->items;
    spans->count = 0;
    if (count > candidates->room)
        count = candidates->room;
    if (count > 1)
        qsort(items, (size_t)count, sizeof *items, ascending);
    for (int64_t i = 0; i < count;) {
        uint64_t number = items[i] >> END_BITS;
        int64_t next = i + 1;
        while (next < count && items[next] >> END_BITS == number)
            next++;
        if ((int64_t)number < pattern_count) {
            work w = {patterns + number, (int32_t)number, data, size, limit, 0, spans};
            if (!confirm_pattern(&w, items + i, next - i, starts, ends, segments))
                return 0;
        }
        i = next;
    }
    return 1;
}
