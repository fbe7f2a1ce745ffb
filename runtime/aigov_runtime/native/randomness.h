double aigov_randomness(const uint8_t *data, size_t size);
double aigov_draw(const uint8_t *data, size_t size);
int aigov_filler(const uint8_t *data, size_t size);
