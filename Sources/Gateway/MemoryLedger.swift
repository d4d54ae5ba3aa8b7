/// What connections hold for their peers, in one sum and by caller: output, queued DATA, unfinished
/// messages and header blocks. Not in it: what every connection has anyway, 16 KB as a rule, which
/// `connectionsMax` bounds.
///
/// `Memory.md` has the order of shedding. Entries are noted when a connection received something or
/// could not send all, and once a second while they are not 0. Bounds: a caller has an entry while
/// his connections hold bytes.
struct MemoryLedger {
    let ceiling: Int
    let ownerCeiling: Int
    private(set) var total = 0
    private var owners: [String: Int] = [:]

    init(ceiling: Int, ownerCeiling: Int = .max) {
        (self.ceiling, self.ownerCeiling) = (ceiling, ownerCeiling)
    }

    /// One connection's share changed.
    mutating func changed(from old: HeldBytes, to new: HeldBytes) {
        total += new.bytes - old.bytes
        precondition(total >= 0, "connections hold \(total) bytes after \(old) became \(new)")
        if old.owner == new.owner {
            add(new.bytes - old.bytes, of: new.owner)
        } else {
            add(-old.bytes, of: old.owner)
            add(new.bytes, of: new.owner)
        }
    }

    private mutating func add(_ bytes: Int, of owner: String?) {
        guard let owner, bytes != 0 else { return }
        let held = owners[owner, default: 0] + bytes
        precondition(held >= 0, "the connections of \(owner) hold \(held) bytes")
        owners[owner] = held == 0 ? nil : held
    }

    var refusesConnections: Bool { total > ceiling / 4 * 3 }

    var isExceeded: Bool { total > ceiling }

    func isExceeded(by owner: String) -> Bool { owners[owner, default: 0] > ownerCeiling }

    /// Of the caller whose connections hold the most.
    var largestOwnerBytes: Int { owners.values.max() ?? 0 }
}
