#pragma once
// The system calls of Runtime. Unless a comment says otherwise, a function that can fail gives the
// negated errno, so that Swift never reads a thread-local errno after the fact. Calls interrupted
// by a signal are repeated where repeating is right.
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

// MARK: epoll and eventfd

int clinux_epoll_create(void);
int clinux_epoll_add(int epoll, int fd, uint32_t events, uint64_t data);
int clinux_epoll_modify(int epoll, int fd, uint32_t events, uint64_t data);
int clinux_epoll_remove(int epoll, int fd);
// Waits at most `timeout` milliseconds (-1: for ever); an interruption counts as no event.
int clinux_epoll_wait(int epoll, struct epoll_event *events, int count, int timeout);

// `struct epoll_event` is packed on x86-64; these read it whatever its layout.
static inline uint32_t clinux_event_mask(const struct epoll_event *events, int index) {
    return events[index].events;
}
static inline uint64_t clinux_event_data(const struct epoll_event *events, int index) {
    return events[index].data.u64;
}
static inline size_t clinux_event_size(void) { return sizeof(struct epoll_event); }

static const uint32_t clinux_readable = EPOLLIN;
static const uint32_t clinux_writable = EPOLLOUT;
static const uint32_t clinux_hung_up = EPOLLHUP;
static const uint32_t clinux_failed = EPOLLERR;

int clinux_eventfd_create(void);
void clinux_eventfd_signal(int fd);
void clinux_eventfd_clear(int fd);

// MARK: sockets

// An IP address and port, whatever the family. IPv4 keeps its four bytes at the front.
struct clinux_address {
    uint8_t bytes[16];
    uint32_t scope;
    uint16_t port;
    uint16_t is_v6;
};

int clinux_parse_address(const char *text, struct clinux_address *address);  // 1: understood
void clinux_format_address(const struct clinux_address *address, char *text, size_t size);
// Blocks. The number of addresses, or a negative number for clinux_resolve_text.
int clinux_resolve(const char *host, struct clinux_address *addresses, int count);
const char *clinux_resolve_text(int code);

int clinux_socket(int is_v6);  // TCP, non-blocking, closed on exec, TCP_NODELAY
int clinux_connect(int fd, const struct clinux_address *address);
int clinux_bind(int fd, const struct clinux_address *address, int reuse_port);
int clinux_listen(int fd, int backlog);
int clinux_allow_sharing(int fd);  // after bind: others may bind with reuse_port from now on
// New connections of all listeners that share the address go to the one at `index`, counted in the
// order in which they began to listen; to any, while there is none at it.
int clinux_steer(int fd, int index);
int clinux_local_socket(void);  // as above, for paths of this machine
int clinux_local_connect(int fd, const char *path);
// Binds beside the path, for the user's own processes only; `publish` moves it to the path, in the
// place of a socket that was there, at once.
int clinux_local_bind(int fd, const char *path);
int clinux_local_publish(const char *path);
void clinux_local_withdraw(const char *path);  // what was bound and not published
int clinux_may_be_socket(const char *path);    // a socket, or nothing there
int clinux_accept(int fd, struct clinux_address *peer);
int clinux_local_address(int fd, struct clinux_address *address);
void clinux_limit_send_buffer(int fd, int bytes);  // a wish: the kernel may round it
int clinux_socket_error(int fd);  // SO_ERROR as a negated errno, 0: none
int clinux_peek(int fd);  // the first byte that waits, which stays; 256 at the end
// Options by index, for status pages.
int clinux_socket_option_count(void);
const char *clinux_socket_option_name(int index);
int clinux_socket_option(int fd, int index, int *value);
// The 29 members of struct tcp_info up to tcpi_reordering, in its order.
int clinux_tcp_information(int fd, uint32_t *members);

long clinux_receive(int fd, void *bytes, size_t count);
long clinux_send(int fd, const void *bytes, size_t count);
// The same for pieces that lie apart: an array of struct iovec.
long clinux_send_pieces(int fd, const void *pieces, size_t count);
int clinux_shutdown_write(int fd);
void clinux_close(int fd);

// MARK: sends of many sockets in one call

// An io_uring for at most `entries` sends, a power of two. A negated errno: the kernel, or a
// sandbox, does not let us. Not to be used by two threads at once.
struct clinux_ring;
int clinux_ring_open(unsigned entries, struct clinux_ring **opened);
void clinux_ring_close(struct clinux_ring *ring);
int clinux_ring_descriptor(const struct clinux_ring *ring);
// At most `entries` between two submissions; the bytes stay where they are until then.
void clinux_ring_queue(struct clinux_ring *ring, int fd, const void *bytes, size_t count);
// Does what is queued, in order; no byte is looked at afterwards.
void clinux_ring_submit(struct clinux_ring *ring);
// What clinux_send would have given for what was queued as the `index`th, from 0, of the last
// submission.
long clinux_ring_result(const struct clinux_ring *ring, unsigned index);

// MARK: errors that callers tell apart, negated

int clinux_would_block(void);
int clinux_in_progress(void);
int clinux_no_descriptors(int code);  // EMFILE, ENFILE, ENOBUFS or ENOMEM

// MARK: signals

void clinux_ignore_broken_pipes(void);
int clinux_block_signals(const int *signals, int count);
int clinux_signalfd_create(const int *signals, int count);
int clinux_signalfd_read(int fd);  // the signal's number

int clinux_signal_interrupt(void);
int clinux_signal_terminate(void);
int clinux_signal_hangup(void);
int clinux_raise(int signal);  // for the calling thread

// MARK: threads and clocks

// Starts a thread that runs `body(context)` and stores its handle; detached if `handle` is NULL.
int clinux_thread_start(
    uint64_t *handle, const char *name, void (*body)(void *context), void *context);
void clinux_thread_join(uint64_t handle);
// Processors that this process may run on, at least 1.
int clinux_processor_count(void);
// One pointer per thread: the loop that runs on it.
void clinux_set_current_loop(const void *loop);
const void *clinux_current_loop(void);

// A pthread mutex: unlike Swift's `Mutex`, one that thread sanitizers understand.
void *clinux_lock_create(void);
void clinux_lock_destroy(void *lock);
void clinux_lock(void *lock);
void clinux_unlock(void *lock);

int64_t clinux_monotonic_nanoseconds(void);
int64_t clinux_wall_nanoseconds(void);

void clinux_error_text(int code, char *text, size_t size);  // code: a positive errno
