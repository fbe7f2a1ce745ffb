/* Which byte is what, 64 at a time. */

#include "views.inc"

#if defined(__x86_64__) && !defined(AIGOV_PORTABLE)
#include <immintrin.h>
#endif

#define D (DIGIT | HEXADECIMAL | PRINTABLE)
#define U (UPPER | PRINTABLE)
#define L (LOWER | PRINTABLE)
#define X HEXADECIMAL
#define P PRINTABLE
#define J (JOINER | PRINTABLE)
#define Q (QUOTE | PRINTABLE)
#define B (BLANK | PRINTABLE)

const uint8_t aigov_classes[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, B, P, 0, P, P, 0, 0,                         /* 00 */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,                         /* 10 */
    B, P, Q, P, P, P, P, Q, P, P, P, J, P, J, P, J,                         /* 20 */
    D, D, D, D, D, D, D, D, D, D, P, P, P, P, P, P,                         /* 30 */
    P, U | X, U | X, U | X, U | X, U | X, U | X, U, U, U, U, U, U, U, U, U, /* 40 */
    U, U, U, U, U, U, U, U, U, U, U, P, P, P, P, J,                         /* 50 */
    Q, L | X, L | X, L | X, L | X, L | X, L | X, L, L, L, L, L, L, L, L, L, /* 60 */
    L, L, L, L, L, L, L, L, L, L, L, P, P, P, P, 0,                         /* 70 */
};

#undef D
#undef U
#undef L
#undef X
#undef P
#undef J
#undef Q
#undef B

/* The planes of one block. */
struct bits {
    uint64_t alnum, word, digit, capital_hex, sign, parenthesis, equals, quote, line, comma, lead, letter;
};

static inline void store(planes *p, size_t at, const struct bits *bits)
{
    p->alnum[at] = bits->alnum;
    p->word[at] = bits->word;
    p->digit[at] = bits->digit;
    p->capital_hex[at] = bits->capital_hex;
    p->sign[at] = bits->sign;
    p->parenthesis[at] = bits->parenthesis;
    p->equals[at] = bits->equals;
    p->quote[at] = bits->quote;
    p->line[at] = bits->line;
    p->comma[at] = bits->comma;
    p->lead[at] = bits->lead;
    p->letter[at] = bits->letter;
}

typedef uint8_t vector __attribute__((vector_size(16)));

/* The highest bits of 16 bytes. */
static inline uint64_t gather(vector v)
{
#if defined(__SSE2__) && !defined(AIGOV_PORTABLE)
    return (uint64_t)(uint32_t)_mm_movemask_epi8((__m128i)v);
#else
    uint64_t halves[2];
    memcpy(halves, &v, sizeof halves);
    uint64_t low = ((halves[0] >> 7 & UINT64_C(0x0101010101010101)) * UINT64_C(0x0102040810204080)) >> 56;
    uint64_t high = ((halves[1] >> 7 & UINT64_C(0x0101010101010101)) * UINT64_C(0x0102040810204080)) >> 56;
    return low | high << 8;
#endif
}

#define SET(name, v) bits.name |= gather((vector)(v)) << part

static void classify_portable(const uint8_t *data, size_t blocks, planes *p, size_t first)
{
    for (size_t block = 0; block < blocks; block++) {
        struct bits bits = {0};
        for (int part = 0; part < 64; part += 16) {
            vector v;
            memcpy(&v, data + 64 * block + part, sizeof v);
            vector digit = (vector)((vector)(v - '0') < 10);
            vector alnum = digit | (vector)((vector)((v | 32) - 'a') < 26);
            SET(digit, digit);
            SET(capital_hex, digit | (vector)((vector)(v - 'A') < 6));
            SET(alnum, alnum);
            SET(word, alnum | (vector)((v | 4) == '/') | (vector)(v == '-') | (vector)(v == '_'));
            SET(sign, (vector)((vector)(v - '%') < 2) | (vector)(v == '\\'));
            SET(parenthesis, v == '(');
            SET(equals, v == '=');
            SET(quote, (vector)(v == '"') | (vector)(v == '\''));
            SET(line, (vector)(v == '\n') | (vector)(v == '\r'));
            SET(comma, (vector)(v == ',') | (vector)(v == ':'));
            if (gather(v)) {
                vector marks = (vector)(v == 0xC2) | (vector)(v == 0xE2) | (vector)(v == 0xEF);
                SET(lead, marks | (vector)(v >= 0xF0));
                SET(letter, (vector)(v - 0xCE) < 6);
            }
        }
        store(p, first + block, &bits);
    }
}

#undef SET

#if defined(__x86_64__) && !defined(AIGOV_PORTABLE)

__attribute__((target("avx2"))) static inline __m256i is_byte(__m256i v, uint8_t c)
{
    return _mm256_cmpeq_epi8(v, _mm256_set1_epi8((char)c));
}

__attribute__((target("avx2"))) static inline __m256i in_range(__m256i v, uint8_t first, uint8_t count)
{
    __m256i offset = _mm256_sub_epi8(v, _mm256_set1_epi8((char)first));
    return _mm256_cmpeq_epi8(_mm256_min_epu8(offset, _mm256_set1_epi8((char)(count - 1))), offset);
}

#define EITHER _mm256_or_si256
#define SET(name, v) bits.name |= (uint64_t)(uint32_t)_mm256_movemask_epi8(v) << part

__attribute__((target("avx2"))) static void classify_avx2(const uint8_t *data, size_t blocks, planes *p, size_t first)
{
    for (size_t block = 0; block < blocks; block++) {
        struct bits bits = {0};
        for (int part = 0; part < 64; part += 32) {
            __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(data + 64 * block + part));
            __m256i digit = in_range(v, '0', 10);
            __m256i alnum = EITHER(digit, in_range(EITHER(v, _mm256_set1_epi8(32)), 'a', 26));
            __m256i slash = is_byte(EITHER(v, _mm256_set1_epi8(4)), '/');
            SET(digit, digit);
            SET(capital_hex, EITHER(digit, in_range(v, 'A', 6)));
            SET(alnum, alnum);
            SET(word, EITHER(EITHER(alnum, slash), EITHER(is_byte(v, '-'), is_byte(v, '_'))));
            SET(sign, EITHER(in_range(v, '%', 2), is_byte(v, '\\')));
            SET(parenthesis, is_byte(v, '('));
            SET(equals, is_byte(v, '='));
            SET(quote, EITHER(is_byte(v, '"'), is_byte(v, '\'')));
            SET(line, EITHER(is_byte(v, '\n'), is_byte(v, '\r')));
            SET(comma, EITHER(is_byte(v, ','), is_byte(v, ':')));
            if (_mm256_movemask_epi8(v)) {
                __m256i marks = EITHER(is_byte(v, 0xC2), EITHER(is_byte(v, 0xE2), is_byte(v, 0xEF)));
                SET(lead, EITHER(marks, in_range(v, 0xF0, 16)));
                SET(letter, in_range(v, 0xCE, 6));
            }
        }
        store(p, first + block, &bits);
    }
}

#undef SET
#undef EITHER

#endif

/* Fills the planes of `blocks` blocks, from number `first` on, but for what follows from them. */
void aigov_classify(const uint8_t *data, size_t blocks, planes *p, size_t first)
{
#if defined(__x86_64__) && !defined(AIGOV_PORTABLE)
    if (__builtin_cpu_supports("avx2")) {
        classify_avx2(data, blocks, p, first);
        return;
    }
#endif
    classify_portable(data, blocks, p, first);
}
