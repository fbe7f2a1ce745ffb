/*
 * Runs of lines that are built like source code (docs/semantics.md, "Code").
 *
 * One pass. A line is told by its ends and by what code has and prose has not: operators between spaces, calls,
 * names with underscores, a keyword in front. Whether a run is code, and in which language, is decided by cues
 * (code_cues.c) on a bounded number of its lines.
 */

#define _GNU_SOURCE /* memmem */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "code_cues.h"
#include "code_runs.h"

#define LEAST_LINES 3    /* of code, in a run */
#define LONGEST_LINE 2000 /* bytes; longer ones are data or minified */
#define LOOKED_AT 160    /* bytes of a line */
#define PLAIN_WORDS 5    /* before anything else, and the line is prose; a few more behind a keyword */
#define GAP 2            /* lines in a row that a run may hold and that are not built like code */
#define FIRST_VOTES 24     /* lines of a run that are looked at for its language; */
#define NEXT_VOTES 16      /* then so many, spread over the rest */
#define LEAST_SCORE 5    /* for a language, and one more for every eight lines looked at */
#define LEAST_CUES 2
#define LANGUAGES 32
#define NO_LANGUAGE 255
#define LONGEST_TEXT 16384 /* bytes of a comment or a string over several lines */

typedef enum { BLANK, PROSE, NEUTRAL, COMMENT, CODE } kind;

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
        if (**prefixes == (char)*at && starts_with(at, end, *prefixes))
            return 1;
    return 0;
}

typedef uint8_t bytes16 __attribute__((vector_size(16)));

/* Whether none of 32 bytes is a sign that code is made of: # $ % & ( ) * + ; < = > ? @ [ \ ] ^ _ ` { | } ~ */
static int has_no_signs(const uint8_t *at)
{
    bytes16 text[2];
    uint64_t parts[2];
    memcpy(text, at, sizeof text);
    bytes16 found = {0};
    for (int i = 0; i < 2; i++)
        found |= (bytes16)(text[i] - 0x23 < 4) | (bytes16)(text[i] - 0x28 < 4) | (bytes16)(text[i] - 0x3b < 6) |
                 (bytes16)(text[i] - 0x5b < 6) | (bytes16)(text[i] - 0x7b < 4);
    memcpy(parts, &found, sizeof parts);
    return (parts[0] | parts[1]) == 0;
}

/* Words that open a statement or a declaration in some language, by first letter. */
static int is_keyword(const uint8_t *word, size_t length)
{
    static const char *const keywords[26] = {
        "alias async await abstract ", "begin break ", "case catch class const continue ", "def defp defer defmodule do data ",
        "elif else elsif end enum esac export except extends echo ", "fi final finally fn for foreach from fun func function ",
        "go goto ", "", "if impl import include inline int interface internal insert ", "join ", "",
        "let library local ", "match mod module my mixin mutating ", "namespace ", "object override open our ",
        "package pass private protected provider protocol pub public puts print printf ", "",
        "raise record repeat require resource return rescue ", "select sealed set static struct sub super switch ",
        "then throw trait try type typedef template typealias ", "unless unset until use using update ",
        "val var variable virtual void ", "when where while with ", "", "yield ", "",
    };
    uint8_t first = word[0] | 0x20;
    if (length < 2 || length > 10 || !is_letter(first))
        return 0;
    for (const char *at = keywords[first - 'a']; *at;) {
        const char *space = strchr(at, ' ');
        if ((size_t)(space - at) == length) {
            size_t i = 0;
            while (i < length && (word[i] | 0x20) == (uint8_t)at[i])
                i++;
            if (i == length)
                return 1;
        }
        at = space + 1;
    }
    return 0;
}

/* What is between the ends of a line, as far as it is looked at. */
typedef struct {
    uint32_t plain;     /* words between spaces */
    uint32_t operators; /* assignments, comparisons, arrows, sigils */
    uint32_t calls;     /* a name with a bracket right behind */
    uint32_t names;     /* snake_case, dotted */
} signs;

