/* Where the clues of patterns stand together (aigov_runtime.scan.clues says what they are).

   Every four bytes of the text, in lower case, are looked up in a set of bits. What is in it must have the right
   neighbours, too; the few that are left lead to the clues that are found by these bytes, and a clue to its rules. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "confirm.h"
#include "windows.h"

enum { GRAM = 4, CLUE = 8, MAX_PARTS = 3, BITS = 20, SIDE_BITS = 17, MAX_LINKS = 1 << 22, MAX_REACH = 1 << 20 };
enum { BLOCK = 2048 }; /* grams looked up in one go */
enum { BESIDE = 1 };   /* a byte on either side of a match tells whether a word or a line begins */
static const uint32_t LOWER = 0x20202020;

typedef struct {
    uint32_t before, after; /* bytes of a match before where its clue starts, and from there on */
} sides;

typedef struct {
    uint32_t reach, parts, numbered;
    sides of[MAX_PARTS];
} rule;

typedef struct {
    uint64_t fixed, bits; /* a byte of text is one of the set when its fixed bits are these */
    uint32_t rule;
    uint8_t part, at, unused[2]; /* the gram begins at byte `at` */
} row;

typedef struct {
    uint32_t gram;
    int32_t first; /* link, -1: none */
} slot;

typedef struct {
    int32_t row, next; /* the first of the rows with this clue */
} link;

struct aigov_clues {
    uint32_t rule_count, row_count, slot_bits;
    rule *rules;
    row *rows;
    slot *slots;
    link *links;
    int32_t link_count, link_room;
    uint64_t set[(1 << BITS) / 64];
    uint16_t sides[1 << SIDE_BITS]; /* the kinds of bytes before a gram and, in the high byte, behind it */
};

/* What one thread knows of the text: where each part of each rule was met last. Places go on from text to text, so that
   nothing has to be forgotten. */
struct aigov_seen {
    int64_t base;
    int64_t last[][MAX_PARTS];
};

static uint32_t hash(uint32_t gram)
{
    return gram * 0x9E3779B1u;
}

static uint32_t side_hash(uint32_t gram)
{
    return gram * 0x85EBCA6Bu >> (32 - SIDE_BITS);
}

/* One of eight kinds of bytes in lower case. */
static uint32_t kind(uint32_t byte)
{
    return (byte ^ byte >> 3) & 7;
}

static slot *slot_of(const aigov_clues *c, uint32_t gram)
{
    uint32_t mask = (1u << c->slot_bits) - 1, at = hash(gram) >> (32 - c->slot_bits);
    while (c->slots[at].first >= 0 && c->slots[at].gram != gram)
        at = (at + 1) & mask;
    return c->slots + at;
}

static int add_link(aigov_clues *c, uint32_t gram, int32_t number, uint16_t sides)
{
    uint32_t place = hash(gram) >> (32 - BITS);
    slot *s;
    if (c->link_count >= MAX_LINKS || c->link_count >= (int32_t)(1u << c->slot_bits) * 3 / 4)
        return 0;
    if (c->link_count == c->link_room) {
        int32_t room = c->link_room ? 2 * c->link_room : 1024;
        link *links = realloc(c->links, (size_t)room * sizeof *links);
        if (!links)
            return 0;
        c->links = links, c->link_room = room;
    }
    s = slot_of(c, gram);
    c->links[c->link_count] = (link){number, s->first};
    s->gram = gram, s->first = c->link_count++;
    c->set[place / 64] |= 1ull << place % 64;
    c->sides[side_hash(gram)] |= sides;
    return 1;
}

/* The bytes in lower case that a byte of a clue can be. */
static int lower_bytes(uint8_t fixed, uint8_t bits, uint8_t *found)
{
    int count = 0;
    if ((fixed | 32) == 255) { /* nearly always: a letter in any case, or one byte */
        found[0] = bits | 32;
        return 1;
    }
    for (int byte = 0; byte < 256; byte++)
        if (byte & 32 && ((byte & fixed) == bits || ((byte ^ 32) & fixed) == bits))
            found[count++] = (uint8_t)byte;
    return count;
}

/* The kinds of byte `at` of a clue; all, when it has none there. */
static uint32_t kinds(const row *r, int at)
{
    uint8_t bytes[256];
    uint32_t found = 0;
    int count = at < 0 || at >= CLUE ? 0 : lower_bytes((uint8_t)(r->fixed >> 8 * at), (uint8_t)(r->bits >> 8 * at), bytes);
    if (!count)
        return 0xFF;
    for (int i = 0; i < count; i++)
        found |= 1u << kind(bytes[i]);
    return found;
}

