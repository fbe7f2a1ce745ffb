/* Letters that look like others, and characters that are not seen. */

#include "views.inc"

static uint32_t code_point(const views *v, size_t i, size_t *size)
{
    uint8_t c = at(v, i);
    size_t more = c < 0xC0 ? 0 : c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
    uint32_t point = more ? c & (0x3F >> more) : c;
    for (size_t k = 1; k <= more; k++) {
        if (at(v, i + k) >> 6 != 2) {
            *size = 1;
            return 0xFFFD;
        }
        point = point << 6 | (at(v, i + k) & 0x3F);
    }
    *size = more + 1;
    return point;
}

/* Soft hyphen, zero-width characters, bidirectional controls, variation selectors, tags. */
static bool is_invisible(uint32_t c)
{
    return c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
           (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF || (c >= 0xE0000 && c <= 0xE01EF);
}

/* The ASCII character that a tag stands for (U+E0020 to U+E007E), or 0. */
static uint8_t tagged(uint32_t c)
{
    return c >= 0xE0020 && c <= 0xE007E ? (uint8_t)(c - 0xE0000) : 0;
}

/* The character before `i` is not seen either. */
static bool follows_invisible(const views *v, size_t i)
{
    size_t start = i, size;
    while (start > 0 && i - start < 4 && at(v, --start) >> 6 == 2)
        ;
    return start < i && is_invisible(code_point(v, start, &size)) && start + size == i;
}

/* A word in tags, four characters and more, is read; other runs of what is not seen are left out of words. */
static bool invisible(views *v, size_t i)
{
    size_t end = i, size, tags = 0;
    if (i > v->characters.done && follows_invisible(v, i))
        return false;
    for (uint32_t c; is_invisible(c = code_point(v, end, &size)); end += size)
        tags += tagged(c) != 0;
    if (tags >= 4) {
        for (size_t k = i; k < end; k += size) {
            uint8_t c = tagged(code_point(v, k, &size));
            edit(v, INVISIBLE, k, k + size, &c, c != 0, AROUND);
        }
        return true;
    }
    if (!is(v, end, WORD) && !(i > 0 && is(v, i - 1, WORD)))
        return false;
    edit(v, INVISIBLE, i, end, NULL, 0, AROUND);
    return true;
}

/* What a full-width, mathematical or circled letter or digit is in ASCII; 0 for others. */
static uint8_t plain(uint32_t c)
{
    if (c >= 0xFF01 && c <= 0xFF5E)
        return (uint8_t)(c - 0xFF01 + '!');
    if (c >= 0x1D400 && c <= 0x1D6A3) {
        uint32_t letter = (c - 0x1D400) % 52;
        return (uint8_t)(letter < 26 ? 'A' + letter : 'a' + letter - 26);
    }
    if (c >= 0x1D7CE && c <= 0x1D7FF)
        return (uint8_t)('0' + (c - 0x1D7CE) % 10);
    if (c >= 0x24B6 && c <= 0x24E9)
        return (uint8_t)(c < 0x24D0 ? 'A' + c - 0x24B6 : 'a' + c - 0x24D0);
    return c == 0x2010 || c == 0x2011 ? '-' : 0;
}

/* ASCII, or what stands for it. */
static uint8_t reads_as(const views *v, size_t i)
{
    size_t size;
    return at(v, i) < 0x80 ? at(v, i) : plain(code_point(v, i, &size));
}

/* A quick look at the first bytes: most of what is not ASCII is none of it. */
static bool may_be_look_alike(const views *v, size_t i)
{
    uint8_t second = at(v, i + 1), third = at(v, i + 2);
    switch (at(v, i)) {
    case 0xC2:
        return second == 0xAD;
    case 0xE2:
        return ((second == 0x80 || second == 0x81) && (third < 0x92 || third > 0xA9)) || second == 0x92 || second == 0x93;
    case 0xEF:
        if (second != 0xBC) /* but for full-width punctuation */
            return second == 0xBD || second == 0xB8 || second == 0xBB;
        return i == v->characters.done || third >= 0xA1 || (third >= 0x90 && third <= 0x99) || (i > 0 && is(v, i - 1, ALNUM));
    case 0xF0:
        return second == 0x9D;
    default:
        return at(v, i) == 0xF3;
    }
}

/* Marks that are not seen, and letters in other shapes. Such punctuation counts between two letters or digits only:
Chinese and Japanese are written with it. */
bool look_alike(views *v, size_t i)
{
    size_t size;
    if (!may_be_look_alike(v, i))
        return false;
    uint32_t c = code_point(v, i, &size);
    if (is_invisible(c))
        return invisible(v, i);
    uint8_t ascii = plain(c);
    bool behind = (i > 0 && is(v, i - 1, ALNUM)) || (i == v->characters.done && v->characters.open);
    if (!ascii || (!(aigov_classes[ascii] & ALNUM) && !(behind && aigov_classes[reads_as(v, i + size)] & ALNUM)))
        return false;
    edit(v, LETTERS, i, i + size, &ascii, 1, AROUND);
    return true;
}

/* Greek and Cyrillic letters that look like a Latin one; 0 for others (Unicode Technical Standard 39, confusables). */
static uint8_t latin(uint32_t c)
{
    switch (c) {
    case 0x391: case 0x410: return 'A';
    case 0x392: case 0x412: return 'B';
    case 0x3F9: case 0x421: return 'C';
    case 0x395: case 0x415: return 'E';
    case 0x50C: return 'G';
    case 0x397: case 0x41D: return 'H';
    case 0x399: case 0x406: case 0x4C0: return 'I';
    case 0x37F: case 0x408: return 'J';
    case 0x39A: case 0x41A: return 'K';
    case 0x39C: case 0x41C: return 'M';
    case 0x39D: return 'N';
    case 0x39F: case 0x41E: return 'O';
    case 0x3A1: case 0x420: return 'P';
    case 0x51A: return 'Q';
    case 0x405: return 'S';
    case 0x3A4: case 0x422: return 'T';
    case 0x474: return 'V';
    case 0x51C: return 'W';
    case 0x3A7: case 0x425: return 'X';
    case 0x3A5: case 0x4AE: return 'Y';
    case 0x396: return 'Z';
    case 0x3B1: case 0x430: return 'a';
    case 0x3F2: case 0x441: return 'c';
    case 0x501: return 'd';
    case 0x435: return 'e';
    case 0x4BB: return 'h';
    case 0x456: case 0x3B9: return 'i';
    case 0x3F3: case 0x458: return 'j';
    case 0x3BA: case 0x43A: return 'k';
    case 0x4CF: return 'l';
    case 0x3BF: case 0x43E: return 'o';
    case 0x3C1: case 0x440: return 'p';
    case 0x51B: return 'q';
    case 0x455: return 's';
    case 0x3C4: return 't';
    case 0x3BD: case 0x475: return 'v';
    case 0x51D: return 'w';
    case 0x3C7: case 0x445: return 'x';
    case 0x443: case 0x3B3: return 'y';
    case 0x417: return '3';
    case 0x431: return '6';
    default: return 0;
    }
}

static bool is_letter(uint8_t lead)
{
    return lead >= 0xCE && lead < 0xD4;
}

/* A run of Greek and Cyrillic letters beside an ASCII letter or digit, all of which look like Latin ones. */
bool homoglyphs(views *v, size_t i)
{
    size_t size, start = i, end;
    if (!is(v, i + 2, ALNUM) && !(i > 0 && is(v, i - 1, ALNUM)))
        return false;
    while (start >= v->characters.done + 2 && is_letter(v->data[start - 2]) && latin(code_point(v, start - 2, &size)))
        start -= 2;
    for (end = i; latin(code_point(v, end, &size)); end += 2)
        ;
    bool foreign = is_letter(at(v, end)) || (start >= v->characters.done + 2 && is_letter(v->data[start - 2]));
    if (end == i || foreign)
        return false;
    for (; start < end; start += 2) {
        uint8_t ascii = latin(code_point(v, start, &size));
        edit(v, LETTERS, start, start + 2, &ascii, 1, AROUND);
    }
    return true;
}
