/* A backtracking matcher for the patterns of detectors (the program: aigov_runtime.scan.program).

   Leftmost-first, like Python's `re`. It gives up after a number of steps; the caller then asks an engine that is
   slower and never explodes. Jumps only go forward, so every attempt ends. */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "matcher.h"

enum { MATCH, BYTE, SET, RUN, LAZY_RUN, SPLIT, JUMP, SAVE, LINE_START, LINE_END, WORD, NOT_WORD, OPS };
enum { HEADER = 4, INSTRUCTION = 4, SET_WORDS = 8 };
enum { STACK = 4096, STEPS_PER_BYTE = 16, STEPS = 1 << 16 };
enum { GAVE_UP = -1 };

typedef struct {
    int32_t pc; /* -1 and -2: put slot 0 or 1 back to `at` */
    int32_t lazy;
    int64_t at, end; /* a run: positions still to try; otherwise where to go on */
} frame;

typedef struct {
    const int32_t *code;
    const uint32_t *sets;
    const uint8_t *data;
    int64_t size, high, steps;
    int64_t slots[2];
    frame stack[STACK];
} matcher;

static int in_set(const uint32_t *sets, int32_t set, uint8_t byte)
{
    return sets[set * SET_WORDS + (byte >> 5)] >> (byte & 31) & 1;
}

static int wordlike(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || ((byte | 32) >= 'a' && (byte | 32) <= 'z') || byte == '_';
}

static int at_border(const matcher *m, int64_t at)
{
    int before = at > 0 && wordlike(m->data[at - 1]);
    int after = at < m->size && wordlike(m->data[at]);
    return before != after;
}

/* Whether the instruction could match at `at`; only a quick look, true in doubt. */
static int plausible(const matcher *m, int32_t pc, int64_t at)
{
    const int32_t *i = m->code + pc * INSTRUCTION;
    if (i[0] == BYTE)
        return at < m->high && m->data[at] == i[1];
    if (i[0] == SET || (i[0] == RUN && i[2] > 0))
        return at < m->high && in_set(m->sets, i[1], m->data[at]);
    return 1;
}

/* The end of the match that starts at `at`; 0 for none, GAVE_UP. */
static int64_t match(matcher *m, int64_t at)
{
    int32_t pc = 0, depth = 0;
    m->slots[0] = m->slots[1] = -1;
    for (;;) {
        const int32_t *i = m->code + pc * INSTRUCTION;
        int ok = 1;
        if (--m->steps < 0 || depth > STACK - 2)
            return GAVE_UP;
        switch (i[0]) {
        case MATCH:
            return at;
        case BYTE:
            ok = at < m->high && m->data[at] == i[1];
            at++, pc++;
            break;
        case SET:
            ok = at < m->high && in_set(m->sets, i[1], m->data[at]);
            at++, pc++;
            break;
        case RUN: {
            int64_t most = m->high - at < i[3] ? m->high - at : i[3], n = 0;
            while (n < most && in_set(m->sets, i[1], m->data[at + n]))
                n++;
            m->steps -= n >> 3;
            ok = n >= i[2];
            if (n > i[2])
                m->stack[depth++] = (frame){pc + 1, 0, at + n - 1, at + i[2]};
            at += n, pc++;
            break;
        }
        case LAZY_RUN: {
            int64_t n = 0;
            ok = m->high - at >= i[2];
            while (ok && n < i[2])
                ok = in_set(m->sets, i[1], m->data[at + n++]);
            if (ok && i[3] > i[2])
                m->stack[depth++] = (frame){pc, 1, at + i[2], at + i[3]};
            at += i[2], pc++;
            break;
        }
        case SPLIT:
            m->stack[depth++] = (frame){i[2], 0, at, at};
            pc = i[1];
            break;
        case JUMP:
            pc = i[1];
            break;
        case SAVE:
            m->stack[depth++] = (frame){-1 - i[1], 0, m->slots[i[1]], 0};
            m->slots[i[1]] = at;
            pc++;
            break;
        case LINE_START:
            ok = at == 0 || m->data[at - 1] == '\n';
            pc++;
            break;
        case LINE_END:
            ok = at == m->size || m->data[at] == '\n';
            pc++;
            break;
        case WORD:
            ok = at_border(m, at);
            pc++;
            break;
        default: /* NOT_WORD */
            ok = !at_border(m, at);
            pc++;
        }
        while (!ok) {
            frame *f;
            if (depth == 0)
                return 0;
            f = &m->stack[depth - 1];
            if (f->pc < 0) {
                m->slots[-1 - f->pc] = f->at;
                depth--;
            } else if (f->lazy) { /* one more byte of the run, then what follows it */
                at = f->at;
                pc = f->pc + 1;
                ok = at < f->end && at < m->high && in_set(m->sets, m->code[f->pc * INSTRUCTION + 1], m->data[at]);
                at++;
                if (ok)
                    f->at = at;
                else
                    depth--;
            } else {
                pc = f->pc;
                while (f->at > f->end && !plausible(m, pc, f->at))
                    f->at--, m->steps--;
                at = f->at;
                if (f->at-- <= f->end)
                    depth--;
                ok = 1;
            }
        }
    }
}

