/*
 * Runs of lines that are built like source code (docs/semantics.md, "Code").
 *
 * One pass over the lines (code_lines.c). Whether a run is code, and in which language, is decided by cues
 * (code_cues.c) on a bounded number of its lines. In the midst of a long run lines are looked at here and there.
 */

#define _GNU_SOURCE /* memmem */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "code_cues.h"
#include "code_lines.h"
#include "code_runs.h"

#define LEAST_LINES 3      /* in a run, comments aside */
#define ENOUGH_CODE 3      /* lines; with less of them the language must be clearer */
#define GAP 2              /* so many lines of prose in a row end a run, or twice as many that may be anything */
#define LONG_RUN 24        /* lines of code, from which on lines are skipped: */
#define SKIPPED 2000       /* so many bytes at once, if what follows is code; */
#define PROBED 6           /* filled lines say so, */
#define PROBED_CODE 4      /* when so many of them are code, or may be */
#define FIRST_VOTES 24     /* lines of a run that are looked at for its language; */
#define LAST_VOTES 16      /* and so many of its end */
#define VOTED_LINE 160     /* bytes of a line that are looked at for the language */
#define CLEAR_SCORE 24     /* more lines are not looked at when a language has so much, and twice the next one's */
#define LEAST_SCORE 5      /* for a language, and one more for every eight lines looked at */
#define LEAST_CUES 2
#define LANGUAGES 32
#define NO_LANGUAGE 255
#define LONGEST_TEXT 16384 /* bytes of a comment or a string over several lines */

static const char *const brackets[][2] = {
    {"/*", "*/"}, {"<!--", "-->"}, {"\"\"\"", "\"\"\""}, {"'''", "'''"}, {"=begin", "=end"}};
enum { TEXTS = sizeof brackets / sizeof *brackets, DOCSTRING = 2 };

typedef struct {
    const aigov_languages *languages;
    const uint8_t *text;
    size_t size;
    aigov_code_run *runs;
    size_t found, capacity;
    aigov_code_run run;
    size_t end;     /* of the last line that belongs */
    uint32_t lines; /* not blank, to the last that belongs */
    uint32_t code, settings, statements, comments, unread, gap, waiting;
    int open, after_prose;
    int in_sections; /* below the head of a section of configuration */
    size_t unclosed[TEXTS]; /* up to where the end of such a text was sought in vain */
    aigov_votes votes;
    uint32_t kept; /* lines for the vote, of which these are left */
    const uint8_t *line[FIRST_VOTES + LAST_VOTES];
    uint32_t length[FIRST_VOTES + LAST_VOTES];
} builder;

static int starts_with(const uint8_t *at, const uint8_t *end, const char *prefix)
{
    size_t length = strlen(prefix);
    return (size_t)(end - at) >= length && memcmp(at, prefix, length) == 0;
}

static size_t line_end(const uint8_t *text, size_t at, size_t size)
{
    const uint8_t *found = memchr(text + at, '\n', size - at);
    return found ? (size_t)(found - text) : size;
}

