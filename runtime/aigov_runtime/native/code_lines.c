/*
 * What a line is built like: code, prose, or neither (docs/semantics.md, "Code").
 *
 * A line is told by its ends and by what code has and prose has not: operators between spaces, calls, names with
 * underscores, a keyword in front.
 */

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "code_lines.h"

#define LONGEST_LINE 2000 /* bytes; longer ones are data or minified */
#define LOOKED_AT 96      /* bytes of a line */
#define PLAIN_WORDS 5     /* before anything else, and the line is prose; a few more behind a keyword */

static int is_letter(uint8_t byte)
{
    return (uint8_t)((byte | 0x20) - 'a') < 26;
}

static int is_digit(uint8_t byte)
{
    return (uint8_t)(byte - '0') < 10;
}

static int is_word(uint8_t byte)
{
    return is_letter(byte) || is_digit(byte) || byte == '_';
}

static int starts_with(const uint8_t *at, const uint8_t *end, const char *prefix)
{
    size_t length = strlen(prefix);
    return (size_t)(end - at) >= length && memcmp(at, prefix, length) == 0;
}

static int any_prefix(const uint8_t *at, const uint8_t *end, const char *const *prefixes)
{
    for (; *prefixes; prefixes++)
        if (starts_with(at, end, *prefixes))
            return 1;
    return 0;
}

typedef uint8_t bytes16 __attribute__((vector_size(16)));

/* Which of 16 bytes are signs that code is made of: # $ % & ( ) * + ; < = > ? @ [ \ ] ^ _ { | } ~ */
static bytes16 signs_in(const uint8_t *at)
{
    bytes16 text;
    memcpy(&text, at, sizeof text);
    return (bytes16)(text - 0x23 < 4) | (bytes16)(text - 0x28 < 4) | (bytes16)(text - 0x3b < 6) |
           (bytes16)(text - 0x5b < 5) | (bytes16)(text - 0x7b < 4);
}

/* Whether there is none; of at least 16 bytes. */
static int has_no_signs(const uint8_t *at, size_t length)
{
    bytes16 found = signs_in(at + length - 16);
    uint64_t parts[2];
    for (size_t i = 0; i + 16 < length; i += 16)
        found |= signs_in(at + i);
    memcpy(parts, &found, sizeof parts);
    return (parts[0] | parts[1]) == 0;
}

/* Words that open a statement or a declaration in some language. */
static int is_keyword(const uint8_t *word, size_t length)
{
    static const char *const keywords[] = {
        /* of two letters, three, and so on */
        "dofifngoifmy",
        "defendforfunintletmodourpubsetsubtryusevalvar",
        "casedatadonedefpechoelifelseenumesacfromfuncgotoimpljoinopenpassputsthentypevoidwhenwithdrop",
        "aliasasyncawaitbeginbreakcatchclassconstdeferelsiffinallocalmatchmixinprintraisesuperthrow"
        "traitunsetuntilusingwherewhileyieldgrantalter",
        "exceptexportimportinlineinsertmoduleobjectprintfpublicrecordrepeatrescuereturnsealedselect"
        "staticstructswitchunlessupdaterevokecreatedelete",
        "extendsfinallyforeachincludelibrarypackageprivaterequiretypedefvirtualdeclare",
        "abstractcontinuefunctioninternalmutatingoverrideprotocolproviderresourcetemplatevariable",
        "defmoduleinterfacenamespaceprotectedtypealias",
        "",
    };
    if (length < 2 || length > 10)
        return 0;
    char lower[10];
    for (size_t i = 0; i < length; i++)
        lower[i] = (char)(word[i] | 0x20);
    for (const char *at = keywords[length - 2]; *at; at += length)
        if (*at == *lower && memcmp(at, lower, length) == 0)
            return 1;
    return 0;
}

/* What is between the ends of a line, as far as it is looked at. */
typedef struct {
    uint32_t plain;     /* words between spaces */
    uint32_t operators; /* assignments, comparisons, arrows, sigils */
    uint32_t settings;  /* operators that are a plain `=` */
    uint32_t calls;     /* a name with a bracket right behind */
    uint32_t names;     /* snake_case, dotted */
} signs;

