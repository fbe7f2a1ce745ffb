/* Matches that may still come: every attempt of every pattern that the end of a text has not refused.

   All programs of the matcher (aigov_runtime.scan.program) are one automaton, read from each byte on as if a match began
   there. Its states are sets of instructions, made when first met and shared by all texts. It accepts more than the
   patterns: a long repeat counts to COUNTED and is then endless (the width of the pattern ends it). So an attempt that
   it refuses is none, and where none matched, no pattern does. */

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "prospects.h"

enum { MATCH, BYTE, SET, RUN, LAZY_RUN, SPLIT, JUMP, SAVE, LINE_START, LINE_END, WORD, NOT_WORD };
enum { LOOP = RUN }; /* of a node: any number of bytes of a set */
enum { HEADER = 4, INSTRUCTION = 4, SET_WORDS = 8 };
enum { COUNTED = 64, DEAD = 0, STARTS = 1, BEFORE = 3, UNKNOWN = -1 };
enum { AFTER_WORD = 1, AFTER_LINE = 2 };           /* what the byte before was */
enum { ROOM = 24 << 20, MOST_ATTEMPTS = 1 << 14 }; /* bytes of states; attempts of one text */

typedef struct {
    int32_t op, a, b; /* a: byte, or first word of the set; or where to go on */
    int32_t begun, width;
} node;

typedef struct {
    int32_t count, width;
    uint8_t before, begun;
    int32_t *kernel; /* nodes, ascending: where to go on */
    int32_t *next;   /* by class of byte: twice the state, and 1 when a match ended before the byte */
    int64_t seen;    /* the byte at which an attempt was last put into this state, and the attempt's number */
    int64_t attempt;
} state;

struct aigov_automaton {
    pthread_mutex_t lock;
    node *nodes;
    int32_t node_count, class_count;
    uint32_t *sets;
    uint8_t classes[256], example[256];
    state *states;
    int32_t state_count, state_room;
    int32_t *table; /* states by hash */
    int32_t table_size;
    int64_t used, generation, clock;
    uint32_t *visited, stamp;
    int32_t *stack, *made;
};

static int wordlike(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || ((byte | 32) >= 'a' && (byte | 32) <= 'z') || byte == '_';
}

static int holds(const aigov_automaton *a, const node *n, uint8_t byte)
{
    return n->op == BYTE ? n->a == byte : (int)(a->sets[n->a + (byte >> 5)] >> (byte & 31) & 1);
}

/* How many nodes an instruction becomes. */
static int32_t size_of(const int32_t *i)
{
    if (i[0] != RUN && i[0] != LAZY_RUN)
        return 1;
    return (i[2] < COUNTED ? i[2] : COUNTED) + (i[3] > i[2] || i[2] > COUNTED);
}

/* The nodes of one program, from number `first` on; its sets start at word `sets`. Returns how many there are. */
static int32_t translate(node *nodes, int32_t first, const int32_t *program, int32_t sets, int64_t width, int held,
                         int32_t *places)
{
    const int32_t *code = program + HEADER;
    int32_t at = first, group = -1;
    for (int32_t pc = 0; pc < program[0]; pc++) {
        const int32_t *i = code + pc * INSTRUCTION;
        places[pc] = at;
        at += size_of(i);
        if (program[3] && group < 0 && i[0] == SAVE && i[1] == 0)
            group = pc;
    }
    if (!nodes)
        return at - first;
    for (int32_t pc = 0; pc < program[0]; pc++) {
        const int32_t *i = code + pc * INSTRUCTION;
        node base = {i[0], i[1], i[2], held && pc > group, width > INT32_MAX ? INT32_MAX : (int32_t)width};
        int32_t size = size_of(i);
        if (i[0] == SET || i[0] == RUN || i[0] == LAZY_RUN)
            base.a = sets + i[1] * SET_WORDS;
        if (i[0] == SPLIT)
            base.a = places[i[1]], base.b = places[i[2]];
        if (i[0] == JUMP)
            base.a = places[i[1]];
        if (i[0] == LAZY_RUN || i[0] == RUN) {
            int32_t counted = i[2] < COUNTED ? i[2] : COUNTED;
            for (int32_t k = 0; k < size; k++) {
                base.op = k < counted ? SET : LOOP;
                nodes[places[pc] + k] = base;
            }
        } else {
            nodes[places[pc]] = base;
        }
    }
    return at - first;
}

