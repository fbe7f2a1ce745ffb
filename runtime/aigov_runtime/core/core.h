/* The decision core's interface. cffi reads this file as it is, so: declarations only. */

/* Kleene truth. */
enum { AIGOV_FALSE = 0, AIGOV_TRUE = 1, AIGOV_UNKNOWN = 2 };

/* Bits of a call's flags. */
enum {
    AIGOV_PROMPT = 1,
    AIGOV_RESPONSE = 2,
    AIGOV_TOOL_CALL = 4,
    AIGOV_TOOL_RESULT = 8,
    AIGOV_UNPARSED = 16
};

/* Attribute kinds. */
enum { AIGOV_BOOL = 0, AIGOV_INT = 1, AIGOV_STRING = 2, AIGOV_SET = 3 };

/* A packed finding: detector | confidence << 24 | where << 26, where = 0 text, 1 tool call, 2 tool result. */
enum { AIGOV_CONFIDENCE_SHIFT = 24, AIGOV_WHERE_SHIFT = 26 };

/* A record's first word: rule | verdict << 30. Truths of the leaves follow, 2 bits each, 16 to a word. */
enum { AIGOV_VERDICT_SHIFT = 30, AIGOV_LEAVES_PER_WORD = 16 };

/* A word of an explanation: truth, whether the rule's truth rests on it, and for a payload predicate how many findings
   were counted. */
enum { AIGOV_ABSENT = 3, AIGOV_DECIDES = 4, AIGOV_COUNT_SHIFT = 3, AIGOV_COUNT_MAX = (1 << 29) - 1 };

/* A list of lists: row i is data[offsets[i]] .. data[offsets[i + 1]]. */
typedef struct {
    const int32_t *offsets;
    const int32_t *data;
    int32_t rows;
} aigov_lists;

/* What a bundle says, not yet trusted. All pointers stay valid during the call only. */
typedef struct {
    const uint8_t *attribute_kinds;  /* AIGOV_BOOL .. */
    const uint8_t *attribute_phases; /* isa.Phase */
    int32_t attributes;
    const uint8_t *text; /* the string pool, end to end */
    int64_t text_size;
    const int32_t *text_offsets; /* strings + 1 */
    int32_t strings;
    int32_t detectors;
    aigov_lists selectors; /* detectors of each, ascending */
    const int32_t *pool;
    int32_t pool_words;
    const int32_t *predicates; /* 8 words each */
    int32_t predicate_count;
    const uint8_t *code;
    int32_t code_size;
    const int32_t *rules; /* 8 words each */
    int32_t rule_count;
    const int32_t *postings;
    int32_t posting_words;
    aigov_lists leaves; /* predicates of each rule */
} aigov_sections;

/* Why a bundle is refused: what is wrong, with which entry of which section. */
typedef struct {
    const char *section;
    const char *what;
    int32_t index;
} aigov_fault;

/* The value of one attribute. Sets are string numbers, ascending; `string` is -1 when the text is not in the pool. */
typedef struct {
    int32_t attribute;
    int32_t string;
    int64_t number;
    int64_t offset; /* into text (strings, bytes) or members (sets, entries) */
    int64_t length;
} aigov_value;

typedef struct {
    const aigov_value *values;
    int32_t count;
    const uint8_t *text;
    int64_t text_size;
    const int32_t *members;
    int64_t member_count;
} aigov_values;

typedef struct aigov_program aigov_program;
typedef struct aigov_stage aigov_stage;
typedef struct aigov_scratch aigov_scratch;

/* Check everything and copy it. NULL on a fault, which is then filled (out of memory included). */
aigov_program *aigov_program_new(const aigov_sections *in, aigov_fault *fault);
void aigov_program_free(aigov_program *program);
/* Where a call's measures hold a call attribute; -1 when no predicate reads it. */
int32_t aigov_program_measure(const aigov_program *program, int32_t attribute);

/* Evaluate a phase. A session follows the program, a profile a session; the program must outlive both.
   NULL when a value is malformed or memory is short. */
aigov_stage *aigov_session_new(const aigov_program *program, const aigov_values *values);
aigov_stage *aigov_profile_new(const aigov_stage *session, const aigov_values *values);
void aigov_stage_free(aigov_stage *stage);
int32_t aigov_stage_rules(const aigov_stage *stage); /* rules still alive */

/* Working memory of one thread. */
aigov_scratch *aigov_scratch_new(const aigov_program *program);
void aigov_scratch_free(aigov_scratch *scratch);
const uint32_t *aigov_scratch_output(const aigov_scratch *scratch);

/* Decide one call. Writes to the scratch's output: flags, the number of incomplete detectors, those
   detectors, then a record for every applicable rule that is not false.
   Returns the number of words, or -1 when the call is malformed. */
int32_t aigov_decide(const aigov_stage *profile, aigov_scratch *scratch, const int64_t *measures, uint64_t known,
                     const uint32_t *findings, int32_t finding_count, const int32_t *incomplete,
                     int32_t incomplete_count, uint32_t flags);

/* Explain one call, off the hot path: every rule from all its values, nothing skipped. Writes a word for each rule
   (its truth, AIGOV_ABSENT when it is not for this call), each followed by one for each of its leaves.
   Returns the number of words, or -1 when the call is malformed or memory is short. */
int32_t aigov_explain(const aigov_values *session, const aigov_values *profile, aigov_scratch *scratch,
                      const int64_t *measures, uint64_t known, const uint32_t *findings, int32_t finding_count,
                      const int32_t *incomplete, int32_t incomplete_count, uint32_t flags, uint32_t *out);
