#define _GNU_SOURCE
#include "CLinux.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int result(int value) { return value < 0 ? -errno : value; }

// MARK: epoll and eventfd

int clinux_epoll_create(void) { return result(epoll_create1(EPOLL_CLOEXEC)); }

static int control(int epoll, int operation, int fd, uint32_t events, uint64_t data) {
    struct epoll_event event = {.events = events, .data.u64 = data};
    return result(epoll_ctl(epoll, operation, fd, &event));
}

int clinux_epoll_add(int epoll, int fd, uint32_t events, uint64_t data) {
    return control(epoll, EPOLL_CTL_ADD, fd, events, data);
}

int clinux_epoll_modify(int epoll, int fd, uint32_t events, uint64_t data) {
    return control(epoll, EPOLL_CTL_MOD, fd, events, data);
}

int clinux_epoll_remove(int epoll, int fd) { return control(epoll, EPOLL_CTL_DEL, fd, 0, 0); }

int clinux_epoll_wait(int epoll, struct epoll_event *events, int count, int timeout) {
    int ready = epoll_wait(epoll, events, count, timeout);
    return ready < 0 && errno == EINTR ? 0 : result(ready);
}

int clinux_eventfd_create(void) { return result(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)); }

void clinux_eventfd_signal(int fd) {
    uint64_t one = 1;
    while (write(fd, &one, sizeof one) < 0 && errno == EINTR) {}
}

void clinux_eventfd_clear(int fd) {
    uint64_t count;
    while (read(fd, &count, sizeof count) < 0 && errno == EINTR) {}
}

// MARK: sockets

static socklen_t to_system(const struct clinux_address *address, struct sockaddr_storage *storage) {
    memset(storage, 0, sizeof *storage);
    if (address->is_v6) {
        struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)storage;
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(address->port);
        v6->sin6_scope_id = address->scope;
        memcpy(&v6->sin6_addr, address->bytes, 16);
        return sizeof *v6;
    }
    struct sockaddr_in *v4 = (struct sockaddr_in *)storage;
    v4->sin_family = AF_INET;
    v4->sin_port = htons(address->port);
    memcpy(&v4->sin_addr, address->bytes, 4);
    return sizeof *v4;
}

static void from_system(const struct sockaddr *system, struct clinux_address *address) {
    memset(address, 0, sizeof *address);
    if (system->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)system;
        address->is_v6 = 1;
        address->port = ntohs(v6->sin6_port);
        address->scope = v6->sin6_scope_id;
        memcpy(address->bytes, &v6->sin6_addr, 16);
    } else if (system->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)system;
        address->port = ntohs(v4->sin_port);
        memcpy(address->bytes, &v4->sin_addr, 4);
    }
}

int clinux_parse_address(const char *text, struct clinux_address *address) {
    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, text, address->bytes) == 1) return 1;
    address->is_v6 = 1;
    return inet_pton(AF_INET6, text, address->bytes) == 1;
}

void clinux_format_address(const struct clinux_address *address, char *text, size_t size) {
    if (!inet_ntop(address->is_v6 ? AF_INET6 : AF_INET, address->bytes, text, (socklen_t)size)) {
        text[0] = 0;
    }
}

int clinux_resolve(const char *host, struct clinux_address *addresses, int count) {
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    hints.ai_flags = AI_ADDRCONFIG;
    struct addrinfo *list = NULL;
    int code = getaddrinfo(host, NULL, &hints, &list);
    if (code != 0) return code < 0 ? code : -code;
    int found = 0;
    for (struct addrinfo *item = list; item && found < count; item = item->ai_next) {
        if (item->ai_family != AF_INET && item->ai_family != AF_INET6) continue;
        from_system(item->ai_addr, &addresses[found++]);
    }
    freeaddrinfo(list);
    return found > 0 ? found : EAI_NONAME;
}

const char *clinux_resolve_text(int code) { return gai_strerror(code); }

