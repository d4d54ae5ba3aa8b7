/// The simdjson DOM parser behind a C interface: bytes in, tape and string buffer out.
/// Swift walks the tape itself (Sources/JSON); nothing of C++ is visible outside this target.
#ifndef PENSTOCK_CSIMDJSON_H
#define PENSTOCK_CSIMDJSON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct CSimdjsonParser CSimdjsonParser;

/// What one parse produced. The pointers stay valid until the next parse or the parser's end and
/// are null unless `error` is 0.
typedef struct {
    /// simdjson's error code; 0 is success.
    int32_t error;
    /// The tape: word 0 is the root, word 1 the first value.
    const uint64_t *tape;
    /// Strings: each a 4-byte length in host order, the unescaped UTF-8 bytes, and a zero.
    const uint8_t *strings;
} CSimdjsonDocument;

/// A parser for documents of at most `bytes_max` bytes nested at most `depth_max` deep.
/// Null when there is no memory.
CSimdjsonParser *csimdjson_create(size_t bytes_max, size_t depth_max);

void csimdjson_destroy(CSimdjsonParser *parser);

/// Copies the bytes to a padded buffer and parses them there.
CSimdjsonDocument csimdjson_parse(CSimdjsonParser *parser, const void *bytes, size_t count);

#ifdef __cplusplus
}
#endif

#endif