/* Which of 16 bytes are blanks, or signs that tell something here, or `"`: bit N for byte N. */
static uint32_t told_by(const uint8_t *at)
{
#ifdef __SSE2__
    __m128i text = _mm_loadu_si128((const __m128i *)at), found;
#define IS(mask, sign) _mm_cmpeq_epi8(_mm_and_si128(text, _mm_set1_epi8((char)~(mask))), _mm_set1_epi8(sign))
    found = _mm_or_si128(IS(6, ' '), IS(0, '('));                       /* blank " $ & */
    found = _mm_or_si128(found, _mm_or_si128(IS(0, '-'), IS(1, '.')));  /* . / */
    found = _mm_or_si128(found, _mm_or_si128(IS(0, ':'), IS(1, '<')));  /* < = */
    found = _mm_or_si128(found, _mm_or_si128(IS(0, '@'), IS(4, '[')));  /* [ _ */
    found = _mm_or_si128(found, IS(0, '|'));
#undef IS
    return (uint32_t)_mm_movemask_epi8(found);
#else
    static const uint8_t told[256] = {[' '] = 1, ['('] = 1, ['['] = 1, ['_'] = 1, ['.'] = 1, ['='] = 1, ['-'] = 1,
                                      [':'] = 1, ['&'] = 1, ['|'] = 1, ['$'] = 1, ['@'] = 1, ['<'] = 1, ['/'] = 1};
    uint32_t found = 0;
    for (uint32_t i = 0; i < 16; i++)
        found |= (uint32_t)told[at[i]] << i;
    return found;
#endif
}

/* The same of what begins at a place and has an end. */
static uint32_t told_before(const uint8_t *at, const uint8_t *end)
{
    uint8_t last[16] = {0};
    if (end - at >= 16)
        return told_by(at);
    memcpy(last, at, (size_t)(end - at));
    return told_by(last);
}

static signs read_signs(const uint8_t *at, const uint8_t *end, uint32_t enough)
{
    signs found = {0, 0, 0, 0, 0};
    const uint8_t *start = at, *word = at, *block = at;
    if (end - at > LOOKED_AT)
        end = at + LOOKED_AT;
    for (uint32_t told = told_before(block, end);; told &= told - 1) {
        while (!told && end - block > 16) {
            block += 16;
            told = told_before(block, end);
        }
        if (!told)
            break;
        if (block + __builtin_ctz(told) < at)
            continue; /* the second half of a sign */
        at = block + __builtin_ctz(told);
        uint8_t byte = *at, before = at > start ? at[-1] : ' ';
        if (byte == ' ') {
            if (at > word && is_letter(*word) && (is_letter(before) || before == ',') &&
                ++found.plain >= enough && found.operators + found.calls == 0)
                return found;
            word = at + 1;
            continue;
        }
        uint8_t after = at + 1 < end ? at[1] : ' ';
        switch (byte) {
        case '(':
        case '[':
            found.calls += is_word(before) || (before == '!' && at - start > 1 && is_word(at[-2]));
            break;
        case '_':
            found.names += is_word(before) && is_word(after);
            break;
        case '.':
            found.names += is_word(before) && is_letter(after) && (after & 0x20) != 0;
            break;
        case '=':
            if (after == '=' || after == '>' || after == '~') {
                found.operators++;
                at += 2;
            } else if (before == ' ' || is_word(before)) {
                uint32_t sets = (before == ' ' && after == ' ') || (before != ' ' && !is_word(after));
                found.operators += sets;
                found.settings += sets;
            } else
                found.operators += memchr("+-*/|&!<>:.%?", before, 13) != NULL;
            break;
        case '-':
            found.operators += after == '>' || (before == '<' && after == ' ');
            break;
        case ':':
            found.operators += after == ':' && before != ' ';
            break;
        case '&':
            found.operators += after == '&';
            break;
        case '|':
            found.operators += after == '|' || after == '>';
            break;
        case '$':
        case '@':
            found.operators += (is_letter(after) && !is_word(before)) || (byte == '$' && (after == '{' || after == '('));
            break;
        case '<':
            found.operators += (after == '/' || is_letter(after)) && !is_word(before);
            break;
        case '/':
            found.operators += after == '>';
            break;
        default:
            break;
        }
    }
    return found;
}