/* Bytes that all nodes treat alike get one class. */
static void classify(aigov_automaton *a, int32_t words)
{
    uint64_t marks[256] = {0};
    for (int b = 0; b < 256; b++)
        marks[b] = (uint64_t)(wordlike((uint8_t)b) + 2 * (b == '\n')) * 0x9e3779b97f4a7c15u;
    for (int32_t s = 0; s < words; s += SET_WORDS) {
        uint64_t salt = ((uint64_t)s + 7) * 0xd6e8feb86659fd93u;
        salt ^= salt >> 29, salt *= 0xff51afd7ed558ccdu;
        for (int b = 0; b < 256; b++)
            if (a->sets[s + (b >> 5)] >> (b & 31) & 1)
                marks[b] += salt;
    }
    uint8_t alone[256] = {0};
    for (int32_t n = 0; n < a->node_count; n++)
        if (a->nodes[n].op == BYTE)
            alone[a->nodes[n].a] = 1;
    for (int b = 0; b < 256; b++) {
        int c = 0;
        while (c < a->class_count && (alone[b] || alone[a->example[c]] || marks[a->example[c]] != marks[b]))
            c++;
        if (c == a->class_count)
            a->example[a->class_count++] = (uint8_t)b;
        a->classes[b] = (uint8_t)c;
    }
}

static int ascending(const void *x, const void *y)
{
    int32_t a = *(const int32_t *)x, b = *(const int32_t *)y;
    return (a > b) - (a < b);
}

static uint32_t hash_of(const int32_t *kernel, int32_t count, int before)
{
    uint64_t h = (uint64_t)before + 1;
    for (int32_t i = 0; i < count; i++)
        h = (h ^ (uint32_t)kernel[i]) * 0x9e3779b97f4a7c15u, h ^= h >> 32;
    return (uint32_t)h;
}

static void put(aigov_automaton *a, int32_t number)
{
    const state *s = a->states + number;
    uint32_t mask = (uint32_t)a->table_size - 1, h = hash_of(s->kernel, s->count, s->before) & mask;
    while (a->table[h] != UNKNOWN)
        h = (h + 1) & mask;
    a->table[h] = number;
}

/* Twice the places, once half of them are taken. */
static int grow(aigov_automaton *a)
{
    if (a->state_count == a->state_room) {
        int32_t room = 2 * a->state_room;
        state *states = realloc(a->states, (size_t)room * sizeof *states);
        if (!states)
            return 0;
        a->states = states, a->state_room = room;
    }
    if (2 * a->state_count >= a->table_size) {
        int32_t *table = malloc((size_t)a->table_size * 2 * sizeof *table);
        if (!table)
            return 0;
        free(a->table);
        a->table = table, a->table_size *= 2;
        memset(table, 0xFF, (size_t)a->table_size * sizeof *table);
        for (int32_t s = 0; s < a->state_count; s++)
            put(a, s);
    }
    return 1;
}

/* The number of a new state with this kernel, which is sorted; UNKNOWN without memory. */
static int32_t add(aigov_automaton *a, const int32_t *kernel, int32_t count, int before)
{
    if (!grow(a))
        return UNKNOWN;
    state s = {.count = count, .before = (uint8_t)before, .seen = -1};
    s.kernel = malloc(((size_t)count + (size_t)a->class_count) * sizeof *kernel);
    if (!s.kernel)
        return UNKNOWN;
    s.next = s.kernel + count;
    memcpy(s.kernel, kernel, (size_t)count * sizeof *kernel);
    memset(s.next, 0xFF, (size_t)a->class_count * sizeof *s.next);
    for (int32_t i = 0; i < count; i++) {
        const node *n = a->nodes + kernel[i];
        s.begun |= (uint8_t)n->begun;
        s.width = n->width > s.width ? n->width : s.width;
    }
    a->used += (int64_t)(sizeof s + ((size_t)count + (size_t)a->class_count) * sizeof *kernel);
    a->states[a->state_count] = s;
    put(a, a->state_count);
    return a->state_count++;
}

