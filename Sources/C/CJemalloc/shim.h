#pragma once
#include <stddef.h>
#include <stdint.h>

// Of <jemalloc/jemalloc.h>, which declares malloc and its like anew, nothing else is needed.
extern int mallctl(const char *name, void *old, size_t *old_size, void *fresh, size_t fresh_size);

// Figures are those of the last epoch that was begun.
static inline void cjemalloc_begin_epoch(void) {
    uint64_t epoch = 1;
    mallctl("epoch", NULL, NULL, &epoch, sizeof epoch);
}

// 0: there is no such figure.
static inline size_t cjemalloc_figure(const char *name) {
    size_t value = 0, size = sizeof value;
    return mallctl(name, &value, &size, NULL, 0) == 0 ? value : 0;
}
