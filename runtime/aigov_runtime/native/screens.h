int aigov_screen(int screen, double minimum, const uint8_t *value, size_t size);