/* Calls `add_link`, or only counts, for every gram of a clue. */
static int64_t grams_of(aigov_clues *c, const row *r, int32_t number, int add)
{
    uint8_t bytes[GRAM][256];
    int counts[GRAM];
    int64_t total = 1;
    uint16_t sides;
    for (int i = 0; i < GRAM; i++) {
        int at = 8 * (r->at + i);
        counts[i] = lower_bytes((uint8_t)(r->fixed >> at), (uint8_t)(r->bits >> at), bytes[i]);
        total *= counts[i];
    }
    if (!add || total > MAX_LINKS)
        return total;
    sides = (uint16_t)(kinds(r, r->at - 1) | kinds(r, r->at + GRAM) << 8);
    for (int64_t n = 0; n < total; n++) {
        uint32_t gram = 0;
        int64_t rest = n;
        for (int i = 0; i < GRAM; i++, rest /= counts[i - 1])
            gram |= (uint32_t)bytes[i][rest % counts[i]] << 8 * i;
        if (!add_link(c, gram, number, sides))
            return -1;
    }
    return total;
}

static int same_clue(const row *a, const row *b)
{
    return a->fixed == b->fixed && a->bits == b->bits && a->at == b->at;
}

static int sound(const aigov_clues *c)
{
    for (const rule *r = c->rules; r < c->rules + c->rule_count; r++) {
        if (r->parts < 1 || r->parts > MAX_PARTS || r->reach > MAX_REACH)
            return 0;
        for (int part = 0; part < MAX_PARTS; part++)
            if (r->of[part].before > MAX_REACH || r->of[part].after > MAX_REACH)
                return 0;
    }
    for (const row *r = c->rows; r < c->rows + c->row_count; r++)
        if (r->rule >= c->rule_count || r->part >= c->rules[r->rule].parts || r->at > CLUE - GRAM || r->bits & ~r->fixed)
            return 0;
    return 1;
}

static int index_rows(aigov_clues *c)
{
    int64_t total = 0;
    for (uint32_t i = 0; i < c->row_count; i++)
        if (!i || !same_clue(c->rows + i, c->rows + i - 1))
            if ((total += grams_of(c, c->rows + i, 0, 0)) > MAX_LINKS / 2)
                return 0;
    for (c->slot_bits = 10; 1ll << c->slot_bits < 2 * total; c->slot_bits++)
        ;
    c->slots = malloc(sizeof *c->slots << c->slot_bits);
    if (!c->slots)
        return 0;
    for (int64_t i = 0; i < 1ll << c->slot_bits; i++)
        c->slots[i] = (slot){0, -1};
    for (uint32_t i = 0; i < c->row_count; i++)
        if (!i || !same_clue(c->rows + i, c->rows + i - 1))
            if (grams_of(c, c->rows + i, (int32_t)i, 1) < 0)
                return 0;
    return 1;
}

/* From the section of a bundle: how many rules and rows, then these. NULL when it is damaged, or without memory. */
aigov_clues *aigov_clues_new(const uint8_t *section, int64_t size)
{
    aigov_clues *c = calloc(1, sizeof *c);
    uint32_t counts[2];
    if (!c || size < (int64_t)sizeof counts)
        goto damaged;
    memcpy(counts, section, sizeof counts);
    if (size != (int64_t)(sizeof counts + counts[0] * sizeof(rule) + counts[1] * sizeof(row)) || !counts[0] || !counts[1])
        goto damaged;
    c->rule_count = counts[0], c->row_count = counts[1];
    c->rules = malloc(counts[0] * sizeof(rule)), c->rows = malloc(counts[1] * sizeof(row));
    if (!c->rules || !c->rows)
        goto damaged;
    memcpy(c->rules, section + sizeof counts, counts[0] * sizeof(rule));
    memcpy(c->rows, section + sizeof counts + counts[0] * sizeof(rule), counts[1] * sizeof(row));
    if (sound(c) && index_rows(c))
        return c;
damaged:
    aigov_clues_free(c);
    return NULL;
}

void aigov_clues_free(aigov_clues *clues)
{
    if (!clues)
        return;
    free(clues->rules), free(clues->rows), free(clues->slots), free(clues->links);
    free(clues);
}

aigov_seen *aigov_seen_new(const aigov_clues *clues)
{
    aigov_seen *seen = malloc(sizeof *seen + clues->rule_count * sizeof *seen->last);
    if (!seen)
        return NULL;
    seen->base = 0;
    for (uint32_t i = 0; i < clues->rule_count; i++)
        for (int part = 0; part < MAX_PARTS; part++)
            seen->last[i][part] = INT64_MIN / 2;
    return seen;
}

void aigov_seen_free(aigov_seen *seen)
{
    free(seen);
}

/* Whether a window lies in low..high, in part. */
static int beside(const aigov_windows *windows, int64_t low, int64_t high)
{
    int64_t first = 0, last = windows->count;
    while (first < last) {
        int64_t middle = first + (last - first) / 2;
        if (windows->items[2 * middle + 1] < low)
            first = middle + 1;
        else
            last = middle;
    }
    return first < windows->count && windows->items[2 * first] <= high;
}

