/* Triggers and clues of the texts of a file, which damage some of the sections: see sanitize_windows.py. A file is parts,
   each behind its size (uint32): a section of clues, then texts. Prints how many texts there were, how many windows,
   and how many damaged sections were taken. */

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "confirm.h"
#include "windows.h"

static uint8_t *part(FILE *file, uint32_t *size)
{
    uint8_t *data;
    if (fread(size, sizeof *size, 1, file) != 1 || !(data = malloc(*size ? *size : 1)))
        return NULL;
    if (*size && fread(data, *size, 1, file) != 1)
        exit(2);
    return data;
}

static int64_t look(const aigov_clues *clues, aigov_seen *seen, const uint8_t *text, int64_t size)
{
    static const uint64_t place_of = ((uint64_t)1 << 40) - 1;
    aigov_windows windows[4];
    aigov_joined joined = {0, 0, NULL};
    int64_t count;
    memset(windows, 0, sizeof windows);
    if (!aigov_triggers(text, size, windows, windows + 1, windows + 2) ||
        !aigov_clues_look(clues, seen, text, size, windows, windows + 3))
        exit(3);
    for (int i = 0; i < 4; i++) {
        const int64_t *items = windows[i].items;
        for (int64_t n = 0; n < windows[i].count; n++)
            if (items[2 * n] < (n ? items[2 * n - 1] + 1 : 0) || items[2 * n + 1] > size)
                exit(4);
        if (windows[i].count && aigov_windows_join(windows + i, text, size, &joined) == 1) {
            aigov_candidates *candidates = aigov_candidates_new(64);
            for (int64_t end = 1; end <= joined.size; end += 1 + joined.size / 50)
                aigov_candidates_add(7, 0, (unsigned long long)(end * 17 % joined.size + 1), 0, candidates);
            aigov_candidates_place(candidates, 0, windows + i);
            for (int64_t n = 0; n < candidates->count; n++)
                if ((int64_t)(candidates->items[n] & place_of) > size)
                    exit(5);
            aigov_candidates_free(candidates);
        }
    }
    count = windows[3].count;
    for (int i = 0; i < 4; i++)
        aigov_windows_free(windows + i);
    aigov_joined_free(&joined);
    return count;
}

int main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    uint32_t section_size, size;
    uint8_t *section = file ? part(file, &section_size) : NULL, *text;
    aigov_clues *clues = section ? aigov_clues_new(section, section_size) : NULL;
    aigov_seen *seen = clues ? aigov_seen_new(clues) : NULL;
    long texts = 0, windows = 0, taken = 0;
    if (!seen)
        return 1;
    for (; (text = part(file, &size)); free(text), texts++) {
        windows += look(clues, seen, text, size);
        if (size > 8 && texts % 8 == 0) { /* a section with bytes of the text in it */
            aigov_clues *damaged;
            uint8_t *copy = malloc(section_size);
            memcpy(copy, section, section_size);
            copy[(text[0] << 8 | text[1]) % section_size] = text[2];
            copy[text[3] % 64 % section_size] ^= text[4];
            if ((damaged = aigov_clues_new(copy, section_size))) {
                aigov_seen *other = aigov_seen_new(damaged);
                look(damaged, other, text, size);
                aigov_seen_free(other);
                taken++;
            }
            aigov_clues_free(damaged);
            free(copy);
        }
    }
    aigov_seen_free(seen);
    aigov_clues_free(clues);
    free(section);
    fclose(file);
    printf("%ld %ld %ld\n", texts, windows, taken);
    return 0;
}
