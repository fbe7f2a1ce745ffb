/* Characters that are written as several: percent-encoding, entities, backslash escapes, quoted-printable. */

#include "views.inc"

/* Text may hold the code point: no control character but tab and line ends, no surrogate. */
static bool is_text(uint32_t c)
{
    return c < 0x80 ? aigov_classes[c] & PRINTABLE : c < 0xD800 || (c > 0xDFFF && c < 0x110000);
}

/* The UTF-8 form of a code point; returns its length. */
static size_t utf8(uint32_t c, uint8_t *bytes)
{
    if (c < 0x80) {
        bytes[0] = (uint8_t)c;
        return 1;
    }
    size_t more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    for (size_t i = more; i > 0; i--, c >>= 6)
        bytes[i] = (uint8_t)(0x80 | (c & 0x3F));
    bytes[0] = (uint8_t)(c | (0xF00 >> (more + 1) & 0xFF));
    return more + 1;
}

static bool character(views *v, enum kind kind, size_t start, size_t end, uint32_t c, size_t context)
{
    uint8_t bytes[4];
    if (!is_text(c))
        return false;
    edit(v, kind, start, end, bytes, utf8(c, bytes), context);
    return true;
}

/* One character of encoded bytes, each a sign and two digits: `%C3%A9`. Returns its length in UTF-8, 0 for none. */
static size_t encoded_utf8(const views *v, size_t i, uint8_t *bytes)
{
    int first = hex_pair(v, i + 1);
    if (first < 0 || (first > 0x7F && first < 0xC2) || first > 0xF4)
        return 0;
    size_t more = first < 0x80 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
    uint32_t c = (uint32_t)first & (more ? 0x3F >> more : 0x7F);
    for (size_t k = 1; k <= more; k++) {
        int next = at(v, i + 3 * k) == at(v, i) ? hex_pair(v, i + 3 * k + 1) : -1;
        if (next >> 6 != 2)
            return 0;
        c = c << 6 | (next & 0x3F);
    }
    return is_text(c) && utf8(c, bytes) == more + 1 ? more + 1 : 0; /* longer forms than need be are not UTF-8 */
}

/* RFC 3986, section 2.1. */
bool percent(views *v, size_t i)
{
    uint8_t bytes[4];
    size_t size = encoded_utf8(v, i, bytes);
    if (size)
        edit(v, PERCENT, i, i + 3 * size, bytes, size, AROUND);
    return size;
}

/* RFC 2045, section 6.7: `=3D`, `=41` in a word or before another, and a line that goes on on the next. */
bool quoted_printable(views *v, size_t i)
{
    uint8_t bytes[4];
    size_t end = i + 1 + (at(v, i + 1) == '\r');
    if (at(v, end) == '\n') {
        if (!is(v, i - 1, WORD) || !is(v, end + 1, WORD | HEXADECIMAL))
            return false;
        edit(v, QUOTED_PRINTABLE, i, end + 1, NULL, 0, AROUND);
        return true;
    }
    size_t size = encoded_utf8(v, i, bytes);
    end = i + 3 * size;
    bool chained = at(v, end) == '=' && hex_pair(v, end + 1) >= 0;
    chained |= v->characters.done == i && v->characters.to->edit_count;
    if (!size || !(bytes[0] == '=' || chained || (is(v, i - 1, WORD) && is(v, end, WORD) && is_text(bytes[0]) &&
                                                  aigov_classes[bytes[0]] & ALNUM)))
        return false;
    edit(v, QUOTED_PRINTABLE, i, end, bytes, size, AROUND);
    return true;
}

/* The hexadecimal number of `least` to `most` digits at `i`; `*end` is behind it. -1 when there are fewer. */
static int64_t hexadecimal_number(const views *v, size_t i, int least, int most, size_t *end)
{
    int64_t number = 0;
    int count = 0;
    for (int digit; count < most && (digit = hex_digit(at(v, i))) >= 0; count++, i++)
        number = number << 4 | digit;
    *end = i;
    return count < least ? -1 : number;
}

/* `\u0041`, with a pair of surrogates as one character, and `\u{41}`. */
static int64_t unicode_escape(const views *v, size_t i, size_t *end)
{
    if (at(v, i + 2) == '{') {
        int64_t c = hexadecimal_number(v, i + 3, 1, 6, end);
        return at(v, (*end)++) == '}' ? c : -1;
    }
    int64_t c = hexadecimal_number(v, i + 2, 4, 4, end);
    if (c < 0xD800 || c > 0xDBFF || at(v, *end) != '\\' || at(v, *end + 1) != 'u')
        return c;
    int64_t low = hexadecimal_number(v, *end + 2, 4, 4, end);
    return low < 0xDC00 || low > 0xDFFF ? -1 : 0x10000 + ((c - 0xD800) << 10 | (low - 0xDC00));
}

