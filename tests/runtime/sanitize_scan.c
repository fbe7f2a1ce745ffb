/* Feeds programs, indexes and texts, sound and damaged, to the C files that confirm candidates, look tables up and find
code; each lies in memory of exactly its size. Prints cases, sound programs, open tables, matches, runs of code, and a
checksum of all answers. */

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "code_cues.h"
#include "code_runs.h"
#include "confirm.h"
#include "matcher.h"
#include "screens.h"
#include "tables.h"

enum { SPANS = 64, PLACES = 256, RUNS = 8, KEY = 32, COLUMNS = 3, SCREENS = 4 };

typedef struct {
    uint8_t *bytes;
    uint32_t size;
} part;

static uint64_t sum = 14695981039346656037u;
static size_t sound, opened, matches, runs;

static void hash(const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ ((const uint8_t *)bytes)[i]) * 1099511628211u;
}

static int next(FILE *file, part *out)
{
    if (fread(&out->size, sizeof out->size, 1, file) != 1)
        return 0;
    out->bytes = malloc(out->size ? out->size : 1);
    if (!out->bytes || fread(out->bytes, 1, out->size, file) != out->size)
        exit(2);
    return 1;
}

static void match(part program, part text)
{
    int64_t spans[3 * SPANS], starts[2] = {0, text.size / 2}, ends[2] = {text.size / 2, text.size};
    const int32_t *words = (const int32_t *)program.bytes;
    if (!aigov_matcher_check(words, program.size / 4))
        return;
    sound++;
    int64_t found = aigov_matcher_find(words, text.bytes, text.size, 0, text.size, spans, SPANS);
    hash(&found, sizeof found);
    for (int64_t i = 0; i < 3 * found; i++)
        hash(spans + i, sizeof *spans);
    const aigov_check checks[] = {{0, 0}, {1, 2.0}, {2, 0}};
    const aigov_pattern patterns[] = {{words, 16, checks, 0}, {words, 4, checks, 3}, {NULL, 8, checks, 0}};
    aigov_candidates *candidates = aigov_candidates_new(40);
    if (!candidates)
        exit(2);
    for (uint32_t i = 0; i < 50; i++) /* more than the limit, and of a pattern that is not there */
        aigov_candidates_add(i % 4, 0, text.size ? 1 + i * 7 % text.size : 0, 0, candidates);
    aigov_spans kept = {0, 0, NULL};
    if (!aigov_confirm(candidates, patterns, 3, text.bytes, text.size, starts, ends, 2, 100, &kept))
        exit(3);
    matches += (size_t)kept.count;
    for (int64_t i = 0; i < kept.count; i++)
        hash(&kept.items[i].start, 2 * sizeof(int64_t));
    aigov_spans_free(&kept);
    aigov_candidates_free(candidates);
}

static void look_up(part index, part text)
{
    static aigov_table table;
    aigov_place places[PLACES];
    if (index.size < KEY || aigov_table_open(&table, index.bytes, index.bytes + KEY, index.size - KEY, COLUMNS))
        return;
    opened++;
    size_t found = aigov_table_find(&table, text.bytes, text.size, places, PLACES);
    hash(&found, sizeof found);
    for (size_t i = 1; i < found && i < PLACES; i++) {
        const aigov_place *few = places + i, *many = places + i - 1;
        if (few->count > many->count)
            few = many, many = places + i;
        aigov_shared_row *rows = malloc(few->count * COLUMNS * sizeof *rows + 1);
        size_t common = aigov_table_common(&table, few->first, few->count, many->first, many->count, rows);
        hash(&common, sizeof common);
        free(rows);
    }
}

static void find_code(const aigov_languages *languages, part text)
{
    aigov_code_run found[RUNS];
    size_t count = aigov_code_find(languages, text.bytes, text.size, found, RUNS);
    runs += count;
    for (size_t i = 0; i < count && i < RUNS; i++) {
        if (found[i].start > found[i].end || found[i].end > text.size || found[i].tag_end > text.size)
            exit(4);
        hash(&found[i], sizeof found[i]);
    }
}

int main(int count, char **arguments)
{
    FILE *cases = count == 2 ? fopen(arguments[1], "rb") : NULL;
    part languages, program, index, text;
    size_t number = 0;
    if (!cases || !next(cases, &languages) || languages.size != sizeof(aigov_languages))
        return 2;
    for (; next(cases, &program) && next(cases, &index) && next(cases, &text); number++) {
        match(program, text);
        look_up(index, text);
        find_code((const aigov_languages *)languages.bytes, text);
        for (int screen = 0; screen < SCREENS; screen++) {
            int passed = aigov_screen(screen, 2.5, text.bytes, text.size);
            hash(&passed, sizeof passed);
        }
        free(program.bytes);
        free(index.bytes);
        free(text.bytes);
    }
    free(languages.bytes);
    fclose(cases);
    printf("%zu %zu %zu %zu %zu %llu\n", number, sound, opened, matches, runs, (unsigned long long)sum);
    return 0;
}
