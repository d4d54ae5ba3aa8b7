#pragma once
#include <curl/curl.h>

// Swift cannot call variadic functions: one wrapper for each kind of argument.

static inline CURLcode ccurl_set_number(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode ccurl_set_text(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

typedef size_t (*ccurl_consumer)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode ccurl_set_consumer(CURL *easy, CURLoption option, ccurl_consumer value) {
    return curl_easy_setopt(easy, option, value);
}

static inline long ccurl_status(CURL *easy) {
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

static inline void *ccurl_private(CURL *easy) {
    char *pointer = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &pointer);
    return pointer;
}

// The callbacks of a multi handle; NULL functions take them away.
static inline void ccurl_set_callbacks(
    CURLM *multi, curl_socket_callback on_socket, curl_multi_timer_callback on_timer,
    void *context) {
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
}

static inline void ccurl_limit_connections(CURLM *multi, long count) {
    curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, count);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, count);
}

// The next finished transfer and its result, or NULL.
static inline CURL *ccurl_next_finished(CURLM *multi, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        *result = message->data.result;
        return message->easy_handle;
    }
    return NULL;
}
