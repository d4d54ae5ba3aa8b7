/// The last events of an event topic, numbered without a hole. Readers keep only their sequence;
/// one who asks for an event that is gone is told from where on there are any.
///
/// Bounded in events and in bytes, by forgetting the oldest. Memory comes in chunks as it is
/// needed, and one emptied chunk is kept for the next. Inlinable, so that whoever keeps events has
/// the code for its own type: without, each append looked up metadata and went through witnesses.
@usableFromInline
package struct EventRing<Element: Sendable>: Sendable {
    @usableFromInline
    struct Stored: Sendable {
        @usableFromInline var element: Element
        @usableFromInline var bytes: Int

        @inlinable init(element: Element, bytes: Int) {
            self.element = element
            self.bytes = bytes
        }
    }

    @usableFromInline package let countMax: Int
    /// Events in one piece of memory: a short ring holds less than two of its own length.
    /// 63 of 128 bytes and an array's head are 8 KiB.
    @usableFromInline let chunkLength: Int
    @usableFromInline package let bytesMax: Int

    /// Sequence of the oldest event that is still there; `next` when none is.
    @usableFromInline package internal(set) var first: UInt64
    /// Sequence that the next event will get.
    @usableFromInline package internal(set) var next: UInt64
    /// Bytes of the events that are there, as told by whoever appended them.
    @usableFromInline package internal(set) var bytes = 0

    /// Each of `chunkLength` places, the last one being filled.
    @usableFromInline var chunks: [[Stored?]] = []
    /// Place of `first` in the first chunk.
    @usableFromInline var start = 0
    @usableFromInline var spare: [Stored?] = []
    /// Places that there is memory for, in use or not.
    @usableFromInline var slots = 0
    /// Events that the last `cut` left.
    @usableFromInline var countCut = Int.max

    /// 65,536 events are 39 minutes of the recorded BTCUSDT trades; 8 MiB, so many of 128 bytes.
    package init(countMax: Int = 65_536, bytesMax: Int = 8 << 20, firstSequence: UInt64 = 1) {
        precondition(countMax > 0 && bytesMax > 0)
        self.countMax = countMax
        chunkLength = min(countMax, 63)
        self.bytesMax = bytesMax
        first = firstSequence
        next = firstSequence
    }

    @inlinable package var count: Int { Int(next - first) }
    @inlinable package var isEmpty: Bool { first == next }

    /// Sequence of the newest event ever appended, one before the first sequence at the start.
    @inlinable package var last: UInt64 { next &- 1 }

    /// Adds an event of so many bytes and returns its sequence; the oldest give way. An event
    /// larger than the whole ring gets its sequence and is gone at once.
    @discardableResult @inlinable
    package mutating func append(_ element: Element, bytes size: Int) -> UInt64 {
        while !isEmpty, count == countMax || bytes + size > bytesMax { dropFirst() }
        let sequence = next
        next += 1
        if size > bytesMax {
            first = next
            return sequence
        }
        if chunks.last.map({ $0.count == chunkLength }) ?? true {
            var chunk: [Stored?] = []
            swap(&chunk, &spare)
            chunks.append(chunk)
        }
        let places = chunks[chunks.count - 1].capacity
        chunks[chunks.count - 1].append(Stored(element: element, bytes: size))
        slots += chunks[chunks.count - 1].capacity - places
        bytes += size
        return sequence
    }

    /// The event of a sequence; nil when it is gone or yet to come.
    @inlinable package subscript(_ sequence: UInt64) -> Element? {
        guard sequence >= first, sequence < next else { return nil }
        let place = start + Int(sequence - first)
        return chunks[place / chunkLength][place % chunkLength]?.element
    }

    /// What a reader who has everything up to `sequence` can no longer get: never silence.
    @inlinable package func gap(after sequence: UInt64) -> ClosedRange<UInt64>? {
        // A position comes from a client: any number at all.
        sequence < first && first - sequence > 1 ? sequence + 1...first - 1 : nil
    }

    /// What the ring takes, if whoever appended told the size of the element itself, too.
    @inlinable package var memory: Int {
        slots * MemoryLayout<Stored?>.stride + max(0, bytes - count * MemoryLayout<Element>.stride)
    }

    /// Drops the oldest events until the ring takes at most `memoryMax`, as long as they are `old`,
    /// but `dropsMax` at most and not the newest one. Returns how many went.
    package mutating func cut(to memoryMax: Int, dropsMax: Int, _ isOld: (Element) -> Bool) -> Int {
        let before = count
        while memory > memoryMax {
            if spare.capacity > 0 {
                slots -= spare.capacity
                spare = []
                continue
            }
            guard count > 1, before - count < dropsMax, let oldest = chunks[0][start],
                isOld(oldest.element)
            else { break }
            // Places are given back by the chunk: some of them without the rest gain nothing.
            guard oldest.bytes > MemoryLayout<Element>.stride || hasOldChunk(isOld) else { break }
            dropFirst()
        }
        if count < before { countCut = count }
        return before - count
    }

    /// All of the first chunk may go.
    private func hasOldChunk(_ isOld: (Element) -> Bool) -> Bool {
        chunks.count > 1 && chunks[0].last.flatMap { $0 }.map { isOld($0.element) } ?? false
    }

    /// Events that the ring will hold, as far as one knows: fewer than it may since it was cut.
    @inlinable package var reach: Int { min(countMax, max(count, countCut)) }

    @inlinable mutating func dropFirst() {
        bytes -= chunks[0][start]?.bytes ?? 0
        // Whoever has a second reference makes this copy the chunk, for fewer places.
        let places = chunks[0].capacity
        chunks[0][start] = nil
        slots += chunks[0].capacity - places
        start += 1
        first += 1
        if start == chunks[0].count, isEmpty || start == chunkLength {
            slots -= spare.capacity
            spare = chunks.removeFirst()
            spare.removeAll(keepingCapacity: true)
            start = 0
        }
    }
}
