internal import Base
internal import CNghttp2

/// The nghttp2 session of one connection: HPACK, stream states, validation, flood limits, and every
/// frame that is not DATA. The only file that knows the library.
///
/// Callbacks only append to `events` and `data`; whoever called drains them afterwards. The library
/// is not reentrant, and `isInside` proves that nobody enters it from a callback.
@safe
final class ControlPlane {
    private var session: OpaquePointer?
    private let role: HTTP2Role
    private let headerListBytesMax: Int
    private let headerBlockBytesMax: Int
    private let concurrentStreamsMax: UInt32
    private var isInside = false
    /// Keeps what the session borrowed.
    private let lender: FrameLender
    private var block = HeaderBlock()
    /// Streams whose RST_STREAM(NO_ERROR) only tells the library that our own DATA ended them.
    private var swallowed: [UInt32] = []
    private var hasSentSettings = false
    /// A GOAWAY with an error has left: nothing of the peer is heard any more.
    private(set) var hasGivenUp = false
    /// Since the last header block left.
    private var leastTableSize = ControlPlane.usualTableSize
    /// HEADERS frames submitted.
    private(set) var headersCount: Int64 = 0

    var events: [ControlEvent] = []
    var data: [UInt8] = []

    init(role: HTTP2Role, limits: HTTP2Limits, lender: FrameLender) {
        self.role = role
        self.lender = lender
        headerListBytesMax = limits.headerListBytesMax
        headerBlockBytesMax = limits.headerBlockBytesMax
        concurrentStreamsMax = limits.concurrentStreamsMax
        var callbacks: OpaquePointer?
        var option: OpaquePointer?
        let made =
            unsafe nghttp2_session_callbacks_new(&callbacks) == 0
            && nghttp2_option_new(&option) == 0
        precondition(made, "no memory for a session")
        defer {
            unsafe nghttp2_session_callbacks_del(callbacks)
            unsafe nghttp2_option_del(option)
        }
        unsafe Self.install(callbacks)
        unsafe nghttp2_option_set_stream_reset_rate_limit(
            option, 2 * UInt64(limits.frames.resets.burst),
            2 * UInt64(limits.frames.resets.perSecond))
        unsafe nghttp2_option_set_max_continuations(option, 2 * limits.continuationsMax)
        unsafe nghttp2_option_set_max_outbound_ack(option, limits.acknowledgementsMax)
        unsafe nghttp2_option_set_max_settings(option, limits.settingsMax)
        // It would keep as many closed streams as may be open: for priorities, which RFC 9113
        // §5.3.2 has given up, and to see what `HTTP2Connection.receivesOn` sees.
        unsafe nghttp2_option_set_no_closed_streams(option, 1)
        let user = unsafe Unmanaged.passUnretained(self).toOpaque()
        let code = unsafe cnghttp2_session_new(
            &session, role == .server ? 1 : 0, callbacks, user, option, lender.memory)
        precondition(code == 0, "no session: library code \(code)")
        submitSettings(limits)
    }

    deinit { unsafe nghttp2_session_del(session) }

    var wantsRead: Bool { unsafe nghttp2_session_want_read(session) != 0 }
    var wantsWrite: Bool { unsafe nghttp2_session_want_write(session) != 0 }

    /// Streams the peer lets us open at once (RFC 9113 §6.5.2); 100 until it has said so.
    var openStreamsMax: Int {
        unsafe Int(
            nghttp2_session_get_remote_settings(
                session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS))
    }

    /// What a header block that is not the library's has to say of the peer's table: the smallest
    /// size that the peer has allowed since the last block left, and what it allows now (RFC 7541
    /// §4.2). Counts the block as sent.
    func tableSizesToTell() -> [Int] {
        let now = unsafe Int(
            nghttp2_session_get_remote_settings(session, NGHTTP2_SETTINGS_HEADER_TABLE_SIZE))
        let (least, last) = (leastTableSize, min(now, Self.usualTableSize))
        leastTableSize = last
        headersCount += 1
        if least < last { return [least, last] }
        return last < Self.usualTableSize ? [last] : []
    }

    /// What the library's table is at most, whatever the peer allows.
    private static let usualTableSize = 4096

