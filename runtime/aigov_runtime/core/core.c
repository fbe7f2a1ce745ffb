/* The decision core: staged evaluation of three-valued rules (docs/bundle.md).

   A program is checked once, then trusted and immutable; so are stages. Only scratch changes, and a thread owns it.
   No recursion. Every loop is bounded by the size of a checked section or of the call's own arrays. */

#define _GNU_SOURCE /* memmem */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "isa.h"

enum { LATER = 3 }; /* not yet evaluated: its phase has not come */
enum { WHERES = 3, CONFIDENCES = 3, PREDICATE_WORDS = 8, RULE_WORDS = 8 };
enum { ALL_FLAGS = AIGOV_PROMPT | AIGOV_RESPONSE | AIGOV_TOOL_CALL | AIGOV_TOOL_RESULT | AIGOV_UNPARSED };

typedef struct {
    int32_t kind, attribute, a, b;
    int64_t imm;
    uint8_t phase;
} predicate;

typedef struct {
    int32_t code, length, guards[3];
    uint8_t scope;
} rule;

/* Rules filed under the predicates of their guard. Keys [0, plain) are predicates on attributes, the rest on the
   payload, reached by selector: keys [by_selector[s], by_selector[s + 1]). */
typedef struct {
    int32_t *open, *keys, *offsets, *rules, *by_selector;
    int32_t open_count, key_count, plain;
} filing;

typedef struct {
    int32_t *offsets, *data;
} lists;

struct aigov_program {
    int32_t attributes, strings, detectors, selectors, predicate_count, rule_count, pool_words, measures;
    int64_t output_words;
    uint8_t *attribute_kinds, *attribute_phases, *text, *code;
    int32_t *text_offsets, *pool, *postings, *measure_of, *order;
    predicate *predicates;
    rule *rules;
    lists leaves, selector_detectors, detector_selectors;
    filing by_session;
};

struct aigov_stage {
    const aigov_program *program;
    int phase;
    uint8_t *truths;
    filing next;
    int32_t alive;
};

typedef struct {
    uint32_t stamp;
    uint32_t counts[WHERES][CONFIDENCES]; /* exactly at the confidence */
} detector_tally;

typedef struct {
    uint32_t stamp;
    uint32_t counts[WHERES][CONFIDENCES]; /* at the confidence or better; [0] counts all places */
    bool incomplete;
} selector_tally;

struct aigov_scratch {
    const aigov_program *program;
    uint32_t generation; /* stamps equal to it are of this call; so nothing is cleared between calls */
    detector_tally *detectors;
    selector_tally *selectors;
    int32_t *present_detectors, *present_selectors;
    uint32_t *memo; /* generation << 2 | truth */
    uint32_t *evaluated;
    uint32_t *output;
};

static const uint8_t AND[4][4] = {{0, 0, 0, 0}, {0, 1, 2, 3}, {0, 2, 2, 3}, {0, 3, 3, 3}};
static const uint8_t OR[4][4] = {{0, 1, 2, 3}, {1, 1, 1, 1}, {2, 1, 2, 3}, {3, 1, 3, 3}};
static const uint8_t NOT[4] = {1, 0, 2, 3};
static const uint8_t SCOPE_FLAGS[5] = {AIGOV_PROMPT, AIGOV_RESPONSE, AIGOV_TOOL_CALL, AIGOV_TOOL_RESULT,
                                       AIGOV_PROMPT | AIGOV_RESPONSE};

static void *room(int64_t count, size_t size) {
    return count < 0 || (uint64_t)count > SIZE_MAX / size ? NULL : calloc(count ? (size_t)count : 1, size);
}

static void *copy(const void *from, int64_t count, size_t size) {
    void *to = room(count, size);
    if (to && count)
        memcpy(to, from, (size_t)count * size);
    return to;
}

static int32_t word_at(const uint8_t *code) {
    return (int32_t)((uint32_t)code[0] | (uint32_t)code[1] << 8 | (uint32_t)code[2] << 16 | (uint32_t)code[3] << 24);
}

/* ---- running a rule's code ------------------------------------------------------------------------------------- */

typedef uint8_t (*truth_of)(void *context, int32_t predicate);

/* The code was checked: depth stays in bounds, jumps are shortcuts that do not change the result. */
static inline __attribute__((always_inline)) uint8_t run(const uint8_t *pc, const uint8_t *end, truth_of truth,
                                                         void *context) {
    uint8_t stack[MAX_DEPTH + 1];
    uint8_t *top = stack;
    while (pc < end) {
        switch (*pc++) {
        case OP_FALSE:
        case OP_TRUE:
            *++top = pc[-1];
            break;
        case OP_PRED:
            *++top = truth(context, word_at(pc));
            pc += 4;
            break;
        case OP_NOT:
            *top = NOT[*top];
            break;
        case OP_AND:
            top--;
            *top = AND[*top][top[1]];
            break;
        case OP_OR:
            top--;
            *top = OR[*top][top[1]];
            break;
        case OP_JF:
            pc += *top == AIGOV_FALSE ? 4 + word_at(pc) : 4;
            break;
        case OP_JT:
            pc += *top == AIGOV_TRUE ? 4 + word_at(pc) : 4;
            break;
        default: /* OP_END */
            return *top;
        }
    }
    return AIGOV_UNKNOWN;
}

/* ---- checking a program ---------------------------------------------------------------------------------------- */

static bool refuse(aigov_fault *fault, const char *section, int64_t index, const char *what) {
    fault->section = section;
    fault->index = (int32_t)index;
    fault->what = what;
    return false;
}

static bool ascending(const int32_t *words, int64_t count, int32_t limit) {
    for (int64_t i = 0; i < count; i++)
        if (words[i] < 0 || words[i] >= limit || (i && words[i] <= words[i - 1]))
            return false;
    return true;
}

static bool check_offsets(const aigov_lists *in, int32_t max_row, const char *section, aigov_fault *fault) {
    if (in->offsets[0] != 0)
        return refuse(fault, section, 0, "does not start at zero");
    for (int32_t i = 0; i < in->rows; i++)
        if (in->offsets[i + 1] < in->offsets[i] || in->offsets[i + 1] - in->offsets[i] > max_row)
            return refuse(fault, section, i, "has a wrong length");
    return true;
}