/* Add low..high to windows that do not touch and are in order; those that it reaches become one with it. */
static int add_window(aigov_windows *windows, int64_t low, int64_t high)
{
    while (windows->count && windows->items[2 * windows->count - 1] >= low) {
        int64_t *top = windows->items + 2 * --windows->count;
        low = top[0] < low ? top[0] : low, high = top[1] > high ? top[1] : high;
    }
    if (!aigov_windows_room(windows))
        return 0;
    windows->items[2 * windows->count] = low;
    windows->items[2 * windows->count + 1] = high;
    windows->count++;
    return 1;
}

typedef struct {
    const aigov_clues *clues;
    aigov_seen *seen;
    const uint8_t *data;
    int64_t size;
    const aigov_windows *numbers;
    aigov_windows *found;
} work;

/* The eight bytes at a place, a line break before the text, zeroes behind its end. */
static uint64_t bytes_at(const work *w, int64_t place)
{
    uint64_t bytes = 0;
    int64_t left = w->size - place;
    if (place < 0)
        return bytes_at(w, 0) << 8 | '\n';
    memcpy(&bytes, w->data + place, left < CLUE ? (size_t)left : CLUE);
    return bytes;
}

/* The clue of a row and those behind it, that is of all its rules, was met at a place. */
static int met(const work *w, uint32_t number, int64_t place)
{
    const aigov_clues *c = w->clues;
    for (uint32_t i = number; i < c->row_count && same_clue(c->rows + number, c->rows + i); i++) {
        const rule *r = c->rules + c->rows[i].rule;
        int64_t *last = w->seen->last[c->rows[i].rule], now = w->seen->base + place;
        const sides *of = r->of + c->rows[i].part;
        int64_t low = place - of->before - BESIDE, high = place + of->after + BESIDE;
        int together = 1;
        last[c->rows[i].part] = now;
        for (uint32_t part = 0; part < r->parts; part++)
            together &= last[part] >= now - r->reach - CLUE;
        low = low < 0 ? 0 : low, high = high > w->size ? w->size : high;
        if (together && (!r->numbered || beside(w->numbers, low, high)) && !add_window(w->found, low, high))
            return 0;
    }
    return 1;
}

static int look_up(const work *w, uint32_t gram, int64_t at)
{
    const aigov_clues *c = w->clues;
    for (int32_t i = slot_of(c, gram)->first; i >= 0; i = c->links[i].next) {
        const row *r = c->rows + c->links[i].row;
        int64_t place = at - r->at;
        if (place >= -1 && (bytes_at(w, place) & r->fixed) == r->bits && !met(w, (uint32_t)c->links[i].row, place))
            return 0;
    }
    return 1;
}

static uint32_t gram_at(const uint8_t *data)
{
    uint32_t gram;
    memcpy(&gram, data, GRAM);
    return gram | LOWER;
}

static uint32_t known(const aigov_clues *c, uint32_t gram)
{
    uint32_t place = hash(gram) >> (32 - BITS);
    return c->set[place / 64] >> place % 64 & 1;
}

/* Whether a gram that is known, behind the first of eight bytes, has the right neighbours. */
static uint32_t flanked(const aigov_clues *c, const uint8_t *data)
{
    uint64_t bytes;
    uint32_t sides;
    memcpy(&bytes, data, sizeof bytes);
    bytes |= 0x2020202020202020;
    sides = c->sides[side_hash((uint32_t)(bytes >> 8))];
    return sides >> kind(bytes & 0xFF) & sides >> (8 + kind(bytes >> 40 & 0xFF)) & 1;
}

/* Where a match may lie around the places where all parts of a rule stand together; where that is said, near `numbers`,
   the surroundings of triggers. What `found` held is replaced. Returns 0 without memory. */
int aigov_clues_look(const aigov_clues *clues, aigov_seen *seen, const uint8_t *data, int64_t size,
                     const aigov_windows *numbers, aigov_windows *found)
{
    work w = {clues, seen, data, size, numbers, found};
    int32_t places[BLOCK];
    int64_t at, last = size - GRAM;
    int whole = 1;
    found->count = 0;
    for (at = -1; whole && at <= last && at < 1; at++)
        whole = look_up(&w, (uint32_t)bytes_at(&w, at) | LOWER, at);
    while (whole && at + CLUE <= size) {
        int32_t end = size - CLUE - at + 1 < BLOCK ? (int32_t)(size - CLUE - at + 1) : BLOCK, count = 0, left = 0;
        for (int32_t i = 0; i < end; i++) { /* no branches: what is found is not foreseeable */
            places[count] = i;
            count += (int32_t)known(clues, gram_at(data + at + i));
        }
        for (int32_t i = 0; i < count; i++) {
            int32_t place = places[i];
            places[left] = place;
            left += (int32_t)flanked(clues, data + at + place - 1);
        }
        for (int32_t i = 0; whole && i < left; i++)
            whole = look_up(&w, gram_at(data + at + places[i]), at + places[i]);
        at += end;
    }
    for (; whole && at <= last; at++)
        whole = look_up(&w, gram_at(data + at), at);
    seen->base += size + (2 << 20);
    return whole;
}