/* Whether a program is sound: known instructions, jumps forward and inside, sets that are there. */
int aigov_matcher_check(const int32_t *program, int64_t words)
{
    int64_t count, sets;
    if (words < HEADER)
        return 0;
    count = program[0], sets = program[1];
    if (count < 1 || sets < 0 || words != HEADER + count * INSTRUCTION + sets * SET_WORDS)
        return 0;
    if (program[2] < 0 || program[2] >= sets || (program[3] != 0 && program[3] != 1))
        return 0;
    for (int64_t pc = 0; pc < count; pc++) {
        const int32_t *i = program + HEADER + pc * INSTRUCTION;
        int last = pc == count - 1;
        if (i[0] < 0 || i[0] >= OPS || (i[0] == MATCH) != last)
            return 0;
        if (i[0] == BYTE && (i[1] < 0 || i[1] > 255))
            return 0;
        if ((i[0] == SET || i[0] == RUN || i[0] == LAZY_RUN) && (i[1] < 0 || i[1] >= sets))
            return 0;
        if ((i[0] == RUN || i[0] == LAZY_RUN) && (i[2] < 0 || i[3] < i[2]))
            return 0;
        if (i[0] == SAVE && i[1] != 0 && i[1] != 1)
            return 0;
        if ((i[0] == SPLIT || i[0] == JUMP) && (i[1] <= pc || i[1] >= count))
            return 0;
        if (i[0] == SPLIT && (i[2] <= pc || i[2] >= count))
            return 0;
    }
    return 1;
}

/* Matches between `low` and `high` of `size` bytes, left to right, not overlapping: three numbers each, the start and
   end of the span asked for (-1 when its group took no part) and the end of the match. Returns how many, GAVE_UP after
   too many steps. When `capacity` is reached, there may be more after the last. The program is a checked one. */
int64_t aigov_matcher_find(const int32_t *program, const uint8_t *data, int64_t size, int64_t low, int64_t high,
                           int64_t *spans, int64_t capacity)
{
    matcher m;
    int64_t found = 0;
    m.code = program + HEADER;
    m.sets = (const uint32_t *)(m.code + program[0] * INSTRUCTION);
    m.data = data, m.size = size, m.high = high;
    m.steps = STEPS + (high - low) * STEPS_PER_BYTE;
    while (low < high && found < capacity) {
        int64_t end;
        if (!in_set(m.sets, program[2], data[low])) {
            low++;
            continue;
        }
        end = match(&m, low);
        if (end == GAVE_UP)
            return GAVE_UP;
        if (end <= low) { /* none, or an empty one */
            low++;
            continue;
        }
        spans[3 * found] = program[3] ? m.slots[0] : low;
        spans[3 * found + 1] = program[3] ? m.slots[1] : end;
        spans[3 * found + 2] = end;
        found++;
        low = end;
    }
    return found;
}