static size_t first_filled(const uint8_t *text, size_t at, size_t end)
{
    while (at < end && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r'))
        at++;
    return at;
}

/* Where a comment or string over several lines that a line opens has its end; the line's own end otherwise. */
static size_t block_end(builder *to, size_t at, size_t end)
{
    const uint8_t *text = to->text;
    at = first_filled(text, at, end);
    for (int i = 0; i < TEXTS; i++) {
        const char *open = brackets[i][0], *close = brackets[i][1];
        size_t from = at + strlen(open), length = strlen(close);
        if (!starts_with(text + at, text + end, open)) {
            if (i != DOCSTRING || at == end || !starts_with(text + at + 1, text + end, open))
                continue;
            from++; /* r""" */
        }
        if (open == close && first_filled(text, from, end) == end && to->after_prose)
            return end; /* closes what was opened before */
        size_t limit = to->size - from < LONGEST_TEXT ? to->size : from + LONGEST_TEXT;
        size_t known = to->unclosed[i] > from + length ? to->unclosed[i] - length : from;
        const uint8_t *found = known < limit ? memmem(text + known, limit - known, close, length) : NULL;
        if (found)
            return line_end(text, (size_t)(found - text), to->size);
        to->unclosed[i] = limit;
        return end;
    }
    return end;
}

typedef uint8_t bytes16 __attribute__((vector_size(16)));

/* How many line breaks in at..end have something behind. */
static uint32_t lines_until(const uint8_t *text, size_t at, size_t end)
{
    uint32_t filled = 0;
    while (at + 17 <= end) {
        bytes16 counts = {0}, here, next;
        for (int i = 0; i < 255 && at + 17 <= end; i++, at += 16) {
            memcpy(&here, text + at, sizeof here);
            memcpy(&next, text + at + 1, sizeof next);
            counts -= (bytes16)(here == '\n') & (bytes16)(next != '\n');
        }
        for (int i = 0; i < 16; i++)
            filled += counts[i];
    }
    for (; at + 1 < end; at++)
        filled += (text[at] == '\n') & (text[at + 1] != '\n');
    return filled;
}

/* Lines that were looked at and are no comments. */
static uint32_t body_of(const builder *to)
{
    return to->lines - to->comments - to->unread;
}

typedef struct {
    uint32_t first, second; /* languages with the highest scores */
} ranking;

static ranking rank(const aigov_votes *votes)
{
    ranking best = {0, 1};
    for (uint32_t language = 1; language < LANGUAGES; language++)
        if (votes->score[language] > votes->score[best.first])
            best = (ranking){language, best.first};
        else if (language > 1 && votes->score[language] > votes->score[best.second])
            best.second = language;
    return best;
}

/* Statements say that it is code, in one of these languages. C comes first. */
static uint32_t with_semicolons(const aigov_languages *languages, const aigov_votes *votes)
{
    uint32_t best = NO_LANGUAGE;
    for (uint32_t language = 0; language < LANGUAGES; language++)
        if (languages->semicolons >> language & 1 && (best == NO_LANGUAGE || votes->score[language] > votes->score[best]))
            best = language;
    return best;
}

/* The language of the lines looked at. Few of them decide on short runs; chance adds up in long ones. */
static uint32_t decide(const builder *to)
{
    const aigov_votes *votes = &to->votes;
    uint32_t best = rank(votes).first, body = body_of(to);
    if (to->statements >= LEAST_LINES && to->statements * 3 >= body)
        return with_semicolons(to->languages, votes);
    uint32_t least = LEAST_SCORE + votes->lines / 8 + (to->code < ENOUGH_CODE ? 2 * (ENOUGH_CODE - to->code) : 0);
    return votes->cues[best] >= LEAST_CUES && votes->score[best] >= least ? best : NO_LANGUAGE;
}

/* Keep a line for the vote: the first ones of a run, and the last ones. */
static void keep(builder *to, size_t at, size_t end)
{
    uint32_t place = to->kept < FIRST_VOTES ? to->kept : FIRST_VOTES + (to->kept - FIRST_VOTES) % LAST_VOTES;
    at = first_filled(to->text, at, end);
    to->line[place] = to->text + at;
    to->length[place] = (uint32_t)(end - at < VOTED_LINE ? end - at : VOTED_LINE);
    to->kept++;
}

static int is_clear(const aigov_votes *votes)
{
    ranking best = rank(votes);
    return votes->score[best.first] >= CLEAR_SCORE && votes->score[best.first] >= 2 * votes->score[best.second];
}

static void vote(builder *to)
{
    uint32_t count = to->kept < FIRST_VOTES + LAST_VOTES ? to->kept : FIRST_VOTES + LAST_VOTES;
    memset(&to->votes, 0, sizeof to->votes);
    for (uint32_t i = 0; i < count; i++) {
        aigov_language_line(to->languages, &to->votes, to->line[i], to->length[i]);
        if (i % 4 == 3 && is_clear(&to->votes))
            return;
    }
}

static void start(builder *to, size_t at)
{
    memset(&to->run, 0, sizeof to->run);
    to->run.start = (uint32_t)at;
    to->open = 1;
    to->lines = to->code = to->settings = to->statements = to->comments = to->unread = to->gap = to->waiting = to->kept = 0;
}

static void put(builder *to)
{
    to->run.end = (uint32_t)to->end;
    to->run.lines = to->lines;
    vote(to);
    to->run.language = decide(to);
    if (to->run.language == NO_LANGUAGE && to->run.tag_start == to->run.tag_end)
        return; /* not code */
    if (to->found < to->capacity)
        to->runs[to->found] = to->run;
    to->found++;
}

/* Whether so much of the run is code that its language is worth a look. A few lines must be little else. */
static int is_dense(const builder *to)
{
    uint32_t body = body_of(to);
    if (body < LEAST_LINES || (to->in_sections && to->statements == 0))
        return 0;
    return to->code < ENOUGH_CODE ? to->code > 0 && to->code + to->settings + 1 >= body
                                  : to->code * 3 + to->settings >= body;
}

static void finish(builder *to)
{
    if (to->open && is_dense(to))
        put(to);
    to->open = 0;
}

/* One more line, or a comment of `lines` lines, from `at` to `end`. */
static void take(builder *to, uint32_t kind, size_t at, size_t end, uint32_t lines)
{
    if (kind != AIGOV_LINE_BLANK)
        to->after_prose = kind < AIGOV_LINE_SETTING;
    if (kind == AIGOV_LINE_SECTION && to->statements == 0) {
        if (to->code > to->settings)
            finish(to);
        to->open = 0;
        to->in_sections = 1;
        return;
    }
    if (kind == AIGOV_LINE_PROSE && !to->open)
        to->in_sections = 0;
    if (kind == AIGOV_LINE_BLANK || (!to->open && kind < AIGOV_LINE_SETTING))
        return;
    if (!to->open)
        start(to, at);
    if (kind != AIGOV_LINE_COMMENT && kind >= AIGOV_LINE_NEUTRAL)
        keep(to, at, end);
    if (kind < AIGOV_LINE_SETTING) {
        to->gap += kind == AIGOV_LINE_NEUTRAL ? 1 : 2;
        to->waiting++;
        if (to->gap >= 2 * GAP)
            finish(to);
        return;
    }
    if (kind >= AIGOV_LINE_CODE) {
        to->code++;
        to->statements += kind == AIGOV_LINE_STATEMENT;
        to->gap = 0;
    } else if (kind == AIGOV_LINE_COMMENT)
        to->comments += lines;
    else
        to->settings++;
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

static int holds_fence(const uint8_t *text, size_t at, size_t end)
{
    static const char marks[] = {'`', '~'};
    for (int i = 0; i < 2; i++)
        for (const uint8_t *from = text + at, *stop = text + end; (from = memchr(from, marks[i], (size_t)(stop - from)));)
            if (stop - ++from >= 2 && from[0] == (uint8_t)marks[i] && from[1] == (uint8_t)marks[i])
                return 1;
    return 0;
}

/* Skip a part of a long run between which and the next lines no end of the run is to be seen. Returns where to go on. */
static size_t skip(builder *to, size_t at)
{
    const uint8_t *text = to->text;
    if (!to->open || to->code < LONG_RUN || to->gap > GAP || to->size - at < 2 * SKIPPED)
        return at;
    size_t next = line_end(text, at + SKIPPED, to->size) + 1, line = next;
    uint32_t code = 0, known = 0, filled = 0;
    for (size_t end; filled < PROBED && line < to->size; line = end + 1) {
        end = line_end(text, line, to->size);
        uint32_t kind = aigov_code_line(text + line, text + end);
        filled += kind != AIGOV_LINE_BLANK;
        known += kind >= AIGOV_LINE_SETTING;
        code += kind >= AIGOV_LINE_CODE;
    }
    if (code == 0 || known < PROBED_CODE || line > to->size || holds_fence(text, at, line))
        return at;
    uint32_t lines = lines_until(text, at - 1, line - 1);
    to->lines += to->waiting + lines;
    to->unread += lines;
    to->waiting = 0;
    to->end = line - 1;
    return line;
}

/* What is code, in the order of the text; everything between two Markdown fences is one run, with the word behind the
 * first, whatever its language. Writes up to `capacity`; returns how many there are. `size` is below 2^32. */
size_t aigov_code_find(const aigov_languages *languages, const uint8_t *text, size_t size, aigov_code_run *runs,
                       size_t capacity)
{
    builder to;
    int in_fence = 0, tagged = 0;
    to.languages = languages, to.text = text, to.size = size, to.runs = runs, to.capacity = capacity;
    to.statements = to.code = to.settings = 0;
    to.found = 0, to.open = to.after_prose = to.in_sections = 0;
    memset(to.unclosed, 0, sizeof to.unclosed);
    for (size_t at = 0, end; at < size; at = end + 1) {
        at = tagged ? at : skip(&to, at);
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
            if (first_filled(text, at, end) < end) {
                if (aigov_code_line(text + at, text + end) != AIGOV_LINE_COMMENT)
                    keep(&to, at, end);
                to.lines++;
                to.end = end;
            }
            continue;
        }
        uint32_t kind = aigov_code_line(text + at, text + end);
        uint32_t lines = 1;
        if (kind == AIGOV_LINE_COMMENT) {
            size_t last = block_end(&to, at, end);
            lines += end < last ? lines_until(text, end, last) : 0;
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
