/* Where something encoded may stand: arithmetic on the bits of a batch, without branches, so that it is vectorised. */

#include "views.inc"

/* All functions on vectors are inlined: how they would be passed does not matter. */
#pragma GCC diagnostic ignored "-Wpsabi"

/* Four blocks at once. */
typedef uint64_t lanes __attribute__((vector_size(32)));

static inline __attribute__((always_inline)) lanes load(const uint64_t *blocks)
{
    lanes four;
    memcpy(&four, blocks, sizeof four);
    return four;
}

/* Bits of the bytes whose n-th predecessor, or successor, has the bit. */
#define HERE(name) load(p->name + k)
#define LAST(name) load(p->name + k - 1)
#define NEXT(name) load(p->name + k + 1)
#define AFTER(name, n) (HERE(name) << (n) | LAST(name) >> (64 - (n)))
#define BEFORE(name, n) (HERE(name) >> (n) | NEXT(name) << (64 - (n)))

/* Spreads bits over `n` more bytes, behind or before those that have them, or keeps the bytes of which the `n` behind or
before have them as well. `side` is the block on that side and changes too. */
#define SPREAD_UP(x, side, n) (x |= x << (n) | side >> (64 - (n)), side |= side << (n))
#define SPREAD_DOWN(x, side, n) (x |= x >> (n) | side << (64 - (n)), side |= side >> (n))
#define KEEP_UP(x, side, n) (x &= x << (n) | side >> (64 - (n)), side &= side << (n))
#define KEEP_DOWN(x, side, n) (x &= x >> (n) | side << (64 - (n)), side &= side >> (n))

/* Lines that end in a word, with a digit among the 16 bytes before or after: what is random and long has one. */
static inline __attribute__((always_inline)) lanes line_ends(const planes *p, size_t k)
{
    lanes behind = AFTER(digit, 1), last = LAST(digit) << 1;
    lanes ahead = BEFORE(digit, 1), next = NEXT(digit) >> 1;
#pragma GCC unroll 4
    for (int n = 1; n < 16; n *= 2) {
        SPREAD_UP(behind, last, n);
        SPREAD_DOWN(ahead, next, n);
    }
    return HERE(line) & AFTER(word, 1) & (behind | ahead);
}

/* `=` before two digits or a line end (quoted-printable), or behind seven letters and before none (base64). */
static inline __attribute__((always_inline)) lanes equals_signs(const planes *p, size_t k)
{
    lanes run = AFTER(word, 1), last = LAST(word) << 1;
    KEEP_UP(run, last, 1);
    KEEP_UP(run, last, 2);
    KEEP_UP(run, last, 3);
    return HERE(equals) &
           ((BEFORE(capital_hex, 1) & BEFORE(capital_hex, 2)) | BEFORE(line, 1) | (run & ~BEFORE(word, 1)));
}

/* Quotes behind a word, with another quote or the line's end soon behind them, and two quotes with nothing between. */
static inline __attribute__((always_inline)) lanes quotes(const planes *p, size_t k)
{
    lanes soon = BEFORE(quote, 1), next = NEXT(quote) >> 1;
    SPREAD_DOWN(soon, next, 1);
    SPREAD_DOWN(soon, next, 2);
    SPREAD_DOWN(soon, next, 4);
    soon |= BEFORE(line, 1) | BEFORE(line, 3);
    return HERE(quote) & ~BEFORE(comma, 1) & ((AFTER(word, 1) & soon) | (AFTER(quote, 1) & ~BEFORE(quote, 1)));
}

/* Every second byte a letter or digit, four times: perhaps a spaced word. Commas every third, fifth or sixth. */
static inline __attribute__((always_inline)) lanes rhythms(const planes *p, size_t k)
{
    lanes single = HERE(alnum) & ~AFTER(alnum, 1) & ~BEFORE(alnum, 1), c = HERE(comma);
    single &= single >> 2;
    single &= single >> 4;
    return single | (c & c >> 3 & c >> 6 & c >> 9) | (c & c >> 5 & c >> 10) | (c & c >> 6 & c >> 12);
}

/* Words of 16 bytes and more, at their starts. */
static inline __attribute__((always_inline)) lanes long_runs(const planes *p, size_t k)
{
    lanes run = HERE(word), next = NEXT(word);
#pragma GCC unroll 4
    for (int n = 1; n < 16; n *= 2)
        KEEP_DOWN(run, next, n);
    return run & ~AFTER(word, 1);
}

static inline __attribute__((always_inline)) void places(planes *p, size_t blocks)
{
    for (size_t k = 1; k <= blocks; k += LANES) {
        lanes found = HERE(sign) | HERE(lead) | rhythms(p, k) | quotes(p, k) | equals_signs(p, k) | line_ends(p, k) |
                      (HERE(parenthesis) & BEFORE(quote, 1)) | (HERE(letter) & (AFTER(alnum, 1) | BEFORE(alnum, 2)));
        lanes runs = long_runs(p, k);
        memcpy(p->found + k, &found, sizeof found);
        memcpy(p->runs + k, &runs, sizeof runs);
    }
}

#if defined(__x86_64__) && !defined(AIGOV_PORTABLE)

__attribute__((target("avx2"))) static void places_avx2(planes *p, size_t blocks)
{
    places(p, blocks);
}

#endif

/* `found` and `runs` of the blocks 1 to `blocks`; those on either side are read too. */
void aigov_places(planes *p, size_t blocks)
{
#if defined(__x86_64__) && !defined(AIGOV_PORTABLE)
    if (__builtin_cpu_supports("avx2")) {
        places_avx2(p, blocks);
        return;
    }
#endif
    places(p, blocks);
}
