#pragma once
#include <stdint.h>

/// How often memory was asked for since the process began: malloc, calloc, realloc, aligned.
uint64_t allocation_count(void);

/// Bytes that are allocated now, with what the allocator adds to each block.
int64_t allocated_bytes(void);
