/// How much the server has told its successor.
package enum HandoverStage: Int32, Sendable, CaseIterable {
    case unspecified
    /// Every topic's name and status, and the histories so far.
    case historyTold
    /// Every topic as it stands.
    case allTold
}
