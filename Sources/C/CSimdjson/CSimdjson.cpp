#define SIMDJSON_EXCEPTIONS 0
#include "CSimdjson.h"

#include <simdjson.h>

#include <cstdlib>
#include <cstring>
#include <new>

struct CSimdjsonParser {
    simdjson::dom::parser parser;
    size_t bytes_max;
    size_t depth_max;
    uint8_t *buffer = nullptr;
    size_t capacity = 0;

    CSimdjsonParser(size_t bytes, size_t depth)
        : parser(bytes), bytes_max(bytes), depth_max(depth) {}
    ~CSimdjsonParser() { std::free(buffer); }

    /// Room for `count` bytes and the padding simdjson reads beyond them. Grows in powers of two,
    /// so that a slowly growing message does not allocate each time.
    simdjson::error_code reserve(size_t count) {
        if (count <= capacity) return simdjson::SUCCESS;
        if (count > bytes_max) return simdjson::CAPACITY;
        size_t wanted = capacity == 0 ? 16384 : capacity;
        while (wanted < count) wanted *= 2;
        if (wanted > bytes_max) wanted = bytes_max;
        auto fresh =
            static_cast<uint8_t *>(std::realloc(buffer, wanted + simdjson::SIMDJSON_PADDING));
        if (fresh == nullptr) return simdjson::MEMALLOC;
        buffer = fresh;
        std::memset(buffer + wanted, 0, simdjson::SIMDJSON_PADDING);
        auto error = parser.allocate(wanted, depth_max);
        if (error != simdjson::SUCCESS) return error;
        capacity = wanted;
        return simdjson::SUCCESS;
    }
};

extern "C" CSimdjsonParser *csimdjson_create(size_t bytes_max, size_t depth_max) {
    return new (std::nothrow) CSimdjsonParser(bytes_max, depth_max);
}

extern "C" void csimdjson_destroy(CSimdjsonParser *parser) { delete parser; }

extern "C" CSimdjsonDocument csimdjson_parse(
    CSimdjsonParser *parser, const void *bytes, size_t count) {
    CSimdjsonDocument document = {simdjson::EMPTY, nullptr, nullptr};
    if (count == 0) return document;
    document.error = parser->reserve(count);
    if (document.error != simdjson::SUCCESS) return document;
    std::memcpy(parser->buffer, bytes, count);
    std::memset(parser->buffer + count, 0, simdjson::SIMDJSON_PADDING);
    simdjson::dom::element root;
    document.error = parser->parser.parse(parser->buffer, count, false).get(root);
    if (document.error != simdjson::SUCCESS) return document;
    document.tape = parser->parser.doc.tape.get();
    document.strings = parser->parser.doc.string_buf.get();
    return document;
}
