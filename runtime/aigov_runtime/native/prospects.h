typedef struct aigov_automaton aigov_automaton;
typedef struct {
    int64_t first, last; /* where the match may have begun: several attempts that go on alike are one */
    int64_t begun;       /* where the span asked for may have begun; -1: it has not */
    int32_t state;
} aigov_attempt;
typedef struct {
    aigov_attempt *items;
    int64_t count, room;
    int64_t at;         /* how far the text was read */
    int64_t matched;    /* the first attempt that may have ended in a match; -1: none did */
    int64_t generation; /* of the automaton's states */
} aigov_prospects;
aigov_automaton *aigov_automaton_new(const int32_t *const *programs, const int64_t *widths, const uint8_t *held,
                                     int64_t count);
void aigov_automaton_free(aigov_automaton *automaton);
int64_t aigov_automaton_states(const aigov_automaton *automaton);
void aigov_prospects_free(aigov_prospects *prospects);
int aigov_prospects_read(aigov_automaton *automaton, aigov_prospects *prospects, const uint8_t *data, int64_t base,
                         int64_t end, int64_t *value, int64_t *match);
