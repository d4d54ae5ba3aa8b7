// The load client of fanout.py: many gRPC subscribers in one thread, on one core. It knows just
// enough HTTP/2 to cost little beside the server, and checks every update: per stream and topic the
// sequence must follow the one before, or the update must say a base that the stream has reached.
//
//     subscribers --port P --pid SERVER --connections C --streams S --path /x.Y/Z --body HEX
//         --topic-field 1 --sequence-field 3 --base-field 4 --time-field 7 [--due-field 6]
//         [--clock real|monotonic]
//         [--window BYTES] [--connection-window BYTES] [--warm SECONDS] [--seconds SECONDS]
//         [--idle]
//
// Prints one line of JSON. A field number of 0 means that messages have no such field.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <map>
#include <string>
#include <vector>

namespace {

std::map<std::string, std::string> options;

std::string text(const char *name, const char *fallback) {
    auto found = options.find(name);
    return found == options.end() ? fallback : found->second;
}

long number(const char *name, long fallback) {
    auto found = options.find(name);
    return found == options.end() ? fallback : atol(found->second.c_str());
}

[[noreturn]] void fail(const char *doing) {
    fprintf(stderr, "subscribers: %s: %s\n", doing, strerror(errno));
    exit(2);
}

uint64_t nanoseconds(clockid_t clock) {
    timespec time;
    clock_gettime(clock, &time);
    return uint64_t(time.tv_sec) * 1000000000 + uint64_t(time.tv_nsec);
}

// Latencies in buckets of at most 3 % width.
struct Histogram {
    std::vector<uint64_t> buckets = std::vector<uint64_t>(64 * 32);
    uint64_t count = 0;

    static size_t bucket(uint64_t value) {
        if (value < 32) return value;
        int shift = 58 - __builtin_clzll(value);
        return size_t(shift + 1) * 32 + ((value >> shift) & 31);
    }

    void add(uint64_t value) {
        buckets[bucket(value)]++;
        count++;
    }