/* The number of the state with this kernel, which is sorted in place; UNKNOWN without memory. */
static int32_t state_of(aigov_automaton *a, int32_t *kernel, int32_t count, int before)
{
    qsort(kernel, (size_t)count, sizeof *kernel, ascending);
    uint32_t mask = (uint32_t)a->table_size - 1, h = hash_of(kernel, count, before) & mask;
    for (; a->table[h] != UNKNOWN; h = (h + 1) & mask) {
        const state *s = a->states + a->table[h];
        if (s->count == count && s->before == before && !memcmp(s->kernel, kernel, (size_t)count * sizeof *kernel))
            return a->table[h];
    }
    return add(a, kernel, count, before);
}

static void fresh(aigov_automaton *a)
{
    if (++a->stamp == 0) {
        memset(a->visited, 0, (size_t)a->node_count * sizeof *a->visited);
        a->stamp = 1;
    }
}

/* Where a state goes with a byte of a class; UNKNOWN without memory. */
static int32_t step(aigov_automaton *a, int32_t from, int c)
{
    uint8_t byte = a->example[c];
    int32_t depth = 0, count = 0, matched = 0;
    int word = wordlike(byte), line = byte == '\n', before = a->states[from].before;
    fresh(a);
    for (int32_t i = 0; i < a->states[from].count; i++) {
        int32_t n = a->states[from].kernel[i];
        if (a->visited[n] != a->stamp)
            a->visited[n] = a->stamp, a->stack[depth++] = n;
        while (depth) {
            int32_t at = a->stack[--depth], go[2] = {-1, -1};
            const node *x = a->nodes + at;
            switch (x->op) {
            case MATCH:
                matched = 1;
                break;
            case BYTE:
            case SET:
                if (holds(a, x, byte))
                    a->made[count++] = at + 1;
                break;
            case LOOP:
                if (holds(a, x, byte))
                    a->made[count++] = at;
                go[0] = at + 1;
                break;
            case SPLIT:
                go[0] = x->a, go[1] = x->b;
                break;
            case JUMP:
                go[0] = x->a;
                break;
            case SAVE:
                go[0] = at + 1;
                break;
            case LINE_START:
                go[0] = before & AFTER_LINE ? at + 1 : -1;
                break;
            case LINE_END:
                go[0] = line ? at + 1 : -1;
                break;
            case WORD:
                go[0] = (before & AFTER_WORD) != word ? at + 1 : -1;
                break;
            default: /* NOT_WORD */
                go[0] = (before & AFTER_WORD) == word ? at + 1 : -1;
            }
            for (int k = 0; k < 2; k++)
                if (go[k] >= 0 && a->visited[go[k]] != a->stamp)
                    a->visited[go[k]] = a->stamp, a->stack[depth++] = go[k];
        }
    }
    fresh(a);
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        int32_t n = a->made[i];
        while (a->nodes[n].op == JUMP)
            n = a->nodes[n].a;
        if (a->visited[n] != a->stamp)
            a->visited[n] = a->stamp, a->made[kept++] = n;
    }
    int32_t to = kept ? state_of(a, a->made, kept, word * AFTER_WORD | line * AFTER_LINE) : DEAD;
    if (to != UNKNOWN)
        to = a->states[from].next[c] = 2 * to + matched;
    return to;
}

static void forget(aigov_automaton *a)
{
    for (int32_t s = 0; s < a->state_count; s++)
        free(a->states[s].kernel);
    a->state_count = 0, a->used = 0, a->generation++;
    memset(a->table, 0xFF, (size_t)a->table_size * sizeof *a->table);
}