/* Heads of sections in configuration: `[tool.name]`. */
static int is_section(const uint8_t *at, const uint8_t *end)
{
    const uint8_t *start = at;
    while (at < end && (is_word(*at) || *at == '.' || *at == '-' || *at == ':' || *at == ' ' || *at == '"'))
        at++;
    return at == end && at - start > 1 && (is_letter(*start) || *start == '"');
}

/* Lines of logs, stack traces and sessions, which hold code in places and are none, and marks of other languages. */
static int is_record(const uint8_t *at, const uint8_t *end)
{
    static const char *const words[] = {"PS ", "In [", "Out[", "File \"", "Traceback ", "Caused by:", "goroutine ", NULL};
    switch (*at) {
    case '$':
    case '%':
        return end - at > 1 && at[1] == ' ';
    case '>':
        return starts_with(at, end, ">>> ");
    case '|':
        return end[-1] == '|'; /* a table in Markdown */
    case '.':
        return starts_with(at, end, "... ") || starts_with(at, end, ".. ");
    case '[':
        if (end - at > 1 && is_digit(at[1]))
            return end[-1] != ']' && end[-1] != ',';
        return 0;
    case 'a':
        return starts_with(at, end, "at ") && (end[-1] == ')' || is_digit(end[-1]));
    case 'P':
    case 'I':
    case 'O':
    case 'F':
    case 'T':
    case 'C':
    case 'g':
        if (any_prefix(at, end, words))
            return 1;
        break;
    default:
        if (is_digit(*at))
            return 1;
    }
    const uint8_t *host = memchr(at, '@', end - at < 40 ? (size_t)(end - at) : 40);
    const uint8_t *prompt = host ? memchr(host, '$', end - host < 40 ? (size_t)(end - host) : 40) : NULL;
    return prompt != NULL && prompt + 1 < end && prompt[1] == ' ';
}

static uint32_t comment_kind(const uint8_t *at, const uint8_t *end)
{
    static const char *const directives[] = {"#include", "#define", "#if",   "#endif", "#else", "#undef",
                                             "#pragma",  "#elif",   "#!/",   "#[",     "#region", NULL};
    static const char *const comments[] = {"//", "/*", "*/", "* ", "--", "<!--", "-->", "\"\"\"", "'''", ";;", "=begin", "=end", "{-", NULL};
    size_t length = (size_t)(end - at);
    switch (*at) {
    case '#':
        if (length == 1 || at[1] == ' ' || at[1] == '#')
            return AIGOV_LINE_COMMENT;
        return any_prefix(at, end, directives) ? AIGOV_LINE_CODE : AIGOV_LINE_BLANK;
    case '*':
        if (length == 1)
            return AIGOV_LINE_COMMENT;
        break;
    case '<':
        if (starts_with(at, end, "<?php"))
            return AIGOV_LINE_CODE;
        break;
    case '/':
    case '-':
    case '"':
    case '\'':
    case ';':
    case '=':
    case '{':
        break;
    default:
        return AIGOV_LINE_BLANK;
    }
    return any_prefix(at, end, comments) ? AIGOV_LINE_COMMENT : AIGOV_LINE_BLANK;
}

/* Behind the first word of a line like `Content-Type: text/plain`. */
static int is_header(const uint8_t *at, const uint8_t *end)
{
    while (at < end && (is_letter(*at) || *at == '-'))
        at++;
    return end - at > 2 && at[0] == ':' && at[1] == ' ' && memchr(",;{([", end[-1], 5) == NULL;
}

/* `from x.y import z`, however long. */
static int is_import(const uint8_t *at, const uint8_t *end)
{
    at += 5;
    while (at < end && (is_word(*at) || *at == '.'))
        at++;
    return starts_with(at, end, " import ");
}

