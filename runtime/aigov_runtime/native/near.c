/* Words near a span (docs/semantics.md, Detectors). */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "near.h"

enum { BEFORE = 1, AFTER = 2 }; /* aigov_runtime.scan.near.SIDES */

static int upper(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z';
}

static int lower(uint8_t byte)
{
    return byte >= 'a' && byte <= 'z';
}

static int digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

/* Whether a word may start or end at `at`: beside what is no ASCII letter or digit, and where letters change as in
   `githubToken`, `token1` and `APIToken`. */
static int border(const uint8_t *data, int64_t at, int64_t low, int64_t high)
{
    uint8_t before, after;
    if (at <= low || at >= high)
        return 1;
    before = data[at - 1], after = data[at];
    if (!(upper(before) || lower(before) || digit(before)) || !(upper(after) || lower(after) || digit(after)))
        return 1;
    if (!digit(before) && digit(after))
        return 1;
    return upper(after) && (!upper(before) || (at + 1 < high && lower(data[at + 1])));
}

static int stands(const uint8_t *data, int64_t at, const aigov_near_word *word, int64_t low, int64_t high)
{
    for (int64_t i = 0; i < word->size; i++)
        if ((upper(data[at + i]) ? data[at + i] | 32 : data[at + i]) != word->text[i])
            return 0;
    return border(data, at, low, high) && border(data, at + word->size, low, high);
}

static int smaller(const aigov_near_word *a, const aigov_near_word *b)
{
    int order = memcmp(a->text, b->text, (size_t)(a->size < b->size ? a->size : b->size));
    return order < 0 || (order == 0 && a->size < b->size);
}

/* The bytes between data[start:end] and the nearest of the words (lower case) that stands whole within `within` bytes
   of it, on one of the sides, and in the lower 32 bits the word's number: of several as near, the smallest; -1 when
   there is none. low..high bounds everything. */
int64_t aigov_near(const uint8_t *data, int64_t start, int64_t end, int64_t low, int64_t high, int64_t within, int sides,
                   const aigov_near_word *words, int64_t count)
{
    int64_t first = start - within > low ? start - within : low, last = end + within < high ? end + within : high;
    int64_t best = -1, number = 0;
    for (int64_t w = 0; w < count; w++) {
        const aigov_near_word *word = words + w;
        int64_t found = -1;
        if (sides & BEFORE)
            for (int64_t at = start - word->size; at >= first && found < 0; at--)
                if (stands(data, at, word, low, high))
                    found = start - at - word->size;
        if (sides & AFTER)
            for (int64_t at = end; at + word->size <= last && (found < 0 || at - end < found); at++)
                if (stands(data, at, word, low, high))
                    found = at - end;
        if (found >= 0 && (best < 0 || found < best || (found == best && smaller(word, words + number))))
            best = found, number = w;
    }
    return best < 0 ? -1 : best << 32 | number;
}
