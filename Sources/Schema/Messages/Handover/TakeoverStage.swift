/// What a successor says to the server it replaces, in this order.
package enum TakeoverStage: Int32, Sendable, CaseIterable {
    case unspecified
    case begin
    /// Its own feeds have what the server has.
    case ready
    /// It has the topics and the port, and accepts nobody yet.
    case listening
}