static bool check_counts(const aigov_sections *in, aigov_fault *fault) {
    if (in->rule_count < 0 || in->rule_count > MAX_RULES || in->leaves.rows != in->rule_count)
        return refuse(fault, "rules", in->rule_count, "are too many, or leaves are not one list per rule");
    if (in->detectors < 0 || in->detectors > MAX_DETECTORS)
        return refuse(fault, "detectors", in->detectors, "are too many");
    if (in->attributes < 0 || in->strings < 0 || in->predicate_count < 0 || in->selectors.rows < 0 ||
        in->pool_words < 0 || in->pool_words > MAX_POOL_WORDS || in->posting_words < 0 ||
        in->posting_words > MAX_POOL_WORDS || in->code_size < 0 || in->code_size > MAX_CODE_BYTES)
        return refuse(fault, "sections", 0, "are too large");
    if (in->text_offsets[0] != 0 || in->text_offsets[in->strings] != in->text_size)
        return refuse(fault, "strings", 0, "do not fill their text");
    for (int32_t i = 0; i < in->strings; i++)
        if (in->text_offsets[i + 1] < in->text_offsets[i])
            return refuse(fault, "strings", i, "has a negative length");
    return true;
}

static bool check_attributes(aigov_program *p, const aigov_sections *in, aigov_fault *fault) {
    for (int32_t i = 0; i < in->attributes; i++) {
        if (in->attribute_kinds[i] > AIGOV_SET || in->attribute_phases[i] > PHASE_CALL)
            return refuse(fault, "attributes", i, "has an unknown kind or phase");
        if (in->attribute_phases[i] == PHASE_CALL && in->attribute_kinds[i] != AIGOV_INT)
            return refuse(fault, "attributes", i, "changes with every call but is not an integer");
        p->measure_of[i] = -1;
    }
    return true;
}

static bool check_predicate(aigov_program *p, predicate *to, const int32_t *words, int32_t index,
                            aigov_fault *fault) {
    *to = (predicate){words[0], words[1], words[2], words[3],
                      (int64_t)((uint64_t)(uint32_t)words[5] << 32 | (uint32_t)words[4]), PHASE_CALL};
    if (words[6] || words[7])
        return refuse(fault, "predicates", index, "uses reserved words");
    if (to->kind == P_PAYLOAD) {
        if (to->attribute != -1 || to->a < 0 || to->a >= p->selectors)
            return refuse(fault, "predicates", index, "names no selector");
        if (to->b < 0 || to->b >= CONFIDENCES || words[4] < 1 || words[5] < SCOPE_PROMPT || words[5] > SCOPE_ANY)
            return refuse(fault, "predicates", index, "has a wrong confidence, count or scope");
        return true;
    }
    if (to->attribute < 0 || to->attribute >= p->attributes)
        return refuse(fault, "predicates", index, "names no attribute");
    to->phase = p->attribute_phases[to->attribute];
    if (to->phase == PHASE_CALL && p->measure_of[to->attribute] < 0) {
        if (p->measures == MAX_CALL_ATTRIBUTES)
            return refuse(fault, "predicates", index, "reads one call attribute too many");
        p->measure_of[to->attribute] = p->measures++;
    }
    int kind = p->attribute_kinds[to->attribute], wanted = kind;
    switch (to->kind) {
    case P_IS_TRUE:
        wanted = AIGOV_BOOL;
        break;
    case P_INT_EQ:
    case P_INT_LT:
    case P_INT_GT:
        wanted = AIGOV_INT;
        break;
    case P_STRING_PREFIX:
    case P_STRING_SUFFIX:
        wanted = AIGOV_STRING;
        if (to->a < 0 || to->a >= p->strings)
            return refuse(fault, "predicates", index, "names no string");
        break;
    case P_STRING_IN:
    case P_STRING_LIKE:
    case P_SET_ANY:
    case P_SET_ALL:
        wanted = to->kind == P_SET_ANY || to->kind == P_SET_ALL ? AIGOV_SET : AIGOV_STRING;
        if (to->a < 0 || to->b < 0 || to->a > p->pool_words || to->b > p->pool_words - to->a ||
            !ascending(p->pool + to->a, to->b, p->strings))
            return refuse(fault, "predicates", index, "has operands outside the pool, unsorted or naming no string");
        break;
    case P_KNOWN:
        break;
    default:
        return refuse(fault, "predicates", index, "is of an unknown kind");
    }
    return kind == wanted || refuse(fault, "predicates", index, "does not fit its attribute's kind");
}

/* One pass over straight-line code with forward jumps. A jump is accepted only as a shortcut: until it lands, its
   slot may be changed by AND alone (OR for JT), so taking it or not gives the same truth. That makes evaluation
   with LATER values sound. `landing` holds the depth expected at each byte, 0 for none, and is zero on entry. */
