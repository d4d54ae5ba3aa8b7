/// How far one helping of frames leads.
struct CatchUp {
    var cursor: Subscription.Cursor
    /// The subscriber has all there is for it now; otherwise there is more.
    var isComplete: Bool
    /// Events among the frames, statuses and gaps not counted.
    var events: UInt64 = 0
    /// Good for whoever stands at the same place: nothing is said that is counted for each.
    var isShareable = true
}
