/* Where triggers fire (aigov_runtime.scan.triggers says what they are), in one pass over blocks of 16 bytes. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "confirm.h"
#include "windows.h"

enum { DIGIT = 1, HEX = 2, FILLER = 4 };
enum { WORD = 15, LONG_WORD = 24 }; /* letters and digits, with a digit or without */
enum { BLOCK = 16, NARROW = 128, WIDE = 256, FAR = 640 }; /* margins */

/* Windows of one margin, in the making: from `first` to `last` triggers fired, and the margin after them is open. */
typedef struct {
    int64_t margin, first, last, size;
    aigov_windows *windows;
    int failed;
} list;

typedef struct {
    int64_t wanted, least, most; /* bytes between neighbours */
    uint8_t filler;
    int64_t count, before; /* counted so far, and the place of the last of them */
} counter;

static const uint8_t KINDS[256] = {
    ['0' ... '9'] = DIGIT | HEX, ['a' ... 'f'] = HEX, ['A' ... 'F'] = HEX, [' '] = FILLER, ['('] = FILLER,
    [')'] = FILLER,              ['.'] = FILLER,      ['/'] = FILLER,      ['+'] = FILLER, ['-'] = FILLER,
};

static void flush(list *l)
{
    aigov_windows *windows = l->windows;
    int64_t low = l->first - l->margin, high = l->last + l->margin;
    if (l->first < 0)
        return;
    low = low < 0 ? 0 : low, high = high > l->size ? l->size : high;
    if (windows->count && low <= windows->items[2 * windows->count - 1]) { /* it went back into the one before */
        windows->items[2 * windows->count - 1] = high;
        return;
    }
    if (!aigov_windows_room(windows)) {
        l->failed = 1;
        return;
    }
    windows->items[2 * windows->count] = low;
    windows->items[2 * windows->count + 1] = high;
    windows->count++;
}

/* A trigger fired at every byte from the one before `from` to the one before `to`. Within a block, `from` may go back. */
static void fire(list lists[3], int64_t from, int64_t to)
{
    for (list *l = lists; l < lists + 3; l++) {
        if (l->first < 0 || from - l->last > 2 * l->margin) {
            flush(l);
            l->first = l->last = from;
        }
        if (from < l->first)
            l->first = from;
        if (to > l->last)
            l->last = to;
    }
}

/* Whether what lies between the last counted byte and the one at `at` lets the count go on. */
static int goes_on(const counter *c, const uint8_t *data, int64_t at)
{
    int64_t gap = at - c->before - 1;
    if (!c->count || gap < c->least || gap > c->most)
        return 0;
    for (int64_t i = c->before + 1; i < at; i++)
        if (!(KINDS[data[i]] & c->filler))
            return 0;
    return 1;
}

/* Count the byte at `at`; whether the trigger fires. */
static int reached(counter *c, const uint8_t *data, int64_t at)
{
    c->count = goes_on(c, data, at) ? c->count + 1 : 1;
    c->before = at;
    return c->count >= c->wanted;
}

typedef struct {
    uint32_t word, digit, sign; /* bit N: byte N is a letter or digit; it is a digit; it is one of .:-@ */
} masks;

#ifdef __SSE2__
static __m128i within(__m128i v, char low, char span)
{
    __m128i shifted = _mm_sub_epi8(v, _mm_set1_epi8(low));
    return _mm_cmpeq_epi8(_mm_min_epu8(shifted, _mm_set1_epi8(span)), shifted);
}

static masks masks_of(const uint8_t *data)
{
    __m128i v = _mm_loadu_si128((const __m128i *)data);
    __m128i digits = within(v, '0', 9), letters = within(_mm_or_si128(v, _mm_set1_epi8(32)), 'a', 25);
    __m128i signs = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('.')), _mm_cmpeq_epi8(v, _mm_set1_epi8(':'))),
                                 _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('-')), _mm_cmpeq_epi8(v, _mm_set1_epi8('@'))));
    return (masks){(uint32_t)_mm_movemask_epi8(_mm_or_si128(digits, letters)),
                   (uint32_t)_mm_movemask_epi8(digits), (uint32_t)_mm_movemask_epi8(signs)};
}
#else
static masks masks_of(const uint8_t *data)
{
    masks m = {0, 0, 0};
    for (int i = 0; i < BLOCK; i++) {
        uint8_t byte = data[i], lower = byte | 32;
        uint32_t digit = byte >= '0' && byte <= '9', letter = lower >= 'a' && lower <= 'z';
        uint32_t sign = byte == '.' || byte == ':' || byte == '-' || byte == '@';
        m.word |= (digit | letter) << i;
        m.digit |= digit << i;
        m.sign |= sign << i;
    }
    return m;
}
#endif

/* Of a block: the bits set at its start, and at its end. */
static int leading(uint32_t mask)
{
    return mask == 0xFFFF ? BLOCK : __builtin_ctz(~mask);
}

static int trailing(uint32_t mask)
{
    return mask == 0xFFFF ? BLOCK : __builtin_clz(~mask << BLOCK);
}

/* The places where triggers fire, with a narrow, a wide and a far margin. What the lists held is replaced. Returns 0 without memory. */
int aigov_triggers(const uint8_t *data, int64_t size, aigov_windows *narrow, aigov_windows *wide, aigov_windows *far)
{
    uint8_t last[BLOCK];
    list lists[3] = {{NARROW, -1, -1, size, narrow, 0}, {WIDE, -1, -1, size, wide, 0}, {FAR, -1, -1, size, far, 0}};
    counter digits = {6, 0, 3, FILLER, 0, 0}, dots = {3, 1, 3, DIGIT, 0, 0};
    counter colons = {4, 1, 4, HEX, 0, 0}, hyphens = {5, 2, 2, HEX, 0, 0};
    int64_t run = 0;   /* letters and digits up to the block */
    int numbered = 0; /* a digit is among them */
    narrow->count = wide->count = far->count = 0;
    for (int64_t block = 0; block < size; block += BLOCK) {
        masks m;
        if (size - block >= BLOCK) {
            m = masks_of(data + block);
        } else {
            memset(last, 0, sizeof last);
            memcpy(last, data + block, (size_t)(size - block));
            m = masks_of(last);
        }
        if (run + leading(m.word) >= WORD) {
            int64_t length = run + leading(m.word);
            if (length >= LONG_WORD || numbered || m.digit & ((1u << leading(m.word)) - 1))
                fire(lists, run >= WORD ? block : block + WORD - run, block + leading(m.word));
        }
        if (m.word == 0xFFFF) {
            run += BLOCK;
            numbered |= m.digit != 0;
        } else {
            run = trailing(m.word);
            numbered = (m.digit >> (BLOCK - run)) != 0;
        }
        m.sign |= m.digit;
        for (; m.sign; m.sign &= m.sign - 1) {
            int64_t at = block + __builtin_ctz(m.sign);
            uint8_t byte = data[at];
            counter *c = byte == '.' ? &dots : byte == ':' ? &colons : byte == '-' ? &hyphens : &digits;
            int fired = byte == '@' || reached(c, data, at);
            if (fired)
                fire(lists, at + 1, at + 1);
        }
    }
    for (list *l = lists; l < lists + 3; l++)
        flush(l);
    return !lists[0].failed && !lists[1].failed && !lists[2].failed;
}
