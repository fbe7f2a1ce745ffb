/*
 * Cues of programming languages in a line: tokens in a row, matched in a trie (scan/languages.py has the cues).
 */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "code_cues.h"

enum { NONE, ANY_WORD, ANY_NUMBER, ANY_STRING, LINE_START, LINE_END }; /* ids; those of words follow */

#define ROOT 1
#define MOST_TOKENS 48 /* of a line */
#define MOST_WORD 25   /* bytes of a word of the vocabulary */

static int is_letter(uint8_t byte)
{
    return (uint8_t)((byte | 0x20) - 'a') < 26 || byte == '_';
}

static int is_digit(uint8_t byte)
{
    return (uint8_t)(byte - '0') < 10;
}

static uint32_t hash_word(const uint8_t *word, size_t length)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ word[i]) * 16777619u;
    return hash;
}

/* The place of a word in the vocabulary, or the free one where it would stand. */
static const aigov_word *place_of(const aigov_languages *languages, const uint8_t *word, size_t length, uint32_t hash)
{
    for (uint32_t at = hash ^ hash >> 15;; at++) {
        const aigov_word *entry = &languages->vocabulary[at & 4095];
        if (entry->id == NONE ||
            (entry->hash == hash && entry->length == length && memcmp(entry->text, word, length) == 0))
            return entry;
    }
}

static uint32_t find_word(const aigov_languages *languages, const uint8_t *word, size_t length)
{
    return length > MOST_WORD ? NONE : place_of(languages, word, length, hash_word(word, length))->id;
}

/* The id of a word, which becomes one of the vocabulary; 0 when it cannot. */
uint32_t aigov_language_word(aigov_languages *languages, const uint8_t *word, size_t length)
{
    if (length == 0 || length > MOST_WORD || languages->words >= 2048)
        return NONE;
    aigov_word *entry = (aigov_word *)place_of(languages, word, length, hash_word(word, length));
    if (entry->id == NONE) {
        entry->id = (uint16_t)(LINE_END + ++languages->words);
        entry->hash = hash_word(word, length);
        entry->length = (uint8_t)length;
        memcpy(entry->text, word, length);
    }
    return entry->id;
}

static aigov_edge *edge_of(const aigov_languages *languages, uint32_t node, uint32_t word)
{
    uint32_t key = node << 16 | word;
    for (uint32_t at = (key * 0x9e3779b1u) >> 18;; at++) {
        const aigov_edge *edge = &languages->edges[at & 16383];
        if (edge->key == key || edge->key == 0)
            return (aigov_edge *)edge;
    }
}

/* The node behind a node; 0 for none. */
static uint32_t next_node(const aigov_languages *languages, uint32_t node, uint32_t word)
{
    return node == ROOT ? languages->first[word] : edge_of(languages, node, word)->node;
}

/* The node behind `node` (0: the root) for one more token, made if need be; 0 when it cannot. */
uint32_t aigov_language_step(aigov_languages *languages, uint32_t node, uint32_t word)
{
    if (languages->nodes == 0)
        languages->nodes = ROOT;
    node = node ? node : ROOT;
    uint32_t known = next_node(languages, node, word);
    if (known || languages->nodes + 1 >= 8192 || word >= 4096)
        return known;
    uint32_t made = ++languages->nodes;
    if (node == ROOT)
        languages->first[word] = (uint16_t)made;
    else
        *edge_of(languages, node, word) = (aigov_edge){node << 16 | word, made};
    return made;
}

/* Let a cue end at a node. Returns nonzero when there is no room. */
int aigov_language_cue(aigov_languages *languages, uint32_t node, uint32_t tail, uint32_t language, uint32_t weight)
{
    if (languages->cues + 1 >= 4096 || node >= 8192 || language >= 32)
        return 1;
    uint16_t number = (uint16_t)++languages->cues;
    languages->cue[number] = (aigov_cue){(uint16_t)tail, (uint8_t)language, (uint8_t)weight, languages->first_cue[node]};
    languages->first_cue[node] = number;
    return 0;
}

/* Tokens of a line. A token has the id of its word, if it is in the vocabulary, and one of its kind. */
typedef struct {
    uint16_t id[MOST_TOKENS + 2], kind[MOST_TOKENS + 2];
    uint32_t count;
} tokens;

static void add(tokens *line, uint32_t id, uint32_t kind)
{
    line->id[line->count] = (uint16_t)id;
    line->kind[line->count++] = (uint16_t)kind;
}

/* The end of the string that a quotation mark opens, or 0. */
static size_t string_end(const uint8_t *line, size_t at, size_t size)
{
    for (size_t end = at + 1; end < size; end++)
        if (line[end] == '\\')
            end++;
        else if (line[end] == line[at])
            return end + 1;
    return 0;
}

static void read_tokens(const aigov_languages *languages, const uint8_t *line, size_t size, tokens *out)
{
    out->count = 0;
    add(out, LINE_START, NONE);
    for (size_t at = 0; at < size && out->count < MOST_TOKENS;) {
        uint8_t byte = line[at];
        size_t end = at + 1;
        if (byte <= ' ') {
            at++;
        } else if (is_letter(byte) || byte >= 0x80) {
            while (end < size && (is_letter(line[end]) || is_digit(line[end]) || line[end] >= 0x80))
                end++;
            add(out, find_word(languages, line + at, end - at), ANY_WORD);
            at = end;
        } else if (is_digit(byte)) {
            while (end < size && (is_digit(line[end]) || (line[end] == '.' && end + 1 < size && is_digit(line[end + 1]))))
                end++;
            add(out, find_word(languages, line + at, end - at), ANY_NUMBER);
            at = end;
        } else if ((byte == '"' || byte == '\'') && (end = string_end(line, at, size)) != 0) {
            add(out, NONE, ANY_STRING);
            at = end;
        } else {
            uint32_t id = NONE;
            size_t length = size - at < 3 ? size - at : 3;
            for (; length > 0 && id == NONE; length--)
                id = find_word(languages, line + at, length);
            add(out, id, NONE);
            at += id == NONE ? 1 : length + 1;
        }
    }
    add(out, LINE_END, NONE);
}

static void vote(const aigov_languages *languages, aigov_votes *votes, uint32_t node, const tokens *line)
{
    for (uint32_t number = languages->first_cue[node]; number; number = languages->cue[number].next) {
        const aigov_cue *cue = &languages->cue[number];
        uint32_t last = line->count - 2;
        if ((cue->tail && line->id[last] != cue->tail && line->kind[last] != cue->tail) || votes->seen[number] >= 2)
            continue;
        votes->cues[cue->language] += votes->seen[number]++ == 0;
        votes->score[cue->language] += cue->weight;
    }
}

/* Follow a token by its word and by its kind. */
static void follow(const aigov_languages *languages, aigov_votes *votes, uint32_t node, const tokens *line, uint32_t at)
{
    if (at >= line->count)
        return;
    const uint32_t ids[2] = {line->id[at], line->kind[at]};
    for (int i = 0; i < 2; i++) {
        uint32_t next = ids[i] ? next_node(languages, node, ids[i]) : 0;
        if (next == 0)
            continue;
        vote(languages, votes, next, line);
        follow(languages, votes, next, line, at + 1);
    }
}

/* Count the cues of one line. The trie is as deep as its longest cue, and so is the recursion. */
void aigov_language_line(const aigov_languages *languages, aigov_votes *votes, const uint8_t *line, size_t size)
{
    tokens read;
    read_tokens(languages, line, size, &read);
    for (uint32_t at = 0; at < read.count; at++)
        follow(languages, votes, ROOT, &read, at);
    votes->lines++;
}
