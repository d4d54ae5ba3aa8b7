#pragma once
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdint.h>

// OpenSSL's function-like macros, which Swift cannot see.

static inline void copenssl_set_context_options(SSL_CTX *context) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    // Without compression and renegotiation; a peer that just goes away is told from one that ends.
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    // Output may be sent in parts and from memory that moved, and idle sessions hold no buffers.
    SSL_CTX_set_mode(
        context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                     | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context, 1);
}

// Of a server: tickets, but nothing remembered here, and no data before the handshake is done.
static inline void copenssl_set_session_options(SSL_CTX *context, long ticket_seconds) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_timeout(context, ticket_seconds);
    SSL_CTX_set_max_early_data(context, 0);
    // A client of ours opens one connection at a time; OpenSSL would send two.
    SSL_CTX_set_num_tickets(context, 1);
}

static inline void copenssl_set_name_callback(
    SSL_CTX *context, int (*choose)(SSL *, int *, void *), void *argument) {
    SSL_CTX_set_tlsext_servername_callback(context, choose);
    SSL_CTX_set_tlsext_servername_arg(context, argument);
}

// OpenSSL declares the outcome writable, its callback does not.
static inline int copenssl_select_protocol(
    const unsigned char **chosen, unsigned char *chosen_count, const unsigned char *ours,
    unsigned our_count, const unsigned char *offered, unsigned offered_count) {
    return SSL_select_next_proto(
        (unsigned char **)chosen, chosen_count, ours, our_count, offered, offered_count);
}

// The errno inside an error code, 0 if it is no error of the system.
static inline int copenssl_system_error(unsigned long code) {
    return ERR_SYSTEM_ERROR(code) ? ERR_GET_REASON(code) : 0;
}

static inline size_t copenssl_memory_content(BIO *memory, char **start) {
    long count = BIO_get_mem_data(memory, start);
    return count > 0 ? (size_t)count : 0;
}

// The form of RFC 2253, with letters beyond ASCII as UTF-8 instead of escapes.
static inline unsigned long copenssl_subject_flags(void) {
    return XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB;
}

static inline void copenssl_free(void *memory) { OPENSSL_free(memory); }

// Seconds since 1970 UTC, INT64_MAX if it cannot be told.
static inline int64_t copenssl_seconds(const ASN1_TIME *time) {
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    int days = 0, seconds = 0;
    int known = epoch && time && ASN1_TIME_diff(&days, &seconds, epoch, time);
    ASN1_TIME_free(epoch);
    return known ? (int64_t)days * 86400 + seconds : INT64_MAX;
}

// The subject alternative names, to be freed; NULL if there are none.
static inline GENERAL_NAMES *copenssl_alternative_names(const X509 *certificate) {
    return (GENERAL_NAMES *)X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
}
static inline void copenssl_free_names(GENERAL_NAMES *names) { GENERAL_NAMES_free(names); }
static inline int copenssl_name_count(const GENERAL_NAMES *names) {
    return sk_GENERAL_NAME_num(names);
}

// The name at `index` and its kind; NULL if it is of a kind that is no text.
static inline const ASN1_STRING *copenssl_text_name(
    const GENERAL_NAMES *names, int index, const char **kind) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
    switch (name->type) {
        case GEN_DNS: *kind = "DNS"; return name->d.dNSName;
        case GEN_URI: *kind = "URI"; return name->d.uniformResourceIdentifier;
        case GEN_EMAIL: *kind = "email"; return name->d.rfc822Name;
        default: return NULL;
    }
}

static inline long copenssl_set_server_name(SSL *session, const char *name) {
    return SSL_set_tlsext_host_name(session, name);
}