static bool check_code(const uint8_t *code, int32_t length, int32_t predicates, uint8_t *landing, int32_t index,
                       aigov_fault *fault) {
    int32_t pc = 0, depth = 0, landings = 0, and_until[MAX_DEPTH + 2] = {0}, or_until[MAX_DEPTH + 2] = {0};
    while (pc < length) {
        if (landing[pc]) {
            if (landing[pc] != depth)
                return refuse(fault, "rules", index, "has a jump that lands at another depth");
            landings--;
        }
        int32_t at = pc, op = code[pc++];
        bool wide = op == OP_PRED || op == OP_JF || op == OP_JT;
        if (wide && length - pc < 4)
            return refuse(fault, "rules", index, "has a cut-off instruction");
        int32_t operand = wide ? word_at(code + pc) : 0;
        pc += wide ? 4 : 0;
        switch (op) {
        case OP_PRED:
            if (operand < 0 || operand >= predicates)
                return refuse(fault, "rules", index, "reads a predicate that does not exist");
            /* fall through */
        case OP_FALSE:
        case OP_TRUE:
            if (++depth > MAX_DEPTH)
                return refuse(fault, "rules", index, "needs too deep a stack");
            break;
        case OP_NOT:
            if (depth < 1 || and_until[depth] > at || or_until[depth] > at)
                return refuse(fault, "rules", index, "negates nothing, or what a jump skips");
            break;
        case OP_AND:
        case OP_OR:
            if (depth < 2 || and_until[depth] > at || or_until[depth] > at)
                return refuse(fault, "rules", index, "combines too few values, or what a jump skips");
            depth--;
            if ((op == OP_AND ? or_until : and_until)[depth] > at)
                return refuse(fault, "rules", index, "has a jump that is not a shortcut");
            break;
        case OP_JF:
        case OP_JT: {
            int32_t *until = op == OP_JF ? and_until : or_until;
            if (depth < 1 || operand < 0 || operand >= length - pc)
                return refuse(fault, "rules", index, "jumps outside its code");
            int32_t target = pc + operand;
            if (landing[target] && landing[target] != depth)
                return refuse(fault, "rules", index, "has a jump that lands at another depth");
            landings += !landing[target];
            landing[target] = (uint8_t)depth;
            if (until[depth] < target)
                until[depth] = target;
            break;
        }
        case OP_END:
            if (depth != 1 || pc != length || landings || and_until[1] > at || or_until[1] > at)
                return refuse(fault, "rules", index, "does not end with one value at its last byte");
            return true;
        default:
            return refuse(fault, "rules", index, "has an unknown instruction");
        }
    }
    return refuse(fault, "rules", index, "has no end");
}

/* The predicates of the guard at hand are those whose stamp is the current one. */
typedef struct {
    uint32_t *stamps;
    uint32_t stamp;
} guard_view;

static uint8_t truth_under_guard(void *context, int32_t predicate) {
    const guard_view *view = context;
    return view->stamps[predicate] == view->stamp ? AIGOV_FALSE : LATER;
}

/* A guard holds when its predicates are of its phase, and the rule is false once they all are. */
static bool check_guard(const aigov_program *p, const aigov_sections *in, const rule *r, int phase, guard_view *view,
                        int64_t *budget, int32_t index, aigov_fault *fault) {
    int32_t at = r->guards[phase];
    if (at == -1)
        return true;
    if (at < 0 || at >= in->posting_words || p->postings[at] < 0 || p->postings[at] > in->posting_words - at - 1)
        return refuse(fault, "rules", index, "has a guard outside the postings");
    if ((*budget -= p->postings[at]) < 0)
        return refuse(fault, "rules", index, "has guards that are too long");
    const int32_t *guard = p->postings + at + 1, count = p->postings[at];
    if (!ascending(guard, count, p->predicate_count))
        return refuse(fault, "rules", index, "has a guard that is unsorted or names no predicate");
    view->stamp++;
    for (int32_t i = 0; i < count; i++) {
        if (p->predicates[guard[i]].phase != phase)
            return refuse(fault, "rules", index, "has a guard with a predicate of another phase");
        view->stamps[guard[i]] = view->stamp;
    }
    const uint8_t *code = p->code + r->code;
    return run(code, code + r->length, truth_under_guard, view) == AIGOV_FALSE ||
           refuse(fault, "rules", index, "has a guard that does not decide it");
}

static bool check_rules(aigov_program *p, const aigov_sections *in, uint8_t *landing, uint32_t *stamps,
                        aigov_fault *fault) {
    int32_t code = 0;
    int64_t budget = MAX_POOL_WORDS;
    guard_view view = {stamps, 0};
    p->output_words = 2 + (int64_t)p->detectors;
    for (int32_t i = 0; i < p->rule_count; i++) {
        const int32_t *words = in->rules + (int64_t)i * RULE_WORDS;
        rule *r = &p->rules[i];
        *r = (rule){words[0], words[1], {words[4], words[5], words[6]}, 0};
        if (r->code != code || r->length < 1 || r->length > MAX_RULE_CODE_BYTES || r->length > in->code_size - code)
            return refuse(fault, "rules", i, "has code that does not follow its neighbour's, or is too long");
        code += r->length;
        if (words[2] < SCOPE_PROMPT || words[2] > SCOPE_ANY || words[3] & ~(FLAG_ALLOWS | FLAG_SKIP_UNKNOWN))
            return refuse(fault, "rules", i, "has an unknown scope or flag");
        r->scope = (uint8_t)words[2];
        int32_t leaf_count = in->leaves.offsets[i + 1] - in->leaves.offsets[i];
        if (words[7] != leaf_count)
            return refuse(fault, "rules", i, "has another number of leaves than its source map");
        for (int32_t k = in->leaves.offsets[i]; k < in->leaves.offsets[i + 1]; k++)
            if (in->leaves.data[k] < 0 || in->leaves.data[k] >= p->predicate_count)
                return refuse(fault, "rules", i, "has a leaf that names no predicate");
        p->output_words += 1 + (leaf_count + AIGOV_LEAVES_PER_WORD - 1) / AIGOV_LEAVES_PER_WORD;
        memset(landing, 0, (size_t)r->length);
        if (!check_code(p->code + r->code, r->length, p->predicate_count, landing, i, fault))
            return false;
        for (int phase = PHASE_SESSION; phase <= PHASE_CALL; phase++)
            if (!check_guard(p, in, r, phase, &view, &budget, i, fault))
                return false;
    }
    return (code == in->code_size && p->output_words <= INT32_MAX) ||
           refuse(fault, "code", code, "holds bytes that belong to no rule");
}

/* ---- building a program ---------------------------------------------------------------------------------------- */

static void free_filing(filing *f) {
    free(f->open);
    free(f->keys);
    free(f->offsets);
    free(f->rules);
    free(f->by_selector);
}