/* The dead state, and those in which every pattern begins, behind each kind of byte. */
static int begin(aigov_automaton *a, const int32_t *firsts, int32_t count)
{
    forget(a);
    if (state_of(a, a->made, 0, 0) != DEAD)
        return 0;
    for (int before = 0; before < BEFORE; before++) {
        memcpy(a->made, firsts, (size_t)count * sizeof *firsts);
        qsort(a->made, (size_t)count, sizeof *a->made, ascending);
        if (add(a, a->made, count, before) != STARTS + before) /* without patterns, these are like the dead one */
            return 0;
    }
    return 1;
}

void aigov_automaton_free(aigov_automaton *a)
{
    if (!a)
        return;
    for (int32_t s = 0; s < a->state_count; s++)
        free(a->states[s].kernel);
    free(a->states), free(a->table), free(a->nodes), free(a->sets), free(a->visited), free(a->stack), free(a->made);
    pthread_mutex_destroy(&a->lock);
    free(a);
}

/* Of checked programs, each with its longest match, and whether its values count as begun; NULL without memory. */
aigov_automaton *aigov_automaton_new(const int32_t *const *programs, const int64_t *widths, const uint8_t *held,
                                     int64_t count)
{
    int32_t nodes = 0, sets = 0, longest = 1;
    aigov_automaton *a = calloc(1, sizeof *a);
    int32_t *places = NULL, *firsts = malloc((size_t)(count + 1) * sizeof *firsts);
    if (!a || !firsts || pthread_mutex_init(&a->lock, NULL)) {
        free(a), free(firsts);
        return NULL;
    }
    for (int64_t p = 0; p < count; p++)
        longest = programs[p][0] > longest ? programs[p][0] : longest;
    places = malloc((size_t)longest * sizeof *places);
    for (int64_t p = 0; places && p < count; p++) {
        nodes += translate(NULL, 0, programs[p], 0, 0, 0, places);
        sets += programs[p][1] * SET_WORDS;
    }
    a->node_count = nodes;
    a->state_room = 1024, a->table_size = 4096;
    a->nodes = calloc((size_t)nodes + 1, sizeof *a->nodes);
    a->sets = malloc(((size_t)sets + 1) * sizeof *a->sets);
    a->states = malloc((size_t)a->state_room * sizeof *a->states);
    a->table = malloc((size_t)a->table_size * sizeof *a->table);
    a->visited = calloc((size_t)nodes + 1, sizeof *a->visited);
    a->stack = malloc(((size_t)nodes + 1) * sizeof *a->stack);
    a->made = malloc(((size_t)nodes + (size_t)count + 1) * sizeof *a->made);
    int ok = places && a->nodes && a->sets && a->states && a->table && a->visited && a->stack && a->made;
    nodes = sets = 0;
    for (int64_t p = 0; ok && p < count; p++) {
        const int32_t *program = programs[p];
        firsts[p] = nodes;
        memcpy(a->sets + sets, program + HEADER + program[0] * INSTRUCTION,
               (size_t)program[1] * SET_WORDS * sizeof *a->sets);
        nodes += translate(a->nodes, nodes, program, sets, widths[p], held[p], places);
        sets += program[1] * SET_WORDS;
    }
    if (ok) {
        classify(a, sets);
        ok = begin(a, firsts, (int32_t)count);
    }
    free(places), free(firsts);
    if (!ok) {
        aigov_automaton_free(a);
        return NULL;
    }
    return a;
}

int64_t aigov_automaton_states(const aigov_automaton *a)
{
    return a->state_count;
}

void aigov_prospects_free(aigov_prospects *p)
{
    free(p->items);
    memset(p, 0, sizeof *p);
}

/* Forget the states, but for those in which all begins. */
static int renew(aigov_automaton *a)
{
    int32_t count = a->states[STARTS].count;
    int32_t *firsts = malloc(((size_t)count + 1) * sizeof *firsts);
    if (!firsts)
        return 0;
    memcpy(firsts, a->states[STARTS].kernel, (size_t)count * sizeof *firsts);
    int ok = begin(a, firsts, count);
    free(firsts);
    return ok;
}

