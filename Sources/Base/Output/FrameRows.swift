/// The hot loop: one frame to everybody who is up to date.
///
/// A delivery is a few dozen instructions; what it costs is the memory it touches, because between
/// two turns the kernel has gone through more of it than a cache holds. So the loop reads a row
/// (16 bytes, one after the other), the stream's lane (one line) and the connection's output (two),
/// and it writes no payload: the output notes that it owes the frame. When the turn sends, the
/// frames that a connection owes are put together in memory that is always the same, with nine
/// bytes of head each, and the kernel copies them from there. One frame is written once per turn,
/// not once per subscriber.
///
/// Why this is safe:
///
/// - *One thread.* Rows, lanes, outputs and the turn belong to one loop, and so does whoever calls
///   `deliver`; nothing here is `Sendable`.
/// - *Lanes live* as long as their row: `append` retains them, `remove` and `deinit` release them.
/// - *Outputs live* as long as a lane is open: a connection closes its lanes before it lets its
///   output go, and a closed lane touches no output (`FrameLane`).
/// - *Payloads live* until nobody owes them: the turn copies a frame when the first output owes it,
///   and keeps the copy until every output on its list was sent or has settled (`OutputTurn`).
/// - *Nothing happens in between.* The loop calls nobody: a call cannot end, nor a row come or go,
///   while it runs. What is in somebody's way is left to the caller, after the loop, by row number.
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
        var delivered = 0
        unsafe payload.withUnsafeBytes { bytes in
            var frame = unsafe SharedFrame(bytes, messages: messages)
            let fits = frame.size <= DataFrame.payloadMax
            unsafe rows.withUnsafeBufferPointer { rows in
                for index in rows.indices where unsafe rows[index].isCurrent {
                    if fits, let lane = unsafe rows[index].lane,
                        unsafe lane._withUnsafeGuaranteedRef({ $0.take(&frame) })
                    {
                        delivered &+= 1
                    } else {
                        refused.append(index)
                    }
                }
            }
        }
        return delivered
    }
}