/* File rules (`members`, `count` of them) by their guard for `phase`. False when memory is short. */
static bool file_rules(const aigov_program *p, const int32_t *members, int32_t count, int phase, filing *to) {
    int32_t *fill = room(p->predicate_count, sizeof *fill), keys = 0;
    int64_t entries = 0;
    *to = (filing){0};
    if (!fill)
        return false;
    for (int32_t i = 0; i < count; i++) {
        int32_t at = p->rules[members[i]].guards[phase];
        to->open_count += at < 0;
        for (int32_t k = 0; at >= 0 && k < p->postings[at]; k++, entries++)
            keys += !fill[p->postings[at + 1 + k]]++;
    }
    to->open = room(to->open_count, sizeof *to->open);
    to->keys = room(keys, sizeof *to->keys);
    to->offsets = room((int64_t)keys + 1, sizeof *to->offsets);
    to->rules = room(entries, sizeof *to->rules);
    to->by_selector = room((int64_t)p->selectors + 1, sizeof *to->by_selector);
    bool ok = to->open && to->keys && to->offsets && to->rules && to->by_selector;
    for (int32_t i = 0; ok && i < p->predicate_count; i++) {
        int32_t number = p->order[i], rows = fill[number];
        if (!rows)
            continue;
        fill[number] = to->offsets[to->key_count];
        to->keys[to->key_count++] = number;
        to->offsets[to->key_count] = fill[number] + rows;
        if (p->predicates[number].kind == P_PAYLOAD)
            to->by_selector[p->predicates[number].a + 1]++;
        else
            to->plain++;
    }
    if (ok) {
        to->by_selector[0] = to->plain;
        for (int32_t s = 0; s < p->selectors; s++)
            to->by_selector[s + 1] += to->by_selector[s];
    }
    for (int32_t i = 0, open = 0; ok && i < count; i++) {
        int32_t at = p->rules[members[i]].guards[phase];
        if (at < 0)
            to->open[open++] = members[i];
        for (int32_t k = 0; at >= 0 && k < p->postings[at]; k++)
            to->rules[fill[p->postings[at + 1 + k]]++] = members[i];
    }
    free(fill);
    return ok;
}

/* detector -> selectors, and the order of predicates that `filing` wants: attributes first, then by selector. */
static bool invert(aigov_program *p) {
    const lists *from = &p->selector_detectors;
    lists *to = &p->detector_selectors;
    int32_t entries = from->offsets[p->selectors];
    to->offsets = room((int64_t)p->detectors + 2, sizeof *to->offsets);
    to->data = room(entries, sizeof *to->data);
    int32_t *next = room((int64_t)p->selectors + 2, sizeof *next);
    if (!to->offsets || !to->data || !next) {
        free(next);
        return false;
    }
    for (int32_t k = 0; k < entries; k++)
        to->offsets[from->data[k] + 2]++;
    for (int32_t d = 0; d < p->detectors; d++)
        to->offsets[d + 2] += to->offsets[d + 1];
    for (int32_t s = 0; s < p->selectors; s++)
        for (int32_t k = from->offsets[s]; k < from->offsets[s + 1]; k++)
            to->data[to->offsets[from->data[k] + 1]++] = s;
    for (int32_t i = 0; i < p->predicate_count; i++)
        next[p->predicates[i].kind == P_PAYLOAD ? p->predicates[i].a + 2 : 1]++;
    for (int32_t s = 0; s <= p->selectors; s++)
        next[s + 1] += next[s];
    for (int32_t i = 0; i < p->predicate_count; i++)
        p->order[next[p->predicates[i].kind == P_PAYLOAD ? p->predicates[i].a + 1 : 0]++] = i;
    free(next);
    return true;
}

static bool build(aigov_program *p, const aigov_sections *in, aigov_fault *fault) {
    static const char *memory = "needs more memory than there is";
    if (!check_counts(in, fault) || !check_offsets(&in->selectors, MAX_DETECTORS, "selectors", fault) ||
        !check_offsets(&in->leaves, MAX_RULE_LEAVES, "leaves", fault))
        return false;
    p->attributes = in->attributes;
    p->strings = in->strings;
    p->detectors = in->detectors;
    p->selectors = in->selectors.rows;
    p->predicate_count = in->predicate_count;
    p->rule_count = in->rule_count;
    p->pool_words = in->pool_words;
    p->attribute_kinds = copy(in->attribute_kinds, in->attributes, 1);
    p->attribute_phases = copy(in->attribute_phases, in->attributes, 1);
    p->measure_of = room(in->attributes, sizeof(int32_t));
    p->text = copy(in->text, in->text_size, 1);
    p->text_offsets = copy(in->text_offsets, (int64_t)in->strings + 1, sizeof(int32_t));
    p->pool = copy(in->pool, in->pool_words, sizeof(int32_t));
    p->code = copy(in->code, in->code_size, 1);
    p->postings = copy(in->postings, in->posting_words, sizeof(int32_t));
    p->order = room(in->predicate_count, sizeof(int32_t));
    p->predicates = room(in->predicate_count, sizeof(predicate));
    p->rules = room(in->rule_count, sizeof(rule));
    p->leaves.offsets = copy(in->leaves.offsets, (int64_t)in->rule_count + 1, sizeof(int32_t));
    p->leaves.data = copy(in->leaves.data, in->leaves.offsets[in->rule_count], sizeof(int32_t));
    p->selector_detectors.offsets = copy(in->selectors.offsets, (int64_t)p->selectors + 1, sizeof(int32_t));
    p->selector_detectors.data = copy(in->selectors.data, in->selectors.offsets[p->selectors], sizeof(int32_t));
    if (!p->attribute_kinds || !p->attribute_phases || !p->measure_of || !p->text || !p->text_offsets || !p->pool ||
        !p->code || !p->postings || !p->order || !p->predicates || !p->rules || !p->leaves.offsets ||
        !p->leaves.data || !p->selector_detectors.offsets || !p->selector_detectors.data)
        return refuse(fault, "program", 0, memory);
    for (int32_t s = 0; s < p->selectors; s++)
        if (!ascending(in->selectors.data + in->selectors.offsets[s],
                       in->selectors.offsets[s + 1] - in->selectors.offsets[s], p->detectors))
            return refuse(fault, "selectors", s, "is unsorted or names no detector");
    if (!check_attributes(p, in, fault))
        return false;
    for (int32_t i = 0; i < p->predicate_count; i++)
        if (!check_predicate(p, &p->predicates[i], in->predicates + (int64_t)i * PREDICATE_WORDS, i, fault))
            return false;

    int32_t *all = room(p->rule_count, sizeof *all);
    uint8_t *landing = room(MAX_RULE_CODE_BYTES, 1);
    uint32_t *stamps = room(p->predicate_count, sizeof *stamps);
    bool ok = all && landing && stamps;
    if (!ok)
        refuse(fault, "program", 0, memory);
    ok = ok && check_rules(p, in, landing, stamps, fault);
    for (int32_t i = 0; ok && i < p->rule_count; i++)
        all[i] = i;
    if (ok && !(invert(p) && file_rules(p, all, p->rule_count, PHASE_SESSION, &p->by_session)))
        ok = refuse(fault, "program", 0, memory);
    free(all);
    free(landing);
    free(stamps);
    return ok;
}

