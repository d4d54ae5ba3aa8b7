internal import Base

/// Names one timer of one loop; stays harmless after the timer fired or was cancelled.
package struct TimerID: Hashable, Sendable {
    let slot: UInt32
    let generation: UInt32

    package init(slot: UInt32, generation: UInt32) {
        self.slot = slot
        self.generation = generation
    }
}

/// The timers of a loop, earliest first; equal deadlines fire in the order they were set.
///
/// A binary heap of deadlines beside slots that hold the work. Cancelling empties the slot in O(1)
/// and leaves its heap entry behind; when more than half of the heap is such dead wood, it is
/// rebuilt, so memory is bounded by twice the live timers.
struct TimerHeap {
    private struct Entry {
        var deadline: Instant
        var order: UInt64
        var id: TimerID

        static func < (left: Entry, right: Entry) -> Bool {
            left.deadline == right.deadline
                ? left.order < right.order : left.deadline < right.deadline
        }
    }

    private struct Slot {
        var generation: UInt32 = 0
        var work: (() -> Void)?
    }

    private var heap: [Entry] = []
    private var slots: [Slot] = []
    private var freeSlots: [UInt32] = []
    private var nextOrder: UInt64 = 0

    /// Timers that are set and not yet due or cancelled.
    var count: Int { slots.count - freeSlots.count }

    mutating func add(at deadline: Instant, _ work: @escaping () -> Void) -> TimerID {
        let slot: UInt32
        if let free = freeSlots.popLast() {
            slot = free
        } else {
            slot = UInt32(slots.count)
            slots.append(Slot())
        }
        slots[Int(slot)].work = work
        let id = TimerID(slot: slot, generation: slots[Int(slot)].generation)
        heap.append(Entry(deadline: deadline, order: nextOrder, id: id))
        nextOrder &+= 1
        siftUp(heap.count - 1)
        return id
    }

    mutating func cancel(_ id: TimerID) {
        guard isLive(id) else { return }
        _ = vacate(id)
        if heap.count > 64, heap.count > 2 * count { rebuild() }
    }

    /// When the next timer is due; nil if there is none.
    mutating func nextDeadline() -> Instant? {
        while let first = heap.first {
            if isLive(first.id) { return first.deadline }
            removeFirst()
        }
        return nil
    }

    /// The work of the earliest timer due at `now`, which is then no longer set.
    mutating func takeDue(at now: Instant) -> (() -> Void)? {
        guard let deadline = nextDeadline(), deadline <= now else { return nil }
        let id = heap[0].id
        removeFirst()
        return vacate(id)
    }

    private func isLive(_ id: TimerID) -> Bool { slots[Int(id.slot)].generation == id.generation }

    private mutating func vacate(_ id: TimerID) -> (() -> Void)? {
        let work = slots[Int(id.slot)].work
        slots[Int(id.slot)].work = nil
        slots[Int(id.slot)].generation &+= 1
        freeSlots.append(id.slot)
        return work
    }

    private mutating func rebuild() {
        heap = heap.filter { isLive($0.id) }
        // A sorted array is a heap.
        heap.sort(by: <)
    }

    private mutating func removeFirst() {
        let last = heap.removeLast()
        if heap.isEmpty { return }
        heap[0] = last
        siftDown()
    }

    private mutating func siftUp(_ start: Int) {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            guard heap[index] < heap[parent] else { return }
            heap.swapAt(index, parent)
            index = parent
        }
    }

    private mutating func siftDown() {
        var index = 0
        while true {
            var child = 2 * index + 1
            guard child < heap.count else { return }
            if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
            guard heap[child] < heap[index] else { return }
            heap.swapAt(index, child)
            index = child
        }
    }
}
