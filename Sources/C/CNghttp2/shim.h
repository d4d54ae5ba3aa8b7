#pragma once
#include <nghttp2/nghttp2.h>
#include <stdlib.h>
#include <string.h>

// A session keeps 16 KiB to put its next frame together, which it hands over before anything else
// is asked of it. All sessions of one thread can therefore use the same buffer: the lender gives it
// to each session that is being made, and knows it again when the session wants it freed or grown.
// A session that needs more, for a header block of several frames, gets memory of its own.
enum { cnghttp2_frame_bytes = 9 + 1 + 16384 };

struct cnghttp2_lender {
    int is_lending;
    char *frame;
};

/// To be freed after every session that was made with it. NULL: no memory.
static inline struct cnghttp2_lender *cnghttp2_lender_new(void) {
    struct cnghttp2_lender *lender = malloc(sizeof *lender + cnghttp2_frame_bytes);
    if (lender) *lender = (struct cnghttp2_lender){.frame = (char *)(lender + 1)};
    return lender;
}

static inline void cnghttp2_lender_free(struct cnghttp2_lender *lender) { free(lender); }

static inline void *cnghttp2_malloc(size_t size, void *user) {
    (void)user;
    return malloc(size);
}

static inline void cnghttp2_free(void *memory, void *user) {
    struct cnghttp2_lender *lender = user;
    if (memory != lender->frame) free(memory);
}

static inline void *cnghttp2_calloc(size_t count, size_t size, void *user) {
    (void)user;
    return calloc(count, size);
}

static inline void *cnghttp2_realloc(void *memory, size_t size, void *user) {
    struct cnghttp2_lender *lender = user;
    if (memory == NULL && lender->is_lending && size == cnghttp2_frame_bytes) {
        lender->is_lending = 0;
        return lender->frame;
    }
    if (memory != lender->frame) return realloc(memory, size);
    void *own = malloc(size);
    if (own) memcpy(own, memory, size < cnghttp2_frame_bytes ? size : cnghttp2_frame_bytes);
    return own;
}

/// Like nghttp2_session_server_new2 or, for a client, nghttp2_session_client_new2; the lender must
/// live longer than the session.
static inline int cnghttp2_session_new(
    nghttp2_session **session, int is_server, const nghttp2_session_callbacks *callbacks,
    void *user, const nghttp2_option *option, struct cnghttp2_lender *lender) {
    nghttp2_mem memory = {
        lender, cnghttp2_malloc, cnghttp2_free, cnghttp2_calloc, cnghttp2_realloc};
    lender->is_lending = 1;
    int code = is_server
        ? nghttp2_session_server_new3(session, callbacks, user, option, &memory)
        : nghttp2_session_client_new3(session, callbacks, user, option, &memory);
    lender->is_lending = 0;
    return code;
}
