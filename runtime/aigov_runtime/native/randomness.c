/* Was this drawn at random, written, or filled in? */

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "randomness.h"

enum { DIGIT = 52, OTHER = 53, KINDS = 54 };

static const double LETTERS_ONLY = 10;

extern const uint8_t aigov_bigram_costs[KINDS][KINDS];

static int kind_of(uint8_t byte)
{
    if (byte >= 'a' && byte <= 'z')
        return byte - 'a';
    if (byte >= 'A' && byte <= 'Z')
        return byte - 'A' + 26;
    return byte >= '0' && byte <= '9' ? DIGIT : OTHER;
}

/* How many characters the value was drawn from, if it was: the classes that occur in it. Letters up to f and at least
 * one digit are hexadecimal. */
static int alphabet(const uint8_t *data, size_t size)
{
    int lower = 0, upper = 0, digit = 0, other = 0, beyond_f = 0;
    for (size_t i = 0; i < size; i++) {
        int kind = kind_of(data[i]);
        lower |= kind < 26;
        upper |= kind >= 26 && kind < 52;
        digit |= kind == DIGIT;
        other |= kind == OTHER;
        beyond_f |= kind < 52 && kind % 26 > 5;
    }
    int letters = beyond_f || !digit ? 26 : 6;
    return letters * (lower + upper) + 10 * digit + 2 * other;
}

/* How many bits a draw of this value has. */
double aigov_draw(const uint8_t *data, size_t size)
{
    return size ? (double)size * log2(alphabet(data, size)) : 0;
}

/* The log-likelihood ratio, in bits, of a uniform draw to a written name or text: above zero the former explains the
 * value better. Digits within a run are as free in a name as in a draw. Without letters nothing can be told, and without
 * digits strange names have to be told from draws. */
double aigov_randomness(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    double draw = log2(alphabet(data, size)), bits = 0;
    int last = kind_of(data[0]), letters = last < DIGIT, digits = last == DIGIT;
    for (size_t i = 1; i < size; i++) {
        int kind = kind_of(data[i]);
        letters += kind < DIGIT;
        digits += kind == DIGIT;
        bits += aigov_bigram_costs[last][kind] / 8.0 + (kind == DIGIT ? log2(10) : 0) - draw;
        last = kind;
    }
    if (!letters)
        return 0;
    return digits ? bits : bits - LETTERS_ONLY;
}

/* Rows of keys that people run a finger along, digits and the alphabet included. */
static const char rows[] = "0123456789abcdefghijklmnopqrstuvwxyz qwertyuiop asdfghjkl zxcvbnm 1234567890 987654321";

static uint8_t lowered(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? byte + 32 : byte;
}

static int follows(uint8_t first, uint8_t second)
{
    if (first == second)
        return 1;
    for (size_t i = 0; i + 2 < sizeof rows; i++)
        if (rows[i] == first && rows[i + 1] == second && first != ' ')
            return 1;
    return 0;
}

/* Bytes that lie in runs of at least four of which each repeats or follows the last; the longest run in `longest`. */
static size_t in_runs(const uint8_t *data, size_t size, size_t *longest)
{
    size_t total = 0, length = 1;
    *longest = 0;
    for (size_t i = 1; i <= size; i++) {
        if (i < size && follows(lowered(data[i - 1]), lowered(data[i]))) {
            length++;
            continue;
        }
        if (length >= 4)
            total += length;
        if (length > *longest)
            *longest = length;
        length = 1;
    }
    return total;
}

/* Equal to itself, shifted by some part of at most half of it. */
static int repeats(const uint8_t *data, size_t size)
{
    for (size_t shift = 1; 2 * shift <= size && shift <= 64; shift++) {
        size_t i = shift;
        while (i < size && lowered(data[i]) == lowered(data[i - shift]))
            i++;
        if (i == size)
            return 1;
    }
    return 0;
}

static int distinct(const uint8_t *data, size_t size)
{
    uint8_t seen[256] = {0};
    int count = 0;
    for (size_t i = 0; i < size; i++) {
        uint8_t byte = lowered(data[i]);
        count += !seen[byte];
        seen[byte] = 1;
    }
    return count;
}

/* What fingers write where a value belongs: runs of one character, counted or keyboard sequences, a block again and
 * again, very few different characters. */
int aigov_filler(const uint8_t *data, size_t size)
{
    size_t longest, runs;
    if (size < 4 || size > 512)
        return 0;
    runs = in_runs(data, size, &longest);
    return 2 * runs >= size || (longest >= 8 && longest * 12 >= size) || repeats(data, size) ||
           (size >= 12 && (size_t)distinct(data, size) * 6 <= size && distinct(data, size) < 6);
}
