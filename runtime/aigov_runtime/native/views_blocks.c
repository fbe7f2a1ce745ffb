/* Runs of base64 and hexadecimal digits that hold text: the first bytes are decoded here, the rest by who asked.

Random keys, digests, identifiers and paths do not decode to text, which the first bytes tell. */

#include "views.inc"

enum {
    SAMPLE = 24,   /* bytes of which all must be text */
    LEAST = 16,    /* digits of a block */
    LEAST_LINE = 32, /* digits of a line of a block that goes on */
    REACH = 256    /* how far into a run a block may start, behind a joiner */
};

/* The values of the digits of base64 and base64url (RFC 4648, sections 4 and 5); -1 for other ASCII. */
static const int8_t DIGITS[128] = {
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, /* 00 */
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, /* 10 */
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 62, -1, 62, -1, 63, /* 20 */
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, -1, -1, -1, -1, -1, -1, /* 30 */
    -1,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, /* 40 */
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, -1, -1, -1, -1, 63, /* 50 */
    -1, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, /* 60 */
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, -1, -1, -1, -1, -1, /* 70 */
};

static int base64_digit(uint8_t c)
{
    return c < 0x80 ? DIGITS[c] : -1;
}

/* Bytes that continue a UTF-8 sequence with this first byte, or -1. */
static int followers(uint8_t c)
{
    return c < 0x80 ? 0 : c >= 0xC2 && c < 0xE0 ? 1 : c >= 0xE0 && c < 0xF0 ? 2 : c >= 0xF0 && c < 0xF5 ? 3 : -1;
}

/* UTF-8 without control characters; the last character may be cut. */
static bool is_utf8(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size;) {
        int more = followers(bytes[i]);
        if (more < 0 || (more == 0 && !(aigov_classes[bytes[i]] & PRINTABLE)))
            return false;
        for (i++; more > 0 && i < size; more--, i++)
            if (bytes[i] >> 6 != 2)
                return false;
    }
    return true;
}

/* UTF-16 of ASCII, in either byte order, with or without a mark. */
static bool is_utf16(const uint8_t *bytes, size_t size)
{
    bool marked = size >= 2 && ((bytes[0] == 0xFF && bytes[1] == 0xFE) || (bytes[0] == 0xFE && bytes[1] == 0xFF));
    size_t i = marked ? 2 : 0, zero = marked ? bytes[0] == 0xFF : bytes[0] != 0;
    for (; i + 1 < size; i += 2)
        if (bytes[i + zero] != 0 || !(aigov_classes[bytes[i + 1 - zero]] & PRINTABLE))
            return false;
    return true;
}

/* The first bytes of gzip (RFC 1952) or zlib data (RFC 1950). */
static bool is_deflated(const uint8_t *bytes, size_t size)
{
    return size >= 3 && ((bytes[0] == 0x1F && bytes[1] == 0x8B && bytes[2] == 8) ||
                         (bytes[0] == 0x78 && (bytes[0] << 8 | bytes[1]) % 31 == 0 && !(bytes[1] & 0x20)));
}

/* Where digits that go on behind a line end start: the next line's, behind what quotes or indents it; 0 if none. */
static size_t next_line(const views *v, size_t end)
{
    size_t i = end + (at(v, end) == '\r');
    if (at(v, i) != '\n')
        return 0;
    for (i++; is(v, i, BLANK) || at(v, i) == '>'; i++)
        ;
    return i;
}

/* Where a block ends whose digits are of the classes `digits`. It goes on over lines as long as its first, and over one
whose digits and pads are a multiple of `unit`. */
static size_t extent(const views *v, size_t start, int digits, size_t unit)
{
    size_t end = start, first = 0;
    for (;;) {
        size_t next, behind, padded;
        for (; is(v, end, digits); end++)
            ;
        first = first ? first : end - start;
        if (end - start < LEAST_LINE || !(next = next_line(v, end)))
            return end;
        for (behind = next; is(v, behind, digits); behind++)
            ;
        for (padded = behind; at(v, padded) == '='; padded++)
            ;
        if (behind == next || (behind - next != first && (padded - next) % unit))
            return end;
        start = next;
        end = behind;
    }
}

