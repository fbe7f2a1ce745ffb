/* Feeds texts to the scanner's C functions; each lies in memory of exactly its size, so that no byte beyond is read
unseen. Prints texts, texts with views, edits, and a checksum of all views. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stddef.h>
#include <stdint.h>

#include "entropy.h"
#include "views.h"

static uint64_t sum = 14695981039346656037u;

static void hash(const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ ((const uint8_t *)bytes)[i]) * 1099511628211u;
}

static void *block(size_t size)
{
    void *made = malloc(size ? size : 1);
    if (!made)
        exit(2);
    return made;
}

static size_t allocate(aigov_view *view)
{
    view->bytes = block(view->byte_count);
    view->edits = block(view->edit_count * sizeof *view->edits);
    view->windows = block(view->window_count * sizeof *view->windows);
    return view->byte_count + view->edit_count + view->window_count;
}

static void release(aigov_view *view)
{
    hash(view->bytes, view->byte_count);
    hash(view->edits, view->edit_count * sizeof *view->edits);
    hash(view->windows, view->window_count * sizeof *view->windows);
    free(view->bytes);
    free(view->edits);
    free(view->windows);
}

static size_t views(const uint8_t *text, size_t size)
{
    aigov_view characters = {0}, blocks = {0};
    if (!aigov_views(text, size, &characters, &blocks))
        return 0;
    size_t counted = allocate(&characters) + allocate(&blocks);
    aigov_views(text, size, &characters, &blocks);
    if (counted != characters.byte_count + characters.edit_count + characters.window_count + blocks.byte_count +
                       blocks.edit_count + blocks.window_count)
        exit(3);
    size_t edits = characters.edit_count + blocks.edit_count;
    release(&characters);
    release(&blocks);
    return edits;
}

int main(int count, char **arguments)
{
    FILE *cases = count == 2 ? fopen(arguments[1], "rb") : NULL;
    uint32_t size;
    size_t texts = 0, encoded = 0, edits = 0;
    if (!cases)
        return 2;
    while (fread(&size, sizeof size, 1, cases) == 1) {
        uint8_t *text = block(size);
        if (fread(text, 1, size, cases) != size)
            return 2;
        size_t made = views(text, size);
        double entropy = aigov_entropy(text, size);
        hash(&entropy, sizeof entropy);
        texts++;
        encoded += made != 0;
        edits += made;
        free(text);
    }
    fclose(cases);
    printf("%zu %zu %zu %llu\n", texts, encoded, edits, (unsigned long long)sum);
    return 0;
}
