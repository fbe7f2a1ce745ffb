/* Screens: what a validator surely refuses is dropped before Python sees it. */

#include <stddef.h>
#include <stdint.h>

#include "entropy.h"
#include "randomness.h"
#include "screens.h"

enum { LUHN, ENTROPY, FILLER }; /* aigov_runtime.scan.validators.SCREENS */

/* The Luhn check digit (ISO/IEC 7812-1 annex B) over the digits; spaces, dots and hyphens do not count. */
static int luhn(const uint8_t *value, size_t size)
{
    int total = 0, doubled = 0, digits = 0;
    while (size-- > 0) {
        int digit = value[size] - '0';
        if (value[size] == ' ' || value[size] == '-' || value[size] == '.')
            continue;
        if (digit < 0 || digit > 9)
            return 0;
        if (doubled)
            digit = digit > 4 ? 2 * digit - 9 : 2 * digit;
        total += digit;
        doubled = !doubled;
        digits++;
    }
    return digits > 1 && total % 10 == 0;
}

/* Whether the value passes; an unknown screen lets everything through. */
int aigov_screen(int screen, double minimum, const uint8_t *value, size_t size)
{
    switch (screen) {
    case LUHN:
        return luhn(value, size);
    case ENTROPY:
        return size > 0 && aigov_entropy(value, size) >= minimum;
    case FILLER:
        return !aigov_filler(value, size);
    default:
        return 1;
    }
}
