/* Views: texts as they read once what hides in them is decoded. One pass finds the places and decodes characters.

Byte classes are gathered 64 bytes at a time (views_classify.c); arithmetic on the bits leaves the few places at which
something encoded may stand, and those are read byte by byte (views_characters.c, views_joins.c, views_blocks.c).
A view of characters is made of *windows*, the lines around the decoded places, so that words beside them count. */

#include "views.inc"

enum {
    BATCH = 64,      /* blocks of 64 bytes that are classified in one go */
    GAP = 32,        /* edits this near share a window, lines or not */
    LINE = 256,      /* a line is looked for this far, beyond the context */
    LEAST_BLOCK = 16 /* a shorter run of base64 or hexadecimal digits is not looked at */
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

/* Bits of the bytes whose n-th predecessor is in `mask`; `last` is the mask of the block before. */
static inline uint64_t after(uint64_t mask, uint64_t last, int n)
{
    return mask << n | last >> (64 - n);
}

/* Bits of the bytes whose n-th successor is in `mask`, or unknown. */
static inline uint64_t before(uint64_t mask, int n)
{
    return mask >> n | ~(~UINT64_C(0) >> n);
}

/* Lines that end in a word, with a digit among the 16 bytes before or after: what is random and long has one. */
static uint64_t line_ends(const aigov_masks *m, const aigov_masks *last)
{
    uint64_t behind = m->digit << 1, ahead = m->digit >> 1 | UINT64_C(0xFFFF) << 48;
    for (int n = 1; n < 16; n *= 2) {
        behind |= behind << n;
        ahead |= ahead >> n;
    }
    if (last->digit >> 48)
        behind |= 0xFFFF;
    return m->line & after(m->word, last->word, 1) & (behind | ahead);
}

/* `=` before a digit or a line end (quoted-printable), or behind seven letters and before none (base64). */
static uint64_t equals_signs(const aigov_masks *m, const aigov_masks *last)
{
    uint64_t run = after(m->word, last->word, 1);
    for (int n = 2; n <= 7; n++)
        run &= after(m->word, last->word, n);
    return m->equals & (before(m->alnum, 1) | before(m->line, 1) | run);
}

/* Every second byte a letter or digit, four times: perhaps a spaced word. Commas every third, fifth or sixth. */
static uint64_t rhythms(const aigov_masks *m, const aigov_masks *last)
{
    uint64_t single = m->alnum & ~after(m->alnum, last->alnum, 1) & ~(m->alnum >> 1), c = m->comma;
    single &= single >> 2;
    single &= single >> 4;
    return single | (c & c >> 3 & c >> 6 & c >> 9) | (c & c >> 5 & c >> 10) | (c & c >> 6 & c >> 12);
}

static uint64_t places(const aigov_masks *m, const aigov_masks *last)
{
    uint64_t found = m->sign | m->lead | rhythms(m, last);
    found |= m->quote & after(m->word, last->word, 1) & ~(m->comma >> 1);
    if (m->letter)
        found |= m->letter & (after(m->alnum, last->alnum, 1) | before(m->alnum, 2));
    if (m->equals)
        found |= equals_signs(m, last);
    if (m->line)
        found |= line_ends(m, last);
    return found;
}

/* A run of word bytes that reaches the end of the last block. */
typedef struct {
    size_t length;
    bool seen;
} run;

/* The starts of long runs of word bytes in a block; one that started earlier is looked at here. */
static uint64_t long_runs(views *v, size_t base, uint64_t word, run *open)
{
    size_t lead = ~word ? (size_t)__builtin_ctzll(~word) : 64;
    uint64_t starts = 0, rest = open->length ? word & (word + 1) : word;
    if (open->length && !open->seen && open->length + lead >= LEAST_BLOCK) {
        block(v, base - open->length);
        open->seen = true;
    }
    for (int n = 1; n < LEAST_BLOCK; n *= 2)
        rest &= rest >> n;
    for (; rest; rest &= rest + (rest & -rest))
        starts |= rest & -rest;
    if (lead == 64) {
        open->seen |= !open->length;
        open->length += 64;
    } else {
        open->length = (size_t)__builtin_clzll(~word);
        open->seen = open->length >= LEAST_BLOCK;
    }
    return starts;
}

static void walk(views *v)
{
    aigov_masks masks[BATCH], last = {0};
    run open = {0, false};
    uint8_t tail[64] = {0};
    size_t whole = v->size / 64;
    memcpy(tail, v->data + 64 * whole, v->size % 64);
    for (size_t first = 0; first <= whole; first += BATCH) {
        size_t blocks = whole - first < BATCH ? whole - first : BATCH, count = blocks;
        aigov_classify(v->data + 64 * first, blocks, masks);
        if (blocks < BATCH)
            aigov_classify(tail, 1, masks + count++);
        for (size_t k = 0; k < count; k++) {
            size_t base = 64 * (first + k);
            uint64_t starts = long_runs(v, base, masks[k].word, &open);
            uint64_t found = places(masks + k, &last);
            for (uint64_t left = found | starts; left; left &= left - 1) {
                size_t i = base + (size_t)__builtin_ctzll(left);
                if (starts & left & -left)
                    block(v, i);
                if (found & left & -left)
                    look(v, i);
            }
            last = masks[k];
        }
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
