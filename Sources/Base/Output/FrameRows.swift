/// The hot loop: one frame to everybody who is up to date.
///
/// A delivery is a few dozen instructions; what it costs is the memory it touches, because between
/// two turns the kernel has gone through more of it than a cache holds. So the loop reads a row
/// (16 bytes, one after the other), the stream's lane (one line) and the first lines of the
/// connection's output, and it writes no payload: the output notes that it owes the frame, which
/// the turn keeps once for all. When the turn sends, the frames that a connection owes are put
/// together in memory that is always the same, and so in the cache, with nine bytes of head each,
/// and the kernel copies them from there (`OutputTurn`; the shell that sends is the runtime's
/// `ByteStream`). Two kinds are written at once, behind what waits: the frames of a connection
/// that has bytes waiting or owes many frames already (`FrameLane`), and those of many rows of one
/// connection that follow each other: it is asked once for all of them (`FrameRun`).
///
/// Why this is safe:
///
/// - *One thread.* Rows, lanes, outputs and the turn belong to one loop, and so does whoever calls
///   `deliver`; nothing here is `Sendable`.
/// - *Lanes live* as long as their row: `append` retains them, `remove` and `deinit` release them.
/// - *Outputs live* as long as a lane is open: a connection closes its lanes before it lets its
///   output go (`HTTP2Connection.deinit`), and a closed lane touches no output (`FrameLane`).
/// - *Payloads live* until nobody owes them: the turn copies a frame when the first output owes it,
///   and keeps the copy until every output on its list was sent or has settled (`OutputTurn`).
/// - *Nothing happens in between.* The loop calls nobody (an output that belongs to a turn notes
///   there that it wants to be sent): a call cannot end, nor a row come or go, while it runs. What
///   is in somebody's way is left to the caller, after the loop, by row number.
@safe
package struct FrameRows: ~Copyable {
    @safe private struct Row {
        /// Nil: whoever this is has no lane, and is refused.
        var lane: Unmanaged<FrameLane>?
        var isCurrent: Bool
    }

    private var rows: [Row] = []

    package init() {}

    deinit {
        for row in rows { unsafe row.lane?.release() }
    }

    package var isEmpty: Bool { rows.isEmpty }

    /// Adds the last row.
    package mutating func append(_ lane: FrameLane?, isCurrent: Bool) {
        let retained = unsafe lane.map { unsafe Unmanaged.passRetained($0) }
        unsafe rows.append(Row(lane: retained, isCurrent: isCurrent))
    }

    /// The last row takes the free place.
    package mutating func remove(_ row: Int) {
        unsafe rows[row].lane?.release()
        let last = rows.removeLast()
        if row < rows.count { rows[row] = last }
    }

    /// Only rows that are current are delivered to.
    package mutating func setCurrent(_ row: Int, _ isCurrent: Bool) {
        rows[row].isCurrent = isCurrent
    }

    /// Appends the frame to the stream of every current row. Those in whose way something is get
    /// nothing and are added to `refused`. Returns how many took it.
    package func deliver(_ payload: RawSpan, messages: Int, refused: inout [Int]) -> Int {
        unsafe payload.withUnsafeBytes { bytes in
            var frame = unsafe SharedFrame(bytes, messages: messages)
            if frame.size > DataFrame.payloadMax {
                return unsafe deliver(large: bytes, messages: messages, refused: &refused)
            }
            return unsafe rows.withUnsafeBufferPointer { rows in
                unsafe Self.deliver(&frame, to: rows, refused: &refused)
            }
        }
    }

    private func deliver(
        large payload: UnsafeRawBufferPointer, messages: Int, refused: inout [Int]
    ) -> Int {
        var frame = unsafe LargeFrame(payload, messages: messages)
        var delivered = 0
        for (index, row) in rows.enumerated() where row.isCurrent {
            if let lane = unsafe row.lane,
                unsafe lane._withUnsafeGuaranteedRef({ frame.offer(to: $0) })
            {
                delivered += 1
            } else {
                refused.append(index)
            }
        }
        return delivered
    }

    @inline(__always)
    private static func deliver(
        _ frame: inout SharedFrame, to rows: UnsafeBufferPointer<Row>, refused: inout [Int]
    ) -> Int {
        var (index, delivered) = (0, 0)
        while index < rows.count {
            if let output = unsafe outputOfRun(from: index, in: rows) {
                unsafe deliver(frame, to: output, rows, from: &index, &delivered, &refused)
                continue
            }
            if unsafe rows[index].isCurrent {
                if let lane = unsafe rows[index].lane,
                    unsafe lane._withUnsafeGuaranteedRef({ $0.take(&frame) })
                {
                    delivered &+= 1
                } else {
                    refused.append(index)
                }
            }
            index &+= 1
        }
        return delivered
    }

    /// Rows of one connection that follow each other pay to be taken together when they are more
    /// than an output would owe frames for.
    private static let runMin = FrameDebt.countMax + 1

    /// The output of this row and of those behind it; nil: too few.
    @inline(__always)
    private static func outputOfRun(
        from index: Int, in rows: UnsafeBufferPointer<Row>
    ) -> Unmanaged<OutputBuffer>? {
        let last = index &+ runMin &- 1
        // The far end first: of most connections that are not the same it is asked in vain, and is
        // then in the cache when its turn comes.
        guard last < rows.count, let output = unsafe output(of: rows[index]),
            unsafe isSame(output, rows[last])
        else { return nil }
        var next = index &+ 1
        while next < last {
            guard unsafe isSame(output, rows[next]) else { return nil }
            next &+= 1
        }
        return unsafe output
    }

    /// Not to be touched before the lane was found open.
    @inline(__always)
    private static func output(of row: Row) -> Unmanaged<OutputBuffer>? {
        unsafe row.lane.map { lane in
            unsafe lane._withUnsafeGuaranteedRef { unsafe $0.output }
        }
    }

    @inline(__always)
    private static func isSame(_ output: Unmanaged<OutputBuffer>, _ row: Row) -> Bool {
        unsafe Self.output(of: row)?.toOpaque() == output.toOpaque()
    }

    /// Delivers to the rows from `index` on that have this output, and moves `index` behind them.
    @inline(never)
    private static func deliver(
        _ frame: SharedFrame, to output: Unmanaged<OutputBuffer>,
        _ rows: UnsafeBufferPointer<Row>, from index: inout Int, _ delivered: inout Int,
        _ refused: inout [Int]
    ) {
        var run = unsafe FrameRun(frame, to: output)
        var (row, taken) = (index, 0)
        while row < rows.count, let lane = unsafe rows[row].lane,
            unsafe isSame(output, rows[row])
        {
            if unsafe rows[row].isCurrent {
                if unsafe lane._withUnsafeGuaranteedRef({ run.offer(to: $0) }) {
                    taken &+= 1
                } else {
                    refused.append(row)
                }
            }
            row &+= 1
        }
        run.finish()
        index = row
        delivered &+= taken
    }
}