/* A backslash and one character: those of JSON (RFC 8259, section 7), where they touch a word. */
static bool short_escape(views *v, size_t i)
{
    uint8_t c = at(v, i + 1), next = at(v, i + 2);
    bool touches = is(v, i + 2, WORD);
    switch (c) {
    case '"':
    case '\'':
        touches = (touches && !is(v, i - 1, QUOTE)) || (i > 0 && is(v, i - 1, WORD));
        break;
    case '/':
        touches = touches || (i > 0 && is(v, i - 1, WORD));
        break;
    case '\\':
        touches = next == 'n' || next == 'r' || next == 't' || next == 'u' || next == 'x' || next == '"' || next == '/';
        break;
    case 'n':
        c = '\n';
        break;
    case 'r':
        c = '\r';
        break;
    case 't':
        c = '\t';
        break;
    default:
        return false;
    }
    if (touches)
        edit(v, ESCAPE, i, i + 2, &c, 1, LINE_ONLY);
    return touches;
}

/* Backslash escapes of JSON, C, Python, JavaScript and shells, and a line that goes on on the next within a word. */
bool escape(views *v, size_t i)
{
    size_t end;
    int64_t c;
    switch (at(v, i + 1)) {
    case 'u':
        c = unicode_escape(v, i, &end);
        break;
    case 'U':
        c = hexadecimal_number(v, i + 2, 8, 8, &end);
        break;
    case 'x':
        c = hexadecimal_number(v, i + 2, 2, 2, &end);
        break;
    case '0':
    case '1':
    case '2':
    case '3':
        end = i + 4;
        c = 0;
        for (size_t k = i + 1; k < end; k++)
            c = c < 0 || at(v, k) < '0' || at(v, k) > '7' ? -1 : c << 3 | (at(v, k) - '0');
        break;
    case '\r':
    case '\n':
        end = i + 2 + (at(v, i + 1) == '\r' && at(v, i + 2) == '\n');
        if (i == 0 || !is(v, i - 1, WORD) || !is(v, end, WORD))
            return false;
        edit(v, WRAPPED, i, end, NULL, 0, AROUND);
        return true;
    default:
        return short_escape(v, i);
    }
    return c >= 0 && character(v, ESCAPE, i, end, (uint32_t)c, AROUND);
}

/* The ASCII characters among the named references of HTML, and those that are not seen. */
static const struct {
    const char *name;
    uint8_t size;
    uint32_t c;
} ENTITIES[] = {
#define ENTITY(name, c) {name, sizeof name - 1, c}
    ENTITY("amp", '&'),     ENTITY("lt", '<'),      ENTITY("gt", '>'),      ENTITY("quot", '"'),
    ENTITY("apos", '\''),   ENTITY("nbsp", ' '),    ENTITY("shy", 0),       ENTITY("zwj", 0),
    ENTITY("zwnj", 0),      ENTITY("lowbar", '_'),  ENTITY("UnderBar", '_'), ENTITY("num", '#'),
    ENTITY("period", '.'),  ENTITY("colon", ':'),   ENTITY("comma", ','),   ENTITY("equals", '='),
    ENTITY("sol", '/'),     ENTITY("bsol", '\\'),   ENTITY("commat", '@'),  ENTITY("dollar", '$'),
    ENTITY("plus", '+'),    ENTITY("hyphen", '-'),  ENTITY("dash", '-'),    ENTITY("lpar", '('),
    ENTITY("rpar", ')'),    ENTITY("excl", '!'),    ENTITY("ast", '*'),     ENTITY("percnt", '%'),
    ENTITY("semi", ';'),    ENTITY("quest", '?'),   ENTITY("grave", '`'),   ENTITY("Hat", '^'),
    ENTITY("lsqb", '['),    ENTITY("lbrack", '['),  ENTITY("rsqb", ']'),    ENTITY("rbrack", ']'),
    ENTITY("lcub", '{'),    ENTITY("lbrace", '{'),  ENTITY("rcub", '}'),    ENTITY("rbrace", '}'),
    ENTITY("verbar", '|'),  ENTITY("vert", '|'),    ENTITY("Tab", '\t'),    ENTITY("NewLine", '\n'),
#undef ENTITY
};

static bool named_entity(views *v, size_t i)
{
    size_t end = i + 1;
    while (end - i < 12 && is(v, end, ALNUM))
        end++;
    if (at(v, end) != ';')
        return false;
    for (size_t k = 0; k < sizeof ENTITIES / sizeof *ENTITIES; k++) {
        uint8_t c = (uint8_t)ENTITIES[k].c;
        if (end - i - 1 != ENTITIES[k].size || memcmp(v->data + i + 1, ENTITIES[k].name, ENTITIES[k].size) != 0)
            continue;
        edit(v, ENTITY, i, end + 1, &c, c != 0, AROUND);
        return true;
    }
    return false;
}

/* HTML, section 13.5; numbers also without the semicolon, which browsers forgive. */
bool entity(views *v, size_t i)
{
    uint32_t c = 0;
    size_t end = i + 2;
    if (at(v, i + 1) != '#')
        return named_entity(v, i);
    bool hex = (at(v, end) | 32) == 'x';
    end += hex;
    size_t first = end;
    for (; at(v, end) == '0'; end++)
        ;
    for (size_t zeros = end; end - zeros < 7 && is(v, end, hex ? HEXADECIMAL : DIGIT); end++)
        c = c * (hex ? 16 : 10) + (uint32_t)hex_digit(at(v, end));
    return end > first && character(v, ENTITY, i, end + (at(v, end) == ';'), c, AROUND);
}