    private func noteTableSize(_ settings: nghttp2_settings) {
        let count = unsafe settings.niv
        for index in 0..<count {
            let (name, value) = unsafe (settings.iv[index].settings_id, settings.iv[index].value)
            if name == Int32(NGHTTP2_SETTINGS_HEADER_TABLE_SIZE.rawValue) {
                leastTableSize = min(leastTableSize, Int(value))
            }
        }
    }

    /// What the peer may still send on the whole connection.
    var receiveWindow: Int64 { unsafe Int64(nghttp2_session_get_local_window_size(session)) }

    private func submitSettings(_ limits: HTTP2Limits) {
        func entry(_ name: nghttp2_settings_id, _ value: UInt32) -> nghttp2_settings_entry {
            nghttp2_settings_entry(settings_id: Int32(name.rawValue), value: value)
        }
        var entries = [
            entry(
                NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS,
                limits.concurrentStreamsMax + Self.streamsSlack),
            entry(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, UInt32(limits.headerListBytesMax)),
            entry(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, UInt32(limits.streamReceiveWindow)),
        ]
        if role == .client { entries.append(entry(NGHTTP2_SETTINGS_ENABLE_PUSH, 0)) }
        unsafe nghttp2_submit_settings(session, 0, entries, entries.count)
        unsafe nghttp2_session_set_local_window_size(
            session, 0, 0, limits.connectionReceiveWindow)
    }

