/* Run the decision core on cases from a file, under AddressSanitizer and UBSan.

   `sanitize.py` writes the cases: programs, sound and damaged, and calls for them. Every array is copied into a
   block of its own exact size, so that one byte too many is seen. Prints what it did; a sanitizer report ends it. */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"

static FILE *input;
static long allocations_left = -1; /* negative: no limit */

void *__real_calloc(size_t count, size_t size);

void *__wrap_calloc(size_t count, size_t size) {
    if (allocations_left == 0)
        return NULL;
    if (allocations_left > 0)
        allocations_left--;
    return __real_calloc(count, size);
}

static void must(bool ok, const char *what) {
    if (!ok) {
        fprintf(stderr, "harness: %s\n", what);
        exit(2);
    }
}

static int64_t scalar(void) {
    int64_t value;
    must(fread(&value, sizeof value, 1, input) == 1, "the case file is cut off");
    return value;
}

/* A block; its size in items goes to `count` unless that is NULL. */
static void *block(size_t item, int64_t *count) {
    int64_t size = scalar();
    must(size >= 0 && size % (int64_t)item == 0, "a block has a wrong size");
    void *data = malloc((size_t)size);
    must(data || !size, "out of memory");
    must(fread(data, 1, (size_t)size, input) == (size_t)size, "the case file is cut off");
    if (count)
        *count = size / (int64_t)item;
    return data;
}

static aigov_lists lists(void) {
    int64_t offsets;
    aigov_lists made = {.offsets = block(4, &offsets)};
    made.data = block(4, NULL);
    made.rows = (int32_t)offsets - 1;
    return made;
}

static aigov_values values(void) {
    int64_t count, text_size, member_count;
    aigov_values made = {.values = block(sizeof(aigov_value), &count)};
    made.text = block(1, &text_size);
    made.members = block(4, &member_count);
    made.count = (int32_t)count;
    made.text_size = text_size;
    made.member_count = member_count;
    return made;
}

static void drop_values(aigov_values v) {
    free((void *)v.values);
    free((void *)v.text);
    free((void *)v.members);
}

static int64_t words_written;

/* `explained` is the size of an explanation in words. */
static bool call(const aigov_program *program, int64_t explained) {
    aigov_values identity = values(), kind = values();
    int64_t finding_count, incomplete_count, known, flags;
    int64_t *measures = block(8, NULL);
    uint32_t *findings = block(4, &finding_count);
    int32_t *incomplete = block(4, &incomplete_count);
    known = scalar();
    flags = scalar();
    aigov_stage *session = NULL, *profile = NULL;
    aigov_scratch *scratch = NULL;
    int32_t words = -1;
    if (program) {
        session = aigov_session_new(program, &identity);
        profile = session ? aigov_profile_new(session, &kind) : NULL;
        scratch = aigov_scratch_new(program);
    }
    for (int i = 0; profile && scratch && i < 2; i++) /* the second finds used scratch */
        words = aigov_decide(profile, scratch, measures, (uint64_t)known, findings, (int32_t)finding_count, incomplete,
                             (int32_t)incomplete_count, (uint32_t)flags);
    for (int32_t i = 0; i < words; i++)
        words_written += aigov_scratch_output(scratch)[i] != 0;
    uint32_t *explanation = malloc((size_t)explained * sizeof *explanation); /* exactly what is promised */
    int32_t told = -1;
    if (scratch && explanation)
        told = aigov_explain(&identity, &kind, scratch, measures, (uint64_t)known, findings, (int32_t)finding_count,
                             incomplete, (int32_t)incomplete_count, (uint32_t)flags, explanation);
    must(!scratch || (told >= 0) == (words >= 0), "a call is fit to be decided and not to be explained, or the reverse");
    must(told < 0 || told == explained, "an explanation of another size");
    for (int32_t i = 0; i < told; i++)
        words_written += explanation[i] != 0;
    free(explanation);
    aigov_scratch_free(scratch);
    aigov_stage_free(profile);
    aigov_stage_free(session);
    drop_values(identity);
    drop_values(kind);
    free(measures);
    free(findings);
    free(incomplete);
    return words >= 0;
}

int main(int argc, char **argv) {
    must(argc == 2 && (input = fopen(argv[1], "rb")), "usage: sanitize_core CASES");
    long programs = 0, refused = 0, calls = 0, decided = 0, starved = 0;
    for (int64_t cases = scalar(); cases > 0; cases--) {
        int64_t attributes, text_size, strings, pool_words, predicate_words, code_size, rule_words, posting_words;
        aigov_sections in = {.attribute_kinds = block(1, &attributes), .attribute_phases = block(1, NULL)};
        in.text = block(1, &text_size);
        in.text_offsets = block(4, &strings);
        in.detectors = (int32_t)scalar();
        in.selectors = lists();
        in.pool = block(4, &pool_words);
        in.predicates = block(32, &predicate_words);
        in.code = block(1, &code_size);
        in.rules = block(32, &rule_words);
        in.postings = block(4, &posting_words);
        in.leaves = lists();
        in.attributes = (int32_t)attributes;
        in.text_size = text_size;
        in.strings = (int32_t)strings - 1;
        in.pool_words = (int32_t)pool_words;
        in.predicate_count = (int32_t)predicate_words;
        in.code_size = (int32_t)code_size;
        in.rule_count = (int32_t)rule_words;
        in.posting_words = (int32_t)posting_words;

        aigov_fault fault = {0};
        aigov_program *program = aigov_program_new(&in, &fault);
        must(program || (fault.section && fault.what), "a refusal without a reason");
        if (program && programs % 50 == 0) { /* out of memory at every point in turn: refused, and nothing leaks */
            aigov_program *again = NULL;
            for (long limit = 0; !again; limit++, starved++) {
                allocations_left = limit;
                again = aigov_program_new(&in, &fault);
            }
            aigov_values nothing = {0};
            aigov_stage *stage = NULL;
            for (long limit = 0; !stage; limit++, starved++) {
                allocations_left = limit;
                stage = aigov_session_new(again, &nothing);
            }
            aigov_scratch *scratch = NULL;
            for (long limit = 0; !scratch; limit++, starved++) {
                allocations_left = limit;
                scratch = aigov_scratch_new(again);
            }
            allocations_left = -1;
            aigov_scratch_free(scratch);
            aigov_stage_free(stage);
            aigov_program_free(again);
        }
        programs++;
        refused += !program;
        for (int64_t left = scalar(); left > 0; left--, calls++)
            decided += call(program, in.rule_count + (in.rule_count > 0 ? in.leaves.offsets[in.rule_count] : 0));
        aigov_program_free(program);
        void *owned[] = {(void *)in.attribute_kinds,   (void *)in.attribute_phases,  (void *)in.text,
                         (void *)in.text_offsets,      (void *)in.selectors.offsets, (void *)in.selectors.data,
                         (void *)in.pool,              (void *)in.predicates,        (void *)in.code,
                         (void *)in.rules,             (void *)in.postings,          (void *)in.leaves.offsets,
                         (void *)in.leaves.data};
        for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
            free(owned[i]);
    }
    fclose(input);
    printf("%ld %ld %ld %ld %ld %lld\n", programs, refused, calls, decided, starved, (long long)words_written);
    return 0;
}