static void no_delay(int fd) {
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void clinux_limit_send_buffer(int fd, int bytes) {
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

int clinux_socket(int is_v6) {
    int fd = socket(is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    no_delay(fd);
    return fd;
}

int clinux_connect(int fd, const struct clinux_address *address) {
    struct sockaddr_storage storage;
    socklen_t size = to_system(address, &storage);
    int code = connect(fd, (struct sockaddr *)&storage, size);
    // An interrupted connect goes on in the background, as a non-blocking one does.
    return code < 0 && errno == EINTR ? -EINPROGRESS : result(code);
}

int clinux_allow_sharing(int fd) {
    int on = 1;
    return result(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on));
}

int clinux_bind(int fd, const struct clinux_address *address, int reuse_port) {
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (reuse_port && clinux_allow_sharing(fd) < 0) return -errno;
    if (address->is_v6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    struct sockaddr_storage storage;
    socklen_t size = to_system(address, &storage);
    return result(bind(fd, (struct sockaddr *)&storage, size));
}

int clinux_listen(int fd, int backlog) { return result(listen(fd, backlog)); }

int clinux_steer(int fd, int index) {
    struct sock_filter always = BPF_STMT(BPF_RET | BPF_K, (uint32_t)index);
    struct sock_fprog program = {.len = 1, .filter = &always};
    return result(
        setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof program));
}

int clinux_local_socket(void) {
    return result(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

static int local_address(const char *path, struct sockaddr_un *address) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (strlen(path) >= sizeof address->sun_path) return -ENAMETOOLONG;
    strcpy(address->sun_path, path);
    return 0;
}

int clinux_local_connect(int fd, const char *path) {
    struct sockaddr_un address;
    int code = local_address(path, &address);
    if (code < 0) return code;
    return result(connect(fd, (struct sockaddr *)&address, sizeof address));
}

// Where a listener is bound until it is published.
static int own_path(const char *path, char *own, size_t size) {
    int length = snprintf(own, size, "%s.%d", path, getpid());
    return length < 0 || (size_t)length >= size ? -ENAMETOOLONG : 0;
}

int clinux_local_bind(int fd, const char *path) {
    struct sockaddr_un address;
    char own[sizeof address.sun_path];
    int code = own_path(path, own, sizeof own);
    if (code == 0) code = local_address(own, &address);
    if (code < 0) return code;
    // What bind makes has the mode that the socket has.
    if (fchmod(fd, S_IRUSR | S_IWUSR) < 0) return -errno;
    unlink(own);
    return result(bind(fd, (struct sockaddr *)&address, sizeof address));
}

int clinux_may_be_socket(const char *path) {
    struct stat status;
    if (lstat(path, &status) < 0) return errno == ENOENT;
    return S_ISSOCK(status.st_mode);
}

int clinux_local_publish(const char *path) {
    char own[sizeof((struct sockaddr_un *)0)->sun_path];
    int code = own_path(path, own, sizeof own);
    if (code < 0) return code;
    if (!clinux_may_be_socket(path)) return -ENOTSOCK;
    return result(rename(own, path));
}

void clinux_local_withdraw(const char *path) {
    char own[sizeof((struct sockaddr_un *)0)->sun_path];
    if (own_path(path, own, sizeof own) == 0) unlink(own);
}

int clinux_accept(int fd, struct clinux_address *peer) {
    for (;;) {
        struct sockaddr_storage storage;
        socklen_t size = sizeof storage;
        int socket = accept4(
            fd, (struct sockaddr *)&storage, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (socket >= 0) {
            no_delay(socket);
            from_system((struct sockaddr *)&storage, peer);
            return socket;
        }
        // The peer was gone before we came: not an error of the listener.
        if (errno == EINTR || errno == ECONNABORTED) continue;
        return -errno;
    }
}

int clinux_local_address(int fd, struct clinux_address *address) {
    struct sockaddr_storage storage;
    socklen_t size = sizeof storage;
    if (getsockname(fd, (struct sockaddr *)&storage, &size) < 0) return -errno;
    from_system((struct sockaddr *)&storage, address);
    return 0;
}

int clinux_socket_error(int fd) {
    int code = 0;
    socklen_t size = sizeof code;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) < 0) return -errno;
    return -code;
}

static const struct { const char *name; int level, option; } options[] = {
    {"SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE}, {"SO_RCVBUF", SOL_SOCKET, SO_RCVBUF},
    {"SO_REUSEPORT", SOL_SOCKET, SO_REUSEPORT}, {"SO_SNDBUF", SOL_SOCKET, SO_SNDBUF},
    {"TCP_MAXSEG", IPPROTO_TCP, TCP_MAXSEG},    {"TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY},
};

int clinux_socket_option_count(void) { return sizeof options / sizeof *options; }

const char *clinux_socket_option_name(int index) { return options[index].name; }

int clinux_socket_option(int fd, int index, int *value) {
    socklen_t size = sizeof *value;
    return result(getsockopt(fd, options[index].level, options[index].option, value, &size));
}

int clinux_tcp_information(int fd, uint32_t *members) {
    struct tcp_info info;
    socklen_t size = sizeof info;
    memset(&info, 0, sizeof info);
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) < 0) return -errno;
    const uint32_t all[] = {
        info.tcpi_state, info.tcpi_ca_state, info.tcpi_retransmits, info.tcpi_probes,
        info.tcpi_backoff, info.tcpi_options, info.tcpi_snd_wscale, info.tcpi_rcv_wscale,
        info.tcpi_rto, info.tcpi_ato, info.tcpi_snd_mss, info.tcpi_rcv_mss, info.tcpi_unacked,
        info.tcpi_sacked, info.tcpi_lost, info.tcpi_retrans, info.tcpi_fackets,
        info.tcpi_last_data_sent, info.tcpi_last_ack_sent, info.tcpi_last_data_recv,
        info.tcpi_last_ack_recv, info.tcpi_pmtu, info.tcpi_rcv_ssthresh, info.tcpi_rtt,
        info.tcpi_rttvar, info.tcpi_snd_ssthresh, info.tcpi_snd_cwnd, info.tcpi_advmss,
        info.tcpi_reordering,
    };
    memcpy(members, all, sizeof all);
    return 0;
}

int clinux_peek(int fd) {
    unsigned char first;
    ssize_t received;
    do { received = recv(fd, &first, 1, MSG_PEEK); } while (received < 0 && errno == EINTR);
    return received < 0 ? -errno : received == 0 ? 256 : first;
}

long clinux_receive(int fd, void *bytes, size_t count) {
    ssize_t received;
    do { received = recv(fd, bytes, count, 0); } while (received < 0 && errno == EINTR);
    return received < 0 ? -errno : received;
}

long clinux_send(int fd, const void *bytes, size_t count) {
    ssize_t sent;
    do { sent = send(fd, bytes, count, MSG_NOSIGNAL); } while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

long clinux_send_pieces(int fd, const void *pieces, size_t count) {
    struct msghdr message = {.msg_iov = (struct iovec *)pieces, .msg_iovlen = count};
    ssize_t sent;
    do { sent = sendmsg(fd, &message, MSG_NOSIGNAL); } while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

int clinux_shutdown_write(int fd) { return result(shutdown(fd, SHUT_WR)); }

// close is not repeated: on Linux the descriptor is gone even when it reports EINTR.
void clinux_close(int fd) { close(fd); }

int clinux_would_block(void) { return -EAGAIN; }
int clinux_in_progress(void) { return -EINPROGRESS; }

int clinux_no_descriptors(int code) {
    return code == -EMFILE || code == -ENFILE || code == -ENOBUFS || code == -ENOMEM;
}

// MARK: signals

void clinux_ignore_broken_pipes(void) { signal(SIGPIPE, SIG_IGN); }

static void fill(sigset_t *set, const int *signals, int count) {
    sigemptyset(set);
    for (int index = 0; index < count; index++) sigaddset(set, signals[index]);
}

int clinux_block_signals(const int *signals, int count) {
    sigset_t set;
    fill(&set, signals, count);
    return -pthread_sigmask(SIG_BLOCK, &set, NULL);
}

int clinux_signalfd_create(const int *signals, int count) {
    sigset_t set;
    fill(&set, signals, count);
    return result(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
}

int clinux_signalfd_read(int fd) {
    struct signalfd_siginfo information;
    ssize_t size = read(fd, &information, sizeof information);
    if (size == (ssize_t)sizeof information) return (int)information.ssi_signo;
    return size < 0 ? -errno : -EIO;
}

int clinux_signal_interrupt(void) { return SIGINT; }
int clinux_signal_terminate(void) { return SIGTERM; }
int clinux_signal_hangup(void) { return SIGHUP; }
int clinux_raise(int signal) { return -pthread_kill(pthread_self(), signal); }

// MARK: threads and clocks

struct start {
    void (*body)(void *);
    void *context;
    char name[16];
};

static void *run_thread(void *argument) {
    struct start start = *(struct start *)argument;
    free(argument);
    pthread_setname_np(pthread_self(), start.name);
    start.body(start.context);
    return NULL;
}

int clinux_thread_start(
    uint64_t *handle, const char *name, void (*body)(void *context), void *context) {
    struct start *start = malloc(sizeof *start);
    if (!start) return -ENOMEM;
    start->body = body;
    start->context = context;
    strncpy(start->name, name, sizeof start->name - 1);
    start->name[sizeof start->name - 1] = 0;
    pthread_t thread;
    int code = pthread_create(&thread, NULL, run_thread, start);
    if (code != 0) {
        free(start);
        return -code;
    }
    if (handle) *handle = (uint64_t)thread; else pthread_detach(thread);
    return 0;
}

void clinux_thread_join(uint64_t handle) { pthread_join((pthread_t)handle, NULL); }

int clinux_processor_count(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    int count = CPU_COUNT(&set);
    return count > 0 ? count : 1;
}

static _Thread_local const void *current_loop;

void clinux_set_current_loop(const void *loop) { current_loop = loop; }
const void *clinux_current_loop(void) { return current_loop; }

void *clinux_lock_create(void) {
    pthread_mutex_t *lock = malloc(sizeof *lock);
    if (lock) pthread_mutex_init(lock, NULL);
    return lock;
}

void clinux_lock_destroy(void *lock) {
    pthread_mutex_destroy(lock);
    free(lock);
}

void clinux_lock(void *lock) { pthread_mutex_lock(lock); }
void clinux_unlock(void *lock) { pthread_mutex_unlock(lock); }

static int64_t read_clock(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t clinux_monotonic_nanoseconds(void) { return read_clock(CLOCK_MONOTONIC); }
int64_t clinux_wall_nanoseconds(void) { return read_clock(CLOCK_REALTIME); }

void clinux_error_text(int code, char *text, size_t size) {
    char scratch[128];
    const char *found = strerror_r(code, scratch, sizeof scratch);
    strncpy(text, found, size - 1);
    text[size - 1] = 0;
}
