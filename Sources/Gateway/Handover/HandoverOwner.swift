/// Who can hold a server's feeds, and end it. Called on the loop.
package protocol HandoverOwner: AnyObject {
    /// Nothing of the topics may change any more.
    func hold()
    /// It may again.
    func release()
    /// The successor serves from now on.
    func handedOver()
}