    double microseconds(double share) const {
        uint64_t left = uint64_t(share * double(count));
        for (size_t index = 0; index < buckets.size(); index++) {
            if (buckets[index] > left) {
                size_t shift = index < 32 ? 0 : index / 32 - 1;
                double value = index < 32 ? index : double((32 + index % 32) << shift);
                return value / 1000;
            }
            left -= buckets[index];
        }
        return 0;
    }
};

struct Stream {
    std::vector<std::pair<uint64_t, uint64_t>> topics;  // number, last sequence
    std::string partial;
    size_t unacknowledged = 0;
    bool isOpen = false;
};

struct Connection {
    int socket = -1;
    bool isConnected = false;
    std::vector<Stream> streams;
    std::string partial;
    size_t unacknowledged = 0;
    std::string output;
};

struct Fields {
    uint64_t topic = 0, sequence = 0, base = 0, time = 0, due = 0;
    bool hasSequence = false, hasBase = false, hasTime = false;
};

int topicField, sequenceField, baseField, timeField, dueField;
clockid_t serverClock;
size_t streamWindow, connectionWindow;
bool isMeasuring = false;
uint64_t updates = 0, gaps = 0, repeats = 0, reads = 0, openStreams = 0, endedStreams = 0;
uint64_t received;  // when the present bytes were read
Histogram latencies;
int poller;

bool varint(const uint8_t *&at, const uint8_t *end, uint64_t &value) {
    value = 0;
    for (int shift = 0; at < end && shift < 64; shift += 7) {
        uint8_t byte = *at++;
        value |= uint64_t(byte & 127) << shift;
        if (byte < 128) return true;
    }
    return false;
}

Fields parse(const uint8_t *at, const uint8_t *end) {
    Fields fields;
    uint64_t key, value = 0;
    while (at < end && varint(at, end, key)) {
        int field = int(key >> 3), kind = int(key & 7);
        if (kind == 0) {
            if (!varint(at, end, value)) break;
        } else if (kind == 2) {
            if (!varint(at, end, value) || value > uint64_t(end - at)) break;
            at += value;
            continue;
        } else {
            int size = kind == 1 ? 8 : 4;
            if (end - at < size) break;
            value = 0;
            memcpy(&value, at, size_t(size));
            at += size;
        }
        if (field == topicField) fields.topic = value;
        if (field == sequenceField) fields.sequence = value, fields.hasSequence = true;
        if (field == baseField) fields.base = value, fields.hasBase = true;
        if (field == timeField) fields.time = value, fields.hasTime = true;
        if (field == dueField) fields.due = value;
    }
    return fields;
}

void message(Stream &stream, const uint8_t *start, size_t size) {
    Fields fields = parse(start, start + size);
    if (!fields.hasSequence) return;
    auto known = std::find_if(
        stream.topics.begin(), stream.topics.end(),
        [&](const auto &entry) { return entry.first == fields.topic; });
    if (known == stream.topics.end()) {
        stream.topics.emplace_back(fields.topic, fields.sequence);
    } else {
        uint64_t last = known->second;
        if (fields.sequence <= last) {
            repeats++;
        } else if (fields.hasBase ? fields.base > last : fields.sequence != last + 1) {
            gaps++;
        }
        known->second = std::max(last, fields.sequence);
    }
    if (!isMeasuring) return;
    updates++;
    // Who publishes late says when it was due.
    if (fields.due) fields.time = fields.due;
    if (fields.hasTime) latencies.add(received > fields.time ? received - fields.time : 0);
}

size_t messageSize(const uint8_t *prefix) {
    return 5 + (size_t(prefix[1]) << 24 | prefix[2] << 16 | prefix[3] << 8 | prefix[4]);
}

void data(Stream &stream, const uint8_t *at, size_t size) {
    if (!stream.partial.empty()) {
        stream.partial.append(reinterpret_cast<const char *>(at), size);
        std::string whole;
        whole.swap(stream.partial);
        return data(stream, reinterpret_cast<const uint8_t *>(whole.data()), whole.size());
    }
    while (size >= 5 && size >= messageSize(at)) {
        size_t taken = messageSize(at);
        message(stream, at + 5, taken - 5);
        at += taken;
        size -= taken;
    }
    stream.partial.assign(reinterpret_cast<const char *>(at), size);
}

void append(std::string &output, uint64_t value, int bytes) {
    while (bytes-- > 0) output.push_back(char(value >> (8 * bytes)));
}

void frame(std::string &output, int type, int flags, uint32_t stream, const std::string &payload) {
    append(output, payload.size(), 3);
    append(output, uint64_t(type), 1);
    append(output, uint64_t(flags), 1);
    append(output, stream, 4);
    output += payload;
}

void grantWindow(std::string &output, uint32_t stream, size_t bytes) {
    std::string payload;
    append(payload, bytes, 4);
    frame(output, 8, 0, stream, payload);
}

void flush(Connection &connection) {
    if (connection.output.empty()) return;
    ssize_t sent = send(
        connection.socket, connection.output.data(), connection.output.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) fail("send");
    if (sent > 0) connection.output.erase(0, size_t(sent));
}

void receivedFrame(
    Connection &connection, const uint8_t *head, const uint8_t *payload, size_t size) {
    int type = head[3], flags = head[4];
    uint32_t id;
    memcpy(&id, head + 5, 4);
    id = ntohl(id) & 0x7fffffff;
    size_t index = (id - 1) / 2;
    Stream *stream = id && index < connection.streams.size() ? &connection.streams[index] : nullptr;
    if (type == 0 && stream) {
        data(*stream, payload, size);
        connection.unacknowledged += size;
        stream->unacknowledged += size;
        if (stream->unacknowledged >= streamWindow / 2) {
            grantWindow(connection.output, id, stream->unacknowledged);
            stream->unacknowledged = 0;
        }
        if (connection.unacknowledged >= connectionWindow / 2) {
            grantWindow(connection.output, 0, connection.unacknowledged);
            connection.unacknowledged = 0;
        }
    } else if (type == 1 && stream && !stream->isOpen) {
        stream->isOpen = true;
        openStreams++;
    } else if (type == 4 && !(flags & 1)) {
        frame(connection.output, 4, 1, 0, "");
    } else if (type == 6 && !(flags & 1)) {
        frame(connection.output, 6, 1, 0, std::string(payload, payload + size));
    }
    bool isEnd = type == 3 || ((type == 0 || type == 1) && (flags & 1));
    if ((isEnd && stream) || type == 7) endedStreams++;
}

// Whole frames of these bytes; returns how many bytes they were.
size_t takeFrames(Connection &connection, const uint8_t *start, size_t size) {
    const uint8_t *at = start;
    while (size >= 9) {
        size_t length = size_t(at[0]) << 16 | at[1] << 8 | at[2];
        if (size < 9 + length) break;
        receivedFrame(connection, at, at + 9, length);
        at += 9 + length;
        size -= 9 + length;
    }
    return size_t(at - start);
}

void readable(Connection &connection) {
    static std::vector<uint8_t> buffer(1 << 20);
    size_t held = connection.partial.size();
    memcpy(buffer.data(), connection.partial.data(), held);
    ssize_t count = recv(connection.socket, buffer.data() + held, buffer.size() - held, 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
        endedStreams += connection.streams.size();
        close(connection.socket);
        connection.socket = -1;
        return;
    }
    if (isMeasuring) reads++;
    received = nanoseconds(serverClock);
    size_t size = held + size_t(count), taken = takeFrames(connection, buffer.data(), size);
    connection.partial.assign(buffer.begin() + long(taken), buffer.begin() + long(size));
    flush(connection);
}

std::string literal(const std::string &value) {
    return std::string(1, char(value.size())) + value;  // shorter than 127 bytes, not Huffman
}

void subscribe(Connection &connection, const std::string &path, const std::string &body) {
    std::string &output = connection.output;
    output = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    std::string settings;
    append(settings, 4, 2);  // SETTINGS_INITIAL_WINDOW_SIZE
    append(settings, streamWindow, 4);
    frame(output, 4, 0, 0, settings);
    if (connectionWindow > 65535) grantWindow(output, 0, connectionWindow - 65535);
    // RFC 7541: static entries 3 and 6, then literals without indexing.
    std::string fields = "\x83\x86";
    fields += '\x04' + literal(path) + '\x01' + literal("127.0.0.1");
    fields += std::string("\x0f\x10") + literal("application/grpc");
    fields += std::string(1, '\0') + literal("te") + literal("trailers");
    std::string request(1, '\0');
    append(request, body.size(), 4);
    request += body;
    for (size_t index = 0; index < connection.streams.size(); index++) {
        frame(output, 1, 4, uint32_t(2 * index + 1), fields);
        frame(output, 0, 1, uint32_t(2 * index + 1), request);
    }
    flush(connection);
}

void connectTo(int port, Connection &connection) {
    connection.socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(uint16_t(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connection.socket < 0) fail("socket");
    if (connect(connection.socket, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0) {
        fail("connect");
    }
    int one = 1;
    setsockopt(connection.socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

struct Usage {
    double user = 0, system = 0;
};

Usage usage(long pid) {
    std::string path = "/proc/" + std::to_string(pid) + "/stat", line;
    FILE *file = fopen(path.c_str(), "r");
    if (!file) fail("read the server's usage");
    char bytes[1024] = {};
    (void)!fread(bytes, 1, sizeof bytes - 1, file);
    fclose(file);
    unsigned long user = 0, system = 0;
    const char *rest = strrchr(bytes, ')');
    if (rest) {
        sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
    }
    double tick = double(sysconf(_SC_CLK_TCK));
    return {double(user) / tick, double(system) / tick};
}

long proportionalBytes(long pid) {
    std::string path = "/proc/" + std::to_string(pid) + "/smaps_rollup";
    FILE *file = fopen(path.c_str(), "r");
    if (!file) fail("read the server's memory");
    char line[256];
    long kibibytes = 0;
    while (fgets(line, sizeof line, file) && sscanf(line, "Pss: %ld kB", &kibibytes) != 1) {}
    fclose(file);
    return kibibytes * 1024;
}

void poll(std::vector<Connection> &connections, int milliseconds) {
    static std::vector<epoll_event> events(1024);
    int count = epoll_wait(poller, events.data(), int(events.size()), milliseconds);
    for (int index = 0; index < count; index++) {
        Connection &connection = connections[events[size_t(index)].data.u32];
        if (connection.socket < 0) continue;
        if (!connection.output.empty()) flush(connection);
        readable(connection);
    }
}

void pollFor(std::vector<Connection> &connections, double seconds, int milliseconds) {
    uint64_t end = nanoseconds(CLOCK_MONOTONIC) + uint64_t(seconds * 1e9);
    while (nanoseconds(CLOCK_MONOTONIC) < end) poll(connections, milliseconds);
}

std::string bytes(const std::string &hex) {
    std::string result;
    for (size_t at = 0; at + 1 < hex.size(); at += 2) {
        result.push_back(char(strtol(hex.substr(at, 2).c_str(), nullptr, 16)));
    }
    return result;
}

}  // namespace

int main(int count, char **words) {
    for (int index = 1; index < count; index++) {
        std::string name = words[index] + 2;
        options[name] = name == "idle" ? "1" : index + 1 < count ? words[++index] : "";
    }
    rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    topicField = int(number("topic-field", 0));
    sequenceField = int(number("sequence-field", 0));
    baseField = int(number("base-field", -1));
    timeField = int(number("time-field", 0));
    dueField = int(number("due-field", -1));
    serverClock = text("clock", "real") == "real" ? CLOCK_REALTIME : CLOCK_MONOTONIC;
    streamWindow = size_t(number("window", 65535));
    connectionWindow = size_t(number("connection-window", 65535));
    long pid = number("pid", 0);
    size_t streams = size_t(number("streams", 1));
    std::vector<Connection> connections(size_t(number("connections", 1)));
    uint64_t wanted = connections.size() * streams;
    std::string path = text("path", "/"), body = bytes(text("body", ""));
    poller = epoll_create1(EPOLL_CLOEXEC);
    long before = proportionalBytes(pid);
    for (size_t index = 0; index < connections.size(); index++) {
        Connection &connection = connections[index];
        connection.streams.resize(streams);
        connectTo(int(number("port", 0)), connection);
        subscribe(connection, path, body);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u32 = uint32_t(index);
        epoll_ctl(poller, EPOLL_CTL_ADD, connection.socket, &event);
        if (index % 64 == 63) poll(connections, 0);
    }
    uint64_t limit = nanoseconds(CLOCK_MONOTONIC) + 60000000000;
    while (openStreams < wanted && nanoseconds(CLOCK_MONOTONIC) < limit) poll(connections, 5);
    if (openStreams < wanted) {
        fprintf(stderr, "subscribers: %lu of %lu streams opened\n", openStreams, wanted);
        return 3;
    }
    bool isIdle = number("idle", 0) != 0;
    pollFor(connections, double(number("warm", 1)), isIdle ? 20 : 0);
    long after = proportionalBytes(pid);
    Usage first = usage(pid);
    uint64_t start = nanoseconds(CLOCK_MONOTONIC);
    isMeasuring = true;
    if (!isIdle) pollFor(connections, double(number("seconds", 5)), 0);
    double seconds = double(nanoseconds(CLOCK_MONOTONIC) - start) / 1e9;
    Usage last = usage(pid);
    printf(
        "{\"updates\": %lu, \"gaps\": %lu, \"repeats\": %lu, \"ended\": %lu, \"reads\": %lu, "
        "\"seconds\": %.3f, \"user_s\": %.2f, \"system_s\": %.2f, \"bytes_per_stream\": %.0f, "
        "\"p50_us\": %.1f, \"p99_us\": %.1f, \"p999_us\": %.1f}\n",
        updates, gaps, repeats, endedStreams, reads, seconds, last.user - first.user,
        last.system - first.system, double(after - before) / double(wanted),
        latencies.microseconds(0.5), latencies.microseconds(0.99), latencies.microseconds(0.999));
    return 0;
}
