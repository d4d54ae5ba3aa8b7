/// What one session may do.
package struct Limits: Equatable, Sendable {
    package var subscriptions: UInt32?
    package var topicsPerSubscription: UInt32?
    package var topics: UInt32?
    package var requestsPerSecond: UInt32?
    package var requestsAtOnce: UInt32?
    package var requestBytes: UInt32?
    package var closeLagUpdates: UInt32?
    package var filterBytes: UInt32?
    package var filterTerms: UInt32?
    package var filterDepth: UInt32?
    package var filterSymbols: UInt32?

    package init(
        subscriptions: UInt32? = nil, topicsPerSubscription: UInt32? = nil, topics: UInt32? = nil,
        requestsPerSecond: UInt32? = nil, requestsAtOnce: UInt32? = nil,
        requestBytes: UInt32? = nil, closeLagUpdates: UInt32? = nil, filterBytes: UInt32? = nil,
        filterTerms: UInt32? = nil, filterDepth: UInt32? = nil, filterSymbols: UInt32? = nil
    ) {
        self.subscriptions = subscriptions
        self.topicsPerSubscription = topicsPerSubscription
        self.topics = topics
        self.requestsPerSecond = requestsPerSecond
        self.requestsAtOnce = requestsAtOnce
        self.requestBytes = requestBytes
        self.closeLagUpdates = closeLagUpdates
        self.filterBytes = filterBytes
        self.filterTerms = filterTerms
        self.filterDepth = filterDepth
        self.filterSymbols = filterSymbols
    }
}

extension Limits: WireMessage {
    package static let table = TableSet.shared["penstock.v1.Limits"]

    package func write(to record: Record) {
        record.set(1, subscriptions)
        record.set(2, topicsPerSubscription)
        record.set(3, topics)
        record.set(4, requestsPerSecond)
        record.set(5, requestsAtOnce)
        record.set(6, requestBytes)
        record.set(7, closeLagUpdates)
        record.set(8, filterBytes)
        record.set(9, filterTerms)
        record.set(10, filterDepth)
        record.set(11, filterSymbols)
    }

    package init(_ record: Record) {
        subscriptions = record.get(1)
        topicsPerSubscription = record.get(2)
        topics = record.get(3)
        requestsPerSecond = record.get(4)
        requestsAtOnce = record.get(5)
        requestBytes = record.get(6)
        closeLagUpdates = record.get(7)
        filterBytes = record.get(8)
        filterTerms = record.get(9)
        filterDepth = record.get(10)
        filterSymbols = record.get(11)
    }
}
