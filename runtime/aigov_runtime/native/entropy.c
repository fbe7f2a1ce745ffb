/* Shannon entropy of bytes. */

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "entropy.h"

/* In bits per byte; 0 for nothing. */
double aigov_entropy(const uint8_t *data, size_t size)
{
    uint32_t counts[256] = {0};
    double sum = 0;
    if (size == 0)
        return 0;
    for (size_t i = 0; i < size; i++)
        counts[data[i]]++;
    for (int byte = 0; byte < 256; byte++)
        if (counts[byte])
            sum += counts[byte] * log2(counts[byte]);
    return fmax(0, log2((double)size) - sum / (double)size);
}
