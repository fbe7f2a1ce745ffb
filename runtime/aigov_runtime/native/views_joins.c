/* Words in pieces: spaced, concatenated in code, written as a list of numbers. */

#include "views.inc"

enum {
    LEAST_SPACED = 8, /* letters of a spaced word */
    BETWEEN = 64,     /* blanks between the pieces of a concatenation */
    LONGEST = 1024,   /* bytes of a list that is joined, or of a string of it */
    LEAST_NUMBERS = 8 /* numbers of a list that is text */
};

/* `A K I A 4`: single word bytes with a space between. */
bool spaced(views *v, size_t i)
{
    size_t start = i, end = i;
    if (at(v, i + 1) != ' ')
        return false;
    while (start >= v->characters.done + 2 && v->data[start - 1] == ' ' && is(v, start - 2, WORD) &&
           (start < 3 || !is(v, start - 3, WORD)))
        start -= 2;
    while (at(v, end + 1) == ' ' && is(v, end + 2, WORD) && !is(v, end + 3, WORD))
        end += 2;
    if (end - start < 2 * (LEAST_SPACED - 1))
        return false;
    for (; start < end; start += 2)
        edit(v, SPACED, start + 1, start + 2, NULL, 0, AROUND);
    return true;
}

static size_t skip_blanks(const views *v, size_t i)
{
    size_t end = i + BETWEEN;
    while (i < end && (is(v, i, BLANK) || at(v, i) == '\n' || at(v, i) == '\r'))
        i++;
    return i;
}

/* Behind the operator that joins strings at `i`, or `i`: + ++ . .. & && || ~ and a backslash at the line's end. A dot
right behind a string, with a space behind it, ends a sentence. */
static size_t operator_end(const views *v, size_t i)
{
    uint8_t c = at(v, i);
    if (c == '\\')
        return is_line_end(at(v, i + 1)) ? i + 1 : i;
    if (c == '|' ? at(v, i + 1) != '|' : c != '+' && c != '.' && c != '&' && c != '~')
        return i;
    if (c == '.' && is(v, i + 1, BLANK) && is(v, i - 1, QUOTE))
        return i;
    return i + 1 + (at(v, i + 1) == c);
}

/* Behind the quote that opens a string at `i`, with the letters that may stand in front of it; 0 when none does. */
static size_t opened(const views *v, size_t i)
{
    size_t end = i + 2;
    while (i < end && (is(v, i, UPPER | LOWER) || at(v, i) == '@' || at(v, i) == '$'))
        i++;
    return is(v, i, QUOTE) ? i + 1 : 0;
}

/* Strings without an operator between are one in the same quotes, with blanks between, and no empty line. */
static bool adjoins(const views *v, size_t i, size_t next)
{
    size_t ends = 0;
    for (size_t k = i + 1; k < next; k++)
        ends += v->data[k] == '\n';
    return ends <= 1 && v->data[i] == v->data[next - 1] && (is(v, i + 1, BLANK) || is_line_end(at(v, i + 1)));
}

/* The piece of a concatenation that ends at the quote goes on in another string. */
bool concatenated(views *v, size_t i)
{
    size_t behind = skip_blanks(v, i + 1), operand = operator_end(v, behind);
    size_t next = opened(v, skip_blanks(v, operand));
    if (!next || !is(v, next, WORD) || (operand == behind && !adjoins(v, i, next)))
        return false;
    edit(v, CONCATENATED, i, next, NULL, 0, AROUND);
    return true;
}

/* Leaves out what stands between the strings of a list that starts at `i`. Returns where the list ends. */
static size_t join_list(views *v, size_t i)
{
    for (size_t last = 0;;) {
        size_t first = opened(v, skip_blanks(v, i)), end = first;
        if (!first)
            return i;
        if (last)
            edit(v, CONCATENATED, last, first, NULL, 0, AROUND);
        while (end - first < LONGEST && at(v, end) != v->data[first - 1] && at(v, end) > '\n')
            end++;
        if (at(v, end) != v->data[first - 1])
            return end;
        last = end;
        i = skip_blanks(v, end + 1);
        if (at(v, i) != ',')
            return i;
        i++;
    }
}

/* Where the list of strings starts that ends before `i`, which is behind its bracket; 0 when it is no such list. */
static size_t list_start(const views *v, size_t i)
{
    size_t least = i > v->characters.done + LONGEST ? i - LONGEST : v->characters.done;
    for (i--; i > least && v->data[i - 1] != '[' && v->data[i - 1] != ']'; i--)
        ;
    return i > least && v->data[i - 1] == '[' ? i : 0;
}

static bool ends_with(const views *v, size_t i, const char *word)
{
    size_t size = strlen(word);
    for (size_t k = 0; k < size; k++)
        if (i < size || (at(v, i - size + k) | 32) != (word[k] | 32))
            return false;
    return true;
}

/* `concat('a', 'b')` and `["a", "b"].join("")`; the parenthesis is at `i`. */
bool joined(views *v, size_t i)
{
    if (ends_with(v, i, "concat"))
        return join_list(v, i + 1) > i + 1;
    if (!ends_with(v, i, "].join") || at(v, i + 2) != at(v, i + 1))
        return false;
    size_t list = list_start(v, i - 5);
    return list && join_list(v, list) > list;
}

/* `"".join(["a", "b"])`; the second quote is at `i`. */
bool joined_by(views *v, size_t i)
{
    if (!ends_with(v, i + 7, ".join(") || v->data[i - 1] != v->data[i])
        return false;
    size_t list = skip_blanks(v, i + 7);
    return (at(v, list) == '[' || at(v, list) == '(') && join_list(v, list + 1) > list + 1;
}

/* A number of such a list: two hexadecimal digits, with `0x` or without. */
static int number(const views *v, size_t i, bool prefixed)
{
    if (prefixed && (at(v, i) != '0' || (at(v, i + 1) | 32) != 'x'))
        return -1;
    int byte = hex_pair(v, i + 2 * prefixed);
    return byte < 0x80 && byte >= 0 && !(aigov_classes[byte] & PRINTABLE) ? -1 : byte;
}

/* `0x41, 0x4b, …` and `41:4b:…`; the separator is at `i`. */
bool hex_list(views *v, size_t i)
{
    bool prefixed = at(v, i) == ',';
    size_t width = prefixed ? 4 : 2, start = i - width, gap = at(v, i + 1) == ' ' ? 2 : 1, count = 0;
    if (i < v->characters.done + width || number(v, start, prefixed) < 0)
        return false;
    while (start >= v->characters.done + width + gap && at(v, start - gap) == at(v, i) &&
           number(v, start - gap - width, prefixed) >= 0)
        start -= gap + width;
    size_t step = width + gap, end = start;
    while (number(v, end, prefixed) >= 0 && number(v, end, prefixed) < 0x80) {
        count++;
        end += width;
        if (at(v, end) != at(v, i) || number(v, end + gap, prefixed) < 0)
            break;
        end += gap;
    }
    if (count < LEAST_NUMBERS || is(v, end, WORD) || (start > 0 && is(v, start - 1, WORD)))
        return false;
    for (size_t k = 0; k < count; k++) {
        uint8_t byte = (uint8_t)number(v, start + k * step, prefixed);
        edit(v, HEX, start + k * step - (k ? gap : 0), start + k * step + width, &byte, 1, AROUND);
    }
    return true;
}
