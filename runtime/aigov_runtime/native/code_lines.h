enum {
    AIGOV_LINE_BLANK,
    AIGOV_LINE_PROSE,
    AIGOV_LINE_SECTION, /* the head of one, in configuration */
    AIGOV_LINE_NEUTRAL,
    AIGOV_LINE_SETTING, /* `name = value`, as in code and as in configuration */
    AIGOV_LINE_COMMENT,
    AIGOV_LINE_CODE,
    AIGOV_LINE_STATEMENT, /* code that ends in a semicolon */
};

uint32_t aigov_code_line(const uint8_t *at, const uint8_t *end);
