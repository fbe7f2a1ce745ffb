typedef struct {
    uint32_t start, end;         /* whole lines, without the last line break */
    uint32_t lines;              /* that are not blank */
    uint32_t tag_start, tag_end; /* the word after a Markdown fence; equal without one */
    uint32_t language;           /* 255 for none */
} aigov_code_run;

size_t aigov_code_find(const aigov_languages *languages, const uint8_t *text, size_t size, aigov_code_run *runs,
                       size_t capacity);