    /// Feeds inbound bytes. A peer's mistake is answered on the wire; an error means the connection
    /// cannot go on.
    func feed(_ bytes: RawSpan) throws(HTTP2Error) {
        precondition(!isInside, "the library was entered from one of its callbacks")
        isInside = true
        defer { isInside = false }
        let code = unsafe bytes.withUnsafeBytes { bytes in
            unsafe nghttp2_session_mem_recv(
                session, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
        }
        guard code < 0 else { return }
        switch nghttp2_error(rawValue: Int32(code)) {
        case NGHTTP2_ERR_BAD_CLIENT_MAGIC: throw .badPreface
        case NGHTTP2_ERR_FLOODED: throw .flooded
        default: throw .library(code: Int32(code))
        }
    }

    /// Moves all frames the library wants to send into the output, a header block never split.
    func drain(into output: OutputBuffer) throws(HTTP2Error) {
        precondition(!isInside, "the library was entered from one of its callbacks")
        isInside = true
        defer { isInside = false }
        while true {
            var bytes: UnsafePointer<UInt8>?
            let count = unsafe nghttp2_session_mem_send(session, &bytes)
            guard count >= 0 else { throw .library(code: Int32(count)) }
            guard count > 0, let bytes = unsafe bytes else { return }
            if unsafe isSwallowed(bytes, count) { continue }
            if unsafe isLastWord(bytes, count) { hasGivenUp = true }
            if unsafe bytes[3] == UInt8(NGHTTP2_HEADERS.rawValue) {
                leastTableSize = Self.usualTableSize
            }
            if !hasSentSettings, unsafe bytes[3] == UInt8(NGHTTP2_SETTINGS.rawValue) {
                hasSentSettings = true
                unsafe output.append(announcingStreams(bytes, count))
            } else {
                unsafe output.append(bytes, count: count)
            }
        }
    }

    /// The library ends the connection of a peer that opens more streams than it was told, where
    /// RFC 9113 §5.1.2 asks for RST_STREAM. So the library allows some more than the wire says, and
    /// the connection refuses those.
    private func announcingStreams(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> [UInt8] {
        var frame = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
        for entry in stride(from: 9, to: count - 5, by: 6)
        where frame[entry] == 0 && frame[entry + 1] == 3 {  // SETTINGS_MAX_CONCURRENT_STREAMS
            for (index, shift) in [24, 16, 8, 0].enumerated() {
                frame[entry + 2 + index] = UInt8(truncatingIfNeeded: concurrentStreamsMax >> shift)
            }
        }
        return frame
    }

    /// Streams beyond the limit that one read can open before their RST_STREAM has left.
    private static let streamsSlack: UInt32 = 10_000

    /// GOAWAY with a code other than NO_ERROR (RFC 9113 §6.8).
    private func isLastWord(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        guard count >= 17, unsafe bytes[3] == UInt8(NGHTTP2_GOAWAY.rawValue) else { return false }
        return unsafe UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: 13, as: UInt32.self)
            != 0
    }

    private func isSwallowed(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        guard count == 13, unsafe bytes[3] == 3 else { return false }
        let frame = unsafe UnsafeRawPointer(bytes)
        let streamID = unsafe UInt32(
            bigEndian: frame.loadUnaligned(fromByteOffset: 5, as: UInt32.self))
        let code = unsafe frame.loadUnaligned(fromByteOffset: 9, as: UInt32.self)
        if code != 0 { events.append(.provokedReset) }
        guard code == 0, let index = swallowed.firstIndex(of: streamID) else { return false }
        swallowed.remove(at: index)
        return true
    }

    /// Queues HEADERS. Returns the stream's number, new if `streamID` is nil; nil if refused.
    func submitHeaders(_ fields: [HTTP2Field], on streamID: UInt32?, endStream: Bool) -> UInt32? {
        var text: [UInt8] = []
        text.reserveCapacity(fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count })
        for field in fields {
            text.append(contentsOf: field.name.utf8)
            text.append(contentsOf: field.value.utf8)
        }
        let code = unsafe text.withUnsafeMutableBufferPointer { text -> Int32 in
            var offset = 0
            var pairs: [nghttp2_nv] = unsafe []
            unsafe pairs.reserveCapacity(fields.count)
            for field in fields {
                let (name, value) = (field.name.utf8.count, field.value.utf8.count)
                let start = unsafe text.baseAddress.unsafelyUnwrapped + offset
                unsafe pairs.append(
                    nghttp2_nv(
                        name: start, value: start + name, namelen: name, valuelen: value, flags: 0))
                offset += name + value
            }
            let flags = endStream ? UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) : 0
            return unsafe nghttp2_submit_headers(
                session, flags, streamID.map { Int32($0) } ?? -1, nil, pairs, pairs.count, nil)
        }
        guard code >= 0 else { return nil }
        headersCount += 1
        return streamID ?? UInt32(code)
    }

    /// Queues RST_STREAM. `isSwallowed`: the frame is for the library alone.
    func submitReset(_ streamID: UInt32, _ code: HTTP2ErrorCode, isSwallowed: Bool) {
        if isSwallowed { swallowed.append(streamID) }
        unsafe nghttp2_submit_rst_stream(session, 0, Int32(streamID), code.rawValue)
    }

    func terminate(_ code: HTTP2ErrorCode) {
        unsafe nghttp2_session_terminate_session(session, code.rawValue)
    }

    func submitShutdownNotice() { unsafe nghttp2_submit_shutdown_notice(session) }

    /// The last GOAWAY: no stream above the latest one that was processed is served.
    func submitGoAway(_ code: HTTP2ErrorCode, debugData: String) {
        let last = unsafe nghttp2_session_get_last_proc_stream_id(session)
        let text = Array(debugData.utf8)
        unsafe text.withUnsafeBufferPointer { text in
            _ = unsafe nghttp2_submit_goaway(
                session, 0, last, code.rawValue, text.baseAddress, text.count)
        }
    }

    func submitPing(_ opaque: UInt64) {
        unsafe withUnsafeBytes(of: opaque.bigEndian) { bytes in
            _ = unsafe nghttp2_submit_ping(
                session, 0, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        }
    }
}

extension ControlPlane {
    private static func of(_ user: UnsafeMutableRawPointer?) -> ControlPlane {
        unsafe Unmanaged<ControlPlane>.fromOpaque(user.unsafelyUnwrapped).takeUnretainedValue()
    }