uint32_t aigov_code_line(const uint8_t *at, const uint8_t *end)
{
    static const char *const owners[] = {"self.", "this.", NULL};
    while (at < end && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
        end--;
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    if (end - at > 2 && (*at == '+' || *at == '-' || *at == '>') && (at[1] == ' ' || at[1] == '\t'))
        for (at++; at < end && (*at == ' ' || *at == '\t');) /* a diff, or a quotation */
            at++;
    if (at == end)
        return AIGOV_LINE_BLANK;
    if (end - at > LONGEST_LINE || is_record(at, end))
        return AIGOV_LINE_PROSE;
    if (*at == '[' && end[-1] == ']' && is_section(at + 1, end - 1))
        return AIGOV_LINE_SECTION;
    uint8_t first = *at, last = end[-1];
    size_t length = (size_t)(end - at), word = 0;
    uint32_t comment = is_letter(first) ? AIGOV_LINE_BLANK : comment_kind(at, end);
    if (comment != AIGOV_LINE_BLANK)
        return comment;
    while (word < length && is_letter(at[word]))
        word++;
    int keyword = is_keyword(at, word) && !(word < length && (at[word] == ',' || at[word] == '\''));
    if (length >= 16 && !keyword && last != ',' && has_no_signs(at, length < LOOKED_AT ? length : LOOKED_AT))
        return length < 32 ? AIGOV_LINE_NEUTRAL : AIGOV_LINE_PROSE;
    if (first < 'a' && !keyword && word < length && is_header(at + word, end))
        return AIGOV_LINE_PROSE;
    if (length <= 4 && memchr(")]}{;", first, 5) != NULL)
        return AIGOV_LINE_SETTING;
    if (keyword && starts_with(at, end, "from ") && is_import(at, end))
        return AIGOV_LINE_CODE;
    uint32_t enough = keyword ? PLAIN_WORDS + 4 : PLAIN_WORDS;
    signs in = read_signs(at, end, enough);
    uint32_t points = 2 * (in.operators < 2 ? in.operators : 2) + (in.calls < 2 ? in.calls : 2) + (in.names > 0);
    if (in.plain >= enough && points < 4)
        return AIGOV_LINE_PROSE;
    uint32_t words = in.plain + 1;
    points += in.operators > 0 && words <= 3;
    points += keyword && (words <= 4 || points) ? 2 + (words <= 2) : 0;
    switch (last) {
    case ';':
        points += words <= 5 || points || keyword ? 3 : 0;
        break;
    case '{':
    case '}':
        points += 3;
        break;
    case ')':
        points += in.calls > 0;
        break;
    case '(':
    case '[':
        points += 2;
        break;
    case ':':
        points += keyword;
        break;
    case ',':
    case '\\':
        points += points > 0;
        break;
    case '>':
        points += first == '<';
        break;
    case '|':
        points += in.names > 0 ? 2 : 0; /* `items.each do |item|` */
        break;
    case '.':
    case '?':
    case '!':
        if (length > 3 && at[length - 2] == '.' && in.calls)
            break; /* `def close(self) -> None: ...` */
        points = words > 3 && points < 6 ? points / 2 : points;
        break;
    default:
        break;
    }
    if (keyword && word == length && first >= 'a')
        return AIGOV_LINE_CODE; /* `end`, `else`, `return` alone */
    if (points >= 3) {
        if (last == ';' && at[length - 2] != ';' && in.operators + in.calls > 0)
            return AIGOV_LINE_STATEMENT;
        int plain = in.settings > 0 && in.operators == in.settings && in.calls == 0 && !keyword && last != ';' && last != '{';
        return plain && !any_prefix(at, end, owners) ? AIGOV_LINE_SETTING : AIGOV_LINE_CODE;
    }
    int item = last == ',' && words <= 4;
    int opener = keyword && words <= 4 && (first >= 'a' || (word > 1 && at[1] < 'a'));
    int call = last == ')' && in.calls > 0 && words == 1;
    if (item || opener || call)
        return AIGOV_LINE_SETTING;
    if (words >= 5 && points < 2)
        return AIGOV_LINE_PROSE;
    return AIGOV_LINE_NEUTRAL;
}
