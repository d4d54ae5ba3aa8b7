/// What connections hold for their peers, in one sum: output, queued DATA, unfinished messages and
/// header blocks. Not in it: what every connection has anyway, 16 KB as a rule, which
/// `connectionsMax` bounds.
///
/// The order of shedding: above three quarters of the ceiling new connections are refused; above
/// the ceiling the connection that holds the most is ended, and the next, until the rest fits.
/// Entries are noted when a connection received something, and all of them once a second.
struct MemoryLedger {
    let ceiling: Int
    private(set) var total = 0

    init(ceiling: Int) { self.ceiling = ceiling }

    /// One connection's share changed.
    mutating func changed(from old: Int, to new: Int) {
        total += new - old
        precondition(total >= 0, "connections hold \(total) bytes after \(old) became \(new)")
    }

    var refusesConnections: Bool { total > ceiling / 4 * 3 }

    var isExceeded: Bool { total > ceiling }
}