/* Decodes up to `size` bytes and returns how many there are. */
static size_t sample_hexadecimal(const views *v, size_t start, uint8_t *bytes, size_t size)
{
    size_t count = 0;
    for (int byte; count < size && (byte = hex_pair(v, start + 2 * count)) >= 0; count++)
        bytes[count] = (uint8_t)byte;
    return count;
}

static bool hexadecimal(views *v, size_t start)
{
    uint8_t sample[SAMPLE];
    size_t first = start + (at(v, start) == '0' && (at(v, start + 1) | 32) == 'x' ? 2 : 0);
    if (sample_hexadecimal(v, first, sample, 2) < 2 || !is_utf8(sample, 2)) /* decides most */
        return false;
    size_t size = sample_hexadecimal(v, first, sample, SAMPLE);
    if (2 * size < LEAST || !is_utf8(sample, size))
        return false;
    size_t end = extent(v, first, HEXADECIMAL, 2);
    if (is(v, end, ALNUM))
        return false;
    mark_block(v, HEX, start, end);
    return true;
}

/* Decodes up to `size` bytes and returns how many there are. */
static size_t sample_base64(const views *v, size_t start, uint8_t *bytes, size_t size)
{
    uint32_t bits = 0;
    size_t count = 0;
    for (int held = 0, digit; count < size && (digit = base64_digit(at(v, start))) >= 0; start++) {
        bits = bits << 6 | (uint32_t)digit;
        if ((held += 6) >= 8)
            bytes[count++] = (uint8_t)(bits >> (held -= 8));
    }
    return count;
}

/* These are the first bytes of text, or of what may hold it. */
static bool holds_text(const uint8_t *bytes, size_t size)
{
    return is_utf8(bytes, size) || is_utf16(bytes, size) || is_deflated(bytes, size);
}

static bool base64(views *v, size_t start)
{
    uint8_t sample[SAMPLE];
    if (sample_base64(v, start, sample, 3) < 3 || !holds_text(sample, 3)) /* decides most */
        return false;
    size_t size = sample_base64(v, start, sample, SAMPLE);
    if (4 * size < 3 * LEAST || !holds_text(sample, size))
        return false;
    size_t end = extent(v, start, WORD, 4);
    for (int pads = 0; pads < 2 && at(v, end) == '='; pads++)
        end++;
    mark_block(v, BASE64, start, end);
    return true;
}

/* A run of word bytes, at least `LEAST` long, starts here. A block may also start behind its joiners, as in a path. */
void block(views *v, size_t start)
{
    if (start < v->blocks.done || hexadecimal(v, start) || base64(v, start))
        return;
    for (size_t i = start; i < start + REACH && is(v, i, WORD); i++)
        if (is(v, i, JOINER) && is(v, i + 1, ALNUM) && is(v, i + LEAST, WORD) && (hexadecimal(v, i + 1) || base64(v, i + 1)))
            return;
}

/* `=` pads base64 that is too short for `block`: all of it must be ASCII text. */
void padded(views *v, size_t equals)
{
    uint8_t bytes[SAMPLE];
    size_t start = equals, end = equals + 1 + (at(v, equals + 1) == '=');
    while (start > v->blocks.done && equals - start < LEAST && is(v, start - 1, WORD))
        start--;
    size_t digits = equals - start;
    if (digits >= LEAST || (end - start) % 4 || digits < 7 || is(v, end, WORD) || at(v, end) == '=')
        return;
    size_t size = sample_base64(v, start, bytes, SAMPLE);
    for (size_t i = 0; i < size; i++)
        if (bytes[i] >= 0x80 || !(aigov_classes[bytes[i]] & PRINTABLE))
            return;
    mark_block(v, BASE64, start, end);
}
