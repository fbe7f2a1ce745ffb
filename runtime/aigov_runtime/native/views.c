/* Views: texts as they read once what hides in them is decoded. One pass finds the places and decodes characters.

Byte classes are gathered 64 bytes at a time (views_classify.c); arithmetic on the bits leaves the few places at which
something encoded may stand, and those are read byte by byte (views_characters.c, views_lines.c and so on).
A view of characters is made of *windows*, the lines around the decoded places, so that words beside them count. */

#include "views.inc"

enum {
    GAP = 32,  /* edits this near share a window, lines or not */
    LINE = 256 /* a line is looked for this far, beyond the context */
};

/* Where a window opens: `context` bytes before the edit, then at the line's start, or else between two words. */
static size_t opening(const views *v, const maker *m, size_t start)
{
    size_t least = start - m->floor > m->context + LINE ? start - m->context - LINE : m->floor;
    size_t i = start;
    while (i > least && v->data[i - 1] != 0 && (v->data[i - 1] != '\n' || start - i < m->context))
        i--;
    if (i > 0 && i < start && v->data[i - 1] == 0 && v->data[i] == '\n') /* of a separator */
        return i + 1;
    if (i == m->floor || v->data[i - 1] == 0 || v->data[i - 1] == '\n')
        return i;
    while (i < start && (is(v, i, WORD) || at(v, i) >= 0x80))
        i++;
    return i;
}

/* Where the open window closes, by the same rule. */
static size_t closing(const views *v, const maker *m)
{
    size_t most = v->size - m->done > m->context + LINE ? m->done + m->context + LINE : v->size;
    size_t i = m->done;
    while (i < most && v->data[i] != 0 && (v->data[i] != '\n' || i - m->done < m->context))
        i++;
    if (i < v->size && v->data[i] == 0 && i > m->done && v->data[i - 1] == '\n') /* of a separator */
        return i - 1;
    if (i == v->size || v->data[i] == 0 || v->data[i] == '\n')
        return i;
    while (i > m->done && (is(v, i - 1, WORD) || at(v, i - 1) >= 0x80))
        i--;
    return i;
}

static void copy(aigov_view *to, const void *bytes, size_t size)
{
    if (to->bytes && size)
        memcpy(to->bytes + to->byte_count, bytes, size);
    to->byte_count += size;
}

/* What the open window has of what is counted: its numbers are those of the whole view until it closes. */
static void close_window(const views *v, maker *m)
{
    aigov_view *to = m->to;
    size_t end = closing(v, m);
    copy(to, v->data + m->done, end - m->done);
    if (to->windows) {
        aigov_window *window = to->windows + to->window_count;
        window->size = (uint32_t)to->byte_count - window->size;
        window->edits = (uint32_t)to->edit_count - window->edits;
    }
    to->window_count++;
    m->floor = end;
    m->open = false;
}

static void open_window(const views *v, maker *m, size_t start, size_t context)
{
    aigov_view *to = m->to;
    m->context = context;
    m->done = opening(v, m, start);
    m->open = true;
    if (to->windows)
        to->windows[to->window_count] =
            (aigov_window){(uint32_t)m->done, (uint32_t)to->byte_count, (uint32_t)to->edit_count};
}

/* The open window goes on to an edit at `start`. */
static bool reaches(const views *v, const maker *m, size_t start)
{
    return start - m->done <= GAP ? memchr(v->data + m->done, 0, start - m->done) == NULL : start < closing(v, m);
}

/* The bytes from `start` to `end` read as `bytes`. Edits come in order; one that overlaps the last is dropped. */
static void add(const views *v, maker *m, enum kind kind, size_t start, size_t end, const void *bytes, size_t size,
                size_t context)
{
    aigov_view *to = m->to;
    if (start < m->done)
        return;
    if (m->open && !reaches(v, m, start))
        close_window(v, m);
    if (!m->open)
        open_window(v, m, start, context);
    copy(to, v->data + m->done, start - m->done);
    if (to->edits) {
        uint32_t at = (uint32_t)to->byte_count - to->windows[to->window_count].size;
        to->edits[to->edit_count] = (aigov_edit){kind, at, (uint32_t)size, (uint32_t)start, (uint32_t)end};
    }
    copy(to, bytes, size);
    to->edit_count++;
    m->done = end;
    m->context = context > m->context ? context : m->context;
}

void edit(views *v, enum kind kind, size_t start, size_t end, const void *bytes, size_t size, size_t context)
{
    add(v, &v->characters, kind, start, end, bytes, size, context);
}

void mark_block(views *v, enum kind kind, size_t start, size_t end)
{
    add(v, &v->blocks, kind, start, end, NULL, 0, AROUND);
}

/* What may stand at a place that the masks point at. */
static void look(views *v, size_t i)
{
    uint8_t c = v->data[i];
    if (i < v->characters.done) {
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
    if (v->characters.open)
        close_window(v, &v->characters);
    if (v->blocks.open)
        close_window(v, &v->blocks);
}

/* Finds what is encoded in `size` bytes, fewer than 4 GiB: the view in which characters are decoded, and the one whose
blocks of base64 and hexadecimal digits, left out, the caller decodes. Returns whether there is any.

Counts; where a view has arrays, it also fills them, and they must be as long as was counted before of the same bytes:
the bytes of all windows on end, the edits of all in order, each with its place in its window, and the windows with how
many bytes and edits are theirs. */
int aigov_views(const uint8_t *data, size_t size, aigov_view *characters, aigov_view *blocks)
{
    views v = {.data = data, .size = size, .characters.to = characters, .blocks.to = blocks};
    characters->byte_count = characters->edit_count = characters->window_count = 0;
    blocks->byte_count = blocks->edit_count = blocks->window_count = 0;
    walk(&v);
    return characters->edit_count || blocks->edit_count;
}
