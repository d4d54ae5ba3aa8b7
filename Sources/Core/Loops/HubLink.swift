package import Runtime

/// The way to the hub that owns the topics. What is sent arrives there in order, each batch once.
package struct HubLink: Sendable {
    package let send: @Sendable ([FollowerWish]) -> Void

    package init(send: @escaping @Sendable ([FollowerWish]) -> Void) { self.send = send }

    /// To the owner on its loop.
    package init(to hub: Hub, on loop: EventLoop) {
        let hub = WeaklyConfined(hub, to: loop)
        send = { wishes in loop.execute { hub.open()?.receive(wishes) } }
    }
}
