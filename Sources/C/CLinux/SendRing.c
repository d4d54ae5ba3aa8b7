// Sends of many sockets in one system call, through io_uring. Linux 5.6 has all that is used here;
// <linux/io_uring.h> tells the layout, io_uring_enter(2) what a call may answer.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <linux/io_uring.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

struct clinux_ring {
    int fd;
    unsigned count;      // queued since the last submission
    unsigned completed;  // of those, how many are done
    unsigned sq_mask, cq_mask;
    unsigned *sq_head, *sq_tail, *cq_head, *cq_tail;
    struct io_uring_sqe *entries;
    struct io_uring_cqe *completions;
    void *rings;
    size_t rings_size, entries_size;
    int results[];
};

// MARK: opening

static void unmap(struct clinux_ring *ring) {
    if (ring->rings != MAP_FAILED) munmap(ring->rings, ring->rings_size);
    if ((void *)ring->entries != MAP_FAILED) munmap(ring->entries, ring->entries_size);
}

static void *map(const struct clinux_ring *ring, size_t size, off_t offset) {
    const int access = PROT_READ | PROT_WRITE;
    return mmap(NULL, size, access, MAP_SHARED | MAP_POPULATE, ring->fd, offset);
}

static int share_memory(struct clinux_ring *ring, const struct io_uring_params *parameters) {
    const struct io_sqring_offsets *sq = &parameters->sq_off;
    const struct io_cqring_offsets *cq = &parameters->cq_off;
    size_t sq_size = sq->array + parameters->sq_entries * sizeof(unsigned);
    size_t cq_size = cq->cqes + parameters->cq_entries * sizeof(struct io_uring_cqe);
    ring->rings_size = sq_size > cq_size ? sq_size : cq_size;
    ring->entries_size = parameters->sq_entries * sizeof(struct io_uring_sqe);
    ring->rings = map(ring, ring->rings_size, IORING_OFF_SQ_RING);
    ring->entries = map(ring, ring->entries_size, IORING_OFF_SQES);
    if (ring->rings == MAP_FAILED || (void *)ring->entries == MAP_FAILED) {
        int code = -errno;
        unmap(ring);
        return code;
    }
    char *base = ring->rings;
    ring->sq_head = (unsigned *)(base + sq->head);
    ring->sq_tail = (unsigned *)(base + sq->tail);
    ring->sq_mask = *(unsigned *)(base + sq->ring_mask);
    ring->cq_head = (unsigned *)(base + cq->head);
    ring->cq_tail = (unsigned *)(base + cq->tail);
    ring->cq_mask = *(unsigned *)(base + cq->ring_mask);
    ring->completions = (struct io_uring_cqe *)(base + cq->cqes);
    // Entries are handed over in the order of their places, for ever.
    unsigned *places = (unsigned *)(base + sq->array);
    for (unsigned index = 0; index < parameters->sq_entries; index++) places[index] = index;
    return 0;
}

static int submit(struct clinux_ring *ring);

// Some sandboxes let a ring be opened and nothing be done with it.
static int try_out(struct clinux_ring *ring) {
    int ends[2];
    char byte = 0;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) return -errno;
    clinux_ring_queue(ring, ends[0], &byte, 1);
    int code = submit(ring);
    if (code == 0 && ring->results[0] != 1) code = ring->results[0] < 0 ? ring->results[0] : -EIO;
    ring->count = 0;
    close(ends[0]);
    close(ends[1]);
    return code;
}

int clinux_ring_open(unsigned entries, struct clinux_ring **opened) {
    struct io_uring_params parameters;
    memset(&parameters, 0, sizeof parameters);
    int fd = (int)syscall(SYS_io_uring_setup, entries, &parameters);
    if (fd < 0) return -errno;
    struct clinux_ring *ring = calloc(1, sizeof *ring + entries * sizeof ring->results[0]);
    int code = ring ? 0 : -ENOMEM;
    if (ring) {
        ring->fd = fd;
        if (!(parameters.features & IORING_FEAT_SINGLE_MMAP)) code = -ENOSYS;
        if (code == 0) code = share_memory(ring, &parameters);
        if (code == 0 && (code = try_out(ring)) < 0) unmap(ring);
    }
    if (code < 0) {
        close(fd);
        free(ring);
    } else {
        *opened = ring;
    }
    return code;
}