/* Put an attempt into its state at this byte: several in one are one. Returns 0 when there are too many. */
static int keep(aigov_automaton *a, aigov_prospects *p, int64_t *kept, aigov_attempt t)
{
    state *s = a->states + t.state;
    if (s->seen == a->clock) {
        aigov_attempt *other = p->items + s->attempt;
        other->first = t.first < other->first ? t.first : other->first;
        other->last = t.last > other->last ? t.last : other->last;
        other->begun = t.begun < other->begun ? t.begun : other->begun;
        return 1;
    }
    if (*kept == p->room) {
        int64_t room = p->room ? 2 * p->room : 16;
        aigov_attempt *items = room > MOST_ATTEMPTS ? NULL : realloc(p->items, (size_t)room * sizeof *items);
        if (!items)
            return 0;
        p->items = items, p->room = room;
    }
    s->seen = a->clock, s->attempt = *kept;
    p->items[(*kept)++] = t;
    return 1;
}

static int read_byte(aigov_automaton *a, aigov_prospects *p, int64_t at, uint8_t byte, int before)
{
    int c = a->classes[byte];
    int64_t kept = 0, count = p->count;
    a->clock++;
    for (int64_t i = 0; i <= count; i++) {
        aigov_attempt t = {at, at, -1, STARTS + before};
        if (i < count)
            t = p->items[i];
        int32_t next = a->states[t.state].next[c];
        if (next == UNKNOWN && (next = step(a, t.state, c)) == UNKNOWN)
            return 0;
        if (next & 1 && (p->matched < 0 || t.first < p->matched))
            p->matched = t.first;
        t.state = next >> 1;
        const state *s = a->states + t.state;
        if (t.state == DEAD || at - t.last >= s->width)
            continue;
        int64_t low = at + 1 - s->width; /* of several attempts that became one, those that began earlier have ended */
        t.first = t.first < low ? low : t.first;
        t.begun = !s->begun ? -1 : t.begun < 0 ? at : t.begun < low ? low : t.begun;
        if (!keep(a, p, &kept, t))
            return 0;
    }
    p->count = kept;
    return 1;
}

static int read_all(aigov_automaton *a, aigov_prospects *p, const uint8_t *data, int64_t base, int64_t end)
{
    if (p->generation != a->generation) { /* states are gone: read again from the first attempt on */
        for (int64_t i = 0; i < p->count; i++)
            p->at = p->items[i].first < p->at ? p->items[i].first : p->at;
        p->at = p->at < base ? base : p->at;
        p->count = 0, p->generation = a->generation;
    }
    for (; p->at < end; p->at++) {
        uint8_t last = p->at > base ? data[p->at - base - 1] : '\n';
        if (!read_byte(a, p, p->at, data[p->at - base], wordlike(last) ? AFTER_WORD : last == '\n' ? AFTER_LINE : 0))
            return 0;
    }
    return 1;
}

/* Read a text on, up to byte `end`; data[0] is its byte `base`. `value` is where the first span may have begun of those
   that may go on, `match` the first match; `end` for none. Returns 0 without memory or with too many attempts. */
int aigov_prospects_read(aigov_automaton *a, aigov_prospects *p, const uint8_t *data, int64_t base, int64_t end,
                         int64_t *value, int64_t *match)
{
    pthread_mutex_lock(&a->lock);
    int ok = (a->used < ROOM || renew(a)) && read_all(a, p, data, base, end);
    pthread_mutex_unlock(&a->lock);
    *value = *match = end;
    for (int64_t i = 0; i < p->count; i++) {
        const aigov_attempt *t = p->items + i;
        *match = t->first < *match ? t->first : *match;
        *value = t->begun >= 0 && t->begun < *value ? t->begun : *value;
    }
    return ok;
}
