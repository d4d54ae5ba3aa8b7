/// A state topic's entries, linked newest change first: the delta from any base is a walk of the
/// changes since, however many entries there are.
///
///     newest ─► "ask" 9 ─► "bid" 7 ─► (removed "x") 6 ─► "open" 2
///     delta since 6: "ask", "bid"
///
/// A removed entry stays as a tombstone, so that a delta can say so, until more than
/// `tombstonesMax` entries were removed after it. Bases from before a forgotten removal lie behind
/// the `horizon` and need a snapshot.
///
/// Invariants: stamps never rise along the walk; each key is there once, alive or as a tombstone.
/// Setting, touching and removing are O(1) and allocate only while the map grows.
package struct ChangeOrderedMap<Key: Hashable & Sendable, Value: Equatable & Sendable>: Sendable {
    /// Where an entry lives; valid until its tombstone is forgotten.
    package typealias Slot = Int32

    private static var none: Slot { -1 }

    private struct Entry: Sendable {
        let key: Key
        /// nil in a tombstone.
        var value: Value?
        /// Sequence at which it last changed.
        var stamp: UInt64
        /// Neighbours in the order of change.
        var newer: Slot
        var older: Slot
        /// Next younger tombstone, in a tombstone.
        var youngerTombstone: Slot
        /// Next older tombstone, in a tombstone.
        var olderTombstone: Slot
    }

    /// The highest sequence that stamped something.
    package private(set) var sequence: UInt64 = 0
    /// Deltas are possible from bases at or after this sequence.
    package private(set) var horizon: UInt64 = 0
    /// Entries alive.
    package private(set) var count = 0

    private let tombstonesMax: Int
    private var tombstones = 0
    private var entries: [Entry?] = []
    private var freeSlots: [Slot] = []
    private var slots: [Key: Slot] = [:]
    private var newest = none
    private var oldest = none
    private var youngestTombstone = none
    private var oldestTombstone = none

    package init(tombstonesMax: Int = 1024) {
        precondition(tombstonesMax > 0)
        self.tombstonesMax = tombstonesMax
    }

    package subscript(_ key: Key) -> Value? {
        guard let slot = slots[key] else { return nil }
        return self[slot].value
    }

    // MARK: Changing; sequences never fall

    /// Gives a key its value at a sequence; false, and no stamp, when it has that value already.
    @discardableResult
    package mutating func set(_ key: Key, to value: Value, at sequence: UInt64) -> Bool {
        if let slot = slots[key], self[slot].value == value { return false }
        insert(key, value, at: sequence)
        return true
    }

    /// Removes a key at a sequence; false when it is absent already.
    @discardableResult
    package mutating func remove(_ key: Key, at sequence: UInt64) -> Bool {
        guard let slot = slots[key], self[slot].value != nil else { return false }
        bury(slot, at: sequence)
        return true
    }

    /// As `set`, for callers that keep the slot to spare themselves the search later.
    @discardableResult
    package mutating func insert(_ key: Key, _ value: Value, at sequence: UInt64) -> Slot {
        guard let slot = slots[key] else { return add(key, value, at: sequence) }
        if self[slot].value == nil {
            unlinkTombstone(slot)
            count += 1
        }
        change(slot, to: value, at: sequence)
        return slot
    }

    /// Gives a living entry a new value at a sequence.
    package mutating func change(_ slot: Slot, to value: Value, at sequence: UInt64) {
        self[slot].value = value
        stamp(slot, at: sequence)
    }

    /// Removes a living entry at a sequence.
    package mutating func bury(_ slot: Slot, at sequence: UInt64) {
        self[slot].value = nil
        stamp(slot, at: sequence)
        noteRemoved(slot)
    }

    private mutating func noteRemoved(_ slot: Slot) {
        linkTombstone(slot)
        count -= 1
        tombstones += 1
        if tombstones > tombstonesMax { forgetOldestTombstone() }
    }

    package func key(at slot: Slot) -> Key { self[slot].key }

    package func slot(of key: Key) -> Slot? { slots[key] }

    // MARK: Copies

    /// What is known of one key: its value, nil once removed, and when it changed last.
    package struct Change: Sendable {
        package var key: Key
        package var value: Value?
        package var sequence: UInt64
    }

    /// Everything the map knows but its horizon, oldest change first.
    package var changes: [Change] {
        var result: [Change] = []
        var slot = oldest
        while slot >= 0 {
            let entry = self[slot]
            result.append(Change(key: entry.key, value: entry.value, sequence: entry.stamp))
            slot = entry.newer
        }
        return result
    }

    /// The map that has those changes and that horizon. Nil if no map can: sequences fall, or a key
    /// is there twice.
    package init?(changes: [Change], horizon: UInt64, tombstonesMax: Int = 1024) {
        self.init(tombstonesMax: tombstonesMax)
        self.horizon = horizon
        for change in changes {
            guard change.sequence >= sequence, slots[change.key] == nil else { return nil }
            let slot = add(change.key, change.value, at: change.sequence)
            if change.value == nil { noteRemoved(slot) }
        }
    }

    // MARK: Deltas

    /// Hands out what changed after `base`, newest first, nil for what was removed: a holder of any
    /// state from `base` to `sequence` ends up exactly at `sequence`. False, and nothing handed
    /// out, when the base lies behind the horizon or ahead of the map: a snapshot is needed.
    package func changes(since base: UInt64, _ visit: (Key, Value?) -> Void) -> Bool {
        guard base >= horizon, base <= sequence else { return false }
        var slot = newest
        while slot >= 0 {
            guard let entry = entries[Int(slot)], entry.stamp > base else { break }
            visit(entry.key, entry.value)
            slot = entry.older
        }
        return true
    }
}

