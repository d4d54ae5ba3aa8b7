#pragma once
#include <stdint.h>

/// How often memory was asked for since the process began: malloc, calloc, realloc, aligned.
uint64_t allocation_count(void);
