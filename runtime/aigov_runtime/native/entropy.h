double aigov_entropy(const uint8_t *data, size_t size);