// MARK: - Links

extension ChangeOrderedMap {
    private subscript(_ slot: Slot) -> Entry {
        get {
            guard let entry = entries[Int(slot)] else { preconditionFailure("empty slot") }
            return entry
        }
        _modify {
            guard entries[Int(slot)] != nil else { preconditionFailure("empty slot") }
            yield &entries[Int(slot)]!
        }
    }

    private mutating func add(_ key: Key, _ value: Value?, at sequence: UInt64) -> Slot {
        let entry = Entry(
            key: key, value: value, stamp: 0, newer: Self.none, older: Self.none,
            youngerTombstone: Self.none, olderTombstone: Self.none)
        let slot: Slot
        if let free = freeSlots.popLast() {
            slot = free
            entries[Int(slot)] = entry
        } else {
            slot = Slot(entries.count)
            entries.append(entry)
        }
        slots[key] = slot
        count += 1
        linkNewest(slot, at: sequence)
        return slot
    }

    private mutating func stamp(_ slot: Slot, at sequence: UInt64) {
        if slot == newest {
            precondition(sequence >= self.sequence, "sequence \(sequence) after \(self.sequence)")
            self.sequence = sequence
            self[slot].stamp = sequence
            return
        }
        unlink(slot)
        linkNewest(slot, at: sequence)
    }

    private mutating func linkNewest(_ slot: Slot, at sequence: UInt64) {
        precondition(sequence >= self.sequence, "sequence \(sequence) after \(self.sequence)")
        self.sequence = sequence
        self[slot].stamp = sequence
        self[slot].newer = Self.none
        self[slot].older = newest
        if newest >= 0 { self[newest].newer = slot } else { oldest = slot }
        newest = slot
    }

    private mutating func unlink(_ slot: Slot) {
        let (newer, older) = (self[slot].newer, self[slot].older)
        if newer >= 0 { self[newer].older = older } else { newest = older }
        if older >= 0 { self[older].newer = newer } else { oldest = newer }
    }

    private mutating func linkTombstone(_ slot: Slot) {
        self[slot].youngerTombstone = Self.none
        self[slot].olderTombstone = youngestTombstone
        if youngestTombstone >= 0 {
            self[youngestTombstone].youngerTombstone = slot
        } else {
            oldestTombstone = slot
        }
        youngestTombstone = slot
    }

    private mutating func unlinkTombstone(_ slot: Slot) {
        let (younger, older) = (self[slot].youngerTombstone, self[slot].olderTombstone)
        if younger >= 0 { self[younger].olderTombstone = older } else { youngestTombstone = older }
        if older >= 0 { self[older].youngerTombstone = younger } else { oldestTombstone = younger }
        tombstones -= 1
    }

    /// From now on nobody can be told of that removal: deltas begin at it.
    private mutating func forgetOldestTombstone() {
        let slot = oldestTombstone
        horizon = max(horizon, self[slot].stamp)
        unlinkTombstone(slot)
        unlink(slot)
        slots[self[slot].key] = nil
        entries[Int(slot)] = nil
        freeSlots.append(slot)
    }
}
