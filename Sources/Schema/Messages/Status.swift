/// Whether what a topic shows may be believed now.
package enum Status: Int32, Sendable, CaseIterable {
    case unspecified
    case live
    case stale
    case resyncing
}
