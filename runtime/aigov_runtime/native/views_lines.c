/* Words that go on on the next line: wrapped by a mailer, a terminal or an editor. Most line ends part words. */

#include "views.inc"

enum {
    LEAST_PIECE = 4, /* bytes of a word before a line end */
    LEAST_WORD = 16, /* bytes of a wrapped word */
    LEAST_WIDTH = 32, /* of a line that is as long as the one before since both are cut */
    FARTHEST = 512,  /* how far a line's start is looked for */
    INDENT = 64,     /* bytes that indent or quote a line */
    CHAIN = 64,      /* lines of a word */
    LIST = 4         /* lines of one word each that may stand below */
};

static bool in_word(const views *v, size_t i)
{
    return is(v, i, WORD) || at(v, i) == '.';
}

static bool is_margin(const views *v, size_t i)
{
    uint8_t c = at(v, i);
    return is(v, i, BLANK) || c == '>' || c == '#' || c == '|';
}

/* Behind the line end at `i`, and behind what indents or quotes the next line. */
static size_t next_word(const views *v, size_t i)
{
    size_t j = i + (at(v, i) == '\r');
    j += at(v, j) == '\n';
    while (j - i < INDENT && is_margin(v, j))
        j++;
    return j;
}

static size_t word_end(const views *v, size_t i)
{
    while (in_word(v, i))
        i++;
    return i;
}

/* The word starts its line, but for what indents or quotes it. */
static bool starts_line(const views *v, size_t word)
{
    while (word > 0 && is_margin(v, word - 1))
        word--;
    return word == 0 || is_line_end(v->data[word - 1]);
}

static size_t line_start(const views *v, size_t i)
{
    size_t least = i > FARTHEST ? i - FARTHEST : 0;
    while (i > least && !is_line_end(v->data[i - 1]))
        i--;
    return i;
}

/* The line that ends at `i` and the one before are cut at one width. */
static bool is_column(const views *v, size_t i)
{
    size_t start = line_start(v, i), end = start;
    while (end > 0 && start - end < 2 && is_line_end(v->data[end - 1]))
        end--;
    return i - start >= LEAST_WIDTH && end < start && i - start == end - line_start(v, end);
}

/* From the word of a line of its own on: whether the words of such lines may be one. It is cut at one width, and few lines
of a word each follow on its end; more of them are a list, as are equal ones without an end. `*end` is behind all. */
static bool is_cut_block(const views *v, size_t word, size_t *end)
{
    size_t lines = 0, even = 0, width = 0;
    for (size_t behind; (behind = word_end(v, word)) > word; lines++) {
        for (int pads = 0; pads < 2 && at(v, behind) == '='; pads++)
            behind++;
        if (!is_line_end(at(v, behind)))
            break;
        width = lines ? width : behind - word;
        even += even == lines && behind - word == width;
        *end = behind;
        word = at(v, behind) ? next_word(v, behind) : behind;
    }
    return lines == 1 || (lines > even && even <= CHAIN && lines - even <= LIST);
}

/* How irregular a piece of a word is. */
typedef struct {
    size_t size, changes;
    int kinds;
} shape;

/* `changes` are those between small letters, capitals and digits, but for a small letter behind a capital. */
static shape shape_of(const views *v, size_t start, size_t end)
{
    shape s = {.size = end - start};
    for (int last = 0; start < end; start++) {
        int kind = aigov_classes[v->data[start]] & ALNUM;
        if (!kind)
            continue;
        s.changes += last && kind != last && !(last == UPPER && kind == LOWER);
        s.kinds |= last = kind;
    }
    return s;
}

/* No word of a language or program: `DEBUG`, `replicaCount`, `sha256`. */
static bool is_random(shape s)
{
    return s.changes >= (s.size > 6 ? 3 : 2) && 6 * s.changes >= s.size;
}

/* What ends here is the name of a setting or function: `PORT=80`, `port: 80`, `f(`. Pads of base64 are not. */
static bool is_name(const views *v, size_t end)
{
    size_t i = end;
    while (i - end < INDENT && is(v, i, BLANK))
        i++;
    if (at(v, i) != '=')
        return at(v, i) == ':' || at(v, end) == '(';
    size_t pads = 1 + (at(v, i + 1) == '=');
    return i > end || is(v, i + pads, WORD) || at(v, i + pads) == '$';
}

/* The line end at `i` cuts the word from `first` to `second_end`. Both pieces are random, unless the cut shows
otherwise: in quotes, and in lines of one width. */
static bool is_cut(const views *v, size_t first, size_t i, size_t second, size_t second_end, bool goes_on)
{
    shape before = shape_of(v, first, i), behind = shape_of(v, second, second_end);
    if (before.size + behind.size < LEAST_WORD || before.changes + behind.changes < 3 ||
        !((before.kinds | behind.kinds) & DIGIT) || is_name(v, second_end))
        return false;
    if (is_random(before) && is_random(behind))
        return true;
    bool closed = is(v, second_end, QUOTE) && (goes_on || (first > 0 && v->data[first - 1] == v->data[second_end]));
    return closed || ((goes_on || is_random(before)) && is_column(v, i));
}

/* A word that ends its line and goes on on the next. Lines of one word each are a list unless they show a cut. */
bool wrapped(views *v, size_t i)
{
    size_t first = i, second = next_word(v, i);
    if (i < v->list || i == 0 || v->data[i - 1] == '-' || !is(v, second, WORD) || at(v, second) == '-')
        return false;
    while (first > v->characters.floor && in_word(v, first - 1))
        first--;
    size_t second_end = word_end(v, second);
    bool goes_on = v->chained && v->chain == first;
    if (i - first < LEAST_PIECE || !is_cut(v, first, i, second, second_end, goes_on))
        return false;
    if (goes_on ? v->chained >= CHAIN : starts_line(v, first)) {
        if (goes_on || !is_cut_block(v, first, &v->list))
            return false;
        v->list = 0;
    }
    edit(v, WRAPPED, i, second, NULL, 0, AROUND);
    v->chained = goes_on ? v->chained + 1 : 1;
    v->chain = second;
    return true;
}