    private static func install(_ callbacks: OpaquePointer?) {
        unsafe nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, _, user in
            unsafe ControlPlane.of(user).beganHeaders()
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_header_callback(callbacks) {
            _, _, name, nameCount, value, valueCount, _, user in
            let isTaken = unsafe ControlPlane.of(user).receivedField(
                UnsafeBufferPointer(start: name, count: nameCount),
                UnsafeBufferPointer(start: value, count: valueCount))
            return isTaken ? 0 : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue
        }
        unsafe nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, user in
            if let frame = unsafe frame { unsafe ControlPlane.of(user).received(frame.pointee) }
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) {
            _, _, streamID, bytes, count, user in
            unsafe ControlPlane.of(user).receivedData(
                UInt32(streamID), UnsafeBufferPointer(start: bytes, count: count))
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks) {
            _, frame, code, user in
            guard let head = unsafe frame?.pointee.hd, UInt32(head.type) == NGHTTP2_HEADERS.rawValue
            else { return 0 }
            unsafe ControlPlane.of(user).headersNotSent(UInt32(head.stream_id), code)
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) {
            _, streamID, code, user in
            unsafe ControlPlane.of(user).events.append(.closed(UInt32(streamID), code))
            return 0
        }
    }

    /// A stream that is closing anyway needs no further end.
    private func headersNotSent(_ streamID: UInt32, _ code: Int32) {
        switch nghttp2_error(rawValue: code) {
        case NGHTTP2_ERR_STREAM_CLOSING, NGHTTP2_ERR_STREAM_CLOSED: break
        default: events.append(.headersNotSent(streamID))
        }
    }

    /// Of the header block that is coming in.
    var fieldBytes: Int { block.bytes }

    private func beganHeaders() { block.begin() }

    /// False: the block is to be read no further.
    private func receivedField(
        _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        block.count(nameBytes: name.count, valueBytes: value.count)
        guard block.bytes <= headerListBytesMax else {
            guard block.bytes > headerBlockBytesMax else { return true }
            events.append(.endlessHeaders)
            return false
        }
        unsafe block.append(name: name, value: value)
        return true
    }

    private func receivedData(_ streamID: UInt32, _ bytes: UnsafeBufferPointer<UInt8>) {
        let start = data.count
        unsafe data.append(contentsOf: bytes)
        events.append(.data(streamID, start..<data.count))
    }

    private func received(_ frame: nghttp2_frame) {
        let head = unsafe frame.hd
        let streamID = UInt32(head.stream_id)
        switch UInt32(head.type) {
        case NGHTTP2_HEADERS.rawValue:
            let opensStream = unsafe frame.headers.cat == NGHTTP2_HCAT_REQUEST
            let isTooLarge = block.bytes > headerListBytesMax
            let fields = block.end(isRemembered: opensStream && !isTooLarge)
            events.append(
                .headers(streamID, fields, opensStream: opensStream, isTooLarge: isTooLarge))
            if head.flags & 1 != 0 { events.append(.ended(streamID)) }
        case NGHTTP2_DATA.rawValue:
            if head.flags & 1 != 0 {
                events.append(.ended(streamID))
            } else if unsafe head.length == frame.data.padlen {
                events.append(.emptyData)
            }
        case NGHTTP2_RST_STREAM.rawValue:
            unsafe events.append(.peerReset(streamID, frame.rst_stream.error_code))
        case NGHTTP2_SETTINGS.rawValue where head.flags & 1 == 0:
            unsafe noteTableSize(frame.settings)
            let size = unsafe nghttp2_session_get_remote_settings(
                session, NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE)
            events.append(.initialWindow(Int64(size)))
        case NGHTTP2_GOAWAY.rawValue:
            let goAway = unsafe frame.goaway
            unsafe events.append(.goAway(UInt32(goAway.last_stream_id), goAway.error_code))
        case NGHTTP2_PING.rawValue where head.flags & 1 != 0:
            let opaque = unsafe withUnsafeBytes(of: frame.ping.opaque_data) {
                unsafe $0.loadUnaligned(as: UInt64.self)
            }
            events.append(.pong(UInt64(bigEndian: opaque)))
        default: break
        }
    }
}

/// The memory in which the sessions of one loop put their frames together, one after the other:
/// a frame is in the output before another session is asked for anything (`drain`).
@safe
final class FrameLender {
    fileprivate let memory: UnsafeMutablePointer<cnghttp2_lender>

    init() {
        guard let memory = unsafe cnghttp2_lender_new() else {
            preconditionFailure("no memory for frames")
        }
        unsafe self.memory = unsafe memory
    }

    deinit { unsafe cnghttp2_lender_free(memory) }
}
