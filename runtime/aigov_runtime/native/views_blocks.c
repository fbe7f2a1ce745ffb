/* Runs of base64 and hexadecimal digits that hold text: the first bytes are decoded here, the rest by who asked.

Random keys, digests, identifiers and paths do not decode to text, which the first bytes tell. */

#include "views.inc"

enum {
    SAMPLE = 24,   /* bytes of which all must be text */
    LEAST = 16,    /* digits of a block */
    LEAST_LINE = 32, /* digits of a line of a block that goes on */
    REACH = 256    /* how far into a run a block may start, behind a joiner */
};

/* The value of a digit of base64 or base64url, or -1 (RFC 4648, sections 4 and 5). */
static int base64_digit(uint8_t c)
{
    int class = aigov_classes[c];
    if (class & UPPER)
        return c - 'A';
    if (class & LOWER)
        return c - 'a' + 26;
    if (class & DIGIT)
        return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
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
    return size >= 8;
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

/* Where a block ends whose digits are of the classes `digits`. It goes on over lines that are full. */
static size_t extent(const views *v, size_t start, int digits)
{
    for (size_t end = start;; start = next_line(v, end)) {
        for (end = start; is(v, end, digits); end++)
            ;
        size_t next = end - start < LEAST_LINE ? 0 : next_line(v, end);
        if (!next || !is(v, next, digits))
            return end;
    }
}

static void report(views *v, enum kind kind, size_t start, size_t end)
{
    if (v->blocks)
        v->blocks[v->sizes.blocks] = (aigov_edit){kind, (uint32_t)start, (uint32_t)end, 0};
    v->sizes.blocks++;
    v->blocked = end;
}

static bool hexadecimal(views *v, size_t start)
{
    uint8_t sample[SAMPLE];
    size_t size = 0, first = start + (at(v, start) == '0' && (at(v, start + 1) | 32) == 'x' ? 2 : 0);
    for (int byte; size < SAMPLE && (byte = hex_pair(v, first + 2 * size)) >= 0; size++) {
        sample[size] = (uint8_t)byte;
        if (byte < 0x80 && !(aigov_classes[byte] & PRINTABLE))
            return false;
    }
    if (2 * size < LEAST || !is_utf8(sample, size))
        return false;
    size_t end = extent(v, first, HEXADECIMAL);
    if (is(v, end, ALNUM))
        return false;
    report(v, HEX, start, end);
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

static bool base64(views *v, size_t start)
{
    uint8_t sample[SAMPLE];
    size_t size = sample_base64(v, start, sample, 3);
    if (size < 3 || !(is_utf8(sample, 3) || is_deflated(sample, 3) || sample[0] >= 0xFE || !sample[0] || !sample[1]))
        return false;
    size = sample_base64(v, start, sample, SAMPLE);
    if (4 * size < 3 * LEAST || !(is_utf8(sample, size) || is_utf16(sample, size) || is_deflated(sample, size)))
        return false;
    size_t end = extent(v, start, WORD);
    for (int pads = 0; pads < 2 && at(v, end) == '='; pads++)
        end++;
    report(v, BASE64, start, end);
    return true;
}

/* A run of word bytes, at least `LEAST` long, starts here. A block may also start behind its joiners, as in a path. */
void block(views *v, size_t start)
{
    if (start < v->blocked || hexadecimal(v, start) || base64(v, start))
        return;
    for (size_t i = start; i < start + REACH && is(v, i, WORD); i++)
        if (is(v, i, JOINER) && is(v, i + LEAST, WORD) && (hexadecimal(v, i + 1) || base64(v, i + 1)))
            return;
}

/* `=` pads base64 that is too short for `block`: all of it must be ASCII text. */
void padded(views *v, size_t equals)
{
    uint8_t bytes[SAMPLE];
    size_t start = equals, end = equals + 1 + (at(v, equals + 1) == '=');
    while (start > v->blocked && equals - start < LEAST && is(v, start - 1, WORD))
        start--;
    size_t digits = equals - start;
    if (digits >= LEAST || (end - start) % 4 || digits < 7 || is(v, end, WORD) || at(v, end) == '=')
        return;
    size_t size = sample_base64(v, start, bytes, SAMPLE);
    for (size_t i = 0; i < size; i++)
        if (bytes[i] >= 0x80 || !(aigov_classes[bytes[i]] & PRINTABLE))
            return;
    report(v, BASE64, start, end);
}
