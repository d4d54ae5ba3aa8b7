internal import Base

/// What the histories of all event topics may take together, beside what each may take by itself.
///
/// When it is exceeded, the largest give up their oldest events until an eighth is free. So they
/// are gone through once for that many bytes, however many topics there are.
struct HistoryBudget {
    let bytesMax: Int
    private(set) var bytes = 0
    /// From where on they are cut. Above `bytesMax` once each has so little left that nothing more
    /// can be cut.
    private var threshold: Int

    init(bytesMax: Int) { (self.bytesMax, threshold) = (bytesMax, bytesMax) }

    var isExceeded: Bool { bytes > threshold }

    /// A history has become so much larger, or smaller.
    mutating func changed(by difference: Int) { bytes += difference }

    /// All were cut, and hold so much together.
    mutating func wereCut(to sum: Int) {
        bytes = sum
        threshold = max(bytesMax, sum + bytesMax / 8)
    }

    /// The size to which the larger ones are cut, so that all together have `total` at most.
    static func level(of sizes: [Int], total: Int) -> Int {
        var (left, count) = (total, sizes.count)
        for size in sizes.sorted() {
            if size > left / count { return left / count }
            left -= size
            count -= 1
        }
        return .max
    }
}

extension Hub {
    /// The history of a topic that this hub owns has become so much larger, or smaller.
    func historyChanged(by bytes: Int) {
        historyBudget.changed(by: bytes)
        if historyBudget.isExceeded { cutHistories() }
    }

    /// Who stood there is told a `Gap`, as if the topic's own ring were full.
    private func cutHistories() {
        let histories = allTopics.compactMap { ($0 as? EventTopic)?.history }
        let sizes = histories.map(\.bytes)
        let total = historyBudget.bytesMax - historyBudget.bytesMax / 8
        let level = HistoryBudget.level(of: sizes, total: total)
        var sum = 0
        for (history, size) in zip(histories, sizes) {
            guard size > level else {
                sum += size
                continue
            }
            let cut = history.cut(to: level)
            metrics.cutEvents.add(UInt64(cut.events))
            sum += cut.bytesLeft
        }
        historyBudget.wereCut(to: sum)
    }
}