static signs read_signs(const uint8_t *at, const uint8_t *end, uint32_t enough)
{
    signs found = {0, 0, 0, 0};
    const uint8_t *start = at, *word = at;
    if (end - at > LOOKED_AT)
        end = at + LOOKED_AT;
    for (;; at++) {
        while (at < end && is_letter(*at))
            at++;
        if (at >= end)
            break;
        uint8_t byte = *at;
        uint8_t before = at > start ? at[-1] : ' ', after = at + 1 < end ? at[1] : ' ';
        switch (byte) {
        case ' ':
            if (at > word && is_letter(*word) && (is_letter(before) || before == ',') &&
                ++found.plain >= enough && found.operators + found.calls + found.names == 0)
                return found;
            word = at + 1;
            break;
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
                at++;
            } else
                found.operators += (before == ' ' && after == ' ') || (is_word(before) && !is_word(after)) ||
                                   memchr("+-*/|&!<>:.%?", before, 13) != NULL;
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

/* Lines of logs, stack traces and sessions, which hold code in places and are none. */
static int is_record(const uint8_t *at, const uint8_t *end)
{
    static const char *const starts[] = {"$ ", "% ", ">>> ", "... ", "PS ", "In [", "Out[", "File \"", "Traceback ", "Caused by:", "goroutine ", NULL};
    if (is_digit(*at) || any_prefix(at, end, starts))
        return 1;
    if (starts_with(at, end, "at ") && (end[-1] == ')' || is_digit(end[-1])))
        return 1;
    if (*at == '[' && at + 1 < end && is_digit(at[1]))
        return end[-1] != ']' && end[-1] != ',';
    const uint8_t *dollar = memchr(at, '$', end - at < 60 ? (size_t)(end - at) : 60);
    return dollar != NULL && dollar + 1 < end && dollar[1] == ' ' && memchr(at, '@', (size_t)(dollar - at)) != NULL;
}

static kind comment_kind(const uint8_t *at, const uint8_t *end)
{
    static const char *const directives[] = {"#include", "#define", "#if",   "#endif", "#else", "#undef",
                                             "#pragma",  "#elif",   "#!/",   "#[",     "#region", NULL};
    static const char *const comments[] = {"//", "/*", "*/", "* ", "--", "<!--", "-->", "\"\"\"", "'''", ";;", "# ", "##", "=begin", "=end", "{-", NULL};
    if (any_prefix(at, end, directives))
        return CODE;
    return any_prefix(at, end, comments) || (*at == '#' && end - at == 1) || (*at == '*' && end - at == 1) ? COMMENT : BLANK;
}

static kind classify(const uint8_t *at, const uint8_t *end)
{
    while (at < end && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
        end--;
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    if (end - at > 2 && (*at == '+' || *at == '-' || *at == '>') && (at[1] == ' ' || at[1] == '\t'))
        for (at++; at < end && (*at == ' ' || *at == '\t');) /* a diff, or a quotation */
            at++;
    if (at == end)
        return BLANK;
    if (end - at > LONGEST_LINE || is_record(at, end))
        return PROSE;
    uint8_t first = *at, last = end[-1];
    size_t length = (size_t)(end - at), word = 0;
    kind comment = is_letter(first) ? BLANK : comment_kind(at, end);
    if (comment != BLANK)
        return comment;
    while (word < length && is_letter(at[word]))
        word++;
    int keyword = is_keyword(at, word) && !(word < length && (at[word] == ',' || at[word] == '\''));
    if (length >= 48 && !keyword && is_letter(first) && (is_letter(last) || last == '.' || last == ',') &&
        has_no_signs(at) && has_no_signs(at + length - 32))
        return PROSE;
    if (length <= 4 && memchr(")]}{;", first, 5) != NULL)
        return CODE;
    uint32_t enough = keyword ? PLAIN_WORDS + 4 : PLAIN_WORDS;
    signs in = read_signs(at, end, enough);
    uint32_t points = 2 * (in.operators < 2 ? in.operators : 2) + (in.calls < 2 ? in.calls : 2) + (in.names > 0);
    if (in.plain >= enough && points < 4)
        return PROSE;
    uint32_t words = in.plain + 1;
    points += in.operators > 0 && words <= 3;
    points += keyword && (words <= 4 || points) ? 2 + (words <= 2) : 0;
    switch (last) {
    case ';':
        points += words <= 5 || points ? 3 : 0;
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
    case '.':
    case '?':
    case '!':
        points = words > 3 && points < 6 ? points / 2 : points;
        break;
    default:
        break;
    }
    if (keyword && word == length && first >= 'a')
        return CODE; /* `end`, `else`, `return` alone */
    if (points >= 3)
        return CODE;
    if (words >= 5 && points < 2)
        return PROSE;
    return NEUTRAL;
}

/* The end of the line that holds `at`. */
static size_t line_end(const uint8_t *text, size_t at, size_t size)
{
    const uint8_t *found = memchr(text + at, '\n', size - at);
    return found ? (size_t)(found - text) : size;
}

/* Where a comment or string over several lines that a line opens has its end; the line's own end otherwise. */
static size_t block_end(const uint8_t *text, size_t at, size_t end, size_t size)
{
    static const char *const pairs[][2] = {{"/*", "*/"}, {"<!--", "-->"}, {"\"\"\"", "\"\"\""}, {"'''", "'''"}, {"=begin", "=end"}};
    while (at < end && (text[at] == ' ' || text[at] == '\t'))
        at++;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const char *open = pairs[i][0], *close = pairs[i][1];
        if (!starts_with(text + at, text + end, open) &&
            !(i == 2 && at + 4 < end && starts_with(text + at + 1, text + end, open))) /* r""" */
            continue;
        size_t from = at + strlen(open), limit = size - from < LONGEST_TEXT ? size : from + LONGEST_TEXT;
        const uint8_t *found = memmem(text + from, limit - from, close, strlen(close));
        return found ? line_end(text, (size_t)(found - text), size) : end;
    }
    return end;
}

typedef struct {
    const aigov_languages *languages;
    const uint8_t *text;
    aigov_code_run *runs;
    size_t found, capacity;
    aigov_code_run run;
    size_t end;     /* of the last line that belongs */
    uint32_t lines; /* not blank, to the last that belongs */
    uint32_t code, gap, waiting;
    int open;
    aigov_votes votes;
} builder;

/* The language of the lines looked at. Few of them decide on short runs; chance adds up in long ones. */
static uint32_t decide(const aigov_votes *votes)
{
    uint32_t best = 0;
    for (uint32_t language = 1; language < LANGUAGES; language++)
        if (votes->score[language] > votes->score[best])
            best = language;
    int enough = votes->cues[best] >= LEAST_CUES && votes->score[best] >= LEAST_SCORE + votes->lines / 8;
    return enough ? best : NO_LANGUAGE;
}

/* Let the lines of the run vote, comments aside. */
static void look_at_lines(builder *to)
{
    size_t step = 0;
    memset(&to->votes, 0, sizeof to->votes);
    for (size_t at = to->run.start, end; at < to->end && to->votes.lines < FIRST_VOTES + NEXT_VOTES; at = end + 1) {
        end = line_end(to->text, at, to->end);
        const uint8_t *line = to->text + at, *stop = to->text + end;
        while (line < stop && (*line == ' ' || *line == '\t'))
            line++;
        size_t length = (size_t)(stop - line);
        if (length > 0 && comment_kind(line, stop) != COMMENT)
            aigov_language_line(to->languages, &to->votes, line, length < LOOKED_AT ? length : LOOKED_AT);
        if (to->votes.lines >= FIRST_VOTES) {
            step = step ? step : (to->end - end) / NEXT_VOTES;
            end = end + step < to->end ? line_end(to->text, end + step, to->end) : to->end;
        }
    }
}

static void start(builder *to, size_t at)
{
    memset(&to->run, 0, sizeof to->run);
    to->run.start = (uint32_t)at;
    to->open = 1;
    to->lines = to->code = to->gap = to->waiting = 0;
}

static void put(builder *to)
{
    to->run.end = (uint32_t)to->end;
    to->run.lines = to->lines;
    look_at_lines(to);
    to->run.language = decide(&to->votes);
    if (to->found < to->capacity)
        to->runs[to->found] = to->run;
    to->found++;
}

static void finish(builder *to)
{
    if (to->open && to->code >= LEAST_LINES && to->code * 3 >= to->lines)
        put(to);
    to->open = 0;
}

/* One more line, or a comment of `lines` lines, from `at` to `end`. */
static void take(builder *to, kind kind, size_t at, size_t end, uint32_t lines)
{
    if (kind == BLANK || (!to->open && kind != CODE && kind != COMMENT))
        return;
    if (!to->open)
        start(to, at);
    if (kind == PROSE || kind == NEUTRAL) {
        to->gap += kind == PROSE ? 2 : 1;
        to->waiting++;
        if (to->gap > 2 * GAP)
            finish(to);
        return;
    }
    if (kind == CODE) {
        to->code++;
        to->gap = 0;
    }
    to->lines += lines + to->waiting;
    to->waiting = 0;
    to->end = end;
}

/* A Markdown fence: where the word behind it starts; 0 for another line. */
static size_t fence(const uint8_t *text, size_t at, size_t end)
{
    while (at < end && text[at] == ' ')
        at++;
    if (end - at < 3 || (memcmp(text + at, "```", 3) != 0 && memcmp(text + at, "~~~", 3) != 0))
        return 0;
    for (at += 3; at < end && (text[at] == ' ' || text[at] == '`'); at++)
        ;
    return at;
}

static int is_blank(const uint8_t *at, const uint8_t *end)
{
    while (at < end && *at <= ' ')
        at++;
    return at == end;
}

/* What is built like code, in the order of the text; everything between two Markdown fences is one run, with the word
 * behind the first. Writes up to `capacity`; returns how many there are. `size` is below 2^32. */
size_t aigov_code_find(const aigov_languages *languages, const uint8_t *text, size_t size, aigov_code_run *runs,
                       size_t capacity)
{
    builder to;
    int in_fence = 0, tagged = 0;
    to.languages = languages, to.text = text, to.runs = runs, to.capacity = capacity, to.found = 0, to.open = 0;
    for (size_t at = 0, end; at < size; at = end + 1) {
        end = line_end(text, at, size);
        size_t tag = fence(text, at, end);
        if (tag && (in_fence || memchr(text + tag, '`', end - tag) == NULL)) {
            if (tagged && to.lines >= LEAST_LINES)
                put(&to);
            else if (!tagged)
                finish(&to);
            to.open = tagged = 0;
            in_fence = !in_fence;
            size_t stop = tag;
            while (in_fence && stop < end && text[stop] > ' ' && text[stop] != '{' && text[stop] != ',')
                stop++;
            if (stop > tag) {
                tagged = 1;
                start(&to, end + 1);
                to.run.tag_start = (uint32_t)tag;
                to.run.tag_end = (uint32_t)stop;
            }
            continue;
        }
        if (tagged) {
            if (!is_blank(text + at, text + end)) {
                to.lines++;
                to.end = end;
            }
            continue;
        }
        kind kind = classify(text + at, text + end);
        uint32_t lines = 1;
        if (kind == COMMENT) {
            size_t last = block_end(text, at, end, size);
            for (size_t i = end; i < last; i++)
                lines += text[i] == '\n';
            end = last;
        }
        take(&to, kind, at, end, lines);
    }
    if (tagged && to.lines >= LEAST_LINES)
        put(&to);
    else if (!tagged)
        finish(&to);
    return to.found;
}
