internal import GRPC

/// Which part of a list a request wants.
struct ChannelzPage {
    /// Entries of one page. Default 100, as other implementations have it: a page of sockets is
    /// then below 8 KiB and made in well under a millisecond. A client that asks for more gets so
    /// many, and asks again.
    static let sizeMax = 100

    let start: Int64
    let size: Int

    /// INVALID_ARGUMENT for a negative number.
    init(start: Int64?, resultsMax: Int64?) throws(RPCStatus) {
        let (start, wanted) = (start ?? 0, resultsMax ?? 0)
        guard start >= 0, wanted >= 0 else {
            throw RPCStatus(
                .invalidArgument,
                "the start is \(start) and max_results \(wanted); neither may be negative")
        }
        self.start = start
        size = wanted == 0 ? Self.sizeMax : Int(min(wanted, Int64(Self.sizeMax)))
    }

    /// The page of a list of numbers in any order. O(n log n) at worst.
    func cut(_ identifiers: some Sequence<Int64>) -> (page: ArraySlice<Int64>, isEnd: Bool) {
        let rest = identifiers.filter { $0 >= start }.sorted()
        return (rest.prefix(size), rest.count <= size)
    }
}