aigov_program *aigov_program_new(const aigov_sections *in, aigov_fault *fault) {
    aigov_program *p = room(1, sizeof *p);
    if (!p) {
        refuse(fault, "program", 0, "needs more memory than there is");
        return NULL;
    }
    if (!build(p, in, fault)) {
        aigov_program_free(p);
        return NULL;
    }
    return p;
}

void aigov_program_free(aigov_program *p) {
    if (!p)
        return;
    void *owned[] = {p->attribute_kinds, p->attribute_phases, p->measure_of, p->text, p->text_offsets, p->pool, p->code,
                     p->postings, p->order, p->predicates, p->rules, p->leaves.offsets, p->leaves.data,
                     p->selector_detectors.offsets, p->selector_detectors.data, p->detector_selectors.offsets,
                     p->detector_selectors.data};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    free_filing(&p->by_session);
    free(p);
}

int32_t aigov_program_measure(const aigov_program *p, int32_t attribute) {
    return attribute < 0 || attribute >= p->attributes ? -1 : p->measure_of[attribute];
}

/* ---- predicates on attributes ---------------------------------------------------------------------------------- */

static bool contains(const int32_t *sorted, int64_t count, int32_t wanted) {
    int64_t low = 0, high = count;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (sorted[middle] < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && sorted[low] == wanted;
}

/* `*` is any run of bytes, the rest is literal. The pieces between stars are found leftmost, one after another, with a
   linear search, so the whole is linear too. Bytes are as good as characters: UTF-8 is self-synchronising. */
static bool glob(const uint8_t *pattern, int64_t size, const uint8_t *text, int64_t length) {
    const uint8_t *star = memchr(pattern, '*', (size_t)size);
    if (!star)
        return size == length && memcmp(pattern, text, (size_t)size) == 0;
    int64_t head = star - pattern;
    if (head > length || memcmp(pattern, text, (size_t)head) != 0)
        return false;
    pattern += head + 1, size -= head + 1, text += head, length -= head;
    while (size && (star = memchr(pattern, '*', (size_t)size))) {
        int64_t piece = star - pattern;
        const uint8_t *found = piece ? memmem(text, (size_t)length, pattern, (size_t)piece) : text;
        if (!found)
            return false;
        length -= found - text + piece, text = found + piece;
        pattern += piece + 1, size -= piece + 1;
    }
    return size <= length && memcmp(pattern, text + length - size, (size_t)size) == 0;
}

static bool compare_number(const predicate *q, int64_t number) {
    switch (q->kind) {
    case P_IS_TRUE:
        return number != 0;
    case P_INT_EQ:
        return number == q->imm;
    case P_INT_LT:
        return number < q->imm;
    default: /* P_INT_GT */
        return number > q->imm;
    }
}

static bool compare_text(const aigov_program *p, const predicate *q, const uint8_t *text, int64_t length) {
    const int32_t *ids = q->kind == P_STRING_LIKE ? p->pool + q->a : &q->a;
    int32_t count = q->kind == P_STRING_LIKE ? q->b : 1;
    for (int32_t i = 0; i < count; i++) {
        const uint8_t *other = p->text + p->text_offsets[ids[i]];
        int64_t size = p->text_offsets[ids[i] + 1] - p->text_offsets[ids[i]];
        if (q->kind == P_STRING_LIKE ? glob(other, size, text, length)
            : size > length          ? false
                            : memcmp(other, q->kind == P_STRING_PREFIX ? text : text + length - size, (size_t)size) == 0)
            return true;
    }
    return false;
}

static bool compare_set(const int32_t *wanted, int32_t count, bool all, const int32_t *members, int64_t member_count) {
    for (int32_t i = 0; i < count; i++)
        if (contains(members, member_count, wanted[i]) != all)
            return !all;
    return all;
}

static uint8_t compare(const aigov_program *p, const predicate *q, const aigov_values *in, const aigov_value *value) {
    if (q->kind == P_KNOWN)
        return value != NULL;
    if (!value)
        return AIGOV_UNKNOWN;
    switch (q->kind) {
    case P_STRING_IN:
        return contains(p->pool + q->a, q->b, value->string);
    case P_STRING_LIKE:
    case P_STRING_PREFIX:
    case P_STRING_SUFFIX:
        return compare_text(p, q, in->text + value->offset, value->length);
    case P_SET_ANY:
    case P_SET_ALL:
        return compare_set(p->pool + q->a, q->b, q->kind == P_SET_ALL, in->members + value->offset, value->length);
    default:
        return compare_number(q, value->number);
    }
}

/* ---- session and profile stages -------------------------------------------------------------------------------- */

typedef struct {
    const aigov_program *program;
    const aigov_values *in;
    const aigov_value **slots; /* by attribute */
    uint8_t *truths;
    int phase;
} stage_view;

static uint8_t truth_in_stage(void *context, int32_t number) {
    stage_view *view = context;
    uint8_t *truth = &view->truths[number];
    const predicate *q = &view->program->predicates[number];
    if (*truth == LATER && q->phase == view->phase)
        *truth = compare(view->program, q, view->in, view->slots[q->attribute]);
    return *truth;
}

static bool take_values(stage_view *view) {
    const aigov_program *p = view->program;
    const aigov_values *in = view->in;
    for (int32_t i = 0; i < in->count; i++) {
        const aigov_value *value = &in->values[i];
        int32_t at = value->attribute;
        if (at < 0 || at >= p->attributes || p->attribute_phases[at] != view->phase || view->slots[at])
            return false;
        int kind = p->attribute_kinds[at];
        int64_t size = kind == AIGOV_STRING ? in->text_size : kind == AIGOV_SET ? in->member_count : 0;
        if (value->offset < 0 || value->length < 0 || value->offset > size || value->length > size - value->offset)
            return false;
        if (kind == AIGOV_STRING && (value->string < -1 || value->string >= p->strings))
            return false;
        if (kind == AIGOV_SET && !ascending(in->members + value->offset, value->length, p->strings))
            return false;
        view->slots[at] = value;
    }
    return true;
}

/* Keep a rule unless it is false whatever comes; evaluate what later phases will read of it. */
static bool keep(stage_view *view, int32_t number) {
    const aigov_program *p = view->program;
    const rule *r = &p->rules[number];
    const uint8_t *code = p->code + r->code, *end = code + r->length;
    if (run(code, end, truth_in_stage, view) == AIGOV_FALSE)
        return false;
    for (int32_t k = p->leaves.offsets[number]; k < p->leaves.offsets[number + 1]; k++)
        truth_in_stage(view, p->leaves.data[k]);
    for (; code < end; code += *code == OP_PRED || *code == OP_JF || *code == OP_JT ? 5 : 1)
        if (*code == OP_PRED)
            truth_in_stage(view, word_at(code + 1));
    return true;
}

static aigov_stage *advance(const aigov_program *p, int phase, const filing *from, const uint8_t *before,
                            const aigov_values *in) {
    aigov_stage *stage = room(1, sizeof *stage);
    uint8_t *truths = before ? copy(before, p->predicate_count, 1) : room(p->predicate_count, 1);
    int32_t *alive = room(p->rule_count, sizeof *alive), count = 0;
    uint8_t *seen = room(p->rule_count, 1);
    const aigov_value **slots = room(p->attributes, sizeof *slots);
    stage_view view = {p, in, slots, truths, phase};
    bool ok = stage && truths && alive && seen && slots && take_values(&view);
    if (ok && !before)
        memset(truths, LATER, (size_t)p->predicate_count);
    for (int32_t i = 0; ok && i < from->open_count; i++)
        if (keep(&view, from->open[i]))
            alive[count++] = from->open[i];
    for (int32_t k = 0; ok && k < from->key_count; k++) {
        if (truth_in_stage(&view, from->keys[k]) == AIGOV_FALSE)
            continue;
        for (int32_t i = from->offsets[k]; i < from->offsets[k + 1]; i++) {
            int32_t number = from->rules[i];
            if (!seen[number] && keep(&view, number))
                alive[count++] = number;
            seen[number] = 1;
        }
    }
    free(seen);
    free(slots);
    if (ok && file_rules(p, alive, count, phase + 1, &stage->next)) {
        free(alive);
        stage->program = p;
        stage->phase = phase;
        stage->truths = truths;
        stage->alive = count;
        return stage;
    }
    free(alive);
    free(truths);
    if (stage)
        free_filing(&stage->next);
    free(stage);
    return NULL;
}

aigov_stage *aigov_session_new(const aigov_program *program, const aigov_values *values) {
    return advance(program, PHASE_SESSION, &program->by_session, NULL, values);
}

aigov_stage *aigov_profile_new(const aigov_stage *session, const aigov_values *values) {
    return session->phase == PHASE_SESSION
               ? advance(session->program, PHASE_PROFILE, &session->next, session->truths, values)
               : NULL;
}

void aigov_stage_free(aigov_stage *stage) {
    if (!stage)
        return;
    free_filing(&stage->next);
    free(stage->truths);
    free(stage);
}

int32_t aigov_stage_rules(const aigov_stage *stage) { return stage->alive; }

/* ---- calls ----------------------------------------------------------------------------------------------------- */

aigov_scratch *aigov_scratch_new(const aigov_program *p) {
    aigov_scratch *s = room(1, sizeof *s);
    if (!s)
        return NULL;
    s->program = p;
    s->detectors = room(p->detectors, sizeof *s->detectors);
    s->selectors = room(p->selectors, sizeof *s->selectors);
    s->present_detectors = room(p->detectors, sizeof(int32_t));
    s->present_selectors = room(p->selectors, sizeof(int32_t));
    s->memo = room(p->predicate_count, sizeof(uint32_t));
    s->evaluated = room(p->rule_count, sizeof(uint32_t));
    s->output = room(p->output_words, sizeof(uint32_t));
    if (s->detectors && s->selectors && s->present_detectors && s->present_selectors && s->memo && s->evaluated &&
        s->output)
        return s;
    aigov_scratch_free(s);
    return NULL;
}

void aigov_scratch_free(aigov_scratch *s) {
    if (!s)
        return;
    void *owned[] = {s->detectors, s->selectors, s->present_detectors, s->present_selectors,
                     s->memo,      s->evaluated, s->output};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    free(s);
}

const uint32_t *aigov_scratch_output(const aigov_scratch *s) { return s->output; }

static void next_generation(aigov_scratch *s) {
    const aigov_program *p = s->program;
    if (++s->generation >> 30) { /* memo holds 30 bits of it */
        memset(s->detectors, 0, (size_t)p->detectors * sizeof *s->detectors);
        memset(s->selectors, 0, (size_t)p->selectors * sizeof *s->selectors);
        memset(s->memo, 0, (size_t)p->predicate_count * sizeof *s->memo);
        memset(s->evaluated, 0, (size_t)p->rule_count * sizeof *s->evaluated);
        s->generation = 1;
    }
}

static selector_tally *selector_of(aigov_scratch *s, int32_t number, int32_t *present) {
    selector_tally *tally = &s->selectors[number];
    if (tally->stamp != s->generation) {
        *tally = (selector_tally){.stamp = s->generation};
        s->present_selectors[(*present)++] = number;
    }
    return tally;
}

/* Begin a call: count its findings by selector. Returns how many selectors are present, -1 when it is malformed. */
static int32_t tally(aigov_scratch *s, const uint32_t *findings, int32_t finding_count, const int32_t *incomplete,
                     int32_t incomplete_count) {
    const aigov_program *p = s->program;
    int32_t detectors = 0, selectors = 0;
    if (finding_count < 0 || incomplete_count < 0)
        return -1;
    next_generation(s);
    for (int32_t i = 0; i < finding_count; i++) {
        uint32_t number = findings[i] & ((1u << AIGOV_CONFIDENCE_SHIFT) - 1);
        uint32_t confidence = findings[i] >> AIGOV_CONFIDENCE_SHIFT & 3, where = findings[i] >> AIGOV_WHERE_SHIFT;
        if (number >= (uint32_t)p->detectors || confidence >= CONFIDENCES || where >= WHERES)
            return -1;
        detector_tally *found = &s->detectors[number];
        if (found->stamp != s->generation) {
            *found = (detector_tally){.stamp = s->generation};
            s->present_detectors[detectors++] = (int32_t)number;
        }
        found->counts[where][confidence]++;
    }
    for (int32_t i = 0; i < detectors; i++) {
        int32_t number = s->present_detectors[i];
        detector_tally *found = &s->detectors[number];
        for (int w = 0; w < WHERES; w++)
            for (int c = CONFIDENCES - 2; c >= 0; c--)
                found->counts[w][c] += found->counts[w][c + 1];
        for (int c = 0; c < CONFIDENCES; c++)
            found->counts[0][c] += found->counts[1][c] + found->counts[2][c];
        for (int32_t k = p->detector_selectors.offsets[number]; k < p->detector_selectors.offsets[number + 1]; k++) {
            selector_tally *to = selector_of(s, p->detector_selectors.data[k], &selectors);
            for (int w = 0; w < WHERES; w++)
                for (int c = 0; c < CONFIDENCES; c++)
                    to->counts[w][c] += found->counts[w][c];
        }
    }
    if (!ascending(incomplete, incomplete_count, p->detectors))
        return -1;
    for (int32_t i = 0; i < incomplete_count; i++)
        for (int32_t k = p->detector_selectors.offsets[incomplete[i]];
             k < p->detector_selectors.offsets[incomplete[i] + 1]; k++)
            selector_of(s, p->detector_selectors.data[k], &selectors)->incomplete = true;
    return selectors;
}

typedef struct {
    const aigov_program *program;
    const uint8_t *truths;
    aigov_scratch *scratch;
    const int64_t *measures;
    uint64_t known;
    uint32_t flags;
} call_view;

/* The findings that a payload predicate counts. */
static uint32_t found(const call_view *view, const predicate *q) {
    const selector_tally *tally = &view->scratch->selectors[q->a];
    int32_t scope = (int32_t)(q->imm >> 32);
    int where = scope == SCOPE_TOOL_CALL ? 1 : scope == SCOPE_TOOL_RESULT ? 2 : 0;
    return tally->stamp == view->scratch->generation ? tally->counts[where][q->b] : 0;
}

static uint8_t payload_truth(const call_view *view, const predicate *q) {
    const selector_tally *tally = &view->scratch->selectors[q->a];
    if (found(view, q) >= (uint32_t)q->imm) /* a count is at least 1 */
        return AIGOV_TRUE;
    bool incomplete = tally->stamp == view->scratch->generation && tally->incomplete;
    return incomplete || view->flags & AIGOV_UNPARSED ? AIGOV_UNKNOWN : AIGOV_FALSE;
}

static uint8_t truth_in_call(void *context, int32_t number) {
    call_view *view = context;
    uint8_t fixed = view->truths[number];
    if (fixed != LATER)
        return fixed;
    uint32_t *memo = &view->scratch->memo[number];
    if (*memo >> 2 == view->scratch->generation)
        return *memo & 3;
    const predicate *q = &view->program->predicates[number];
    uint8_t truth = AIGOV_UNKNOWN;
    if (q->kind == P_PAYLOAD) {
        truth = payload_truth(view, q);
    } else if (q->phase == PHASE_CALL) {
        int32_t at = view->program->measure_of[q->attribute];
        bool known = view->known >> at & 1;
        if (q->kind == P_KNOWN)
            truth = known;
        else if (known)
            truth = compare_number(q, view->measures[at]);
    }
    *memo = view->scratch->generation << 2 | truth;
    return truth;
}

/* A body that could not be read may hold tool calls and results. */
static bool doubtful(const rule *r, uint32_t flags) {
    return flags & AIGOV_UNPARSED && (r->scope == SCOPE_TOOL_CALL || r->scope == SCOPE_TOOL_RESULT);
}

/* Evaluate a rule, once per call; write its record if it applies and is not false. Returns the words written.
   What follows from "may apply" is the caller's. */
static int32_t judge(call_view *view, int32_t number, uint32_t *out) {
    const aigov_program *p = view->program;
    const rule *r = &p->rules[number];
    uint32_t *evaluated = &view->scratch->evaluated[number];
    if (*evaluated == view->scratch->generation || !(doubtful(r, view->flags) || SCOPE_FLAGS[r->scope] & view->flags))
        return 0;
    *evaluated = view->scratch->generation;
    uint8_t verdict = run(p->code + r->code, p->code + r->code + r->length, truth_in_call, view);
    if (verdict == AIGOV_FALSE)
        return 0;
    const int32_t *leaves = p->leaves.data + p->leaves.offsets[number];
    int32_t count = p->leaves.offsets[number + 1] - p->leaves.offsets[number];
    int32_t words = 1 + (count + AIGOV_LEAVES_PER_WORD - 1) / AIGOV_LEAVES_PER_WORD;
    memset(out, 0, (size_t)words * sizeof *out);
    out[0] = (uint32_t)number | (uint32_t)verdict << AIGOV_VERDICT_SHIFT;
    for (int32_t i = 0; i < count; i++)
        out[1 + i / AIGOV_LEAVES_PER_WORD] |= (uint32_t)truth_in_call(view, leaves[i])
                                              << 2 * (i % AIGOV_LEAVES_PER_WORD);
    return words;
}

static int32_t judge_filed(call_view *view, const filing *f, int32_t from, int32_t to, uint32_t *out) {
    int32_t words = 0;
    for (int32_t k = from; k < to; k++)
        if (truth_in_call(view, f->keys[k]) != AIGOV_FALSE)
            for (int32_t i = f->offsets[k]; i < f->offsets[k + 1]; i++)
                words += judge(view, f->rules[i], out + words);
    return words;
}

int32_t aigov_decide(const aigov_stage *profile, aigov_scratch *scratch, const int64_t *measures, uint64_t known,
                     const uint32_t *findings, int32_t finding_count, const int32_t *incomplete,
                     int32_t incomplete_count, uint32_t flags) {
    const filing *f = &profile->next;
    if (profile->phase != PHASE_PROFILE || profile->program != scratch->program || flags > ALL_FLAGS)
        return -1;
    int32_t selectors = tally(scratch, findings, finding_count, incomplete, incomplete_count);
    if (selectors < 0)
        return -1;
    call_view view = {profile->program, profile->truths, scratch, measures, known, flags};
    uint32_t *out = scratch->output;
    int32_t words = 2 + incomplete_count;
    out[0] = flags;
    out[1] = (uint32_t)incomplete_count;
    for (int32_t i = 0; i < incomplete_count; i++)
        out[2 + i] = (uint32_t)incomplete[i];
    for (int32_t i = 0; i < f->open_count; i++)
        words += judge(&view, f->open[i], out + words);
    words += judge_filed(&view, f, 0, f->plain, out + words);
    if (flags & AIGOV_UNPARSED)
        return words + judge_filed(&view, f, f->plain, f->key_count, out + words);
    for (int32_t i = 0; i < selectors; i++) {
        int32_t s = scratch->present_selectors[i];
        words += judge_filed(&view, f, f->by_selector[s], f->by_selector[s + 1], out + words);
    }
    return words;
}

/* ---- explanations ---------------------------------------------------------------------------------------------- */

/* Evaluate every predicate of a phase. False when a value is malformed or memory is short. */
static bool complete(const aigov_program *p, int phase, const aigov_values *in, uint8_t *truths) {
    const aigov_value **slots = room(p->attributes, sizeof *slots);
    stage_view view = {p, in, slots, truths, phase};
    bool ok = slots && take_values(&view);
    for (int32_t i = 0; ok && i < p->predicate_count; i++)
        truth_in_stage(&view, i);
    free(slots);
    return ok;
}

/* Take from a value's leaves that they decide, unless the value is what its operator came to. */
static void discharge(uint32_t *leaves, int32_t from, int32_t to, uint8_t truth, uint8_t result) {
    for (int32_t i = from; truth != result && i < to; i++)
        leaves[i] &= ~(uint32_t)AIGOV_DECIDES;
}

/* Run a rule without shortcuts and mark the leaves on which its truth rests: those of an AND or OR are the leaves of
   the operands that are what it is. Leaves come in code order, so those of a value on the stack are a range. */
static uint8_t trace(call_view *view, const rule *r, uint32_t *leaves, int32_t count) {
    uint8_t truths[MAX_DEPTH + 1];
    int32_t first[MAX_DEPTH + 1], top = 0, leaf = 0;
    const uint8_t *pc = view->program->code + r->code;
    for (;; pc += *pc == OP_PRED || *pc == OP_JF || *pc == OP_JT ? 5 : 1) {
        switch (*pc) {
        case OP_FALSE:
        case OP_TRUE:
            first[++top] = leaf;
            truths[top] = *pc;
            break;
        case OP_PRED:
            first[++top] = leaf;
            truths[top] = truth_in_call(view, word_at(pc + 1));
            if (leaf < count) /* a bundle may list fewer leaves than its code has */
                leaves[leaf++] |= AIGOV_DECIDES;
            break;
        case OP_NOT:
            truths[top] = NOT[truths[top]];
            break;
        case OP_AND:
        case OP_OR: {
            uint8_t one = truths[top - 1], other = truths[top], result = (*pc == OP_AND ? AND : OR)[one][other];
            discharge(leaves, first[top - 1], first[top], one, result);
            discharge(leaves, first[top], leaf, other, result);
            truths[--top] = result;
            break;
        }
        case OP_END:
            return truths[top];
        default: /* a jump is a shortcut: what it skips changes nothing */
            break;
        }
    }
}

/* The word of a leaf, before it is known whether it decides. */
static uint32_t leaf_word(call_view *view, int32_t number) {
    const predicate *q = &view->program->predicates[number];
    uint32_t count = q->kind == P_PAYLOAD ? found(view, q) : 0;
    return truth_in_call(view, number) | (count < AIGOV_COUNT_MAX ? count : AIGOV_COUNT_MAX) << AIGOV_COUNT_SHIFT;
}

static int32_t explain(call_view *view, uint32_t *out) {
    const aigov_program *p = view->program;
    uint32_t *at = out;
    for (int32_t i = 0; i < p->rule_count; i++) {
        const rule *r = &p->rules[i];
        const int32_t *leaves = p->leaves.data + p->leaves.offsets[i];
        int32_t count = p->leaves.offsets[i + 1] - p->leaves.offsets[i];
        for (int32_t k = 0; k < count; k++)
            at[1 + k] = leaf_word(view, leaves[k]);
        uint8_t truth = trace(view, r, at + 1, count);
        bool maybe = doubtful(r, view->flags);
        *at = maybe ? AND[truth][AIGOV_UNKNOWN] : SCOPE_FLAGS[r->scope] & view->flags ? truth : AIGOV_ABSENT;
        at += 1 + count;
    }
    return (int32_t)(at - out);
}

int32_t aigov_explain(const aigov_values *session, const aigov_values *profile, aigov_scratch *scratch,
                      const int64_t *measures, uint64_t known, const uint32_t *findings, int32_t finding_count,
                      const int32_t *incomplete, int32_t incomplete_count, uint32_t flags, uint32_t *out) {
    const aigov_program *p = scratch->program;
    uint8_t *truths = room(p->predicate_count, 1);
    if (!truths)
        return -1;
    memset(truths, LATER, (size_t)p->predicate_count);
    int32_t words = -1;
    if (flags <= ALL_FLAGS && complete(p, PHASE_SESSION, session, truths) &&
        complete(p, PHASE_PROFILE, profile, truths) &&
        tally(scratch, findings, finding_count, incomplete, incomplete_count) >= 0) {
        call_view view = {p, truths, scratch, measures, known, flags};
        words = explain(&view, out);
    }
    free(truths);
    return words;
}
