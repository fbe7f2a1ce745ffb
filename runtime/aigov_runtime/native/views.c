/* Views: texts as they read once what hides in them is decoded. One pass finds the places and decodes characters.

Byte classes are gathered 64 bytes at a time (views_classify.c); arithmetic on the bits leaves the few places at which
something encoded may stand, and those are read byte by byte (views_characters.c, views_joins.c, views_blocks.c).
A view of characters is made of *windows*, the lines around the decoded places, so that words beside them count. */

#include "views.inc"

enum {
    GAP = 32,  /* edits this near share a window, lines or not */
    LINE = 256 /* a line is looked for this far, beyond the context */
};

/* Where a window opens: `context` bytes before the edit, then at the line's start, or else between two words. */
static size_t opening(const views *v, size_t start)
{
    size_t least = start - v->floor > v->context + LINE ? start - v->context - LINE : v->floor;
    size_t i = start;
    while (i > least && v->data[i - 1] != 0 && (v->data[i - 1] != '\n' || start - i < v->context))
        i--;
    if (i == v->floor || v->data[i - 1] == 0 || v->data[i - 1] == '\n')
        return i;
    while (i < start && (is(v, i, WORD) || at(v, i) >= 0x80))
        i++;
    return i;
}

/* Where the open window closes, by the same rule. */
static size_t closing(const views *v)
{
    size_t most = v->size - v->done > v->context + LINE ? v->done + v->context + LINE : v->size;
    size_t i = v->done;
    while (i < most && v->data[i] != 0 && (v->data[i] != '\n' || i - v->done < v->context))
        i++;
    if (i == v->size || v->data[i] == 0 || v->data[i] == '\n')
        return i;
    while (i > v->done && (is(v, i - 1, WORD) || at(v, i - 1) >= 0x80))
        i--;
    return i;
}

static void copy(views *v, const void *bytes, size_t size)
{
    if (v->bytes && size)
        memcpy(v->bytes + v->sizes.bytes, bytes, size);
    v->sizes.bytes += (uint32_t)size;
}

static void close_window(views *v)
{
    size_t end = closing(v);
    copy(v, v->data + v->done, end - v->done);
    if (v->windows) {
        aigov_window *window = v->windows + v->sizes.windows;
        window->end = (uint32_t)end;
        window->size = v->sizes.bytes - window->size;
        window->edits = v->sizes.edits - window->edits;
    }
    v->sizes.windows++;
    v->floor = end;
    v->open = false;
}

/* The open window goes on to an edit at `start`. */
static bool reaches(const views *v, size_t start)
{
    return start - v->done <= GAP ? memchr(v->data + v->done, 0, start - v->done) == NULL : start < closing(v);
}

/* The bytes from `start` to `end` read as `bytes`. Edits come in order; one that overlaps the last is dropped. */
void edit(views *v, enum kind kind, size_t start, size_t end, const void *bytes, size_t size, size_t context)
{
    if (start < v->done)
        return;
    if (v->open && !reaches(v, start))
        close_window(v);
    if (!v->open) {
        v->context = context;
        v->done = opening(v, start);
        v->open = true;
        if (v->windows) /* sizes so far; the differences follow when it closes */
            v->windows[v->sizes.windows] =
                (aigov_window){(uint32_t)v->done, 0, v->sizes.bytes, v->sizes.edits};
    }
    copy(v, v->data + v->done, start - v->done);
    copy(v, bytes, size);
    if (v->edits)
        v->edits[v->sizes.edits] = (aigov_edit){kind, (uint32_t)start, (uint32_t)end, (uint32_t)size};
    v->sizes.edits++;
    v->done = end;
    v->context = context > v->context ? context : v->context;
}

/* What may stand at a place that the masks point at. */
static void look(views *v, size_t i)
{
    uint8_t c = v->data[i];
    if (i < v->done) {
        if (c == '=')
            padded(v, i);
        return;
    }
    switch (c) {
    case '%':
        percent(v, i);
        break;
    case '&':
        entity(v, i);
        break;
    case '\\':
        escape(v, i);
        break;
    case '(':
        joined(v, i);
        break;
    case '=':
        padded(v, i);
        quoted_printable(v, i);
        break;
    case '"':
    case '\'':
        if (!joined_by(v, i))
            concatenated(v, i);
        break;
    case '\r':
    case '\n':
        wrapped(v, i);
        break;
    case ',':
    case ':':
        hex_list(v, i);
        break;
    default:
        if (c < 0x80)
            spaced(v, i);
        else if (!look_alike(v, i))
            homoglyphs(v, i);
    }
}

static void walk_block(views *v, size_t base, uint64_t found, uint64_t runs)
{
    for (uint64_t left = found | runs; left; left &= left - 1) {
        size_t i = base + (size_t)__builtin_ctzll(left);
        if (runs & left & -left)
            block(v, i);
        if (found & left & -left)
            look(v, i);
    }
}

/* Sets one block of every plane to another, or to nothing. */
static void set_block(planes *p, size_t to, const size_t *from)
{
    for (size_t k = 0; k < sizeof p->all / sizeof *p->all; k++)
        p->all[k][to] = from ? p->all[k][*from] : 0;
}

static void walk(views *v)
{
    planes p;
    uint8_t tail[64] = {0};
    size_t whole = v->size / 64;
    memcpy(tail, v->data + 64 * whole, v->size % 64);
    set_block(&p, 0, NULL);
    for (size_t first = 0; first <= whole; first += BATCH) {
        size_t full = whole - first < BATCH + 1 ? whole - first : BATCH + 1; /* one more: the next of the last */
        size_t blocks = full < BATCH ? full + 1 : BATCH;
        aigov_classify(v->data + 64 * first, full, &p, 1);
        if (full <= BATCH)
            aigov_classify(tail, 1, &p, full + 1);
        for (size_t k = full + 2; k <= (blocks + LANES - 1) / LANES * LANES + 1; k++)
            set_block(&p, k, NULL);
        aigov_places(&p, blocks);
        for (size_t k = 1; k <= blocks; k++)
            if (p.found[k] | p.runs[k])
                walk_block(v, 64 * (first + k - 1), p.found[k], p.runs[k]);
        set_block(&p, 0, &(size_t){BATCH});
    }
    if (v->open)
        close_window(v);
}

/* How much `aigov_view_fill` would write; 0 when it is nothing, as it nearly always is. At most 2 GiB are read. */
int aigov_view_measure(const uint8_t *data, size_t size, aigov_view_sizes *sizes)
{
    views v = {.data = data, .size = size};
    walk(&v);
    *sizes = v.sizes;
    return v.sizes.windows || v.sizes.blocks;
}

/* Writes the bytes of all windows on end, their edits in order, the windows, and the blocks of base64 and hexadecimal
digits as edits of size 0. The arrays are as long as `aigov_view_measure` says of the same data. */
void aigov_view_fill(const uint8_t *data, size_t size, uint8_t *bytes, aigov_edit *edits, aigov_window *windows,
                     aigov_edit *blocks)
{
    views v = {.data = data, .size = size, .bytes = bytes, .edits = edits, .windows = windows, .blocks = blocks};
    walk(&v);
}
