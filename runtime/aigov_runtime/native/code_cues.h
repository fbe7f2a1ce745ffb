typedef struct {
    uint32_t hash;
    uint16_t id;
    uint8_t length;
    uint8_t text[25];
} aigov_word;

typedef struct {
    uint32_t key; /* node << 16 | word; 0 for none */
    uint32_t node;
} aigov_edge;

typedef struct {
    uint16_t tail;
    uint8_t language, weight;
    uint16_t next; /* cue of the same node; 0 for none */
} aigov_cue;

typedef struct {
    uint32_t words, nodes, cues;
    uint32_t semicolons; /* languages whose statements end in one, as bits */
    aigov_word vocabulary[4096];
    uint16_t first[4096]; /* nodes behind the root, by word */
    aigov_edge edges[16384];
    uint16_t first_cue[8192]; /* of a node */
    aigov_cue cue[4096];
} aigov_languages;

typedef struct {
    uint8_t seen[4096]; /* how often each cue was, up to 2 */
    uint16_t score[32], cues[32];
    uint32_t lines;
} aigov_votes;

uint32_t aigov_language_word(aigov_languages *languages, const uint8_t *word, size_t length);
uint32_t aigov_language_step(aigov_languages *languages, uint32_t node, uint32_t word);
int aigov_language_cue(aigov_languages *languages, uint32_t node, uint32_t tail, uint32_t language, uint32_t weight);
void aigov_language_line(const aigov_languages *languages, aigov_votes *votes, const uint8_t *line, size_t size);