void clinux_ring_close(struct clinux_ring *ring) {
    unmap(ring);
    close(ring->fd);
    free(ring);
}

int clinux_ring_descriptor(const struct clinux_ring *ring) { return ring->fd; }

// MARK: sending

static struct io_uring_sqe *entry(const struct clinux_ring *ring, unsigned index) {
    // The tail moves when entries are submitted, so it is where the first one is.
    return &ring->entries[(*ring->sq_tail + index) & ring->sq_mask];
}

void clinux_ring_queue(struct clinux_ring *ring, int fd, const void *bytes, size_t count) {
    struct io_uring_sqe *sqe = entry(ring, ring->count);
    memset(sqe, 0, sizeof *sqe);
    sqe->opcode = IORING_OP_SEND;
    sqe->fd = fd;
    sqe->addr = (uintptr_t)bytes;
    // As send, it may take less than all.
    sqe->len = count < INT32_MAX ? (unsigned)count : INT32_MAX;
    // Not waiting keeps the kernel from doing it later: it is done, or refused, within the call.
    sqe->msg_flags = MSG_NOSIGNAL | MSG_DONTWAIT;
    sqe->user_data = ring->count++;
}

static void take_completions(struct clinux_ring *ring) {
    unsigned head = *ring->cq_head;
    unsigned tail = __atomic_load_n(ring->cq_tail, __ATOMIC_ACQUIRE);
    for (; head != tail; head++) {
        const struct io_uring_cqe *done = &ring->completions[head & ring->cq_mask];
        ring->results[done->user_data] = done->res;
        ring->completed++;
    }
    __atomic_store_n(ring->cq_head, head, __ATOMIC_RELEASE);
}

static int enter(const struct clinux_ring *ring, unsigned submitted, unsigned awaited) {
    long taken = syscall(
        SYS_io_uring_enter, ring->fd, submitted, awaited, IORING_ENTER_GETEVENTS, NULL, 0);
    return taken < 0 ? -errno : (int)taken;
}

// Has the kernel do what is queued. Negative: it takes no more; what it took is done, and the rest
// is queued no longer.
static int submit(struct clinux_ring *ring) {
    unsigned first = *ring->sq_tail, taken = 0;
    int code = 0;
    ring->completed = 0;
    __atomic_store_n(ring->sq_tail, first + ring->count, __ATOMIC_RELEASE);
    while (taken < ring->count && (code >= 0 || code == -EINTR)) {
        code = enter(ring, ring->count - taken, ring->count - ring->completed);
        if (code == 0) code = -EAGAIN;
        taken = __atomic_load_n(ring->sq_head, __ATOMIC_ACQUIRE) - first;
        take_completions(ring);
    }
    // Back to the caller go only bytes that the kernel has done with; if that cannot be known,
    // nothing may go on.
    while (ring->completed < taken) {
        int waited = enter(ring, 0, taken - ring->completed);
        if (waited < 0 && waited != -EINTR && waited != -EAGAIN && waited != -EBUSY) abort();
        take_completions(ring);
    }
    __atomic_store_n(ring->sq_tail, first + taken, __ATOMIC_RELEASE);
    return taken < ring->count ? code : 0;
}

// What is no answer of the socket's.
static int is_of_the_ring(int result) {
    return result == -EINTR || result == -ENOMEM || result == -ECANCELED;
}

static void send_alone(struct clinux_ring *ring, unsigned first, unsigned index) {
    const struct io_uring_sqe *sqe = &ring->entries[(first + index) & ring->sq_mask];
    ring->results[index] = (int)clinux_send(sqe->fd, (void *)(uintptr_t)sqe->addr, sqe->len);
}

void clinux_ring_submit(struct clinux_ring *ring) {
    unsigned first = *ring->sq_tail;
    submit(ring);
    unsigned taken = *ring->sq_tail - first;
    for (unsigned index = 0; index < ring->count; index++) {
        if (index >= taken || is_of_the_ring(ring->results[index])) send_alone(ring, first, index);
    }
    ring->count = 0;
}

long clinux_ring_result(const struct clinux_ring *ring, unsigned index) {
    return ring->results[index];
}
